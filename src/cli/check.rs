//! `postroom check`: for every action of every rule, would SES be allowed by the policies that are live now?

use std::time::Duration;

use serde_json::json;

use super::exit::{Exit, Stop};
use super::fleet::{Told, tell};
use super::input::{self, Seen};
use super::options::{AwsArgs, PlanArgs};
use super::plan::{calls, stats};
use super::printer::Printer;
use crate::core::check::{Answer, check};
use crate::core::scene::Scene;
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    aws: AwsArgs,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let (asked, fleet) = input::look(&args.plan, &args.aws, Duration::ZERO, printer).await?;
    tell(&asked.plan(), fleet.into_iter().map(|each| each.and(|seen| Ok(told(args, &seen)))).collect(), printer)
}

fn told(args: &Args, seen: &Seen) -> Told {
    let checked = check(&mut Scene::new(&seen.plan, &seen.live));
    let count = |answer| checked.iter().filter(|row| row.answer == answer).count();
    let summary = json!({
        "allowed": count(Answer::Allowed), "denied": count(Answer::Denied),
        "depends": count(Answer::Depends), "unreadable": count(Answer::Unreadable),
    });
    let json = json!({
        "format_version": report::json::FORMAT,
        "plan": seen.plan.name,
        "targets": [{
            "target": null, "account": seen.live.home.account, "region": seen.live.home.region,
            "summary": summary, "checks": checked, "calls": calls(seen),
        }],
    });
    let doubtful = args.plan.strict && count(Answer::Depends) > 0;
    let exit = if count(Answer::Unreadable) > 0 {
        Exit::Unreadable
    } else if count(Answer::Denied) > 0 || doubtful {
        Exit::Changes
    } else {
        Exit::Done
    };
    Told::new(exit, report::text::checks(&checked), json).counting(stats(&args.aws, calls(seen)))
}
