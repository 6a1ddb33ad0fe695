//! An account in memory: a [`World`] without AWS, so that `observe` and `apply` can be held to laws.
//!
//! It does by meaning what the AWS half does on the wire, and is as strict as the services are: what they refuse, it refuses with their
//! code. Above that it watches the law that no live rule is ever without its grant ([`Memory::breaches`]), and fails a write when told to.
//!
//! An account is a [`Live`] that holds everything, inline policies under `role-policy/ROLE/NAME`; what a plan sees of it is what
//! `observe` asks for.

mod inventory;
mod law;
mod made;
mod mail_manager;
mod resources;
mod statements;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde_json::json;

use super::address::{Address, AddressKind};
use super::change::Change;
use super::live::{Live, Observed, PolicyText};
use super::owner::Owner;
use super::world::{Done, Failure, World};
use crate::containers::{is_foreign_inline, is_inline};
use crate::kinds::managed_policy::AttachedPolicies;
use crate::kinds::receipt_rule_set::{Pointer, SetNames};
use crate::kinds::role::InlinePolicies;
use crate::plan::language::Plan;
use crate::policy::Document;

/// An account, seen by one plan.
#[derive(Debug)]
pub struct Memory {
    state: Mutex<State>,
}

/// The law of live grants for an account that is not in memory: whoever writes there shows it what is live after every write.
#[derive(Debug)]
pub struct Witness {
    inline: String,
    promises: law::Promises,
}

impl Witness {
    /// What is allowed at this moment is what must stay allowed. The snapshot is what a plan sees.
    #[must_use]
    pub fn new(plan: &Plan, snapshot: &Live) -> Self {
        let inline = Owner::new(&plan.name, &snapshot.home, &[]).inline_policy();
        let promises = law::Promises::of(plan, &written_out(snapshot.clone(), &inline));
        Self { inline, promises }
    }

    /// After a write.
    pub fn look(&mut self, snapshot: &Live, after: &str) {
        self.promises.check(&written_out(snapshot.clone(), &self.inline), after);
    }

    /// What was wrong since this was asked last.
    pub fn breaches(&mut self) -> Vec<String> {
        std::mem::take(&mut self.promises.breaches)
    }
}

/// The write that shall fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which, counted from 0.
    pub write: usize,
    /// It is done all the same, and only the answer is lost.
    pub acted: bool,
}

#[derive(Debug)]
struct State {
    account: Live,
    /// The name of the plan's inline policies: what `role-policy/ROLE` stands for.
    inline: String,
    promises: law::Promises,
    fault: Option<Fault>,
    writes: usize,
}

impl Memory {
    /// An account as this plan meets it. What is live at this moment is what must not lose its grants.
    #[must_use]
    pub fn new(account: Live, plan: &Plan) -> Self {
        let inline = Owner::new(&plan.name, &account.home, &[]).inline_policy();
        let account = written_out(account, &inline);
        let promises = law::Promises::of(plan, &account);
        Self { state: Mutex::new(State { account, inline, promises, fault: None, writes: 0 }) }
    }

    /// The same account, where one write fails.
    #[must_use]
    pub fn failing(self, fault: Fault) -> Self {
        self.lock().fault = Some(fault);
        self
    }

