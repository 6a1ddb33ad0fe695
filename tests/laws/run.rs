//! One run of the tool on an account in memory: observe, compile, compare, and apply unless something forbids it.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll, Waker};

use postroom::audit::marks;
use postroom::core::address::Address;
use postroom::core::apply::{Applied, Outcome, Watch, apply};
use postroom::core::change::{Change, ChangeSet};
use postroom::core::compile::compile;
use postroom::core::diff::diff;
use postroom::core::farewell::{destroy, farewell};
use postroom::core::live::Live;
use postroom::core::memory::{Fault, Memory};
use postroom::core::observe::{observe, observe_all};
use postroom::core::problem::Source;
use postroom::core::prune::pruned;
use postroom::core::scene::Scene;
use postroom::core::selection::select;
use postroom::core::world::World;
use postroom::plan::language::Plan;
use postroom::plan::{Given, parse};
use postroom::report::problems;

/// What came of a run.
pub struct Ran {
    pub set: ChangeSet,
    /// Everything that was looked at.
    pub looked_at: BTreeSet<Address>,
    /// Nothing when it was refused for an error finding, as the command refuses it.
    pub applied: Option<Applied>,
    pub account: Live,
    pub breaches: Vec<String>,
    pub writes: usize,
}

impl Ran {
    pub fn is_complete(&self) -> bool {
        self.applied.as_ref().is_some_and(Applied::is_complete)
    }

    /// What went wrong, for the message of a law.
    pub fn failures(&self) -> Vec<String> {
        let applied = self.applied.iter().flat_map(|applied| &applied.outcomes);
        let failed = applied.filter_map(|(id, outcome)| {
            let change = self.set.changes.iter().find(|change| change.id == *id)?;
            outcome.error.as_ref().map(|error| format!("{id} {:?} {}: {error}", change.action, change.address))
        });
        let refused = self.set.errors().filter(|_| self.applied.is_none()).map(|finding| format!("refused: {}", finding.message));
        let unreadable = self.set.unreadable.iter().map(|found| format!("unreadable: {} {}", found.address, found.why));
        failed.chain(refused).chain(unreadable).collect()
    }
}

/// How it is run.
#[derive(Default)]
pub struct How<'a> {
    pub fault: Option<Fault>,
    pub only: &'a [String],
}

struct Silent;
impl Watch for Silent {
    fn ended(&self, _: &Change, _: &Outcome) {}
}

/// A world in memory never waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return done;
        }
    }
}

/// Where the files are that plans of tests name.
fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

pub fn plan(text: &str, account: &Live) -> Plan {
    let source = Source { name: "plan.yaml".to_owned(), text: text.to_owned() };
    let draft = parse(Arc::new(source)).unwrap_or_else(|found| panic!("{}\n{text}", problems::text(&found, false)));
    let given = Given {
        account: Some(account.home.account.clone()),
        region: Some(account.home.region.clone()),
        folder: Some(folder()),
        // Of a fleet, its first.
        target: draft.targets().unwrap_or_default().into_iter().next().and_then(|target| target.name),
        ..Given::default()
    };
    draft.settle(&given).unwrap_or_else(|found| panic!("{}\n{text}", problems::text(&found, false)))
}

/// What a plan sees of an account.
pub fn seen(world: &impl World, plan: &Plan, account: &Live) -> Live {
    now(observe(world, plan, Live::new(account.home.clone())))
}

pub fn changes(plan: &Plan, live: &Live) -> ChangeSet {
    diff(&compile(&Scene::new(plan, live)), live)
}

pub fn planned(text: &str, account: &Live) -> ChangeSet {
    let plan = plan(text, account);
    changes(&plan, &seen(&Memory::new(account.clone(), &plan), &plan, account))
}

pub fn run(text: &str, account: &Live) -> Ran {
    run_as(text, account, &How::default())
}

pub fn run_as(text: &str, account: &Live, how: &How<'_>) -> Ran {
    let plan = plan(text, account);
    let mut world = Memory::new(account.clone(), &plan);
    if let Some(fault) = how.fault {
        world = world.failing(fault);
    }
    let live = seen(&world, &plan, account);
    finish(world, changes(&plan, &live), &live, how)
}

/// What `plan --prune` shows.
pub fn plan_pruned(text: &str, account: &Live) -> ChangeSet {
    let plan = plan(text, account);
    changes_pruned(&plan, &seen_for_pruning(&Memory::new(account.clone(), &plan), &plan, account))
}

fn seen_for_pruning(world: &Memory, plan: &Plan, account: &Live) -> Live {
    now(marks::observe(world, plan, Live::new(account.home.clone()), usize::MAX, &|_, _| ())).unwrap()
}

fn changes_pruned(plan: &Plan, live: &Live) -> ChangeSet {
    diff(&pruned(plan, live).compile(live), live)
}

/// `apply --prune`.
pub fn run_pruned(text: &str, account: &Live) -> Ran {
    let plan = plan(text, account);
    let world = Memory::new(account.clone(), &plan);
    let live = seen_for_pruning(&world, &plan, account);
    finish(world, changes_pruned(&plan, &live), &live, &How::default())
}

/// `destroy`, as a run of its own.
pub fn destroyed(text: &str, account: &Live) -> Ran {
    destroyed_as(text, account, &How::default())
}

pub fn destroyed_as(text: &str, account: &Live, how: &How<'_>) -> Ran {
    let plan = plan(text, account);
    let mut world = Memory::new(account.clone(), &plan);
    if let Some(fault) = how.fault {
        world = world.failing(fault);
    }
    let live = now(observe_all(&world, &[&plan, &farewell(&plan)], Live::new(account.home.clone())));
    finish(world, destroy(&plan, &live), &live, how)
}

fn finish(world: Memory, mut set: ChangeSet, live: &Live, how: &How<'_>) -> Ran {
    select(&mut set, how.only);
    let refused = set.errors().next().is_some() || !set.unreadable.is_empty();
    let applied = (!refused).then(|| now(apply(&world, &set, &Silent, &AtomicBool::new(false))));
    let looked_at = live.seen.keys().cloned().collect();
    Ran { applied, looked_at, account: world.account(), breaches: world.breaches(), writes: world.writes(), set }
}

/// Does a set of changes as it is.
pub fn applied_as(set: &ChangeSet, account: &Live) -> Applied {
    let nothing = plan("postroom: 1\nname: alpha\n", account);
    now(apply(&Memory::new(account.clone(), &nothing), set, &Silent, &AtomicBool::new(false)))
}
