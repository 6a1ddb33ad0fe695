//! `postroom drift`: has live AWS moved away from the plan? For cron: it only reads, and its exit code says all.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::exit::{Exit, Stop};
use super::input;
use super::options::{AwsArgs, Format, OnlyArgs, PlanArgs, PruneArgs};
use super::plan::{calls, changes, say_stats};
use super::printer::Printer;
use crate::core::drift::{Class, Drift, drift};
use crate::report;
use crate::report::metrics::Run;

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
    let exit = looked.as_ref().map_or_else(Stop::exit, exit);
    if let Some(file) = &args.metrics {
        let ended = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let run = Run { file: args.plan.plan.display().to_string(), ended, took: began.elapsed().as_secs_f64(), exit: exit.number() };
        let text = report::metrics::text(&run, looked.as_ref().ok()).map_err(|error| Stop::usage(format!("no metrics: {error}")))?;
        replace(file, &text).map_err(|error| Stop::usage(format!("cannot write `{}`: {error}", file.display())))?;
    }
    looked.map(|_| exit)
}

async fn look(args: &Args, printer: &Printer) -> Result<Drift, Stop> {
    let seen = input::look_through(&args.plan, &args.aws, &args.prune, Duration::ZERO, printer).await?;
    let found = drift(changes(&seen, &args.only), &seen.plan, args.plan.strict);
    let partial = !args.only.only.is_empty();
    match printer.format() {
        Format::Json => printer.json(&report::drift::json(&found, partial, calls(&seen))),
        Format::Markdown => printer.result(&report::markdown::drift(&found, partial)),
        Format::Junit => {
            let xml = report::junit::drift(&found).map_err(|error| Stop::usage(format!("no JUnit report: {error}")))?;
            printer.result(&xml);
        }
        Format::Text => printer.result(&report::drift::text(&found, partial)),
    }
    if !printer.is_json() {
        say_stats(&args.aws, calls(&seen), printer);
    }
    Ok(found)
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

/// Whoever reads the file sees the old one or the new one, whole: it is written beside its place and then moved there.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let name = file.file_name().ok_or_else(|| std::io::Error::other("it names no file"))?;
    // The collector reads what ends with `.prom`: this does not.
    let beside = file.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}