    /// How many writes were tried.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.lock().writes
    }

    /// Each moment at which a live rule was not allowed what it had been allowed, or needs since it was saved: which write, and what.
    #[must_use]
    pub fn breaches(&self) -> Vec<String> {
        self.lock().promises.breaches.clone()
    }

    /// Everything that is there.
    #[must_use]
    pub fn account(&self) -> Live {
        self.lock().account.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for Memory {
    async fn read(&self, addresses: &BTreeSet<Address>) -> BTreeMap<Address, Observed> {
        let state = self.lock();
        addresses.iter().map(|at| (at.clone(), state.read(at))).collect()
    }

    async fn perform(&self, batch: &[Change]) -> Result<Done, Failure> {
        self.lock().perform(batch)
    }
}

impl State {
    fn read(&self, at: &Address) -> Observed {
        let found = |at: &Address| self.account.seen.get(at).cloned().unwrap_or(Observed::Absent);
        match at.kind {
            kind if is_inline(kind) => found(&self.whole_name(at)),
            AddressKind::RolePolicies => match found(&at.with_kind(AddressKind::Role)) {
                Observed::Present(_) => Observed::Present(json!(InlinePolicies { names: inline_names(&self.account, at) })),
                other => other,
            },
            AddressKind::UserPolicies | AddressKind::GroupPolicies => match found(at) {
                Observed::Present(_) => Observed::Present(json!(InlinePolicies { names: inline_names(&self.account, at) })),
                other => other,
            },
            AddressKind::AttachedPolicies if !self.account.has(at) => match found(&at.with_kind(AddressKind::Role)) {
                Observed::Present(_) => Observed::Present(json!(AttachedPolicies::default())),
                other => other,
            },
            AddressKind::ReceiptRuleSets => {
                let names =
                    self.account.of_kind(AddressKind::ReceiptRuleSet).filter(|set| set.region == at.region && set.account == at.account);
                Observed::Present(json!(SetNames { names: names.map(|set| set.name.clone()).collect() }))
            }
            AddressKind::MailManagerNames => mail_manager::names(&self.account, at),
            AddressKind::ActiveReceiptRuleSet if !self.account.has(at) => Observed::Present(json!(Pointer { active: None })),
            _ if self.account.has(at) => found(at),
            _ => self.listed(at).unwrap_or(Observed::Absent),
        }
    }

    /// Where our inline policy of a role is kept.
    fn whole_name(&self, at: &Address) -> Address {
        if !is_inline(at.kind) || is_foreign_inline(at) {
            return at.clone();
        }
        Address { name: format!("{}/{}", at.name, self.inline), ..at.clone() }
    }

    fn perform(&mut self, batch: &[Change]) -> Result<Done, Failure> {
        let Some(first) = batch.first() else { return Ok(Done::AlreadyThere) };
        let fault = self.fault.filter(|fault| fault.write == self.writes);
        self.writes += 1;
        if fault.is_some_and(|fault| !fault.acted) {
            return Err(refused("InternalFailure", "this write was told to fail"));
        }
        let done = if first.statement.is_some() { self.edit(&first.address, batch)? } else { self.act(first)? };
        self.promises.check(&self.account, &format!("write {} ({} {})", self.writes, first.id, first.address));
        match fault {
            Some(_) => Err(Failure { unknown: true, ..refused("Timeout", "this answer was told to get lost") }),
            None => Ok(done),
        }
    }

    fn present<T: DeserializeOwned>(&self, at: &Address) -> Option<T> {
        self.account.get(at).present()
    }
}

fn refused(code: &str, says: impl Into<String>) -> Failure {
    Failure { says: says.into(), code: code.to_owned(), unknown: false }
}

/// The inline policies of the identity that `at` names.
fn inline_names(account: &Live, at: &Address) -> Vec<String> {
    let kind = match at.kind {
        AddressKind::UserPolicies => AddressKind::UserPolicy,
        AddressKind::GroupPolicies => AddressKind::GroupPolicy,
        _ => AddressKind::RolePolicy,
    };
    let policies = account.of_kind(kind).filter(|policy| policy.account == at.account);
    let names = policies.filter_map(|policy| policy.name.split_once('/')).filter(|(owner, _)| *owner == at.name);
    names.map(|(_, policy)| policy.to_owned()).collect()
}

/// A snapshot that a plan took, as an account: its own inline policies under their whole names, and the lists of names as policies.
fn written_out(mut snapshot: Live, inline: &str) -> Live {
    for (at, observed) in std::mem::take(&mut snapshot.seen) {
        match (at.kind, &observed) {
            (_, Observed::Absent) | (AddressKind::ReceiptRuleSets, _) => {}
            (kind, _) if is_inline(kind) && !is_foreign_inline(&at) => {
                snapshot.seen.insert(Address { name: format!("{}/{inline}", at.name), ..at }, observed);
            }
            (AddressKind::RolePolicies, Observed::Present(names)) => {
                let names: Option<InlinePolicies> = serde_json::from_value(names.clone()).ok();
                for name in names.into_iter().flat_map(|names| names.names) {
                    let policy = Address { kind: AddressKind::RolePolicy, name: format!("{}/{name}", at.name), ..at.clone() };
                    let empty = json!(PolicyText { text: Document::empty().to_string(), revision: None });
                    snapshot.seen.entry(policy).or_insert(Observed::Present(empty));
                }
            }
            _ => drop(snapshot.seen.insert(at, observed)),
        }
    }
    snapshot
}
