//! What the four kinds of `create:` have in common: made when missing, never changed after, never deleted (contract/plan.yaml).
//!
//! What is about to be made counts as if it were live: whether a bucket needs a key statement hangs on the key that it is going to have. So
//! `compile` looks at the account with these promises beside what was read ([`Promises`]); `diff` compares with what was read alone.
//!
//! "Never changed after" means that somebody's later change is left alone, so an entry is compared with nothing. What an earlier run began
//! and did not live to finish must be told from that, and each kind has its own way to tell it: a topic and a secret are made in one call; a
//! key gets its alias last, and what has no alias is not there; a bucket is born with a mark that is taken away last.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::KINDS;
use crate::core::address::Address;
use crate::core::change::{Action, Phase};
use crate::core::desired::{Desired, State, Wanted};
use crate::core::draft::{Draft, Sketch};
use crate::core::live::{Live, PolicyText, Seen};
use crate::core::owner::OWNER_TAG;
use crate::core::scene::Scene;
use crate::plan::language::Placed;
use crate::policy::Document;

/// What will be true once everything that is missing is made.
#[derive(Debug)]
pub struct Promises {
    /// The account as it will be then.
    pub live: Live,
    /// What is about to be made.
    pub making: BTreeSet<Address>,
    /// The policies with which it begins, by container.
    pub begins: BTreeMap<Address, PolicyText>,
}

impl Promises {
    /// What the plan makes in this account; `None` when there is nothing to make.
    #[must_use]
    pub fn of(scene: &Scene<'_>) -> Option<Self> {
        if scene.plan.create.is_empty() {
            return None;
        }
        let mut promises = Self { live: scene.live.clone(), making: BTreeSet::new(), begins: BTreeMap::new() };
        for kind in KINDS {
            kind.promise(scene, &mut promises);
        }
        (!promises.making.is_empty()).then_some(promises)
    }

    /// Something is going to be made.
    pub(crate) fn make(&mut self, at: &Address) {
        self.making.insert(at.clone());
    }

    /// A fact that will be true of it.
    pub(crate) fn fact(&mut self, at: Address, fact: &impl Serialize) {
        self.live.put(at, fact);
    }

    /// The policy with which it begins.
    pub(crate) fn policy(&mut self, at: Address, document: &Document) {
        let text = PolicyText { text: document.to_string(), revision: None };
        self.live.put(at.clone(), &text);
        self.begins.insert(at, text);
    }
}

/// Whether something is to be made: what was asked for and is not there, or, without AWS, what nobody has asked for.
pub(crate) fn is_missing(live: &Live, at: &Address) -> bool {
    matches!(live.get::<Value>(at), Seen::Absent | Seen::Unread)
}

/// The tags of what is made: those of the plan and of the entry, and whose it is.
pub(crate) fn tags(scene: &Scene<'_>, own: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut tags = scene.plan.defaults.tags.clone();
    tags.extend(own.clone());
    tags.insert(OWNER_TAG.to_owned(), scene.owner.tag());
    tags
}

/// Wants something made as `spec` says.
pub(crate) fn want(scene: &Scene<'_>, desired: &mut Desired, at: Address, name: &Placed<String>, spec: &impl Serialize) {
    let because = vec![scene.plan.cause(&name.spot)];
    desired.want(at, Wanted { state: State::Present(json!(spec)), because, was: Vec::new(), adopt: false });
}

/// One entry against what was read of it. `unfinished` says why what is there is not whole yet.
pub(crate) fn diff(at: &Address, wanted: &Wanted, have: &Seen<Value>, unfinished: Option<&str>, draft: &mut Draft) {
    let State::Present(want) = &wanted.state else { return };
    let sketch = |action, before| Sketch::new(at.clone(), action, Phase::Roles, want.clone(), before).because(&wanted.because);
    match (have, unfinished) {
        (Seen::Unreadable(why), _) => draft.cannot_read(at, why),
        (Seen::Unread, _) => draft.cannot_read(at, "not read"),
        (Seen::Absent, _) => drop(draft.push(sketch(Action::Create, Value::Null))),
        (Seen::Present(have), Some(why)) => drop(draft.push(sketch(Action::Update, have.clone()).note(why))),
        (Seen::Present(_), None) => draft.unchanged += 1,
    }
}
