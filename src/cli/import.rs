//! `postroom import`: the live account as a complete plan that then plans no change but the tags of what it adopts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::connect::connect;
use super::exit::{Exit, Stop};
use super::fleet::Fleet;
use super::input::{self, Asked, Ground, Seen};
use super::options::{AwsArgs, OnlyArgs, PlanArgs, TargetArgs};
use super::plan::{calls, stats};
use super::printer::Printer;
use super::snapshots;
use crate::audit::scan::seen_by;
use crate::aws::Session;
use crate::core::address::AddressKind;
use crate::core::ids::{AccountId, PlanName, Region};
use crate::core::live::Live;
use crate::core::owner::Owner;
use crate::core::problem::Source;
use crate::core::world::World;
use crate::import::{Imported, Wishes, import, scan};
use crate::kinds::inventory::{Names, list_address};
use crate::kinds::mail_manager::ingress_endpoint::IngressEndpoint;
use crate::kinds::mail_manager::ours::Found;
use crate::plan::language::Plan;
use crate::plan::{files, parse};

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The name of the plan; else the account's alias, else `imported`
    #[arg(long, env = "POSTROOM_NAME")]
    name: Option<PlanName>,
    /// Writes the plan into a file, and what it names beside it
    #[arg(short, long, value_name = "FILE", env = "POSTROOM_OUT")]
    out: Option<PathBuf>,
    /// Roles that rules use become the plan's (`adopt: true`); else they are only referred to (`existing: true`)
    #[arg(long, env = "POSTROOM_ADOPT")]
    adopt: bool,
    /// Statements of others that let SES in are taken over: `plan` then puts ours in and takes theirs out, in one put
    #[arg(long, env = "POSTROOM_TAKE_OVER")]
    take_over: bool,
    /// The account; any other is refused
    #[arg(long, env = "POSTROOM_ACCOUNT")]
    account: Option<AccountId>,
    /// The SES region
    #[arg(long, env = "POSTROOM_REGION")]
    region: Option<Region>,
    /// Writes what was read into a file, for `--live`
    #[arg(long, value_name = "FILE", env = "POSTROOM_SAVE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    only: OnlyArgs,
    #[command(flatten)]
    aws: AwsArgs,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    if let Some(file) = args.out.as_ref().filter(|file| file.exists()) {
        return Err(Stop::usage(format!("`{}` is there already: name another file, or take it away first", file.display())));
    }
    let (seen, name) = look(args, printer).await?;
    let mut wishes = wishes(args, name);
    if let Some(file) = &args.save {
        let text = serde_json::to_string_pretty(&seen.live).map_err(|error| Stop::usage(error.to_string()))?;
        write(file, &(text + "\n"))?;
    }
    if let Some(folder) = &wishes.folder {
        wishes.stores = trust_stores(&seen, folder, printer).await?;
    }
    let imported = import(&seen.live, &wishes);
    say(args, &imported, &seen, printer)?;
    Ok(if imported.unreadable.is_empty() { Exit::Done } else { Exit::Unreadable })
}

fn wishes(args: &Args, name: PlanName) -> Wishes {
    Wishes {
        only: args.only.only.clone(),
        adopt_roles: args.adopt,
        take_over: args.take_over,
        folder: args.out.as_deref().map(input::folder),
        ..Wishes::named(name)
    }
}

/// Reads the account. What it calls itself is asked first: the name of the plan decides which inline policies are its own.
async fn look(args: &Args, printer: &Printer) -> Result<(Seen, PlanName), Stop> {
    let plan = PlanArgs {
        plan: PathBuf::new(),
        vars: Vec::new(),
        var_file: Vec::new(),
        account: args.account.clone(),
        region: args.region.clone(),
        strict: false,
        targets: TargetArgs::default(),
    };
    let text = format!("postroom: 1\nname: {}\n", args.name.as_ref().map_or("imported", PlanName::as_str));
    let draft = parse(Arc::new(Source { name: "import".to_owned(), text })).map_err(Stop::Plan)?;
    let targets = draft.targets().map_err(Stop::Plan)?;
    let asked = Asked::new(draft, targets, Ground::default());
    if let Some(file) = &args.aws.live {
        let seen = only(snapshots::all(&asked, &plan, file)?)?;
        let name = args.name.clone().unwrap_or_else(|| alias(&seen.live).unwrap_or_else(|| seen.plan.name.clone()));
        let inline = Owner::new(&name, &seen.live.home, &[]).inline_policy();
        let live = seen_by(seen.live, &inline);
        return Ok((Seen { live, ..seen }, name));
    }
    let connected = only(connect(&asked, &plan, &args.aws, Duration::ZERO, printer).await?)?;
    let progress = printer.progress("reading", 0);
    let look = async |session: &Session, settled: &Plan| {
        let mut session = session.clone();
        let mut live = input::blank(&session);
        if args.name.is_none() {
            let list = list_address(&session.home, AddressKind::AccountAliases);
            live.seen.extend(session.fresh().read(&BTreeSet::from([list])).await);
        }
        let name = args.name.clone().unwrap_or_else(|| alias(&live).unwrap_or_else(|| settled.name.clone()));
        session.inline_policy = Owner::new(&name, &session.home, &[]).inline_policy();
        let live = scan::observe(&session.fresh(), &wishes(args, name.clone()), live).await;
        Ok((session, name, live))
    };
    let (called, settled, (session, name, mut live)) = connected.look(&asked, look).await?;
    live.caller = called.caller().cloned();
    printer.finish(&progress);
    Ok((Seen { plan: settled, live, session: Some(session), prune: false }, name))
}

