//! `postroom plan`: what would change, and why.

use std::collections::BTreeSet;
use std::time::Duration;

use super::exit::{Exit, Stop};
use super::fleet::{Told, tell};
use super::input::{self, Seen};
use super::options::{AwsArgs, OnlyArgs, PlanArgs, PruneArgs};
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
use crate::route::routing::Routing;
use crate::route::{expect, moved};

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
    let told = |seen: Seen| {
        let set = changes_with(&seen, &args.only, BTreeSet::new());
        let calls = calls(&seen);
        let exit = if has_errors(&set.findings, args.plan.strict) {
            Exit::Error
        } else if !set.unreadable.is_empty() {
            Exit::Unreadable
        } else if args.detailed_exitcode && !set.is_empty() {
            Exit::Changes
        } else {
            Exit::Done
        };
        let json = report::json::change_set(&set, None, partial, calls.clone());
        Ok(Told::new(exit, report::text::change_set(&set, partial), json).counting(stats(&args.aws, calls)))
    };
    tell(&asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect(), printer)
}

/// The pure part: compile, compare, select.
pub(super) fn changes(seen: &Seen, only: &OnlyArgs) -> ChangeSet {
    let mut set = compared(seen, BTreeSet::new());
    select(&mut set, &only.only);
    set
}

/// The same with what the plan's tests say and what the mail does, where the passwords of some ingress endpoints are sent again.
pub(super) fn changes_with(seen: &Seen, only: &OnlyArgs, rotate: BTreeSet<Address>) -> ChangeSet {
    let mut set = compared(seen, rotate);
    // The tests are of the whole plan, also where a part of it is chosen.
    let whole = Routing::of_live(&seen.live).after(&set.changes, &seen.live);
    set.findings.extend(expect::findings(&seen.plan, &whole));
    select(&mut set, &only.only);
    moved::tell(&mut set, &seen.live);
    set
}

fn compared(seen: &Seen, rotate: BTreeSet<Address>) -> ChangeSet {
    let scene = Scene::new(&seen.plan, &seen.live);
    let mut desired = if seen.prune { pruned(&seen.plan, &seen.live).compile(&seen.live) } else { compile(&scene) };
    desired.rotate = rotate;
    diff(&desired, &seen.live)
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
