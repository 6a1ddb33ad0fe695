//! `postroom apply`: does what `plan` shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::ProgressBar;

use super::exit::{Exit, Stop};
use super::input::{self, Seen};
use super::options::{AwsArgs, OnlyArgs, PlanArgs, PruneArgs};
use super::plan::{calls, changes_with, say_stats};
use super::printer::Printer;
use super::refusal;
use super::validate::has_errors;
use super::values::values;
use crate::aws::{Hear, Session};
use crate::core::address::{Address, AddressKind, Home};
use crate::core::apply::{self, Applied, Outcome, Status, Watch};
use crate::core::change::{Change, ChangeSet, Flag};
use crate::core::safety::{Allowed, refusals};
use crate::kinds::mail_manager::ingress_endpoint::password_variable;
use crate::plan::language::Safety;
use crate::plan::language::mail_manager::IngressAccess;
use crate::report;

/// Whether this process has changed anything: what a panic ends with depends on it.
pub(super) static WROTE: AtomicBool = AtomicBool::new(false);

/// How long IAM is given to make what was written known: AWS says seconds, others' tools wait two minutes (facts §4.2).
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

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
    let seen = input::look_through(&args.plan, &args.aws, &args.prune, patience, printer).await?;
    let Some(session) = &seen.session else { return Err(Stop::usage("apply needs AWS")) };
    let rotate = rotated(&args.rotate, &seen)?;
    let set = changes_with(&seen, &args.only, rotate);
    let partial = !args.only.only.is_empty();
    if !printer.is_json() {
        printer.result(&report::text::change_set(&set, partial));
    }
    refuse(args, &set, &seen.plan).inspect_err(|_| {
        if printer.is_json() {
            printer.json(&report::json::change_set(&set, None, partial, calls(&seen)));
        }
    })?;
    if set.is_empty() {
        if printer.is_json() {
            printer.json(&report::json::change_set(&set, Some(&Applied::default()), partial, calls(&seen)));
        } else {
            say_stats(&args.aws, calls(&seen), printer);
        }
        return Ok(Exit::Done);
    }
    let question = format!("Apply {} to", report::text::things(set.changes.len(), "change"));
    let passwords = passwords(&set)?;
    let values = values(&set, &args.plan.plan)?;
    agree(args.yes, &question, &set, printer)?;
    act(&session.fresh().with_passwords(passwords).with_values(values), &seen, &set, &args.aws, partial, printer).await
}

/// Does the set, and says what became of it.
pub(super) async fn act(
    session: &Session,
    seen: &Seen,
    set: &ChangeSet,
    aws: &AwsArgs,
    partial: bool,
    printer: &Printer,
) -> Result<Exit, Stop> {
    let progress = printer.progress("applying", set.changes.len());
    let signal = Signal::listen();
    let watch = Reporter { printer, progress: progress.clone(), home: &set.home };
    let hear = Arc::new(Waiting { printer: printer.clone(), progress: progress.clone(), told: Mutex::default() });
    let world = session.fresh().until(&signal.stop).telling(hear);
    let mut applied = apply::apply(&world, set, &watch, &signal.stop).await;
    // A signal that cut a wait short left nothing to hold back, perhaps.
    applied.interrupted |= signal.stop.load(Ordering::SeqCst) && !applied.is_complete();
    let held = if applied.interrupted { Ok(()) } else { session.hold().await };
    progress.finish_and_clear();
    let calls = calls(seen);
    if printer.is_json() {
        printer.json(&report::json::change_set(set, Some(&applied), partial, calls));
    } else {
        printer.result(&report::text::applied(set, &applied));
        say_stats(aws, calls, printer);
    }
    if !applied.interrupted {
        for text in refusal::explain(session, &seen.plan, set, &applied).await {
            printer.say(&text);
        }
    }
    held.map_err(|error| Stop::Because(Exit::Stopped, format!("what was written could not be read again at the end: {error}"), None))?;
    Ok(exit(&applied, &signal))
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

fn refuse(args: &Args, set: &ChangeSet, plan: &crate::plan::language::Plan) -> Result<(), Stop> {
    let flags = flags(args.allow_delete, args.allow_activate);
    refuse_for_want_of(set, args.plan.strict, plan.safety, &Allowed { flags, force: args.force })
}

/// The flags that were given.
pub(super) fn flags(allow_delete: bool, allow_activate: bool) -> BTreeSet<Flag> {
    let flags = [(allow_delete, Flag::AllowDelete), (allow_activate, Flag::AllowActivate)];
    flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag).collect()
}

