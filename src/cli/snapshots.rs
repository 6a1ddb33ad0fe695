//! What stands for AWS: `--live` and `--assume`. A snapshot of one account is a [`Live`]; one of several targets holds a `Live` for each.

use std::path::Path;

use serde_json::{Value, json};

use super::exit::{Exit, Stop};
use super::fleet::{Each, Fleet};
use super::input::{Asked, Seen, Wanted, settle, wanted};
use super::options::PlanArgs;
use super::reading;
use crate::core::address::{Address, Home};
use crate::core::live::{LIVE_FORMAT, Live, Observed};
use crate::plan::language::Target;
use crate::report;

/// The part of a snapshot that a target is in.
fn part(file: &Path, value: &Value, target: Option<&str>) -> Result<Value, Stop> {
    let Some(targets) = value.get("targets").and_then(Value::as_array) else { return Ok(value.clone()) };
    let found = targets.iter().find(|part| part.get("target").and_then(Value::as_str) == target);
    let missing = || match target {
        Some(name) => format!("`{}` holds nothing of target `{name}`", file.display()),
        None => format!("`{}` is a snapshot of several targets, and the plan has none", file.display()),
    };
    found.and_then(|part| part.get("live")).cloned().ok_or_else(|| Stop::usage(missing()))
}

/// Several targets in one file, or the one account of a plan without targets.
pub(super) fn together(plan: &str, lives: &[(Option<String>, Live)]) -> Result<Value, Stop> {
    let value = |live: &Live| serde_json::to_value(live).map_err(|error| Stop::usage(error.to_string()));
    if let [(None, live)] = lives {
        return value(live);
    }
    let part = |(name, live): &(Option<String>, Live)| {
        Ok(json!({"target": name, "account": live.home.account, "region": live.home.region, "live": value(live)?}))
    };
    let parts: Vec<Value> = lives.iter().map(part).collect::<Result<_, Stop>>()?;
    Ok(report::json::of_targets(plan, None, parts))
}

/// What a snapshot shows of every target.
pub(super) fn all(asked: &Asked, args: &PlanArgs, file: &Path) -> Result<Fleet<Seen>, Stop> {
    let text = reading::snapshot(file)?;
    let value: Value =
        serde_json::from_str(&text).map_err(|error| Stop::usage(format!("`{}` is not a snapshot: {error}", file.display())))?;
    if value.get("targets").is_none() && asked.targets.len() > 1 {
        return Err(Stop::usage(format!("`{}` is a snapshot of one account: say which target with --target", file.display())));
    }
    let seen = |target: &Target| {
        let live: Live = serde_json::from_value(part(file, &value, target.name.as_deref())?)
            .map_err(|error| Stop::usage(format!("`{}` is not a snapshot: {error}", file.display())))?;
        if live.format_version != LIVE_FORMAT {
            let message =
                format!("`{}` is a snapshot of format {}; this postroom reads {LIVE_FORMAT}", file.display(), live.format_version);
            return Err(Stop::Because(Exit::Error, message, Some("take it again with this version".to_owned())));
        }
        let Wanted { account, region } = wanted(args, target)?;
        if account.is_some_and(|account| account != live.home.account) || region.is_some_and(|region| region != live.home.region) {
            let message = format!("the snapshot is of {} {}, and the plan is for another", live.home.account, live.home.region);
            return Err(Stop::refused(message));
        }
        let plan = settle(asked, target, &live.home)?;
        Ok(Seen { plan, live, session: None, prune: false })
    };
    Ok(asked.targets.iter().map(|target| Each { name: target.name.clone(), result: seen(target) }).collect())
}

/// The facts of `--assume`: a snapshot, or a map of address (as people write it) to what the reader of that address gives.
pub(super) fn facts(file: &Path, text: &str, target: Option<&str>, home: &Home) -> Result<Live, Stop> {
    let wrong = |why: String| Stop::usage(format!("`{}` holds no facts: {why}", file.display()));
    let value: Value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    if value.get("format_version").is_some() {
        return serde_json::from_value(part(file, &value, target)?).map_err(|error| wrong(error.to_string()));
    }
    let Value::Object(members) = value else { return Err(wrong("expected a map of addresses".to_owned())) };
    let mut live = Live::new(home.clone());
    for (address, fact) in members {
        let at = Address::read_at(&address, home).map_err(|error| wrong(format!("`{address}`: {error}")))?;
        // A fact that is given as `null` is one that is known to be absent.
        live.seen.insert(at, if fact.is_null() { Observed::Absent } else { Observed::Present(fact) });
    }
    Ok(live)
}
