//! `apply`: does a [`ChangeSet`], phase by phase, and decides nothing. What depends on a failure is held back; what does not is finished.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::Serialize;

use super::address::{Address, AddressKind, Home};
use super::change::{Change, ChangeSet, Phase};
use super::deferred::{Deferred, Handles, fill};
use super::world::{Done, Failure, World};

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is done.
    Done,
    /// AWS refused it.
    Failed,
    /// It was not tried, because of what failed before, or because the run was stopped.
    Held,
    /// It was tried and no answer came: the next plan shows whether it was done.
    Unknown,
}

/// One change and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What became of it.
    pub status: Status,
    /// What AWS said, or what held it back.
    pub error: Option<String>,
    /// AWS's code, for the explanation.
    pub code: Option<String>,
}

/// What became of a whole set.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// By change id.
    pub outcomes: BTreeMap<String, Outcome>,
    /// Whether anything was written at all.
    pub wrote: bool,
    /// Whether a signal ended it.
    pub interrupted: bool,
    /// What AWS decided about the things that were made: it is put in where it was promised.
    pub handles: Handles,
}

impl Applied {
    /// Whether every change is done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcomes.values().all(|outcome| outcome.status == Status::Done)
    }
}

impl Applied {
    /// What AWS decided about a thing that was made.
    fn learn(&mut self, home: &Home, batch: &[Change], done: Done) {
        let (Some(change), Done::Made(attributes)) = (batch.first(), done) else { return };
        let of = change.address.seen_from(home);
        self.handles.extend(attributes.into_iter().map(|(attribute, value)| (Deferred { of: of.clone(), attribute }, value)));
    }
}

/// Told what happens while it happens.
pub trait Watch: Sync {
    /// A change has come to its end.
    fn ended(&self, change: &Change, outcome: &Outcome);
}

/// How many writes of one kind are under way at once: what waits for its turn at SES holds back no other kind.
const WRITES: usize = 8;

/// Does the set. `stop` is looked at between writes: the one under way is finished and recorded.
pub async fn apply(world: &impl World, set: &ChangeSet, watch: &impl Watch, stop: &AtomicBool) -> Applied {
    let mut applied = Applied::default();
    for phase in Phase::ALL {
        let changes: Vec<&Change> = set.changes.iter().filter(|change| change.phase == phase).collect();
        let phase = Part { phase, home: &set.home };
        run_phase(world, &phase, batches(&changes), &mut applied, watch, stop).await;
    }
    applied
}

/// The statements of one container are one write; every other change is one of its own.
fn batches(changes: &[&Change]) -> Vec<Vec<Change>> {
    let mut batches: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        let mate = batches.iter_mut().find(|batch| {
            batch.first().is_some_and(|first| first.statement.is_some() && change.statement.is_some() && first.address == change.address)
        });
        match mate {
            Some(batch) => batch.push((*change).clone()),
            None => batches.push(vec![(*change).clone()]),
        }
    }
    batches
}

/// One phase of a set.
struct Part<'a> {
    phase: Phase,
    home: &'a Home,
}

async fn run_phase(
    world: &impl World,
    part: &Part<'_>,
    mut waiting: Vec<Vec<Change>>,
    applied: &mut Applied,
    watch: &impl Watch,
    stop: &AtomicBool,
) {
    let mut running = FuturesUnordered::new();
    let mut busy: BTreeMap<AddressKind, usize> = BTreeMap::new();
    loop {
        let mut rest = Vec::new();
        for batch in waiting {
            match verdict(part.phase, &batch, applied, stop) {
                Verdict::Hold(why) => record(batch, &Outcome { status: Status::Held, error: Some(why), code: None }, applied, watch),
                Verdict::Go if busy_with(&busy, &batch) < WRITES => match filled(&batch, &applied.handles, part.home) {
                    Ok(filled) => {
                        count(&mut busy, &batch, |under_way| under_way + 1);
                        running.push(async move {
                            let result = world.perform(&filled).await;
                            (batch, result)
                        });
                    }
                    Err(why) => record(batch, &Outcome { status: Status::Held, error: Some(why), code: None }, applied, watch),
                },
                Verdict::Go | Verdict::Wait => rest.push(batch),
            }
        }
        waiting = rest;
        let Some((batch, result)) = running.next().await else {
            // Nothing is under way that could free them.
            for batch in waiting {
                let why = "it needs a change that is not part of this run".to_owned();
                record(batch, &Outcome { status: Status::Held, error: Some(why), code: None }, applied, watch);
            }
            break;
        };
        count(&mut busy, &batch, |under_way| under_way.saturating_sub(1));
        let outcome = match result {
            Ok(done) => {
                applied.wrote |= done != Done::AlreadyThere;
                applied.learn(part.home, &batch, done);
                Outcome { status: Status::Done, error: None, code: None }
            }
            Err(Failure { says, code, unknown }) => {
                applied.wrote |= unknown;
                let status = if unknown { Status::Unknown } else { Status::Failed };
                Outcome { status, error: Some(says), code: Some(code) }
            }
        };
        record(batch, &outcome, applied, watch);
    }
}

fn busy_with(busy: &BTreeMap<AddressKind, usize>, batch: &[Change]) -> usize {
    batch.first().and_then(|change| busy.get(&change.address.kind)).copied().unwrap_or_default()
}

fn count(busy: &mut BTreeMap<AddressKind, usize>, batch: &[Change], how: impl Fn(usize) -> usize) {
    if let Some(change) = batch.first() {
        let under_way = busy.entry(change.address.kind).or_default();
        *under_way = how(*under_way);
    }
}

