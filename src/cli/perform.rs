//! What `apply` and `destroy` have in common: changes are shown, asked for once, made in all targets side by side, and told.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::ProgressBar;
use serde_json::Value;

use super::exit::{Exit, Stop};
use super::faults;
use super::fleet::{Each, Fleet, Told, of, side_by_side, tell};
use super::input::Seen;
use super::journal;
use super::options::{AwsArgs, GuardArgs};
use super::plan::{calls, stats};
use super::printer::Printer;
use super::refusal;
use super::validate::has_errors;
use crate::aws::{Hear, Keep, Lock, Session};
use crate::core::address::{AddressKind, Home};
use crate::core::apply::{self, Applied, Outcome, Status, Watch};
use crate::core::change::{Change, ChangeSet, Flag};
use crate::core::safety::{Allowed, refusals};
use crate::core::scene::Scene;
use crate::plan::language::Safety;
use crate::report;
use crate::report::faults::Explained;

/// Whether this process has changed anything: what a panic ends with depends on it.
pub(super) static WROTE: AtomicBool = AtomicBool::new(false);

/// How long IAM is given to make what was written known: AWS says seconds, others' tools wait two minutes (facts §4.2).
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// A target whose changes are known.
#[derive(Debug)]
pub(super) struct Ready {
    /// What they were computed from.
    pub(super) seen: Seen,
    /// The changes.
    pub(super) set: ChangeSet,
    /// The connection that makes them, with the values that it may send; or why nothing is done.
    pub(super) session: Result<Session, Stop>,
}

/// What the command makes of it.
pub(super) struct Manner<'a> {
    /// Asked before.
    pub(super) yes: bool,
    /// What is done to so many things; where it is done is added.
    pub(super) question: &'a dyn Fn(usize) -> String,
    /// How a set is shown.
    pub(super) shown: fn(&ChangeSet, bool) -> String,
    /// `--only`
    pub(super) partial: bool,
    /// How AWS is reached.
    pub(super) aws: &'a AwsArgs,
    /// `--journal`, `--break-lock`
    pub(super) guard: &'a GuardArgs,
}

/// Shows, asks, does, tells.
pub(super) async fn perform(manner: &Manner<'_>, plan: &str, fleet: Fleet<Ready>, printer: &Printer) -> Result<Exit, Stop> {
    if !printer.is_json() {
        show(&fleet, manner, printer);
    }
    let journal = journal::open(manner.guard.journal.as_deref())?;
    agree(manner, &fleet, printer)?;
    let signal = Signal::listen();
    let changes = willing(&fleet).map(|ready| ready.set.changes.len()).sum();
    // Targets do not wait for one another: the longest one counts.
    let paced = willing(&fleet).map(|ready| ready.set.changes.iter().filter(|change| asks_ses(change)).count()).max();
    let cost = if manner.aws.ses_rate > 0.0 { paced.unwrap_or_default() as f64 / manner.aws.ses_rate } else { 0.0 };
    printer.pacing(&format!("applying {}", report::text::things(changes, "change")), Duration::from_secs_f64(cost));
    let progress = printer.progress("applying", changes);
    let told = side_by_side(fleet, manner.aws.parallel, async |name, ready| {
        let voice = Voice { printer: printer.clone(), progress: progress.clone(), name: name.map(str::to_owned), told: Mutex::default() };
        Ok(one(manner, ready, journal.clone(), Arc::new(voice), &signal).await)
    })
    .await;
    printer.finish(&progress);
    tell(plan, told, printer)
}

/// The targets that have something to do and may.
fn willing(fleet: &Fleet<Ready>) -> impl Iterator<Item = &Ready> {
    fleet.iter().filter_map(|each| each.result.as_ref().ok()).filter(|ready| ready.session.is_ok() && !ready.set.is_empty())
}

/// Whether a change waits for its turn at SES.
fn asks_ses(change: &Change) -> bool {
    use AddressKind::{ActiveReceiptRuleSet, ReceiptFilter, ReceiptRule, ReceiptRuleSet};
    matches!(change.address.kind, ReceiptRuleSet | ReceiptRule | ReceiptFilter | ActiveReceiptRuleSet)
}

/// What is about to be done, before it is asked whether it shall be.
fn show(fleet: &Fleet<Ready>, manner: &Manner<'_>, printer: &Printer) {
    for Each { name, result } in fleet {
        let heading = name.as_deref().map(report::text::heading).unwrap_or_default();
        match result {
            Ok(ready) => printer.result(&(heading + &(manner.shown)(&ready.set, manner.partial))),
            Err(stop) if name.is_some() => printer.result(&format!("{heading}{}\n", stop.text())),
            Err(_) => {}
        }
    }
}

