//! `postroom snapshot`: everything `plan` reads.

use std::time::Duration;

use super::exit::{Exit, Stop};
use super::input;
use super::options::{AwsArgs, PlanArgs, PruneArgs};
use super::plan::{calls, say_stats};
use super::printer::Printer;
use crate::core::live::Observed;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    aws: AwsArgs,
    #[command(flatten)]
    prune: PruneArgs,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let seen = input::look_through(&args.plan, &args.aws, &args.prune, Duration::ZERO, printer).await?;
    printer.json(&serde_json::to_value(&seen.live).map_err(|error| Stop::usage(error.to_string()))?);
    say_stats(&args.aws, calls(&seen), printer);
    let unreadable = seen.live.seen.values().any(|observed| matches!(observed, Observed::Unreadable(_)));
    Ok(if unreadable { Exit::Unreadable } else { Exit::Done })
}
