//! `postroom permissions`: the least IAM policy with which the plan can be looked at, applied or destroyed, or a whole account be read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::exit::{Exit, Stop};
use super::fleet::Each;
use super::input;
use super::options::{AssumeArgs, PlanArgs};
use super::printer::Printer;
use crate::core::address::Home;
use crate::core::ids::AccountId;
use crate::permissions::{For, Need, Whole, needs, policies};
use crate::plan::language::{Target, Via};
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// What the policy shall allow; `audit` works without a plan, and `import` takes none
    #[arg(long = "for", value_name = "COMMAND", value_enum, default_value = "apply", env = "POSTROOM_FOR")]
    purpose: Purpose,
    /// Also what `--prune` reads and takes away, anywhere in the account
    #[arg(long, env = "POSTROOM_PRUNE")]
    prune: bool,
    #[command(flatten)]
    assume: AssumeArgs,
}

/// The commands that call AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Purpose {
    Plan,
    Apply,
    Drift,
    Destroy,
    Audit,
    Import,
}

impl Purpose {
    fn named(self) -> (&'static str, For, Option<Whole>) {
        match self {
            Self::Plan => ("plan", For::Plan, None),
            Self::Apply => ("apply", For::Apply, None),
            Self::Drift => ("drift", For::Drift, None),
            Self::Destroy => ("destroy", For::Destroy, None),
            Self::Audit => ("audit", For::Plan, Some(Whole::Audit)),
            Self::Import => ("import", For::Plan, Some(Whole::Import)),
        }
    }
}

/// The largest managed policy: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MANAGED: usize = 6144;

/// Who needs a policy: the credentials that targets are reached with.
#[derive(Debug, Default)]
struct Holder {
    role: Option<String>,
    profile: Option<String>,
    targets: Vec<String>,
    needs: BTreeSet<Need>,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let (name, purpose, mut whole) = args.purpose.named();
    if args.prune {
        let prunes = matches!(args.purpose, Purpose::Plan | Purpose::Apply | Purpose::Drift);
        whole = Some(Whole::Prune).filter(|_| prunes).ok_or_else(|| Stop::usage(format!("there is no `{name} --prune`")))?.into();
    }
    let nothing_there = args.plan.plan.as_os_str() == "postroom.yaml" && !args.plan.plan.exists();
    let planless = args.purpose == Purpose::Import || args.purpose == Purpose::Audit && nothing_there;
    let (asked, fleet) = if planless { input::offline_without(&args.plan, name)? } else { input::offline(&args.plan, &args.assume)? };
    let mut holders: Vec<Holder> = Vec::new();
    let mut assumed = BTreeSet::new();
    for (Each { name: target, result }, access) in fleet.into_iter().zip(&asked.targets) {
        let (plan, facts) = result?;
        let Holder { role, profile, .. } = holder(access, &facts.home);
        assumed.extend(role.clone());
        let at = holders.iter().position(|holder| holder.role == role && holder.profile == profile).unwrap_or_else(|| {
            holders.push(Holder { role, profile, ..Holder::default() });
            holders.len() - 1
        });
        if let Some(holder) = holders.get_mut(at) {
            holder.targets.extend(target);
            holder.needs.extend(needs(&plan, &facts, purpose, whole));
        }
    }
    let mut all = Vec::new();
    for holder in holders {
        for (account, policy) in policies(holder.needs) {
            all.push(said(printer, name, Some(&account), (&holder.role, &holder.profile), &holder.targets, &policy));
        }
    }
    if !assumed.is_empty() {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "Sts1", "Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": assumed}
        ]});
        all.push(said(printer, name, None, (&None, &None), &[], &policy));
    }
    if printer.is_json() {
        printer.json(&json!({"format_version": report::json::FORMAT, "plan": asked.plan(), "for": name, "policies": all}));
    }
    Ok(Exit::Done)
}

/// Whose credentials a target is reached with.
fn holder(target: &Target, home: &Home) -> Holder {
    let role = match &target.via {
        Via::RoleArn(arn) => Some(arn.to_string()),
        Via::Role(name) => Some(format!("arn:{}:iam::{}:role/{}", home.partition(), home.account, name.trim_start_matches('/'))),
        Via::Caller | Via::Profile(_) => None,
    };
    let profile = if let Via::Profile(name) = &target.via { Some(name.clone()) } else { None };
    Holder { role, profile, ..Holder::default() }
}

/// Prints one policy for people, and gives it for programs. Without an account it is of whoever assumes the roles of the targets.
fn said(
    printer: &Printer,
    purpose: &str,
    account: Option<&AccountId>,
    (role, profile): (&Option<String>, &Option<String>),
    targets: &[String],
    policy: &Value,
) -> Value {
    let mut value = json!({"account": account, "size": size(policy), "policy": policy});
    let held = [("role", role), ("profile", profile)].into_iter().filter_map(|(what, name)| Some((what, name.as_ref()?)));
    for (what, name) in held {
        value[what] = json!(name);
    }
    if !targets.is_empty() {
        value["targets"] = json!(targets);
    }
    if !printer.is_json() {
        let whom = match (account, role, profile) {
            (None, ..) => "whoever assumes the roles of the targets".to_owned(),
            (Some(_), Some(role), _) => role.clone(),
            (Some(account), None, Some(profile)) => format!("account {account}, profile {profile}"),
            (Some(account), None, None) => format!("account {account}"),
        };
        let of = if targets.is_empty() { String::new() } else { format!(" ({})", targets.join(", ")) };
        let larger = if size(policy) > MANAGED { "; too large for one managed policy: make it an inline one, or several" } else { "" };
        printer.say(&format!("{whom}{of}, to {purpose}: {} characters without spaces{larger}", size(policy)));
        printer.json(policy);
    }
    value
}

/// IAM does not count white space.
fn size(policy: &Value) -> usize {
    policy.to_string().len()
}
