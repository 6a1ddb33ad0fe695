//! `postroom render`: every policy document and resource that the plan asks for, without AWS.

use std::path::PathBuf;

use super::exit::{Exit, Stop};
use super::input;
use super::options::PlanArgs;
use super::printer::Printer;
use crate::core::compile::compile;
use crate::core::live::{Live, Observed};
use crate::core::scene::Scene;
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// Only addresses of this kind, or this address
    #[arg(long, value_name = "KIND|ADDRESS", env = "POSTROOM_ONLY", value_delimiter = ',')]
    only: Vec<String>,
    /// Facts that would be read live: a JSON map of address → what its reader gives, or a snapshot
    #[arg(long, value_name = "FACTS.json", env = "POSTROOM_ASSUME")]
    assume: Option<PathBuf>,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let draft = input::draft(&args.plan)?;
    let home = input::offline_home(&draft, &args.plan, false)?;
    let plan = input::settle(&draft, &args.plan, &home)?;
    let live = match &args.assume {
        Some(file) => input::facts(file, &home)?,
        None => Live::new(home),
    };
    let mut desired = compile(&Scene::new(&plan, &live));
    if !args.only.is_empty() {
        let kept =
            |at: &crate::core::address::Address| args.only.iter().any(|only| *only == at.kind.name() || *only == at.seen_from(&live.home));
        desired.resources.retain(|at, _| kept(at));
        desired.containers.retain(|at, _| kept(at));
    }
    printer.json(&report::json::desired(&desired));
    Ok(Exit::Done)
}

/// A fact that is given as `null` is one that is known to be absent.
pub(super) fn observed(value: serde_json::Value) -> Observed {
    if value.is_null() { Observed::Absent } else { Observed::Present(value) }
}
