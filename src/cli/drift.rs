//! `postroom drift`: has live AWS moved away from the plan? For cron: it only reads, and its exit code says all.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::exit::{Exit, Stop};
use super::files::replace;
use super::fleet::{Each, Fleet, Parts, Told, tell, whole};
use super::input::{self, Seen};
use super::options::{AwsArgs, Format, OnlyArgs, PlanArgs, PruneArgs};
use super::plan::{calls, changes, stats};
use super::printer::Printer;
use crate::core::drift::{Class, Drift, drift};
use crate::report;
use crate::report::metrics::{OfTarget, Run};

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
    /// Writes what was found as Prometheus metrics, however the run ends
    #[arg(long, value_name = "FILE", env = "POSTROOM_METRICS")]
    metrics: Option<PathBuf>,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let began = Instant::now();
    let looked = look(args, printer).await;
    let exit = looked.as_ref().map_or_else(|(stop, _)| stop.exit(), |(exit, _)| *exit);
    if let Some(file) = &args.metrics {
        let ended = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let run = Run { file: args.plan.plan.display().to_string(), ended, took: began.elapsed().as_secs_f64(), exit: exit.number() };
        let (Ok((_, found)) | Err((_, found))) = &looked;
        let text = report::metrics::text(&run, found).map_err(|error| Stop::usage(format!("no metrics: {error}")))?;
        replace(file, &text).map_err(|error| Stop::usage(format!("cannot write `{}`: {error}", file.display())))?;
    }
    looked.map(|(exit, _)| exit).map_err(|(stop, _)| stop)
}

/// How it ended, and what there is of it for the metrics.
type Looked = Result<(Exit, Vec<OfTarget>), (Stop, Vec<OfTarget>)>;

async fn look(args: &Args, printer: &Printer) -> Looked {
    let (asked, fleet) =
        input::look_through(&args.plan, &args.aws, &args.prune, Duration::ZERO, printer).await.map_err(|stop| (stop, Vec::new()))?;
    let found = |seen: Seen| {
        let found = drift(changes(&seen, &args.only), &seen.plan, args.plan.strict);
        Ok((found, calls(&seen)))
    };
    let fleet: Fleet<Found> = fleet.into_iter().map(|each| each.and(found)).collect();
    let measured = fleet.iter().map(of_target).collect();
    let partial = !args.only.only.is_empty();
    let told = match printer.format() {
        Format::Json | Format::Text | Format::Sarif | Format::Github => {
            let told = |(found, calls): Found| {
                let json = || report::drift::json(&found, partial, calls.clone());
                let told = Told::as_asked(printer, exit(&found), || report::drift::text(&found, partial), json);
                Ok(told.counting(stats(&args.aws, calls)))
            };
            tell(&asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect(), printer)
        }
        Format::Markdown => whole(&fleet, printer, |(found, _)| exit(found), |fleet| Ok(report::markdown::drift(&drifts(fleet), partial))),
        Format::Junit => whole(
            &fleet,
            printer,
            |(found, _)| exit(found),
            |fleet| report::junit::drift(&drifts(fleet)).map_err(|error| Stop::usage(format!("no JUnit report: {error}"))),
        ),
    };
    match told {
        Ok(exit) => Ok((exit, measured)),
        Err(stop) => Err((stop, measured)),
    }
}

/// What was found, and what it cost.
type Found = (Drift, Option<Value>);

/// Without what it cost.
fn drifts<'a>(fleet: &Parts<'a, Found>) -> Vec<(Option<&'a str>, Result<&'a Drift, String>)> {
    fleet.iter().map(|(name, found)| (*name, found.as_ref().map(|(found, _)| found).map_err(Clone::clone))).collect()
}

fn of_target(each: &Each<Found>) -> OfTarget {
    let ended = each.result.as_ref().map_or_else(Stop::exit, |(found, _)| exit(found));
    OfTarget { name: each.name.clone(), exit: ended.number(), drift: each.result.as_ref().ok().map(|(found, _)| found.clone()) }
}

/// What could not be read weighs more than what was found: it never looks clean.
fn exit(found: &Drift) -> Exit {
    if found.count(Class::Unreadable) > 0 {
        Exit::Unreadable
    } else if found.items.is_empty() {
        Exit::Done
    } else {
        Exit::Changes
    }
}
