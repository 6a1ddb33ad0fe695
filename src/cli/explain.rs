//! `postroom explain`: why one statement or resource is there.

use clap_complete::engine::ArgValueCompleter;
use serde_json::json;

use super::complete;
use super::exit::{Exit, Stop};
use super::fleet::Each;
use super::input;
use super::options::{AssumeArgs, PlanArgs};
use super::printer::Printer;
use crate::core::compile::compile;
use crate::core::explain::explain;
use crate::core::scene::Scene;
use crate::report;
use crate::report::codes::{self, Section};

/// Its arguments.
#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// An address, ADDRESS#SID, or a Sid; or the code of a finding or a problem, which needs no plan
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::addresses))]
    id: String,
    #[command(flatten)]
    assume: AssumeArgs,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    if let Some(section) = codes::section(&args.id) {
        return Ok(explained(section, printer));
    }
    let (asked, fleet) = input::offline(&args.plan, &args.assume)?;
    let (mut text, mut all) = (String::new(), Vec::new());
    for Each { name, result } in fleet {
        let (plan, live) = result?;
        let found = explain(&compile(&Scene::new(&plan, &live)), &args.id);
        if !found.is_empty() {
            text += &name.as_deref().map(report::text::heading).unwrap_or_default();
            text += &report::text::explanations(&found);
        }
        all.extend(found.into_iter().map(|found| (name.clone(), found)));
    }
    if all.is_empty() {
        let help = "`postroom render PLAN` lists every address and Sid; what depends on live facts needs --assume with a snapshot";
        return Err(Stop::Because(Exit::Error, format!("the plan asks for nothing that is called `{}`", args.id), Some(help.to_owned())));
    }
    if printer.is_json() {
        printer.json(&report::json::explanations(&asked.plan(), &all));
    } else {
        printer.result(&text);
    }
    Ok(Exit::Done)
}

/// What a code means: the part of docs/codes.md that is in the program.
fn explained(Section { code, about, text }: Section, printer: &Printer) -> Exit {
    if printer.is_json() {
        printer.json(&json!({
            "format_version": report::json::FORMAT, "code": code, "about": about, "text": text,
            "page": codes::anchor(code), "url": codes::url(code),
        }));
    } else {
        printer.result(&format!("{code}\n\n{text}\n"));
    }
    Exit::Done
}
