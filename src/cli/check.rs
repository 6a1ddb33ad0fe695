//! `postroom check`: for every action of every rule, would SES be allowed by the policies that are live now?

use std::time::Duration;

use serde_json::json;

use super::exit::{Exit, Stop};
use super::input;
use super::options::{AwsArgs, PlanArgs};
use super::plan::{calls, say_stats};
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
    let seen = input::look(&args.plan, &args.aws, Duration::ZERO, printer).await?;
    let checked = check(&mut Scene::new(&seen.plan, &seen.live));
    let count = |answer| checked.iter().filter(|row| row.answer == answer).count();
    if printer.is_json() {
        let summary = json!({
            "allowed": count(Answer::Allowed), "denied": count(Answer::Denied),
            "depends": count(Answer::Depends), "unreadable": count(Answer::Unreadable),
        });
        printer.json(&json!({
            "format_version": report::json::FORMAT,
            "plan": seen.plan.name,
            "targets": [{
                "target": null, "account": seen.live.home.account, "region": seen.live.home.region,
                "summary": summary, "checks": checked, "calls": calls(&seen),
            }],
        }));
    } else {
        printer.result(&report::text::checks(&checked));
        say_stats(&args.aws, calls(&seen), printer);
    }
    let doubtful = args.plan.strict && count(Answer::Depends) > 0;
    Ok(if count(Answer::Unreadable) > 0 {
        Exit::Unreadable
    } else if count(Answer::Denied) > 0 || doubtful {
        Exit::Changes
    } else {
        Exit::Done
    })
}