/// Asks once, for all targets.
fn agree(manner: &Manner<'_>, fleet: &Fleet<Ready>, printer: &Printer) -> Result<(), Stop> {
    let all: Vec<&Ready> = willing(fleet).collect();
    if manner.yes || all.is_empty() {
        return Ok(());
    }
    if !Printer::can_ask() {
        return Err(Stop::refused("there is no terminal to ask on: pass --yes; nothing was written"));
    }
    let what = (manner.question)(all.iter().map(|ready| ready.set.changes.len()).sum());
    let whom = match all.as_slice() {
        [one] => format!("{} {}", one.set.home.account, one.set.home.region),
        many => report::text::things(many.len(), "target"),
    };
    if printer.confirm(&format!("{what} {whom}?")) { Ok(()) } else { Err(Stop::refused("not confirmed; nothing was written")) }
}

/// Does one target's changes.
async fn one(manner: &Manner<'_>, ready: Ready, journal: Option<Arc<dyn Keep>>, voice: Arc<Voice>, signal: &Signal) -> Told {
    let Ready { seen, set, session } = ready;
    let document = |applied: Option<&Applied>| report::json::change_set(&set, applied, manner.partial, calls(&seen));
    let session = match session {
        Ok(session) => session,
        Err(stop) => {
            let explained = faults::of_reads(&seen, &set);
            let json = explaining(document(None), &explained);
            return Told::new(stop.exit(), report::faults::text(&explained), json).stopped(Some(stop));
        }
    };
    if set.is_empty() {
        let text = voice.name.as_ref().map(|_| "Nothing to do.\n".to_owned()).unwrap_or_default();
        return Told::new(Exit::Done, text, document(Some(&Applied::default()))).counting(stats(manner.aws, calls(&seen)));
    }
    let lock = lock(&seen, &session, manner.guard.break_lock);
    let session = session.telling(voice.clone()).keeping(journal).locking(lock);
    if let Err(stop) = locks_are_there(&session, &set).await {
        return Told::new(stop.exit(), String::new(), document(None)).stopped(Some(stop));
    }
    let watch = Reporter { voice: &voice, home: &set.home };
    let world = session.fresh().until(&signal.stop);
    let mut applied = apply::apply(&world, &set, &watch, &signal.stop).await;
    // A signal that cut a wait short left nothing to hold back, perhaps.
    applied.interrupted |= signal.stop.load(Ordering::SeqCst) && !applied.is_complete();
    let held = if applied.interrupted { Ok(()) } else { session.hold().await };
    let explained = faults::of_writes(&seen, &set, &applied);
    let json = explaining(document(Some(&applied)), &explained);
    let counted = stats(manner.aws, calls(&seen));
    if !applied.interrupted {
        for text in refusal::explain(&session, &seen.plan, &set, &applied).await {
            voice.say(&text);
        }
    }
    let lost = |error| Stop::Because(Exit::Stopped, format!("what was written could not be read again at the end: {error}"), None);
    let text = report::faults::text(&explained) + &report::text::applied(&set, &applied);
    Told::new(exit(&applied, signal), text, json).counting(counted).stopped(held.err().map(lost))
}

/// With why AWS refused what it refused.
fn explaining(mut document: Value, explained: &[Explained]) -> Value {
    if let Some(target) = document.pointer_mut("/targets/0").and_then(Value::as_object_mut) {
        target.insert("explained".to_owned(), report::faults::json(explained));
    }
    document
}

/// Told once, before the first write: else each document would fail for itself, and what needs no lock would be made.
async fn locks_are_there(session: &Session, set: &ChangeSet) -> Result<(), Stop> {
    let Some(document) = set.changes.iter().find(|change| change.statement.is_some()) else { return Ok(()) };
    session.finds_lock(&document.address).await.map_err(|error| {
        let help = "the bucket of `lock` must be there, and the caller needs s3:GetObject and s3:PutObject below its prefix and s3:ListBucket on it \
                    (`postroom permissions`)";
        Stop::Because(Exit::Error, error.to_string(), Some(help.to_owned()))
    })
}

/// The plan's lock, in the hands of this run.
fn lock(seen: &Seen, session: &Session, breaks: bool) -> Option<Lock> {
    let place = &seen.plan.lock.as_ref()?.value;
    let run = format!("{:016x}", RandomState::new().build_hasher().finish());
    let caller = session.caller().map_or_else(|| seen.live.home.account.to_string(), ToString::to_string);
    Some(Lock {
        bucket: Scene::new(&seen.plan, &seen.live).bucket(&place.bucket),
        prefix: place.prefix.clone(),
        holder: format!("{caller} (plan {}, run {run})", seen.plan.name),
        run,
        breaks,
    })
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
        self.printer.say(&of(self.name.as_deref(), text));
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
