//! `postroom snapshot`: everything `plan` reads.

use std::time::Duration;

use super::exit::{Exit, Stop};
use super::fleet::{Each, of};
use super::input;
use super::options::{AwsArgs, PlanArgs, PruneArgs};
use super::plan::{calls, stats};
use super::printer::Printer;
use super::snapshots;
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
    let (asked, fleet) = input::look_through(&args.plan, &args.aws, &args.prune, Duration::ZERO, printer).await?;
    let (mut lives, mut exits) = (Vec::new(), Vec::new());
    for Each { name, result } in fleet {
        match result {
            Ok(seen) => {
                let unreadable = seen.live.seen.values().any(|observed| matches!(observed, Observed::Unreadable(_)));
                exits.push(if unreadable { Exit::Unreadable } else { Exit::Done });
                if let Some(stats) = stats(&args.aws, calls(&seen)) {
                    printer.stats(&name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default(), &stats);
                }
                lives.push((name, seen.live));
            }
            Err(stop) if name.is_none() => return Err(stop),
            // The result is for `--live`, and has no place for what is not there.
            Err(stop) => {
                exits.push(stop.exit());
                printer.warn(&of(name.as_deref(), &stop.text()));
            }
        }
    }
    printer.json(&snapshots::together(&asked.plan(), &lives)?);
    Ok(Exit::worst(exits))
}
