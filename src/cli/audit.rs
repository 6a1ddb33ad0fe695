//! `postroom audit`: every statement of the account that lets SES in, listed and judged; with a plan, how the old ones go.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::exit::{Exit, Stop};
use super::fleet::{Fleet, Told, diagnosed, tell};
use super::input::{self, Seen};
use super::options::{AwsArgs, Format, PlanArgs, TargetArgs};
use super::plan::{calls, stats};
use super::printer::Printer;
use super::snapshots;
use crate::audit::{Audit, Finding, Subject, audit};
use crate::core::compile::compile;
use crate::core::desired::Desired;
use crate::core::ids::{AccountId, Region};
use crate::core::problem::Cause;
use crate::core::scene::Scene;
use crate::plan::language::{Plan, Spot};
use crate::report;
use crate::report::diagnostic;

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
    targets: TargetArgs,
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
        targets: args.targets.clone(),
    };
    let planned = path.is_some();
    let (asked, fleet) = input::scan(&plan, planned, &args.aws, &args.rules_in, Duration::ZERO, printer).await?;
    if let Some(file) = &args.save {
        save(file, &asked.plan(), &fleet)?;
    }
    let judged = |seen: Seen| {
        let audited = audit(&Subject { live: &seen.live, eyes: &seen.plan, planned });
        Ok((seen, audited))
    };
    let fleet: Fleet<(Seen, Audit)> = fleet.into_iter().map(|each| each.and(judged)).collect();
    if matches!(printer.format(), Format::Sarif | Format::Github) {
        return diagnosed(
            "audit",
            &fleet,
            printer,
            |(_, audited)| exit(audited),
            |target, (seen, audited)| {
                let desired = planned.then(|| compile(&Scene::new(&seen.plan, &seen.live)));
                diagnostic::audited(target, audited, |at| {
                    desired.as_ref().map(|desired| lines(desired, &seen.plan, at)).unwrap_or_default()
                })
            },
        );
    }
    let told = |(seen, audited): (Seen, Audit)| {
        let json = || report::audit::json(&audited, calls(&seen));
        let told = Told::as_asked(printer, exit(&audited), || report::audit::text(&audited), json);
        Ok(told.counting(stats(&args.aws, calls(&seen))))
    };
    tell(&asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect(), printer)
}

fn exit(audited: &Audit) -> Exit {
    if !audited.unreadable.is_empty() {
        Exit::Unreadable
    } else if audited.findings.iter().any(Finding::is_problem) {
        Exit::Changes
    } else {
        Exit::Done
    }
}

/// The lines of the plan that need something of a policy; else its first, because code scanning shows only what stands in a file.
fn lines(desired: &Desired, plan: &Plan, at: &str) -> Vec<Cause> {
    let here = desired.containers.iter().filter(|(address, _)| address.seen_from(&desired.home) == at);
    let mut causes: Vec<Cause> =
        here.flat_map(|(_, container)| container.statements.values()).flat_map(|one| one.because.clone()).collect();
    causes.sort();
    causes.dedup();
    if causes.is_empty() { vec![plan.cause(&Spot::default())] } else { causes }
}

/// What was read, of every target that was reached.
fn save(file: &Path, plan: &str, fleet: &Fleet<Seen>) -> Result<(), Stop> {
    let lives = fleet.iter().filter_map(|each| each.result.as_ref().ok().map(|seen| (each.name.clone(), seen.live.clone())));
    let lives: Vec<_> = lives.collect();
    if lives.is_empty() {
        return Ok(());
    }
    let text = serde_json::to_string_pretty(&snapshots::together(plan, &lives)?).map_err(|error| Stop::usage(error.to_string()))?;
    std::fs::write(file, text + "\n").map_err(|error| Stop::usage(format!("cannot write `{}`: {error}", file.display())))
}
