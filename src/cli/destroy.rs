//! `postroom destroy`: takes back what the plan owns, in the order of an apply that wants none of it any more.

use std::time::Duration;

use super::exit::{Exit, Stop};
use super::fleet::Fleet;
use super::input::{self, Seen};
use super::options::{AwsArgs, GuardArgs, OnlyArgs, PlanArgs};
use super::perform::{Manner, PATIENCE, Ready, flags, perform, refuse_for_want_of};
use super::printer::Printer;
use crate::core::farewell::{destroy, farewell};
use crate::core::safety::Allowed;
use crate::core::selection::select;
use crate::report;
use crate::route::moved;

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
    guard: GuardArgs,
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
    let (asked, fleet) = input::look_also(&args.plan, &args.aws, patience, printer, |plan| Some(farewell(plan))).await?;
    let fleet: Fleet<Ready> = fleet.into_iter().map(|each| each.and(|seen| ready(args, seen))).collect();
    let plan = asked.plan();
    let manner = Manner {
        yes: args.yes,
        question: &|things| format!("Take back {} of plan {plan} from", report::text::things(things, "thing")),
        shown: report::text::farewell,
        partial: !args.only.only.is_empty(),
        aws: &args.aws,
        guard: &args.guard,
    };
    perform(&manner, &plan, fleet, printer).await
}

fn ready(args: &Args, seen: Seen) -> Result<Ready, Stop> {
    let Some(session) = seen.session.clone() else { return Err(Stop::usage("destroy needs AWS")) };
    let mut set = destroy(&seen.plan, &seen.live);
    select(&mut set, &args.only.only);
    moved::tell(&mut set, &seen.live);
    // `safety:` is against the plan that loses more than was meant; here all of it is meant.
    let allowed = Allowed { flags: flags(args.allow_delete, args.allow_activate), force: true, most: None };
    let session = refuse_for_want_of(&set, args.plan.strict, seen.plan.safety, &allowed).map(|()| session);
    Ok(Ready { seen, set, session })
}