/// What is refused before the first write.
pub(super) fn refuse_for_want_of(set: &ChangeSet, strict: bool, safety: Safety, allowed: &Allowed) -> Result<(), Stop> {
    if has_errors(&set.findings, strict) {
        return Err(Stop::refused("findings stand in the way; nothing was written"));
    }
    if !set.unreadable.is_empty() {
        let help = "give the caller the permission to read it; or, where it is not yours to write, say `manage: false` for it in the plan";
        let message = "something could not be read, so that nothing can be said of the whole; nothing was written".to_owned();
        return Err(Stop::Because(Exit::Unreadable, message, Some(help.to_owned())));
    }
    let refused = refusals(set, safety, allowed);
    if refused.is_empty() { Ok(()) } else { Err(Stop::refused(refused.join("\n       "))) }
}

/// Asks, unless that was answered before. `question` is what is done; where it is done is added.
pub(super) fn agree(yes: bool, question: &str, set: &ChangeSet, printer: &Printer) -> Result<(), Stop> {
    if yes {
        return Ok(());
    }
    if !Printer::can_ask() {
        return Err(Stop::refused("there is no terminal to ask on: pass --yes; nothing was written"));
    }
    let question = format!("{question} {} {}?", set.home.account, set.home.region);
    if printer.confirm(&question) { Ok(()) } else { Err(Stop::refused("not confirmed; nothing was written")) }
}

fn exit(applied: &Applied, signal: &Signal) -> Exit {
    if applied.interrupted {
        return signal.exit();
    }
    if applied.is_complete() {
        return Exit::Done;
    }
    if applied.wrote { Exit::Stopped } else { Exit::Error }
}

/// Says what is waited for: on a terminal in the progress line, elsewhere once for each thing.
#[derive(Debug)]
struct Waiting {
    printer: Printer,
    progress: ProgressBar,
    told: Mutex<BTreeSet<String>>,
}

impl Hear for Waiting {
    fn hear(&self, what: &str) {
        self.progress.set_message(what.to_owned());
        let thing = what.split(": ").next().unwrap_or(what).to_owned();
        let is_new = self.told.lock().is_ok_and(|mut told| told.insert(thing));
        if is_new && self.progress.is_hidden() {
            self.printer.say(&format!("waiting for {}", report::text::clean(what)));
        }
    }
}

struct Reporter<'a> {
    printer: &'a Printer,
    progress: ProgressBar,
    home: &'a Home,
}

impl Watch for Reporter<'_> {
    fn ended(&self, change: &Change, outcome: &Outcome) {
        WROTE.fetch_or(matches!(outcome.status, Status::Done | Status::Unknown), Ordering::SeqCst);
        self.progress.suspend(|| self.printer.say(&report::text::ended(change, &outcome.status, outcome.error.as_deref(), self.home)));
        self.progress.inc(1);
    }
}

/// SIGINT and SIGTERM: the call in flight is finished and recorded, and nothing new is begun.
struct Signal {
    stop: Arc<AtomicBool>,
    number: Arc<AtomicU8>,
}

impl Signal {
    fn listen() -> Self {
        let signal = Self { stop: Arc::default(), number: Arc::default() };
        let (stop, number) = (Arc::clone(&signal.stop), Arc::clone(&signal.number));
        tokio::spawn(async move {
            number.store(caught().await.number(), Ordering::SeqCst);
            stop.store(true, Ordering::SeqCst);
        });
        signal
    }

    fn exit(&self) -> Exit {
        if self.number.load(Ordering::SeqCst) == Exit::Terminated.number() { Exit::Terminated } else { Exit::Interrupted }
    }
}

#[cfg(unix)]
async fn caught() -> Exit {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
        },
        Err(_) => interrupted().await,
    }
}

#[cfg(not(unix))]
async fn caught() -> Exit {
    interrupted().await
}

async fn interrupted() -> Exit {
    let _ = tokio::signal::ctrl_c().await;
    Exit::Interrupted
}
