//! What the plan asks for, resolved against what is live: every default filled, every name an address or ARN, every grant derived.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::address::{Address, Home};
use super::change::Finding;
use super::ids::AccountId;
use super::live::PolicyText;
use super::origin::Origin;
use super::owner::Owner;
use super::problem::{Cause, Severity};
use crate::grants::Grant;
use crate::policy::Statement;

/// All of it.
#[derive(Debug)]
pub struct Desired {
    /// The plan's name.
    pub plan: String,
    /// Where.
    pub home: Home,
    /// Whose marks are ours.
    pub owner: Owner,
    /// Resources, by address.
    pub resources: BTreeMap<Address, Wanted>,
    /// The grants of the plan's own rules.
    pub grants: Vec<Grant>,
    /// The grants of rules that are live, that the plan does not write and this run does not remove: what ours of these is there stays.
    pub tenants: Vec<Grant>,
    /// The statements that follow from the grants, by container; a container without any is one to strip of what is ours.
    pub containers: BTreeMap<Address, Container>,
    /// The policies with which what is about to be made begins.
    pub begins: BTreeMap<Address, PolicyText>,
    /// What should be known.
    pub findings: Vec<Finding>,
    /// Accounts that are not ours to write: what cannot be read there is their owner's matter, and a finding says what is needed.
    pub not_ours: BTreeSet<AccountId>,
    /// Resources that go if they can: what keeps one of them is told, and is no error. All of them when the plan is taken back.
    pub parting: BTreeSet<Address>,
    /// Resources that are never deleted and never replaced.
    pub protected: BTreeSet<Address>,
    /// Ingress endpoints whose password is sent again (`apply --rotate`).
    pub rotate: BTreeSet<Address>,
    /// Codes that the plan accepts, with its reasons.
    pub accept: BTreeMap<String, String>,
}

impl Desired {
    /// Nothing yet.
    #[must_use]
    pub fn new(home: Home, owner: Owner) -> Self {
        Self {
            plan: owner.plan().to_string(),
            home,
            owner,
            resources: BTreeMap::new(),
            grants: Vec::new(),
            tenants: Vec::new(),
            containers: BTreeMap::new(),
            begins: BTreeMap::new(),
            findings: Vec::new(),
            not_ours: BTreeSet::new(),
            parting: BTreeSet::new(),
            protected: BTreeSet::new(),
            rotate: BTreeSet::new(),
            accept: BTreeMap::new(),
        }
    }

    /// How much it weighs that a resource is left as it is, though it shall be absent.
    #[must_use]
    pub fn refusal(&self, at: &Address) -> Severity {
        if self.parting.contains(at) { Severity::Info } else { Severity::Error }
    }

    /// Wants a resource.
    pub fn want(&mut self, at: Address, wanted: Wanted) {
        self.resources.insert(at, wanted);
    }
}

/// One resource as it shall be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What shall be there.
    pub state: State,
    /// The plan lines.
    pub because: Vec<Cause>,
    /// Earlier names, new before old.
    pub was: Vec<String>,
    /// What is there is taken over.
    pub adopt: bool,
}

/// What shall be at an address.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// This, compared as a whole.
    Present(Value),
    /// Something, which is somebody else's.
    Pinned,
    /// Nothing.
    Absent,
}

/// What shall be in one policy container.
#[derive(Debug, Default)]
pub struct Container {
    /// Ours, by Sid.
    pub statements: BTreeMap<String, WantedStatement>,
    /// Foreign statements that ours take over, by Sid or digest.
    pub replace: Vec<String>,
    /// Who would lose something were one of them taken over, by its Sid or digest.
    pub loses: BTreeMap<String, BTreeSet<String>>,
    /// `manage: false`: checked, never written.
    pub hands_off: bool,
}

/// One statement of ours.
#[derive(Debug, Clone)]
pub struct WantedStatement {
    /// The statement.
    pub statement: Statement,
    /// What stands in its place until AWS has made the ids that it names.
    pub until: Option<Statement>,
    /// What it is for. A narrowing that takes one away must come after that one's change.
    pub users: BTreeSet<Origin>,
    /// The plan lines; empty when only live rules that are in no plan still need it.
    pub because: Vec<Cause>,
    /// Why, at AWS.
    pub doc: &'static str,
    /// What the reader should know: that it was widened to fit.
    pub note: Option<String>,
    /// What the grants asked for, one by one, for checks and explanations.
    pub grants: Vec<Grant>,
}
