//! `plan -o FILE` and `apply FILE`: what was looked at is what is done, or nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::exit::{Exit, Stop};
use super::files;
use super::fleet::{Each, Fleet};
use super::input::{Asked, Ground, Seen, folder, variables};
use super::options::{OnlyArgs, PlanArgs, PruneArgs};
use super::printer::Printer;
use super::reading;
use crate::core::address::Home;
use crate::core::change::ChangeSet;
use crate::core::problem::Source;
use crate::core::saved::stale::{self, Stale};
use crate::core::saved::{NotSaved, SAVED_FORMAT, Saved, SavedTarget, Terms};
use crate::plan;
use crate::plan::language::{Placed, Spot, Target};

/// A target that was planned.
#[derive(Debug)]
pub(super) struct Planned {
    /// What it was computed from.
    pub(super) seen: Seen,
    /// The changes.
    pub(super) set: ChangeSet,
    /// How the plan of it ends.
    pub(super) exit: Exit,
}

/// Writes what was planned, or says why there is nothing to write: what `apply` would refuse is not saved.
pub(super) fn save(file: &Path, asked: &Asked, args: &PlanArgs, terms: Terms, fleet: &Fleet<Planned>) -> Result<Saved, Stop> {
    let mut targets = Vec::new();
    let mut kept = BTreeMap::new();
    for Each { name, result } in fleet {
        let whose = name.as_ref().map(|name| format!(" of target {name}")).unwrap_or_default();
        let planned = match result {
            Ok(planned) => planned,
            Err(stop) => return Err(unsaved(stop.exit(), format!("the plan{whose} could not be made"))),
        };
        match planned.exit {
            Exit::Error => return Err(unsaved(Exit::Error, format!("findings{whose} stand in the way"))),
            Exit::Unreadable => return Err(unsaved(Exit::Unreadable, format!("something{whose} could not be read"))),
            _ => {}
        }
        kept.extend(planned.seen.plan.files.clone());
        targets.push(SavedTarget::new(name.clone(), planned.set.clone(), planned.seen.live.clone()));
    }
    let source = asked.draft.source();
    let used = |name: &String| source.text.contains(&format!("${{var.{name}}}"));
    let cannot = |error: String| Stop::usage(format!("cannot save to `{}`: {error}", file.display()));
    let saved = Saved {
        saved_plan: SAVED_FORMAT,
        checksum: String::new(),
        postroom: env!("CARGO_PKG_VERSION").to_owned(),
        plan: asked.plan(),
        file: source.name.clone(),
        text: source.text.clone(),
        vars: asked.ground.vars.iter().filter(|(name, _)| used(name)).map(|(name, value)| (name.clone(), value.clone())).collect(),
        files: kept,
        terms,
        strict: args.strict,
        targets,
    };
    let (saved, text) = saved.seal().map_err(|error| cannot(error.to_string()))?;
    files::replace_privately(file, &text).map_err(|error| cannot(error.to_string()))?;
    Ok(saved)
}

fn unsaved(exit: Exit, why: String) -> Stop {
    Stop::Because(exit, format!("nothing was saved: {why}"), None)
}

/// Reads a saved plan, and holds it against what else was said.
pub(super) fn open(text: &str, file: &Path, expect: Option<&str>) -> Result<Saved, Stop> {
    let name = file.display();
    let again = || Some("make it again with `postroom plan -o`".to_owned());
    let saved = Saved::open(text).map_err(|why| {
        let exit = if matches!(why, NotSaved::Unreadable(_)) { Exit::Error } else { Exit::Refused };
        Stop::Because(exit, format!("the saved plan `{name}` is not applied: {why}; nothing was written"), again())
    })?;
    match expect {
        Some(expected) if !saved.is(expected) => {
            let message =
                format!("the saved plan `{name}` has checksum {}, and --expect says {expected}; nothing was written", saved.checksum);
            Err(Stop::Because(Exit::Refused, message, Some("apply the file that was agreed on, or have this one looked at".to_owned())))
        }
        _ => Ok(saved),
    }
}

