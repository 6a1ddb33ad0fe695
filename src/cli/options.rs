//! The arguments that commands share. Each has an environment variable `POSTROOM_…`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::complete;
use crate::core::ids::{AccountId, Region};
use crate::core::safety::Most;
use crate::core::saved::stale::Stale;
use crate::core::shard::Shard;

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a pull request or the summary of a pipeline: `plan`, `drift`.
    Markdown,
    /// For what shows tests: `drift`, `check`.
    Junit,
    /// For code scanning: `validate`, `check`, `audit`.
    Sarif,
    /// Annotations of a GitHub Actions run: `validate`, `check`, `audit`.
    Github,
}

impl Format {
    /// As it is written behind `--format`.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// How what is said beside the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line, with time and level
    Json,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

/// What is printed, and how.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// How results are written
    #[arg(long, global = true, value_enum, default_value = "text", env = "POSTROOM_FORMAT")]
    pub(super) format: Format,
    /// Colours; NO_COLOR is kept
    #[arg(long, global = true, value_enum, default_value = "auto", env = "POSTROOM_COLOR")]
    pub(super) color: Colour,
    /// Results and errors only
    #[arg(short, long, global = true, env = "POSTROOM_QUIET")]
    pub(super) quiet: bool,
    /// Logs each call to AWS: operation, account, region, time, status, request id
    #[arg(short, long, global = true, env = "POSTROOM_VERBOSE")]
    pub(super) verbose: bool,
    /// How what is said beside the result is written
    #[arg(long, global = true, value_enum, default_value = "text", env = "POSTROOM_LOG_FORMAT")]
    pub(super) log_format: LogFormat,
}

/// What makes a saved plan stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StaleWhen {
    /// Something that a change depends on is different
    Relevant,
    /// Anything that was read is different in any byte
    Strict,
}

impl From<StaleWhen> for Stale {
    fn from(when: StaleWhen) -> Self {
        match when {
            StaleWhen::Relevant => Self::Relevant,
            StaleWhen::Strict => Self::Strict,
        }
    }
}

/// Which plan, and for where.
#[derive(Debug, Clone, Args)]
pub(super) struct PlanArgs {
    /// The plan; `-` is standard input
    #[arg(value_name = "PLAN", default_value = "postroom.yaml", env = "POSTROOM_PLAN")]
    pub(super) plan: PathBuf,
    /// Sets a variable of the plan
    #[arg(long = "var", value_name = "NAME=VALUE", env = "POSTROOM_VAR", value_delimiter = ';')]
    pub(super) vars: Vec<String>,
    /// Sets variables from a file of NAME=VALUE lines
    #[arg(long, value_name = "FILE", env = "POSTROOM_VAR_FILE")]
    pub(super) var_file: Vec<PathBuf>,
    /// The account the plan is for; any other is refused
    #[arg(long, env = "POSTROOM_ACCOUNT")]
    pub(super) account: Option<AccountId>,
    /// The SES region, where the plan says none
    #[arg(long, env = "POSTROOM_REGION")]
    pub(super) region: Option<Region>,
    /// Counts warnings as errors
    #[arg(long, env = "POSTROOM_STRICT")]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) targets: TargetArgs,
}

/// For which targets of the plan.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct TargetArgs {
    /// A target of the plan; several are told side by side
    #[arg(long, value_name = "NAME", env = "POSTROOM_TARGET", value_delimiter = ',', conflicts_with = "all_targets", add = ArgValueCompleter::new(complete::targets))]
    pub(super) target: Vec<String>,
    /// All targets of the plan
    #[arg(long, env = "POSTROOM_ALL_TARGETS")]
    pub(super) all_targets: bool,
    /// Only the I-th of N parts of these targets, counted from 1; the hash of its name says in which part a target is
    #[arg(long, value_name = "I/N", env = "POSTROOM_SHARD")]
    pub(super) shard: Option<Shard>,
}

