//! `postroom schema`: JSON Schemas of what goes in and out.

use clap::builder::PossibleValuesParser;

use super::exit::{Exit, Stop};
use super::options::Format;
use super::printer::Printer;
use crate::report;
use crate::report::schema::{names, schema};

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of what
    #[arg(value_name = "DOCUMENT", default_value = "plan", value_parser = PossibleValuesParser::new(names()))]
    of: String,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let schema = schema(&args.of).ok_or_else(|| Stop::usage(format!("there is no schema of `{}`", args.of)))?;
    match args.of.as_str() {
        "plan" if printer.format() == Format::Markdown => printer.result(&report::reference::plan(&schema)),
        of if printer.format() == Format::Markdown => {
            return Err(Stop::usage(format!("only the schema of `plan` is written as a page, not that of `{of}`")));
        }
        _ => printer.json(&schema),
    }
    Ok(Exit::Done)
}