/// What was said beside the file must be what it was saved with: after that nothing is decided any more.
pub(super) fn agrees(saved: &Saved, args: &PlanArgs, only: &OnlyArgs, prune: &PruneArgs, rotate: &[String]) -> Result<(), Stop> {
    let refuse = |what: String| {
        let help = "leave it out, or plan again with it".to_owned();
        Err(Stop::Because(Exit::Refused, format!("{what}; nothing was written"), Some(help)))
    };
    let list = |list: &[String]| if list.is_empty() { "none".to_owned() } else { list.join(",") };
    for (flag, given, kept) in [("--only", only.only.as_slice(), &saved.terms.only), ("--rotate", rotate, &saved.terms.rotate)] {
        if !given.is_empty() && given != kept.as_slice() {
            return refuse(format!("{flag} says {}, and the plan was saved with {}", list(given), list(kept)));
        }
    }
    if prune.prune && !saved.terms.prune {
        return refuse("--prune was given, and the plan was saved without it".to_owned());
    }
    for (name, value) in variables(args)? {
        let used = saved.text.contains(&format!("${{var.{name}}}"));
        if used && saved.vars.get(&name) != Some(&value) {
            return refuse(format!("the variable `{name}` is given another value than the plan was saved with"));
        }
    }
    Ok(())
}

/// The plan that it holds, for the targets that it holds and that are asked for.
pub(super) fn asked(saved: &Saved, args: &PlanArgs) -> Result<Asked, Stop> {
    let source = Source { name: saved.file.clone(), text: saved.text.clone() };
    let draft = plan::parse(Arc::new(source)).map_err(Stop::Plan)?;
    let held = |name: Option<&String>| saved.targets.iter().find(|target| target.target.as_ref() == name);
    if let Some(unknown) = args.targets.target.iter().find(|name| held(Some(*name)).is_none()) {
        return Err(Stop::refused(format!("the saved plan holds nothing of target `{unknown}`; nothing was written")));
    }
    let mut targets = draft.targets().map_err(Stop::Plan)?;
    targets.retain_mut(|target| {
        let Some(part) = held(target.name.as_ref()) else { return false };
        pin(target, &part.set.home);
        let name = target.name.as_deref();
        let asked = args.targets.target.is_empty() || args.targets.target.iter().any(|other| Some(other.as_str()) == name);
        asked && args.targets.shard.zip(name).is_none_or(|(shard, name)| shard.takes(name))
    });
    let ground = Ground { vars: saved.vars.clone(), folder: folder(Path::new(&saved.file)), kept: Some(saved.files.clone()) };
    Ok(Asked::new(draft, targets, ground))
}

/// It is for the account and region that it was made for, however these were found out then.
fn pin(target: &mut Target, home: &Home) {
    let Home { account, region } = home.clone();
    target.account.get_or_insert(Placed { value: account, spot: Spot::default() });
    target.region.get_or_insert(Placed { value: region, spot: Spot::default() });
}

/// Says that the plan has gone on since: what was saved is applied, and not what stands there by now.
pub(super) fn mention_edits(saved: &Saved, printer: &Printer) {
    let file = Path::new(&saved.file);
    if saved.file != "-" && file.is_file() && reading::plan(file).is_ok_and(|text| text != saved.text) {
        printer.say_of(&format!("`{}` has been edited since the plan was saved: what was saved is applied", saved.file));
    }
}

/// Whether one target may be done as it was saved; gives its changes.
pub(super) fn still_holds(saved: &Saved, name: Option<&str>, seen: &Seen, how: Stale) -> Result<ChangeSet, Stop> {
    let part = saved.targets.iter().find(|target| target.target.as_deref() == name);
    let Some(part) = part else { return Err(Stop::refused("the saved plan holds nothing of it")) };
    let SavedTarget { set, live, .. } = part;
    let verdict = stale::verdict(&seen.plan, &saved.terms, live, &seen.live, how);
    if !part.plans(&verdict.then) {
        let message = format!(
            "postroom {} saved this plan, and postroom {} makes other changes of the same account; nothing was written",
            saved.postroom,
            env!("CARGO_PKG_VERSION")
        );
        return Err(Stop::Because(Exit::Refused, message, Some("plan again with this version".to_owned())));
    }
    if !verdict.stale.is_empty() {
        let told = |moved: stale::Moved| (moved.address.seen_from(&set.home), moved.what);
        return Err(Stop::Stale(verdict.stale.into_iter().map(told).collect()));
    }
    if !verdict.unreadable.is_empty() {
        let lost = verdict.unreadable.iter().map(|(at, why)| format!("\n  {}: {why}", at.seen_from(&set.home)));
        let message = format!("what was read for the plan cannot be read now; nothing was written{}", lost.collect::<String>());
        return Err(Stop::Because(Exit::Unreadable, message, Some("give the caller the permission to read it".to_owned())));
    }
    Ok(set.clone())
}
