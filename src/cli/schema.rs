//! `postroom schema`: JSON Schemas of what goes in and out.

use clap::ValueEnum;

use super::exit::{Exit, Stop};
use super::options::Format;
use super::printer::Printer;
use crate::{plan, report};

/// Of what.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// The plan language.
    Plan,
}

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of what
    #[arg(value_enum, default_value = "plan")]
    of: Of,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    match args.of {
        Of::Plan if printer.format() == Format::Markdown => printer.result(&report::reference::plan(&plan::schema())),
        Of::Plan => printer.json(&plan::schema()),
    }
    Ok(Exit::Done)
}
