//! `postroom audit`: every statement of the account that lets SES in, listed and judged; with a plan, how the old ones go.

use std::path::PathBuf;
use std::time::Duration;

use super::exit::{Exit, Stop};
use super::input::{self, Seen};
use super::options::{AwsArgs, PlanArgs};
use super::plan::{calls, say_stats};
use super::printer::Printer;
use crate::audit::{Finding, Subject, audit};
use crate::core::ids::{AccountId, Region};
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The plan whose statements take the place of old ones; without it the account is judged alone
    #[arg(value_name = "PLAN", env = "POSTROOM_PLAN")]
    plan: Option<PathBuf>,
    /// The same, by its name
    #[arg(long = "plan", value_name = "PLAN")]
    named: Option<PathBuf>,
    /// Sets a variable of the plan
    #[arg(long = "var", value_name = "NAME=VALUE", env = "POSTROOM_VAR", value_delimiter = ';')]
    vars: Vec<String>,
    /// Sets variables from a file of NAME=VALUE lines
    #[arg(long, value_name = "FILE", env = "POSTROOM_VAR_FILE")]
    var_file: Vec<PathBuf>,
    /// The account that is audited; any other is refused
    #[arg(long, env = "POSTROOM_ACCOUNT")]
    account: Option<AccountId>,
    /// The SES region; buckets and roles are those of the whole account
    #[arg(long, env = "POSTROOM_REGION")]
    region: Option<Region>,
    /// Another region whose receipt rules may use what is here
    #[arg(long, value_name = "REGION", env = "POSTROOM_RULES_IN", value_delimiter = ',')]
    rules_in: Vec<Region>,
    /// Writes what was read into a file, for `--live`
    #[arg(long, value_name = "FILE", env = "POSTROOM_SAVE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    aws: AwsArgs,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let path = args.named.as_ref().or(args.plan.as_ref());
    let plan = PlanArgs {
        plan: path.cloned().unwrap_or_default(),
        vars: args.vars.clone(),
        var_file: args.var_file.clone(),
        account: args.account.clone(),
        region: args.region.clone(),
        strict: false,
    };
    let seen = input::scan(&plan, path.is_some(), &args.aws, &args.rules_in, Duration::ZERO, printer).await?;
    if let Some(file) = &args.save {
        let text = serde_json::to_string_pretty(&seen.live).map_err(|error| Stop::usage(error.to_string()))?;
        std::fs::write(file, text + "\n").map_err(|error| Stop::usage(format!("cannot write `{}`: {error}", file.display())))?;
    }
    let Seen { plan: eyes, live, .. } = &seen;
    let audited = audit(&Subject { live, eyes, planned: path.is_some() });
    if printer.is_json() {
        printer.json(&report::audit::json(&audited, calls(&seen)));
    } else {
        printer.result(&report::audit::text(&audited));
        say_stats(&args.aws, calls(&seen), printer);
    }
    Ok(if !audited.unreadable.is_empty() {
        Exit::Unreadable
    } else if audited.findings.iter().any(Finding::is_problem) {
        Exit::Changes
    } else {
        Exit::Done
    })
}