/// A batch with what was promised put in.
fn filled(batch: &[Change], handles: &Handles, home: &Home) -> Result<Vec<Change>, String> {
    let mut batch = batch.to_vec();
    for change in &mut batch {
        if let Some(id) = key_made(&change.address, handles, home) {
            change.address.name.clone_from(id);
        }
        if let Some(open) = fill(&mut change.after, handles).first() {
            return Err(format!("it names {open}, which was not made in this run"));
        }
    }
    Ok(batch)
}

/// The policy of a key goes by the key's id, and until the key is made by its alias.
fn key_made<'a>(policy: &Address, handles: &'a Handles, home: &Home) -> Option<&'a String> {
    let by_alias = policy.kind == AddressKind::KeyPolicy && policy.name.starts_with("alias/");
    let of = || policy.with_kind(AddressKind::Key).seen_from(home);
    by_alias.then(|| handles.get(&Deferred { of: of(), attribute: "id".to_owned() })).flatten()
}

enum Verdict {
    Go,
    Wait,
    Hold(String),
}

fn verdict(phase: Phase, batch: &[Change], applied: &mut Applied, stop: &AtomicBool) -> Verdict {
    if stop.load(Ordering::SeqCst) {
        applied.interrupted = true;
        return Verdict::Hold("the run was stopped".to_owned());
    }
    let failed = |id: &&String| applied.outcomes.get(*id).is_some_and(|outcome| outcome.status != Status::Done);
    let undone = applied.outcomes.iter().find(|(_, outcome)| outcome.status != Status::Done);
    if let Some((id, _)) = undone.filter(|_| phase.waits_for_all()) {
        return Verdict::Hold(format!("{id} is not done, and nothing is activated, removed or narrowed before everything else is"));
    }
    let ids: BTreeSet<&str> = batch.iter().map(|change| change.id.as_str()).collect();
    let mut needs = batch.iter().flat_map(|change| &change.needs).filter(|id| !ids.contains(id.as_str()));
    if let Some(id) = needs.clone().find(failed) {
        return Verdict::Hold(format!("it needs {id}, which is not done"));
    }
    if needs.any(|id| !applied.outcomes.contains_key(id)) { Verdict::Wait } else { Verdict::Go }
}

fn record(batch: Vec<Change>, outcome: &Outcome, applied: &mut Applied, watch: &impl Watch) {
    for change in batch {
        watch.ended(&change, outcome);
        applied.outcomes.insert(change.id, outcome.clone());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::future::{poll_fn, select};
    use serde_json::json;

    use super::*;
    use crate::core::change::Action;

    /// Filters are never done; everything else is at once.
    #[derive(Default)]
    struct SlowAtSes {
        begun: AtomicUsize,
        others: AtomicUsize,
    }

    impl World for SlowAtSes {
        async fn read(&self, _: &BTreeSet<Address>) -> BTreeMap<Address, super::super::live::Observed> {
            BTreeMap::new()
        }

        async fn perform(&self, batch: &[Change]) -> Result<Done, Failure> {
            if batch.iter().any(|change| change.address.kind == AddressKind::ReceiptFilter) {
                self.begun.fetch_add(1, Ordering::SeqCst);
                std::future::pending::<()>().await;
            }
            self.others.fetch_add(1, Ordering::SeqCst);
            Ok(Done::Written)
        }
    }

    impl Watch for () {
        fn ended(&self, _: &Change, _: &Outcome) {}
    }

    fn set(home: &Home) -> ChangeSet {
        let kinds = (0..20).map(|_| AddressKind::ReceiptFilter).chain((0..20).map(|_| AddressKind::Relay));
        let change = |(number, kind): (usize, AddressKind)| Change {
            id: format!("c{number}"),
            address: home.at(kind, format!("n{number}")),
            statement: None,
            action: Action::Create,
            permission: None,
            phase: Phase::Resources,
            before: json!(null),
            after: json!({}),
            unknown: Vec::new(),
            needs: BTreeSet::new(),
            needs_flag: None,
            also_granted_by: Vec::new(),
            because: Vec::new(),
            doc: None,
            note: None,
        };
        ChangeSet {
            plan: "p".to_owned(),
            home: home.clone(),
            changes: kinds.enumerate().map(change).collect(),
            unchanged: 0,
            findings: Vec::new(),
            unreadable: Vec::new(),
            outputs: BTreeMap::new(),
            fingerprints: BTreeMap::new(),
            mail: Vec::new(),
        }
    }

    #[test]
    fn a_slow_service_holds_back_no_other() {
        let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let (world, set, stop) = (SlowAtSes::default(), set(&home), AtomicBool::new(false));
        let all = std::pin::pin!(apply(&world, &set, &(), &stop));
        // As long as anything moves, and not longer.
        let mut looks = 0;
        let enough = poll_fn(|_| {
            looks += 1;
            if looks > 100 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        });
        let ended = run(select(all, enough));
        assert!(matches!(ended, futures_util::future::Either::Right(_)), "filters are never done");
        assert_eq!(world.others.load(Ordering::SeqCst), 20, "relays wait for no filter");
        assert_eq!(world.begun.load(Ordering::SeqCst), WRITES, "and of filters so many are under way at once");
    }

    fn run<F: Future + Unpin>(mut future: F) -> F::Output {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        loop {
            if let std::task::Poll::Ready(output) = std::pin::Pin::new(&mut future).poll(&mut context) {
                return output;
            }
        }
    }
}
