//! `postroom destroy`: takes back what the plan owns, in the order of an apply that wants none of it any more.

use std::time::Duration;

use super::apply::{PATIENCE, act, agree, flags, refuse_for_want_of};
use super::exit::{Exit, Stop};
use super::input;
use super::options::{AwsArgs, OnlyArgs, PlanArgs};
use super::plan::{calls, say_stats};
use super::printer::Printer;
use crate::core::apply::Applied;
use crate::core::farewell::{destroy, farewell};
use crate::core::safety::Allowed;
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
    /// Does not ask
    #[arg(short, long, env = "POSTROOM_YES")]
    yes: bool,
    /// Lets rules, rule sets, filters, roles and Mail Manager resources be deleted
    #[arg(long, env = "POSTROOM_ALLOW_DELETE")]
    allow_delete: bool,
    /// Lets the rule set be deactivated that receives now
    #[arg(long, env = "POSTROOM_ALLOW_ACTIVATE")]
    allow_activate: bool,
    /// Does not wait for IAM to make known what was written
    #[arg(long, env = "POSTROOM_NO_WAIT")]
    no_wait: bool,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    if args.aws.live.is_some() {
        return Err(Stop::usage("destroy writes to AWS: it does not go with --live"));
    }
    let patience = if args.no_wait { Duration::ZERO } else { PATIENCE };
    let seen = input::look_also(&args.plan, &args.aws, patience, printer, |plan| Some(farewell(plan))).await?;
    let Some(session) = &seen.session else { return Err(Stop::usage("destroy needs AWS")) };
    let mut set = destroy(&seen.plan, &seen.live);
    select(&mut set, &args.only.only);
    let partial = !args.only.only.is_empty();
    if !printer.is_json() {
        printer.result(&report::text::farewell(&set, partial));
    }
    // `safety:` is against the plan that loses more than was meant; here all of it is meant.
    let allowed = Allowed { flags: flags(args.allow_delete, args.allow_activate), force: true };
    refuse_for_want_of(&set, args.plan.strict, seen.plan.safety, &allowed).inspect_err(|_| {
        if printer.is_json() {
            printer.json(&report::json::change_set(&set, None, partial, calls(&seen)));
        }
    })?;
    if set.is_empty() {
        if printer.is_json() {
            printer.json(&report::json::change_set(&set, Some(&Applied::default()), partial, calls(&seen)));
        } else {
            say_stats(&args.aws, calls(&seen), printer);
        }
        return Ok(Exit::Done);
    }
    let question = format!("Take back {} of plan {} from", report::text::things(set.changes.len(), "thing"), set.plan);
    agree(args.yes, &question, &set, printer)?;
    act(session, &seen, &set, &args.aws, partial, printer).await
}
