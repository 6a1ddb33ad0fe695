//! `postroom render`: every policy document and resource that the plan asks for, without AWS.

use clap_complete::engine::ArgValueCompleter;

use super::complete;
use super::exit::{Exit, Stop};
use super::fleet::{Told, tell};
use super::input;
use super::options::{AssumeArgs, PlanArgs};
use super::printer::Printer;
use crate::core::address::Address;
use crate::core::compile::compile;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// Only addresses of this kind, or this address
    #[arg(long, value_name = "KIND|ADDRESS", env = "POSTROOM_ONLY", value_delimiter = ',', add = ArgValueCompleter::new(complete::addresses))]
    only: Vec<String>,
    #[command(flatten)]
    assume: AssumeArgs,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let (asked, fleet) = input::offline(&args.plan, &args.assume)?;
    let told = |(plan, live): (Plan, Live)| {
        let mut desired = compile(&Scene::new(&plan, &live));
        if !args.only.is_empty() {
            let kept = |at: &Address| args.only.iter().any(|only| *only == at.kind.name() || *only == at.seen_from(&live.home));
            desired.resources.retain(|at, _| kept(at));
            desired.containers.retain(|at, _| kept(at));
        }
        Ok(Told::new(Exit::Done, String::new(), report::json::desired(&desired)))
    };
    tell(&asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect(), &printer.for_programs())
}
