//! The outside skin: one file per command — its arguments and its function. `printer` is the only file that prints.

mod apply;
mod audit;
mod check;
mod complete;
mod completions;
mod connect;
mod destroy;
mod drift;
mod exit;
mod explain;
mod faults;
mod files;
mod fleet;
mod import;
mod init;
mod input;
mod journal;
mod man;
mod manual;
mod options;
mod perform;
mod permissions;
mod plan;
mod printer;
mod reading;
mod refusal;
mod render;
mod saved;
mod schema;
mod snapshot;
mod snapshots;
mod targets;
mod trace;
mod usage;
mod validate;
mod values;

use std::process::ExitCode;
use std::sync::atomic::Ordering;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use tokio::runtime::Builder;

use exit::Stop;
use options::Format;
use printer::Printer;

const FIRST_STEPS: &str = "First steps:
  postroom init --domain acme.example    writes ./postroom.yaml, the plan that all commands take
  postroom validate                      checks it, without AWS
  postroom plan                          says what would change; AWS credentials as for every AWS tool
  postroom apply                         asks, and does it

Exit codes: 0 done; 1 error, nothing written; 2 changes, drift or problems found; 3 refused, nothing written;
4 something could not be read; 5 stopped after a write; 130 and 143 stopped by a signal.";

/// Receiving mail on AWS as code: SES receipt rules, and exactly the permissions they need.
#[derive(Debug, Parser)]
#[command(name = "postroom", version, max_term_width = 110, propagate_version = true, after_help = FIRST_STEPS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    output: options::Output,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one in a run")]
enum Command {
    /// Writes a short first plan.
    Init(init::Args),
    /// Every check that needs no AWS.
    Validate(validate::Args),
    /// What would change, why, and which plan line asked for it.
    Plan(plan::Args),
    /// Does what `plan` shows, after asking.
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
    /// Which filter, rules, conditions and actions a message would meet.
    Trace(Box<trace::Args>),
    /// Why a statement or resource is there, and what breaks without it.
    Explain(explain::Args),
    /// Every policy document and resource that the plan asks for, as JSON.
    Render(render::Args),
    /// The least IAM policy that the pipeline's role needs for the plan, one for each account.
    Permissions(permissions::Args),
    /// Writes everything that `plan` reads, as JSON; `plan --live FILE` then works without AWS.
    Snapshot(snapshot::Args),
    /// The JSON Schema of the plan language, for editors; with `--format markdown` as a page.
    Schema(schema::Args),
    /// What your shell needs to complete commands, flags, and the names in a plan.
    Completions(completions::Args),
    /// Manual pages.
    Man(man::Args),
}

impl Command {
    /// As code scanning tells apart what different commands find.
    fn name(&self) -> &'static str {
        match self {
            Self::Validate(_) => "validate",
            Self::Check(_) => "check",
            Self::Audit(_) => "audit",
            _ => "postroom",
        }
    }

    /// Whether it speaks to AWS.
    fn may_call(&self) -> bool {
        use Command::{Apply, Audit, Check, Destroy, Drift, Import, Plan, Snapshot, Trace};
        matches!(self, Plan(_) | Apply(_) | Drift(_) | Destroy(_) | Check(_) | Audit(_) | Import(_) | Snapshot(_) | Trace(_))
    }

    /// How its result can be written.
    fn formats(&self) -> &'static [Format] {
        match self {
            Self::Validate(_) | Self::Audit(_) => &[Format::Text, Format::Json, Format::Sarif, Format::Github],
            Self::Check(_) => &[Format::Text, Format::Json, Format::Sarif, Format::Github, Format::Junit],
            Self::Plan(_) => &[Format::Text, Format::Json, Format::Markdown],
            Self::Drift(_) => &[Format::Text, Format::Json, Format::Markdown, Format::Junit],
            Self::Man(_) => &[Format::Text, Format::Markdown],
            Self::Schema(_) => &[Format::Text, Format::Json, Format::Markdown],
            _ => &[Format::Text, Format::Json],
        }
    }
}

/// The declarations. Help names variables and not what they hold; what is either given or not can be said in its variable as people say it:
/// `1`, `true`, `yes`, `on`. `explain` takes an ID where its plan may be left out, which clap
/// cannot know when it completes.
fn command() -> clap::Command {
    let quiet = |arg: clap::Arg| match arg.get_action() {
        ArgAction::SetTrue => arg.hide_env_values(true).value_parser(FalseyValueParser::new()),
        _ => arg.hide_env_values(true),
    };
    let command = Cli::command().mut_args(quiet).mut_subcommands(|command| command.mut_args(quiet));
    // Not `mut_arg` nor `mut_subcommand`: they put last what they change, and the place of a positional argument is its meaning.
    let either = |arg: clap::Arg| if arg.get_id() == "plan" { arg.add(ArgValueCompleter::new(complete::files_and_addresses)) } else { arg };
    command.mut_subcommands(|command| if command.get_name() == "explain" { command.mut_args(either) } else { command })
}

