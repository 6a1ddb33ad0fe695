//! `postroom apply`: does what `plan` shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::ProgressBar;

use super::exit::{Exit, Stop};
use super::fleet::{Each, Fleet, Told, of, side_by_side, tell};
use super::input::{self, Seen};
use super::options::{AwsArgs, OnlyArgs, PlanArgs};
use super::plan::{calls, changes_with, stats};
use super::printer::Printer;
use super::refusal;
use super::validate::has_errors;
use crate::aws::Hear;
use crate::core::address::{Address, AddressKind, Home};
use crate::core::apply::{self, Applied, Outcome, Status, Watch};
use crate::core::change::{Change, ChangeSet, Flag};
use crate::core::safety::{Allowed, refusals};
use crate::kinds::mail_manager::ingress_endpoint::password_variable;
use crate::plan::language::mail_manager::IngressAccess;
use crate::report;

/// Whether this process has changed anything: what a panic ends with depends on it.
pub(super) static WROTE: AtomicBool = AtomicBool::new(false);

/// How long IAM is given to make what was written known: AWS says seconds, others' tools wait two minutes (facts §4.2).
const PATIENCE: Duration = Duration::from_secs(120);

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    aws: AwsArgs,
    #[command(flatten)]
    only: OnlyArgs,
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
    let (asked, fleet) = input::look(&args.plan, &args.aws, patience, printer).await?;
    let fleet: Fleet<Ready> = fleet.into_iter().map(|each| each.and(|seen| Ready::new(args, seen))).collect();
    if !printer.is_json() {
        show(&fleet, args, printer);
    }
    agree(args, &fleet, printer)?;
    let signal = Signal::listen();
    let changes = ready(&fleet).map(|ready| ready.set.changes.len()).sum();
    let progress = printer.progress("applying", changes);
    let told = side_by_side(fleet, args.aws.parallel, async |name, ready| {
        let voice = Voice { printer: printer.clone(), progress: progress.clone(), name: name.map(str::to_owned), told: Mutex::default() };
        Ok(perform(args, ready, Arc::new(voice), &signal).await)
    })
    .await;
    progress.finish_and_clear();
    tell(&asked.plan(), told, printer)
}

/// A target whose changes are known.
struct Ready {
    seen: Seen,
    set: ChangeSet,
    passwords: BTreeMap<String, String>,
    /// Why it is not done.
    refused: Option<Stop>,
}

impl Ready {
    fn new(args: &Args, seen: Seen) -> Result<Self, Stop> {
        let rotate = rotated(&args.rotate, &seen)?;
        let set = changes_with(&seen, &args.only, rotate);
        let ready = refuse(args, &set, &seen.plan).and_then(|()| passwords(&set));
        let (passwords, refused) = match ready {
            Ok(passwords) => (passwords, None),
            Err(stop) => (BTreeMap::new(), Some(stop)),
        };
        Ok(Self { seen, set, passwords, refused })
    }
}

/// The targets that have something to do and may.
fn ready(fleet: &Fleet<Ready>) -> impl Iterator<Item = &Ready> {
    fleet.iter().filter_map(|each| each.result.as_ref().ok()).filter(|ready| ready.refused.is_none() && !ready.set.is_empty())
}

/// What is about to be done, before it is asked whether it shall be.
fn show(fleet: &Fleet<Ready>, args: &Args, printer: &Printer) {
    for Each { name, result } in fleet {
        let heading = name.as_deref().map(report::text::heading).unwrap_or_default();
        match result {
            Ok(ready) => printer.result(&(heading + &report::text::change_set(&ready.set, !args.only.only.is_empty()))),
            Err(stop) if name.is_some() => printer.result(&format!("{heading}{}\n", stop.text())),
            Err(_) => {}
        }
    }
}

