//! `postroom explain`: why one statement or resource is there.

use std::path::PathBuf;

use serde_json::json;

use super::exit::{Exit, Stop};
use super::input;
use super::options::PlanArgs;
use super::printer::Printer;
use crate::core::compile::compile;
use crate::core::explain::explain;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// An address, ADDRESS#SID, or a Sid
    #[arg(value_name = "ID")]
    id: String,
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
    let desired = compile(&Scene::new(&plan, &live));
    let found = explain(&desired, &args.id);
    if found.is_empty() {
        let help = "`postroom render PLAN` lists every address and Sid; what depends on live facts needs --assume with a snapshot";
        return Err(Stop::Because(Exit::Error, format!("the plan asks for nothing that is called `{}`", args.id), Some(help.to_owned())));
    }
    if printer.is_json() {
        printer.json(&json!({"format_version": report::json::FORMAT, "plan": plan.name, "explanations": found}));
    } else {
        printer.result(&report::text::explanations(&found));
    }
    Ok(Exit::Done)
}