/// Runs the command line. A panic is our mistake, and still ends with an exit code of the contract.
#[must_use]
pub fn main() -> ExitCode {
    end_on_panic();
    run()
}

/// A panic in whichever thread says what it is and ends the run: nothing is unwound, what ran is not looked at again.
fn end_on_panic() {
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        say(panic);
        std::process::exit(i32::from(after_panic().number()));
    }));
}

fn after_panic() -> exit::Exit {
    if perform::WROTE.load(Ordering::SeqCst) { exit::Exit::Stopped } else { exit::Exit::Error }
}

/// What is read goes over all cores: signing a thousand requests takes longer than their answers. What needs no AWS starts no threads.
fn runtime(command: &Command) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = if command.may_call() { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    builder.enable_all().build()
}

fn run() -> ExitCode {
    if let Some(answered) = complete::answer(command) {
        return answered;
    }
    let mut command = command();
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))) {
        Ok(cli) => cli,
        Err(error) => {
            let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
            let error = usage::explained(error, &mut command, &words);
            // Help and version are asked for; anything else is wrong usage.
            let code = if error.use_stderr() { 1 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let printer = Printer::new(&cli.output);
    let formats = cli.command.formats();
    if !formats.contains(&cli.output.format) {
        let formats = formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        return Printer::new(&options::Output { format: Format::Text, ..cli.output })
            .stop(&Stop::usage(format!("this command writes {formats} (--format)")));
    }
    let runtime = match runtime(&cli.command) {
        Ok(runtime) => runtime,
        Err(error) => return printer.stop(&Stop::usage(format!("cannot start: {error}"))),
    };
    let result = runtime.block_on(async {
        match &cli.command {
            Command::Init(args) => init::run(args, &printer),
            Command::Validate(args) => validate::run(args, &printer),
            Command::Plan(args) => plan::run(args, &printer).await,
            Command::Apply(args) => apply::run(args, &printer).await,
            Command::Drift(args) => drift::run(args, &printer).await,
            Command::Destroy(args) => destroy::run(args, &printer).await,
            Command::Check(args) => check::run(args, &printer).await,
            Command::Audit(args) => audit::run(args, &printer).await,
            Command::Import(args) => import::run(args, &printer).await,
            Command::Trace(args) => trace::run(args, &printer).await,
            Command::Explain(args) => explain::run(args, &printer),
            Command::Render(args) => render::run(args, &printer),
            Command::Permissions(args) => permissions::run(args, &printer),
            Command::Snapshot(args) => snapshot::run(args, &printer).await,
            Command::Schema(args) => schema::run(args, &printer),
            Command::Completions(args) => completions::run(args, &printer),
            Command::Man(args) => man::run(args, &printer),
        }
    });
    // What is awaited is done; connections are closed by whoever ends the process.
    runtime.shutdown_background();
    match result {
        Ok(code) => ExitCode::from(code.number()),
        Err(stop) => printer.stopped(cli.command.name(), &stop),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    #[test]
    fn the_arguments_contradict_nothing() {
        super::command().debug_assert();
    }

    #[test]
    fn every_flag_has_an_environment_variable_of_its_name() {
        let mut looked = 0;
        let mut command = super::command();
        command.build();
        let commands = std::iter::once(&command).chain(command.get_subcommands().filter(|it| it.get_name() != "help"));
        for command in commands {
            // What can be said with and without its name (`audit PLAN`, `audit --plan PLAN`) has one variable.
            let named: Vec<_> = command.get_arguments().filter_map(|arg| arg.get_env()?.to_str()).collect();
            let flags = command.get_arguments().filter_map(clap::Arg::get_long);
            for long in flags.filter(|long| !["help", "version"].contains(long)) {
                let expected = format!("POSTROOM_{}", long.to_uppercase().replace('-', "_"));
                assert!(named.contains(&expected.as_str()), "--{long} of {}", command.get_name());
                looked += 1;
            }
            assert!(named.iter().all(|name| name.starts_with("POSTROOM_")), "{named:?}");
        }
        assert!(looked > 100, "{looked}");
    }

    /// Says in which process this is: in the one that the test begins it panics.
    const IN_CHILD: &str = "TEST_PANICS";

    #[test]
    fn a_panic_ends_with_1_and_after_a_write_with_5() {
        if let Ok(written) = std::env::var(IN_CHILD) {
            super::end_on_panic();
            super::perform::WROTE.store(written == "after a write", Ordering::SeqCst);
            // In another thread than the one that waits for it, as it may happen to a read.
            let _ = std::thread::spawn(|| panic!("a mistake of ours")).join();
            return;
        }
        let code = |written: &str| {
            let mut child = std::process::Command::new(std::env::current_exe().unwrap());
            child.args(["--exact", "cli::tests::a_panic_ends_with_1_and_after_a_write_with_5"]).env(IN_CHILD, written);
            child.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status().unwrap().code()
        };
        assert_eq!([code("before"), code("after a write")], [Some(1), Some(5)]);
    }
}
