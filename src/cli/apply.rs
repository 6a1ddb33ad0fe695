//! `postroom apply`: does what `plan` shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use clap_complete::engine::ArgValueCompleter;

use super::complete;
use super::exit::{Exit, Stop};
use super::fleet::{Each, Fleet};
use super::input::{self, Seen};
use super::options::{AwsArgs, GuardArgs, OnlyArgs, PlanArgs, PruneArgs, SafetyArgs, StaleWhen};
use super::perform::{Manner, PATIENCE, Ready, flags, perform, refuse_for_want_of};
use super::plan::{check_rotated, terms};
use super::printer::Printer;
use super::values::values;
use super::{reading, saved};
use crate::core::change::ChangeSet;
use crate::core::safety::Allowed;
use crate::core::saved::Saved;
use crate::kinds::mail_manager::ingress_endpoint::password_variable;
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    aws: AwsArgs,
    #[command(flatten)]
    only: OnlyArgs,
    #[command(flatten)]
    prune: PruneArgs,
    #[command(flatten)]
    guard: GuardArgs,
    /// Does not ask
    #[arg(short, long, env = "POSTROOM_YES")]
    yes: bool,
    /// Lets rules, rule sets, filters, roles and Mail Manager resources be deleted or replaced
    #[arg(long, env = "POSTROOM_ALLOW_DELETE")]
    allow_delete: bool,
    /// Lets the active rule set change while one is active
    #[arg(long, env = "POSTROOM_ALLOW_ACTIVATE")]
    allow_activate: bool,
    /// Applies a saved plan only if this is its checksum
    #[arg(long, value_name = "CHECKSUM", env = "POSTROOM_EXPECT")]
    expect: Option<String>,
    /// What makes a saved plan stale
    #[arg(long, value_enum, default_value = "relevant", env = "POSTROOM_STALE")]
    stale: StaleWhen,
    #[command(flatten)]
    safety: SafetyArgs,
    /// Passes the plan's `safety:`, and --max-changes
    #[arg(long, env = "POSTROOM_FORCE")]
    force: bool,
    /// Sends the password of this ingress endpoint again, from its environment variable
    #[arg(long, value_name = "ADDRESS", env = "POSTROOM_ROTATE", value_delimiter = ',', add = ArgValueCompleter::new(complete::addresses))]
    rotate: Vec<String>,
    /// Does not wait for IAM to make known what was written, nor for ingress endpoints: what SES refuses is refused at once
    #[arg(long, env = "POSTROOM_NO_WAIT")]
    no_wait: bool,
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    if args.aws.live.is_some() {
        return Err(Stop::usage("apply writes to AWS: it does not go with --live"));
    }
    let patience = if args.no_wait { Duration::ZERO } else { PATIENCE };
    let text = reading::plan_or_saved(&args.plan.plan)?;
    let saved = if Saved::is_meant(&text) { Some(saved::open(&text, &args.plan.plan, args.expect.as_deref())?) } else { None };
    let (asked, prune) = match &saved {
        Some(plan) => {
            saved::agrees(plan, &args.plan, &args.only, &args.prune, &args.rotate)?;
            saved::mention_edits(plan, printer);
            (saved::asked(plan, &args.plan)?, PruneArgs { prune: plan.terms.prune, ..args.prune })
        }
        None if args.expect.is_some() => {
            return Err(Stop::usage(format!("--expect is about a saved plan, and `{}` is none", args.plan.plan.display())));
        }
        None => (input::asked_of(text, &args.plan)?, args.prune),
    };
    let fleet = input::look_at(&asked, &args.plan, &args.aws, &prune, patience, printer).await?;
    let ready = |each: Each<Seen>| {
        let name = each.name.clone();
        each.and(|seen| match &saved {
            Some(saved) => ready_as_saved(args, saved, name.as_deref(), seen),
            None => ready(args, seen),
        })
    };
    let fleet: Fleet<Ready> = fleet.into_iter().map(ready).collect();
    let manner = Manner {
        yes: args.yes,
        question: &|changes| format!("Apply {} to", report::text::things(changes, "change")),
        shown: report::text::change_set,
        partial: !saved.as_ref().map_or(&args.only.only, |saved| &saved.terms.only).is_empty(),
        aws: &args.aws,
        guard: &args.guard,
    };
    perform(&manner, &asked.plan(), fleet, printer).await
}

/// The changes as they come out now.
fn ready(args: &Args, seen: Seen) -> Result<Ready, Stop> {
    check_rotated(&args.rotate, &seen)?;
    let set = terms(&seen, &args.only, &args.rotate).changes(&seen.plan, &seen.live);
    allowed(args, seen, set, args.plan.strict, &args.plan.plan)
}

/// The changes as they were saved, where they still hold.
fn ready_as_saved(args: &Args, saved: &Saved, name: Option<&str>, seen: Seen) -> Result<Ready, Stop> {
    match saved::still_holds(saved, name, &seen, args.stale.into()) {
        Ok(set) => allowed(args, seen, set, args.plan.strict || saved.strict, Path::new(&saved.file)),
        Err(stop) => {
            let set = saved.targets.iter().find(|target| target.target.as_deref() == name).map(|target| target.set.clone());
            set.map_or(Err(stop.clone()), |set| Ok(Ready { seen, set, session: Err(stop) }))
        }
    }
}

/// Whether they may be done, with the values that are sent.
fn allowed(args: &Args, seen: Seen, set: ChangeSet, strict: bool, plan: &Path) -> Result<Ready, Stop> {
    let Some(session) = seen.session.clone() else { return Err(Stop::usage("apply needs AWS")) };
    let allowed = Allowed { flags: flags(args.allow_delete, args.allow_activate), force: args.force, most: args.safety.max_changes };
    let session = refuse_for_want_of(&set, strict, seen.plan.safety, &allowed)
        .and_then(|()| Ok(session.with_passwords(passwords(&set)?).with_values(values(&set, plan)?)));
    Ok(Ready { seen, set, session })
}

/// The passwords that this run sends, read before its first write. They are in no plan, no change and no output.
fn passwords(set: &ChangeSet) -> Result<BTreeMap<String, String>, Stop> {
    let named: BTreeSet<&str> = set.changes.iter().filter_map(password_variable).collect();
    let read = |name: &str| {
        let refuse = |why: &str| Stop::refused(format!("the environment variable `{name}` {why}; nothing was written"));
        let password = std::env::var(name).map_err(|_| refuse("is to hold the password of an ingress endpoint, and is not set"))?;
        if is_password(&password) {
            Ok((name.to_owned(), password))
        } else {
            Err(refuse("holds what AWS takes for no SMTP password: 8 to 64 letters, digits and !@#$%^&*()_+-=[]{}|.,?"))
        }
    };
    named.into_iter().map(read).collect()
}

/// `SmtpPassword`: <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_IngressPointConfiguration.html>
fn is_password(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "!@#$%^&*()_+-=[]{}|.,?".contains(letter))
}
