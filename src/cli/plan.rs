//! `postroom plan`: what would change, and why.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::exit::{Exit, Stop};
use super::faults;
use super::fleet::{Fleet, Parts, Told, tell, whole};
use super::input::{self, Seen};
use super::options::{AwsArgs, Format, OnlyArgs, PlanArgs, PruneArgs, SafetyArgs};
use super::printer::Printer;
use super::saved::{Planned, save};
use super::validate::has_errors;
use crate::core::address::{Address, AddressKind};
use crate::core::change::ChangeSet;
use crate::core::safety::needed;
use crate::core::saved::Terms;
use crate::plan::language::mail_manager::IngressAccess;
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    aws: AwsArgs,
    #[command(flatten)]
    only: OnlyArgs,
    #[command(flatten)]
    prune: PruneArgs,
    /// Saves what was planned, for `apply FILE`
    #[arg(short, long, value_name = "FILE", env = "POSTROOM_OUT")]
    out: Option<PathBuf>,
    /// Sends the password of this ingress endpoint again, from its environment variable
    #[arg(long, value_name = "ADDRESS", env = "POSTROOM_ROTATE", value_delimiter = ',')]
    rotate: Vec<String>,
    #[command(flatten)]
    safety: SafetyArgs,
    /// Exits with 2 when there are changes
    #[arg(long, env = "POSTROOM_DETAILED_EXITCODE")]
    detailed_exitcode: bool,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let (asked, fleet) = input::look_through(&args.plan, &args.aws, &args.prune, Duration::ZERO, printer).await?;
    let planned = |seen: Seen| {
        check_rotated(&args.rotate, &seen)?;
        let set = terms(&seen, &args.only, &args.rotate).changes(&seen.plan, &seen.live);
        let exit = if has_errors(&set.findings, args.plan.strict) {
            Exit::Error
        } else if !set.unreadable.is_empty() {
            Exit::Unreadable
        } else if args.detailed_exitcode && !set.is_empty() {
            Exit::Changes
        } else {
            Exit::Done
        };
        Ok(Planned { seen, set, exit })
    };
    let fleet: Fleet<Planned> = fleet.into_iter().map(|each| each.and(planned)).collect();
    let terms = Terms { prune: args.prune.prune, only: args.only.only.clone(), rotate: args.rotate.clone() };
    let saved = args.out.as_deref().map(|file| save(file, &asked, &args.plan, terms, &fleet)).transpose();
    let seal = match (&args.out, &saved) {
        (Some(file), Ok(Some(saved))) => Some((file, saved.checksum.as_str())),
        _ => None,
    };
    let partial = !args.only.only.is_empty();
    let told = |Planned { seen, set, exit }: Planned| {
        let calls = calls(&seen);
        let explained = faults::of_reads(&seen, &set);
        let flags = needed(&set, seen.plan.safety, args.safety.max_changes);
        let json = || {
            let mut json = report::json::change_set(&set, None, partial, calls.clone());
            if let (Some((file, checksum)), Some(members)) = (&seal, json.as_object_mut()) {
                members.insert("saved".to_owned(), json!({"file": file, "checksum": checksum}));
            }
            if let Some(target) = json.pointer_mut("/targets/0").and_then(Value::as_object_mut) {
                target.insert("needs_flags".to_owned(), json!(flags));
                target.insert("explained".to_owned(), report::faults::json(&explained));
            }
            json
        };
        let text = || report::text::change_set(&set, partial) + &report::faults::text(&explained) + &report::text::flags(&flags);
        Ok(Told::as_asked(printer, exit, text, json).counting(stats(&args.aws, calls)))
    };
    let exit = if printer.format() == Format::Markdown {
        whole(&fleet, printer, |planned| planned.exit, |parts| Ok(markdown(parts, partial)))?
    } else {
        tell(&asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect(), printer)?
    };
    if let (Some((file, checksum)), false) = (seal, printer.is_json()) {
        printer.result(&format!("\nSaved to {}, checksum {checksum}\n", file.display()));
    }
    match saved {
        Ok(_) => Ok(exit),
        Err(stop) => {
            printer.warn(&stop.text());
            Ok(Exit::worst([exit, stop.exit()]))
        }
    }
}

/// What is asked for beside the plan.
pub(super) fn terms(seen: &Seen, only: &OnlyArgs, rotate: &[String]) -> Terms {
    Terms { prune: seen.prune, only: only.only.clone(), rotate: rotate.to_vec() }
}

fn markdown(parts: &Parts<'_, Planned>, partial: bool) -> String {
    let parts: Vec<_> = parts.iter().map(|(name, found)| (*name, found.as_ref().map(|found| &found.set).map_err(Clone::clone))).collect();
    report::markdown::plan(&parts, partial)
}

/// The pure part: compile, compare, select.
pub(super) fn changes(seen: &Seen, only: &OnlyArgs) -> ChangeSet {
    terms(seen, only, &[]).changes(&seen.plan, &seen.live)
}

/// Whether the endpoints whose passwords are sent again have one.
pub(super) fn check_rotated(texts: &[String], seen: &Seen) -> Result<(), Stop> {
    let has_password = |at: &Address| {
        let entries = &seen.plan.mail_manager.ingress_endpoints;
        let entry = entries.iter().find(|entry| entry.name.value == at.name);
        entry.and_then(|entry| entry.spec()).is_some_and(|spec| matches!(spec.access, IngressAccess::PasswordFromEnv(_)))
    };
    let is_one = |text: &String| {
        let at = Address::read_at(text, &seen.live.home);
        at.is_ok_and(|at| at.kind == AddressKind::IngressEndpoint && has_password(&at))
    };
    match texts.iter().find(|text| !is_one(text)) {
        None => Ok(()),
        Some(text) => {
            Err(Stop::usage(format!("--rotate {text}: the plan has no ingress endpoint of this address with `password_from_env`")))
        }
    }
}

/// What went over the wire.
pub(super) fn calls(seen: &Seen) -> Option<serde_json::Value> {
    let session = seen.session.as_ref()?;
    serde_json::to_value(session.clients.stats.report()).ok()
}

/// The same, where it is to be said beside the result.
pub(super) fn stats(aws: &AwsArgs, calls: Option<serde_json::Value>) -> Option<serde_json::Value> {
    calls.filter(|_| aws.stats)
}
