//! `drift`: the difference that `plan` finds, with a class on each part of it, for who looks at it every night. Drift is seen from the plan: an
//! edited plan and a moved account look the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::address::Address;
use super::change::{Action, Change, ChangeSet, Finding};
use super::problem::Severity;
use crate::containers;
use crate::grants::is_aside;
use crate::plan::language::Plan;
use crate::plan::language::mail_manager::IngressAccess;

/// What sort of drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A thing or a statement of the plan is there, and not as the plan says.
    OursChanged,
    /// It is not there.
    OursMissing,
    /// Something is there that shall not be: what the plan says is absent, or what carries its mark and is not in it.
    Extra,
    /// The rules of a set are in another order.
    Order,
    /// Another rule set receives, or none.
    ActiveSet,
    /// Somebody's Deny, or a permissions boundary, keeps SES from what a rule needs.
    ForeignBlocksSes,
    /// Something that the plan relies on and does not write is gone, or is no longer fit: mail would fail.
    Broken,
    /// It could not be read, so that nothing can be said of it.
    Unreadable,
}

impl Class {
    /// Every class there is.
    pub const ALL: [Self; 8] = [
        Self::OursChanged,
        Self::OursMissing,
        Self::Extra,
        Self::Order,
        Self::ActiveSet,
        Self::ForeignBlocksSes,
        Self::Broken,
        Self::Unreadable,
    ];

    /// As the contract calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OursChanged => "ours-changed",
            Self::OursMissing => "ours-missing",
            Self::Extra => "extra",
            Self::Order => "order",
            Self::ActiveSet => "active-set",
            Self::ForeignBlocksSes => "foreign-blocks-ses",
            Self::Broken => "broken",
            Self::Unreadable => "unreadable",
        }
    }

    /// What it says of a thing.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::OursChanged => "it is not as the plan says",
            Self::OursMissing => "the plan wants it, and it is not there",
            Self::Extra => "it is there, and the plan does not want it",
            Self::Order => "its rules are not in the plan's order",
            Self::ActiveSet => "which rule set receives is not as the plan says",
            Self::ForeignBlocksSes => "somebody else keeps SES from what a rule needs",
            Self::Broken => "mail that relies on it fails, and it is not the plan's to repair",
            Self::Unreadable => "it could not be read, so that nothing can be said of it",
        }
    }
}

/// One thing that is not as the plan has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What sort.
    pub class: Class,
    /// Its address as people read it, with `#SID` for a statement; the code of a finding.
    pub name: String,
    /// The whole sentence, where there is more to say than the class.
    pub why: Option<String>,
    /// The changes that would put it right.
    pub changes: Vec<Change>,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Drift {
    /// What `plan` finds.
    pub set: ChangeSet,
    /// By class, and in the order of the changes.
    pub items: Vec<Item>,
    /// The class of each change, by its id.
    pub classes: BTreeMap<String, Class>,
    /// What can never be told.
    pub notes: Vec<String>,
}

impl Drift {
    /// How many things are of a class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        self.items.iter().filter(|item| item.class == class).count()
    }

    /// How many things were looked at.
    #[must_use]
    pub fn objects(&self) -> usize {
        let of_changes = self.items.iter().filter(|item| !item.changes.is_empty()).count();
        self.set.unchanged + of_changes + self.count(Class::Unreadable)
    }
}

/// Sorts a difference into classes. `strict` counts warnings as something that is broken.
#[must_use]
pub fn drift(set: ChangeSet, plan: &Plan, strict: bool) -> Drift {
    let mut items: Vec<Item> = Vec::new();
    let mut classes = BTreeMap::new();
    // The changes of one statement are about one thing; a rule set, its order and that it receives are three.
    let thing = |change: &Change| {
        let class = change.statement.is_none().then(|| class(change, &set));
        (change.address.clone(), change.statement.clone(), class)
    };
    let mut things: Vec<(Address, Option<String>, Option<Class>)> = Vec::new();
    for next in set.changes.iter().map(thing) {
        if !things.contains(&next) {
            things.push(next);
        }
    }
    for it in things {
        let changes: Vec<Change> = set.changes.iter().filter(|change| thing(change) == it).cloned().collect();
        let (at, sid, _) = it;
        let Some(class) = changes.first().map(|first| class(first, &set)) else { continue };
        classes.extend(changes.iter().map(|change| (change.id.clone(), class)));
        if is_means(&changes) {
            continue;
        }
        let at = at.seen_from(&set.home);
        let name = sid.map_or_else(|| at.clone(), |sid| format!("{at}#{sid}"));
        items.push(Item { class, name, why: None, changes });
    }
    items.extend(set.findings.iter().filter_map(|finding| broken(finding, strict)));
    items.extend(set.unreadable.iter().map(|it| Item {
        class: Class::Unreadable,
        name: it.address.seen_from(&set.home),
        why: Some(it.why.clone()),
        changes: Vec::new(),
    }));
    items.sort_by_key(|item| item.class);
    Drift { items, classes, notes: notes(plan), set }
}

/// What the first change of a thing says of it: what is made is missing, whatever is done to it after.
fn class(first: &Change, set: &ChangeSet) -> Class {
    match first.action {
        Action::Create if first.statement.as_deref().is_some_and(is_aside) => Class::OursChanged,
        Action::Create => Class::OursMissing,
        Action::Delete if stands_in(first) => {
            let missing = |other: &&Change| other.address == first.address && other.action == Action::Create;
            if set.changes.iter().any(|other| missing(&other)) { Class::OursMissing } else { Class::Extra }
        }
        Action::Delete => Class::Extra,
        Action::Reorder => Class::Order,
        Action::Activate | Action::Deactivate => Class::ActiveSet,
        Action::Update | Action::Replace | Action::Adopt | Action::None => Class::OursChanged,
    }
}

/// Whether these are only the means to another change: a statement that stands aside for the length of an apply, or what stood for the
/// statements that are missing. Neither is a thing that has drifted.
fn is_means(changes: &[Change]) -> bool {
    let aside = |change: &Change| change.action == Action::Create && change.statement.as_deref().is_some_and(is_aside);
    changes.iter().any(aside) || changes.iter().any(stands_in)
}

fn stands_in(change: &Change) -> bool {
    let stand_in = containers::of(change.address.kind).and_then(|kind| kind.stand_in());
    change.statement.is_some() && change.statement.as_deref() == stand_in
}

/// A finding that the plan does not accept is drift, too: nothing of the plan's has changed, and mail fails all the same.
fn broken(finding: &Finding, strict: bool) -> Option<Item> {
    let worst = if strict { Severity::Warning } else { Severity::Error };
    if finding.accepted.is_some() || finding.severity > worst {
        return None;
    }
    let class = if finding.code == "foreign-deny-blocks-ses" { Class::ForeignBlocksSes } else { Class::Broken };
    Some(Item { class, name: finding.code.clone(), why: Some(finding.message.clone()), changes: Vec::new() })
}

/// What AWS gives nobody back is said once (contract/language.md).
fn notes(plan: &Plan) -> Vec<String> {
    let entries = &plan.mail_manager.ingress_endpoints;
    let by_password = entries.iter().filter(|entry| {
        let access = entry.spec().map(|spec| &spec.access);
        matches!(access, Some(IngressAccess::PasswordFromEnv(_)))
    });
    let names: BTreeSet<String> = by_password.map(|entry| format!("ingress-endpoint/{}", entry.name.value)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = names.into_iter().collect();
    vec![format!(
        "an SMTP password can be sent and not be read: whether that of {} is still the plan's is not known (`apply --rotate` sends it again)",
        names.join(", ")
    )]
}