/// An import is of one account.
fn only<T>(fleet: Fleet<T>) -> Result<T, Stop> {
    fleet.into_iter().next().map_or_else(|| Err(Stop::usage("there is no account to import")), |each| each.result)
}

/// What the account calls itself, where that can be the name of a plan.
fn alias(live: &Live) -> Option<PlanName> {
    let aliases: Names = live.get(&list_address(&live.home, AddressKind::AccountAliases)).present()?;
    aliases.into_iter().next()?.parse().ok()
}

fn say(args: &Args, imported: &Imported, seen: &Seen, printer: &Printer) -> Result<(), Stop> {
    if !imported.problems.is_empty() {
        return Err(Stop::Plan(imported.problems.clone()));
    }
    if let Some(file) = &args.out {
        for (name, text) in &imported.files {
            write_beside(&input::folder(file), name, text)?;
        }
        write(file, &imported.text)?;
    }
    let home = &seen.live.home;
    if printer.is_json() {
        let kept_out = imported.kept_out.iter().map(|(at, why)| json!({"address": at.seen_from(home), "why": why}));
        let unreadable = imported.unreadable.iter().map(|found| json!({"address": found.address.seen_from(home), "why": found.why}));
        printer.json(&json!({
            "format_version": 1,
            "account": home.account,
            "region": home.region,
            "plan": imported.text,
            "kept_out": kept_out.collect::<Vec<_>>(),
            "unreadable": unreadable.collect::<Vec<_>>(),
            "calls": calls(seen),
        }));
        return Ok(());
    }
    match &args.out {
        None => printer.result(&imported.text),
        Some(file) => printer.say_of(&format!("written to `{}`: `postroom plan {}` says what it would do", file.display(), file.display())),
    }
    for (at, why) in &imported.kept_out {
        printer.say_of(&format!("not written by this plan: {}: {why}", at.seen_from(home)));
    }
    for found in &imported.unreadable {
        printer.say_of(&format!("could not be read: {}: {}", found.address.seen_from(home), found.why));
    }
    if let Some(stats) = stats(&args.aws, calls(seen)) {
        printer.stats("", &stats);
    }
    Ok(())
}

/// The certificates that ingress endpoints ask for, as files beside the plan. They are read again for this alone: a snapshot never holds
/// them.
async fn trust_stores(seen: &Seen, folder: &Path, printer: &Printer) -> Result<BTreeMap<String, (String, Option<String>)>, Stop> {
    let mut stores = BTreeMap::new();
    let Some(session) = &seen.session else { return Ok(stores) };
    for at in seen.live.of_kind(AddressKind::IngressEndpoint) {
        let endpoint: Option<Found<IngressEndpoint>> = seen.live.get(at).present();
        let Some(Found { id, .. }) = endpoint.filter(|found| found.spec.r#type == "MTLS") else { continue };
        let found = match session.mail_manager(at).await {
            Ok(manager) => manager.trust_store(&id).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(None) => {}
            Ok(Some(_)) if files::leaving(&at.name).is_some() || at.name.contains(['/', '\\']) => {
                printer.say_of(&format!("the certificates of `{}` are not written: it is no name of a file", at.name));
            }
            Ok(Some((ca, crl))) => {
                let (ca_file, crl_file) = (format!("{}.ca.pem", at.name), format!("{}.crl.pem", at.name));
                write_beside(folder, &ca_file, &ca)?;
                if let Some(crl) = &crl {
                    write_beside(folder, &crl_file, crl)?;
                }
                stores.insert(at.name.clone(), (ca_file, crl.map(|_| crl_file)));
            }
            Err(error) => printer.say_of(&format!("the certificates of {} could not be read: {error}", at.name)),
        }
    }
    Ok(stores)
}

/// What is there already and says something else is somebody's.
fn write_beside(folder: &Path, name: &str, text: &str) -> Result<(), Stop> {
    let file = folder.join(name);
    match std::fs::read_to_string(&file) {
        Ok(known) if known == text => Ok(()),
        Ok(_) => Err(Stop::usage(format!("`{}` is there already and says something else", file.display()))),
        Err(_) => write(&file, text),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Stop> {
    std::fs::write(file, text).map_err(|error| Stop::usage(format!("cannot write `{}`: {error}", file.display())))
}
