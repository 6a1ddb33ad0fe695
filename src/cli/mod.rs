//! The outside skin: one file per command — its arguments and its function. `printer` is the only file that prints.

mod apply;
mod audit;
mod check;
mod connect;
mod destroy;
mod drift;
mod exit;
mod explain;
mod fleet;
mod import;
mod input;
mod journal;
mod options;
mod perform;
mod permissions;
mod plan;
mod printer;
mod refusal;
mod render;
mod schema;
mod snapshot;
mod snapshots;
mod targets;
mod validate;
mod values;

use std::process::ExitCode;
use std::sync::atomic::Ordering;

use clap::{Parser, Subcommand};

use exit::Stop;
use options::Format;
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
    /// Has live AWS moved away from the plan? For cron.
    Drift(drift::Args),
    /// Takes back what the plan owns, and nothing else.
    Destroy(destroy::Args),
    /// For every action of every rule: would SES be allowed, by the policies live now?
    Check(check::Args),
    /// Every statement in the account that lets SES in, judged; with a plan, how the old ones go.
    Audit(audit::Args),
    /// The live account as a complete plan, which then plans nothing but the tags of what it adopts.
    Import(import::Args),
    /// Why a statement or resource is there, and what breaks without it.
    Explain(explain::Args),
    /// Every policy document and resource that the plan asks for, as JSON.
    Render(render::Args),
    /// The least IAM policy that the pipeline's role needs for the plan, one for each account.
    Permissions(permissions::Args),
    /// Everything `plan` reads, as JSON; `plan --live FILE` then works without AWS.
    Snapshot(snapshot::Args),
    /// JSON Schemas of what goes in and out.
    Schema(schema::Args),
}

impl Command {
    /// How its result can be written.
    fn formats(&self) -> &'static [Format] {
        match self {
            Self::Drift(_) => &[Format::Text, Format::Json, Format::Markdown, Format::Junit],
            _ => &[Format::Text, Format::Json],
        }
    }
}

/// Runs the command line. A panic is our mistake, and still ends with an exit code of the contract.
#[must_use]
pub fn main() -> ExitCode {
    guarded(run)
}

fn guarded(run: impl FnOnce() -> ExitCode) -> ExitCode {
    // What ran is not looked at again, whatever state the panic left it in.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let exit = if perform::WROTE.load(Ordering::SeqCst) { exit::Exit::Stopped } else { exit::Exit::Error };
        ExitCode::from(exit.number())
    })
}

fn run() -> ExitCode {
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
    if !cli.command.formats().contains(&cli.output.format) {
        return printer.stop(&Stop::usage("this command writes text and json only (--format)"));
    }
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
            Command::Drift(args) => drift::run(args, &printer).await,
            Command::Destroy(args) => destroy::run(args, &printer).await,
            Command::Check(args) => check::run(args, &printer).await,
            Command::Audit(args) => audit::run(args, &printer).await,
            Command::Import(args) => import::run(args, &printer).await,
            Command::Explain(args) => explain::run(args, &printer),
            Command::Render(args) => render::run(args, &printer),
            Command::Permissions(args) => permissions::run(args, &printer),
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
    use std::process::ExitCode;
    use std::sync::atomic::Ordering;

    use clap::CommandFactory;

    #[test]
    fn the_arguments_contradict_nothing() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn a_panic_ends_with_1_and_after_a_write_with_5() {
        let code = |run: fn() -> ExitCode| format!("{:?}", super::guarded(run));
        assert_eq!(code(|| ExitCode::from(2)), format!("{:?}", ExitCode::from(2)));
        assert_eq!(code(|| panic!("a mistake of ours")), format!("{:?}", ExitCode::from(1)));
        super::perform::WROTE.store(true, Ordering::SeqCst);
        assert_eq!(code(|| panic!("a mistake of ours")), format!("{:?}", ExitCode::from(5)));
        super::perform::WROTE.store(false, Ordering::SeqCst);
    }
}
