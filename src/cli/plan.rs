//! `postroom plan`: what would change, and why.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::exit::{Exit, Stop};
use super::fleet::{Fleet, Parts, Told, tell, whole};
use super::input::{self, Seen};
use super::options::{AwsArgs, Format, OnlyArgs, PlanArgs, PruneArgs};
use super::printer::Printer;
use super::validate::has_errors;
use crate::core::address::Address;
use crate::core::change::ChangeSet;
use crate::core::compile::compile;
use crate::core::diff::diff;
use crate::core::prune::pruned;
use crate::core::scene::Scene;
use crate::core::selection::select;
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
    /// Exits with 2 when there are changes
    #[arg(long, env = "POSTROOM_DETAILED_EXITCODE")]
    detailed_exitcode: bool,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let (asked, fleet) = input::look_through(&args.plan, &args.aws, &args.prune, Duration::ZERO, printer).await?;
    let partial = !args.only.only.is_empty();
    let compared = |seen: Seen| {
        let set = changes(&seen, &args.only);
        let calls = calls(&seen);
        let json = report::json::change_set(&set, None, partial, calls.clone());
        Ok(Compared { exit: exit(args, &set), set, json, calls })
    };
    let fleet: Fleet<Compared> = fleet.into_iter().map(|each| each.and(compared)).collect();
    if printer.format() == Format::Markdown {
        return whole(&fleet, printer, |found| found.exit, |parts| Ok(markdown(parts, partial)));
    }
    let told = |Compared { exit, set, json, calls }: Compared| {
        Ok(Told::new(exit, report::text::change_set(&set, partial), json).counting(stats(&args.aws, calls)))
    };
    tell(&asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect(), printer)
}

/// What a target would become.
struct Compared {
    exit: Exit,
    set: ChangeSet,
    json: Value,
    calls: Option<Value>,
}

fn exit(args: &Args, set: &ChangeSet) -> Exit {
    if has_errors(&set.findings, args.plan.strict) {
        Exit::Error
    } else if !set.unreadable.is_empty() {
        Exit::Unreadable
    } else if args.detailed_exitcode && !set.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    }
}

fn markdown(parts: &Parts<'_, Compared>, partial: bool) -> String {
    let part = |found: &Compared| found.json.pointer("/targets/0/mail").cloned().unwrap_or_default();
    let mails: Vec<Value> = parts.iter().map(|(_, found)| found.as_ref().map(|found| part(found)).unwrap_or_default()).collect();
    let shown = parts.iter().zip(&mails);
    let parts: Vec<_> =
        shown.map(|((name, found), mail)| (*name, found.as_ref().map(|found| (&found.set, mail)).map_err(Clone::clone))).collect();
    report::markdown::plan(&parts, partial)
}

/// The pure part: compile, compare, select.
pub(super) fn changes(seen: &Seen, only: &OnlyArgs) -> ChangeSet {
    changes_with(seen, only, BTreeSet::new())
}

/// The same, where the passwords of some ingress endpoints are sent again.
pub(super) fn changes_with(seen: &Seen, only: &OnlyArgs, rotate: BTreeSet<Address>) -> ChangeSet {
    let scene = Scene::new(&seen.plan, &seen.live);
    let mut desired = if seen.prune { pruned(&seen.plan, &seen.live).compile(&seen.live) } else { compile(&scene) };
    desired.rotate = rotate;
    let mut set = diff(&desired, &seen.live);
    select(&mut set, &only.only);
    set
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
