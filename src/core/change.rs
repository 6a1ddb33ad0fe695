//! The difference between want and have, turned into acts. After this no decision is left: `apply` gets a [`ChangeSet`] and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::address::{Address, Home};
use super::problem::{Cause, Severity};

/// What is done to a resource or a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is not there and shall be.
    Create,
    /// It is there and shall be different.
    Update,
    /// AWS cannot change it in place: taken away and made again.
    Replace,
    /// It is there and shall not be.
    Delete,
    /// The rules of a set are put in another order.
    Reorder,
    /// The rule set becomes the one that receives.
    Activate,
    /// No rule set receives any more.
    Deactivate,
    /// It becomes this plan's; nothing but the tag changes.
    Adopt,
    /// As it should be.
    None,
}

/// The phases of an apply, make before break (docs/design.md, rule 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Phase {
    /// Roles, and what `create:` names, are made.
    Roles = 1,
    /// Grants are added or widened, then read back until seen.
    Widen = 2,
    /// Resources are made and changed.
    Resources = 3,
    /// Rules are put in order.
    Order = 4,
    /// The rule set pointer is moved.
    Activate = 5,
    /// Resources are taken away.
    Remove = 6,
    /// Grants are narrowed or go.
    Narrow = 7,
    /// Roles are taken away.
    RemoveRoles = 8,
}

impl Phase {
    /// In order.
    pub const ALL: [Self; 8] =
        [Self::Roles, Self::Widen, Self::Resources, Self::Order, Self::Activate, Self::Remove, Self::Narrow, Self::RemoveRoles];

    /// Whether a failure before it holds the whole phase back: activation, removal and narrowing wait for everything (contract/language.md).
    #[must_use]
    pub fn waits_for_all(self) -> bool {
        self >= Self::Activate
    }
}

impl From<Phase> for u8 {
    fn from(phase: Phase) -> Self {
        phase as Self
    }
}

impl TryFrom<u8> for Phase {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, String> {
        Self::ALL.into_iter().find(|phase| u8::from(*phase) == number).ok_or_else(|| format!("there is no phase {number}"))
    }
}

/// A flag without which `apply` refuses a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Flag {
    /// `--allow-delete`
    #[serde(rename = "--allow-delete")]
    AllowDelete,
    /// `--allow-activate`
    #[serde(rename = "--allow-activate")]
    AllowActivate,
}

/// What a change does to permissions, computed by the policy engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// More is allowed than before.
    Widened,
    /// Less is allowed than before.
    Narrowed,
    /// The same is allowed.
    Equivalent,
    /// It is no matter of permissions.
    None,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `c1`, `c2`, … in the order of the set.
    pub id: String,
    /// What it is done to.
    pub address: Address,
    /// The Sid, when it is done to one statement.
    pub statement: Option<String>,
    /// What is done.
    pub action: Action,
    /// What it does to permissions.
    pub permission: Option<Permission>,
    /// When.
    pub phase: Phase,
    /// As it is; `null` when it is not there.
    pub before: Value,
    /// As it shall be; `null` when it shall not be there.
    pub after: Value,
    /// JSON pointers into `after` of what AWS makes only during the apply.
    pub unknown: Vec<String>,
    /// Ids of changes that must be done before.
    pub needs: BTreeSet<String>,
    /// The flag without which it is refused.
    pub needs_flag: Option<Flag>,
    /// Foreign statements that grant the same.
    pub also_granted_by: Vec<String>,
    /// The plan lines that asked for it.
    pub because: Vec<Cause>,
    /// The AWS page that says why.
    pub doc: Option<String>,
    /// One sentence that the reader of the plan should have, where the action alone does not say it.
    pub note: Option<String>,
}

/// Something worth knowing about the account, with a code from the closed list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// From the table of `checks/`.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What, and what to do.
    pub message: String,
    /// The plan lines it is about.
    pub because: Vec<Cause>,
    /// The AWS page.
    pub doc: Option<String>,
    /// The reason the plan gives for accepting it, which silences it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// Something AWS would not say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unreadable {
    /// What.
    pub address: Address,
    /// The code and the call.
    pub why: String,
}

/// All that is to be done for one plan in one account and region, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// The plan's name.
    pub plan: String,
    /// Where.
    pub home: Home,
    /// The acts, in the order they are done.
    pub changes: Vec<Change>,
    /// How many resources and statements are as they should be.
    pub unchanged: usize,
    /// What should be known before it is applied.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What AWS has decided about ingress endpoints that are there: `id`, `a_record`, by address.
    #[serde(default)]
    pub outputs: BTreeMap<String, BTreeMap<String, String>>,
    /// `sha256:` of each object that it was computed from, once it is saved.
    pub fingerprints: BTreeMap<Address, String>,
    /// Where mail goes another way than before, once that was looked at (`route/moved.rs`).
    #[serde(default)]
    pub mail: Vec<Moved>,
}

/// A route that is another after the change than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Whose: an address, `*@domain`, `*@*.domain` for its subdomains, `*` for everybody that nothing names.
    pub to: String,
    /// The way in: `receipt-rule-set/NAME`, `ingress-endpoint/NAME`, …
    pub via: String,
    /// What was done with mail, in order; where it hangs on something, each case with what it supposes.
    pub have: Vec<String>,
    /// What will be done.
    pub want: Vec<String>,
    /// What of that which it meets changed.
    pub why: String,
}

impl ChangeSet {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The findings that stop an apply.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error && finding.accepted.is_none())
    }

    /// How many changes do `action`.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.changes.iter().filter(|change| change.action == action).count()
    }
}
