//! `postroom render`: every policy document and resource that the plan asks for, without AWS.

use super::exit::{Exit, Stop};
use super::input;
use super::options::{AssumeArgs, PlanArgs};
use super::printer::Printer;
use crate::core::compile::compile;
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
    #[command(flatten)]
    assume: AssumeArgs,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let (plan, live) = input::offline(&args.plan, &args.assume)?;
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
