//! The outside skin: one file per command — its arguments and its function. `printer` is the only file that prints.

mod apply;
mod check;
mod exit;
mod explain;
mod input;
mod options;
mod plan;
mod printer;
mod refusal;
mod render;
mod schema;
mod snapshot;
mod validate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::Stop;
use printer::Printer;

/// Receiving mail on AWS as code: SES receipt rules, and exactly the permissions they need.
#[derive(Debug, Parser)]
#[command(name = "postroom", version, max_term_width = 110, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    output: options::Output,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every check that needs no AWS.
    Validate(validate::Args),
    /// What would change, and why.
    Plan(plan::Args),
    /// Does it.
    Apply(apply::Args),
    /// For every action of every rule: would SES be allowed, by the policies live now?
    Check(check::Args),
    /// Why a statement or resource is there, and what breaks without it.
    Explain(explain::Args),
    /// Every policy document and resource that the plan asks for, as JSON.
    Render(render::Args),
    /// Everything `plan` reads, as JSON; `plan --live FILE` then works without AWS.
    Snapshot(snapshot::Args),
    /// JSON Schemas of what goes in and out.
    Schema(schema::Args),
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for; anything else is wrong usage.
            let code = if error.use_stderr() { 1 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let printer = Printer::new(&cli.output);
    // One thread: everything waits for the network, and the order of what is said stays the order in which it happened.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return printer.stop(&Stop::usage(format!("cannot start: {error}"))),
    };
    let result = runtime.block_on(async {
        match &cli.command {
            Command::Validate(args) => validate::run(args, &printer),
            Command::Plan(args) => plan::run(args, &printer).await,
            Command::Apply(args) => apply::run(args, &printer).await,
            Command::Check(args) => check::run(args, &printer).await,
            Command::Explain(args) => explain::run(args, &printer),
            Command::Render(args) => render::run(args, &printer),
            Command::Snapshot(args) => snapshot::run(args, &printer).await,
            Command::Schema(args) => schema::run(args, &printer),
        }
    });
    match result {
        Ok(code) => ExitCode::from(code.number()),
        Err(stop) => printer.stop(&stop),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_contradict_nothing() {
        super::Cli::command().debug_assert();
    }
}