/// How AWS is reached.
#[derive(Debug, Clone, Args)]
pub(super) struct AwsArgs {
    /// A profile of the AWS configuration
    #[arg(long, env = "POSTROOM_PROFILE")]
    pub(super) profile: Option<String>,
    /// Another endpoint for all services, such as an emulator (also AWS_ENDPOINT_URL)
    #[arg(long, value_name = "URL", env = "POSTROOM_ENDPOINT_URL")]
    pub(super) endpoint_url: Option<String>,
    /// How many reads at each service, and how many targets, are under way at once
    #[arg(long, default_value_t = 64, env = "POSTROOM_PARALLEL")]
    pub(super) parallel: usize,
    /// Seconds for one attempt of a request (30), and for what an apply waits for: IAM (120), ingress endpoints (600 until made, 300 until
    /// changed or gone)
    #[arg(long, value_name = "SECONDS", env = "POSTROOM_TIMEOUT", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: Option<u64>,
    /// SES calls a second for each account and region; 0 = unpaced, for an emulator
    #[arg(long, default_value_t = 1.0, value_name = "N", env = "POSTROOM_SES_RATE", value_parser = rate)]
    pub(super) ses_rate: f64,
    /// Reads a snapshot instead of AWS
    #[arg(long, value_name = "FILE", env = "POSTROOM_LIVE")]
    pub(super) live: Option<PathBuf>,
    /// Prints what went over the wire
    #[arg(long, env = "POSTROOM_STATS")]
    pub(super) stats: bool,
}

impl AwsArgs {
    /// Of one attempt of a request.
    pub(super) fn attempt(&self) -> Duration {
        Duration::from_secs(self.timeout.unwrap_or(30))
    }

    /// Of what is waited for, where it was said.
    pub(super) fn wait(&self) -> Option<Duration> {
        self.timeout.map(Duration::from_secs)
    }
}

/// Zero, or so many calls a second that a run comes to its end.
fn rate(text: &str) -> Result<f64, String> {
    let fits = |rate: &f64| *rate == 0.0 || (0.01..=1000.0).contains(rate);
    text.parse().ok().filter(fits).ok_or_else(|| "expected calls a second, from 0.01 to 1000, or 0 for no pace".to_owned())
}

/// What is taken for live without looking.
#[derive(Debug, Args)]
pub(super) struct AssumeArgs {
    /// Facts that would be read live: a JSON map of address → what its reader gives, or a snapshot
    #[arg(long, value_name = "FACTS.json", env = "POSTROOM_ASSUME")]
    pub(super) assume: Option<PathBuf>,
}

/// Which part.
#[derive(Debug, Args)]
pub(super) struct OnlyArgs {
    /// Only changes at these addresses, and what they need; `*` and `?` match
    #[arg(long, value_name = "ADDRESS|GLOB", env = "POSTROOM_ONLY", value_delimiter = ',', add = ArgValueCompleter::new(complete::addresses))]
    pub(super) only: Vec<String>,
}

/// What guards a document that is written.
#[derive(Debug, Args)]
pub(super) struct GuardArgs {
    /// Keeps what each document was before it is overwritten, one file for each write, in this folder
    #[arg(long, value_name = "DIR", env = "POSTROOM_JOURNAL")]
    pub(super) journal: Option<PathBuf>,
    /// Takes the plan's locks away from runs that hold them, at once
    #[arg(long, env = "POSTROOM_BREAK_LOCK")]
    pub(super) break_lock: bool,
}

/// How much may go.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct SafetyArgs {
    /// The most things that may be deleted or replaced: a number, or a part of what is there as `30%`; in the place of `safety: max_change`
    #[arg(long, value_name = "N|P%", env = "POSTROOM_MAX_CHANGES")]
    pub(super) max_changes: Option<Most>,
}

/// Whether the whole account is looked through.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct PruneArgs {
    /// Looks through the whole account for what carries this plan's mark and is in no line of it any more
    #[arg(long, env = "POSTROOM_PRUNE")]
    pub(super) prune: bool,
    /// The most things that such a look may read
    #[arg(long, value_name = "N", default_value_t = 5000, env = "POSTROOM_SCAN_LIMIT")]
    pub(super) scan_limit: usize,
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn a_pace_is_a_number_that_can_be_kept() {
        assert_eq!([rate("0"), rate("1"), rate("0.5")], [Ok(0.0), Ok(1.0), Ok(0.5)]);
        for text in ["-1", "NaN", "inf", "1e-300", "1e9", "fast"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