async fn perform(args: &Args, ready: Ready, voice: Arc<Voice>, signal: &Signal) -> Told {
    let Ready { seen, set, passwords, refused } = ready;
    let partial = !args.only.only.is_empty();
    let document = |applied: Option<&Applied>| report::json::change_set(&set, applied, partial, calls(&seen));
    if refused.is_some() {
        return Told::new(Exit::Refused, String::new(), document(None)).stopped(refused);
    }
    let Some(session) = seen.session.as_ref().filter(|_| !set.is_empty()) else {
        let text = voice.name.as_ref().map(|_| "Nothing to do.\n".to_owned()).unwrap_or_default();
        return Told::new(Exit::Done, text, document(Some(&Applied::default()))).counting(stats(&args.aws, calls(&seen)));
    };
    let watch = Reporter { voice: &voice, home: &set.home };
    let world = session.fresh().until(&signal.stop).telling(voice.clone()).with_passwords(passwords);
    let mut applied = apply::apply(&world, &set, &watch, &signal.stop).await;
    // A signal that cut a wait short left nothing to hold back, perhaps.
    applied.interrupted |= signal.stop.load(Ordering::SeqCst) && !applied.is_complete();
    let held = if applied.interrupted { Ok(()) } else { session.hold().await };
    let json = document(Some(&applied));
    let counted = stats(&args.aws, calls(&seen));
    if !applied.interrupted {
        for text in refusal::explain(session, &seen.plan, &set, &applied).await {
            voice.say(&text);
        }
    }
    let lost = |error| Stop::Because(Exit::Stopped, format!("what was written could not be read again at the end: {error}"), None);
    Told::new(exit(&applied, signal), report::text::applied(&set, &applied), json).counting(counted).stopped(held.err().map(lost))
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

/// What is refused before the first write.
fn refuse(args: &Args, set: &ChangeSet, plan: &crate::plan::language::Plan) -> Result<(), Stop> {
    if has_errors(&set.findings, args.plan.strict) {
        return Err(Stop::refused("findings stand in the way; nothing was written"));
    }
    if !set.unreadable.is_empty() {
        let help = "give the caller the permission to read it; or, where it is not yours to write, say `manage: false` for it in the plan";
        let message = "something could not be read, so that nothing can be said of the whole; nothing was written".to_owned();
        return Err(Stop::Because(Exit::Unreadable, message, Some(help.to_owned())));
    }
    let flags = [(args.allow_delete, Flag::AllowDelete), (args.allow_activate, Flag::AllowActivate)];
    let flags: BTreeSet<Flag> = flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag).collect();
    let refused = refusals(set, plan.safety, &Allowed { flags, force: args.force });
    if refused.is_empty() { Ok(()) } else { Err(Stop::refused(refused.join("\n       "))) }
}

/// Asks once, for all targets.
fn agree(args: &Args, fleet: &Fleet<Ready>, printer: &Printer) -> Result<(), Stop> {
    let all: Vec<&Ready> = ready(fleet).collect();
    if args.yes || all.is_empty() {
        return Ok(());
    }
    if !Printer::can_ask() {
        return Err(Stop::refused("there is no terminal to ask on: pass --yes; nothing was written"));
    }
    let changes = report::text::things(all.iter().map(|ready| ready.set.changes.len()).sum(), "change");
    let whom = match all.as_slice() {
        [one] => format!("{} {}", one.set.home.account, one.set.home.region),
        many => report::text::things(many.len(), "target"),
    };
    if printer.confirm(&format!("Apply {changes} to {whom}?")) { Ok(()) } else { Err(Stop::refused("not confirmed; nothing was written")) }
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

/// Says what happens, and to which target.
#[derive(Debug)]
struct Voice {
    printer: Printer,
    progress: ProgressBar,
    name: Option<String>,
    /// What was waited for.
    told: Mutex<BTreeSet<String>>,
}

impl Voice {
    fn say(&self, text: &str) {
        self.progress.suspend(|| self.printer.say(&of(self.name.as_deref(), text)));
    }
}

/// On a terminal in the progress line, elsewhere once for each thing.
impl Hear for Voice {
    fn hear(&self, what: &str) {
        self.progress.set_message(of(self.name.as_deref(), what));
        let thing = what.split(": ").next().unwrap_or(what).to_owned();
        let is_new = self.told.lock().is_ok_and(|mut told| told.insert(thing));
        if is_new && self.progress.is_hidden() {
            self.say(&format!("waiting for {}", report::text::clean(what)));
        }
    }
}

struct Reporter<'a> {
    voice: &'a Voice,
    home: &'a Home,
}

impl Watch for Reporter<'_> {
    fn ended(&self, change: &Change, outcome: &Outcome) {
        WROTE.fetch_or(matches!(outcome.status, Status::Done | Status::Unknown), Ordering::SeqCst);
        self.voice.say(&report::text::ended(change, &outcome.status, outcome.error.as_deref(), self.home));
        self.voice.progress.inc(1);
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
