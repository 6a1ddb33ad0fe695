//! `postroom permissions`: the least IAM policy with which the plan can be looked at, applied or destroyed.

use serde_json::json;

use super::exit::{Exit, Stop};
use super::fleet::{Each, of};
use super::input;
use super::options::{AssumeArgs, PlanArgs};
use super::printer::Printer;
use crate::permissions::{For, policies};
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// What the policy shall allow
    #[arg(long = "for", value_name = "COMMAND", value_enum, default_value = "apply", env = "POSTROOM_FOR")]
    purpose: Purpose,
    #[command(flatten)]
    assume: AssumeArgs,
}

/// The commands that call AWS for a plan.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Purpose {
    Plan,
    Apply,
    Drift,
    Destroy,
}

impl Purpose {
    fn named(self) -> (&'static str, For) {
        match self {
            Self::Plan => ("plan", For::Plan),
            Self::Apply => ("apply", For::Apply),
            Self::Drift => ("drift", For::Drift),
            Self::Destroy => ("destroy", For::Destroy),
        }
    }
}

/// The largest managed policy: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MANAGED: usize = 6144;

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let (asked, fleet) = input::offline(&args.plan, &args.assume)?;
    let (name, purpose) = args.purpose.named();
    let mut all = Vec::new();
    for Each { name: target, result } in fleet {
        let (plan, facts) = result?;
        for (account, policy) in policies(&plan, &facts, purpose) {
            if printer.is_json() {
                let mut value = json!({"account": account, "size": size(&policy), "policy": policy});
                if let Some(target) = &target {
                    value["target"] = json!(target);
                }
                all.push(value);
                continue;
            }
            let larger = if size(&policy) > MANAGED { "; too large for one managed policy: make it an inline one, or several" } else { "" };
            let about = format!("account {account}, to {name}: {} characters without spaces{larger}", size(&policy));
            printer.say(&of(target.as_deref(), &about));
            printer.json(&policy);
        }
    }
    if printer.is_json() {
        printer.json(&json!({"format_version": report::json::FORMAT, "plan": asked.plan(), "for": name, "policies": all}));
    }
    Ok(Exit::Done)
}

/// IAM does not count white space.
fn size(policy: &serde_json::Value) -> usize {
    policy.to_string().len()
}
