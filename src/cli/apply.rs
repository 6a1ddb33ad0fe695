//! `postroom apply`: does what `plan` shows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::exit::{Exit, Stop};
use super::fleet::Fleet;
use super::input::{self, Seen};
use super::options::{AwsArgs, GuardArgs, OnlyArgs, PlanArgs, PruneArgs};
use super::perform::{Manner, PATIENCE, Ready, flags, perform, refuse_for_want_of};
use super::plan::changes_with;
use super::printer::Printer;
use super::values::values;
use crate::core::address::{Address, AddressKind};
use crate::core::change::ChangeSet;
use crate::core::safety::Allowed;
use crate::kinds::mail_manager::ingress_endpoint::password_variable;
use crate::plan::language::mail_manager::IngressAccess;
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
    /// Passes the plan's `safety:`
    #[arg(long, env = "POSTROOM_FORCE")]
    force: bool,
    /// Sends the password of this ingress endpoint again, from its environment variable
    #[arg(long, value_name = "ADDRESS", env = "POSTROOM_ROTATE", value_delimiter = ',')]
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
    let (asked, fleet) = input::look_through(&args.plan, &args.aws, &args.prune, patience, printer).await?;
    let fleet: Fleet<Ready> = fleet.into_iter().map(|each| each.and(|seen| ready(args, seen))).collect();
    let manner = Manner {
        yes: args.yes,
        question: &|changes| format!("Apply {} to", report::text::things(changes, "change")),
        shown: report::text::change_set,
        partial: !args.only.only.is_empty(),
        aws: &args.aws,
        guard: &args.guard,
    };
    perform(&manner, &asked.plan(), fleet, printer).await
}

fn ready(args: &Args, seen: Seen) -> Result<Ready, Stop> {
    let Some(session) = seen.session.clone() else { return Err(Stop::usage("apply needs AWS")) };
    let set = changes_with(&seen, &args.only, rotated(&args.rotate, &seen)?);
    let allowed = Allowed { flags: flags(args.allow_delete, args.allow_activate), force: args.force };
    let session = refuse_for_want_of(&set, args.plan.strict, seen.plan.safety, &allowed)
        .and_then(|()| Ok(session.with_passwords(passwords(&set)?).with_values(values(&set, &args.plan.plan)?)));
    Ok(Ready { seen, set, session })
}

/// The endpoints whose passwords are sent again.
fn rotated(texts: &[String], seen: &Seen) -> Result<BTreeSet<Address>, Stop> {
    let has_password = |at: &Address| {
        let entries = &seen.plan.mail_manager.ingress_endpoints;
        let entry = entries.iter().find(|entry| entry.name.value == at.name);
        entry.and_then(|entry| entry.spec()).is_some_and(|spec| matches!(spec.access, IngressAccess::PasswordFromEnv(_)))
    };
    let read = |text: &String| {
        let at = Address::read_at(text, &seen.live.home).ok().filter(|at| at.kind == AddressKind::IngressEndpoint && has_password(at));
        at.ok_or_else(|| Stop::usage(format!("--rotate {text}: the plan has no ingress endpoint of this address with `password_from_env`")))
    };
    texts.iter().map(read).collect()
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
