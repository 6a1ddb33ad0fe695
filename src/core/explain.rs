//! Why one statement or resource is there: the plan lines, what it is for, what breaks without it, the AWS page.

use serde::Serialize;
use serde_json::Value;

use super::desired::{Desired, State};
use super::problem::Cause;
use crate::grants::purpose_of;
use crate::policy::Statement;

/// One explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The address, with `#SID` for a statement.
    pub id: String,
    /// What it is for, and what breaks without it.
    pub about: String,
    /// The statement or spec.
    pub value: Value,
    /// The plan lines.
    pub because: Vec<Cause>,
    /// The AWS page.
    pub doc: Option<String>,
    /// What else should be known.
    pub notes: Vec<String>,
}

/// Everything that `id` names: an address, `ADDRESS#SID`, or a Sid.
#[must_use]
pub fn explain(desired: &Desired, id: &str) -> Vec<Explanation> {
    let (address, sid) = id.split_once('#').map_or((id, None), |(address, sid)| (address, Some(sid)));
    let mut found = Vec::new();
    for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.seen_from(&desired.home) == address && sid.is_none()) {
        let (about, value) = match &wanted.state {
            State::Present(spec) => ("the plan asks for it", spec.clone()),
            State::Pinned => ("somebody else's, which the plan refers to", Value::Null),
            State::Absent => ("the plan says that it shall not exist", Value::Null),
        };
        found.push(Explanation {
            id: at.seen_from(&desired.home),
            about: about.to_owned(),
            value,
            because: wanted.because.clone(),
            doc: None,
            notes: Vec::new(),
        });
    }
    for (at, container) in &desired.containers {
        let here = at.seen_from(&desired.home);
        for (name, wanted) in &container.statements {
            let named = (here == address && sid.is_none_or(|sid| sid == name)) || name == id;
            if !named {
                continue;
            }
            let mut notes: Vec<String> = wanted.note.iter().cloned().collect();
            if container.hands_off {
                notes.push("not ours to write (`manage: false`): its owner must add it".to_owned());
            }
            if !is_guarded(&wanted.statement) {
                notes.push("AWS documents no source condition for this statement, so it has none".to_owned());
            }
            let purpose = purpose_of(name);
            found.push(Explanation {
                id: format!("{here}#{name}"),
                about: purpose.map_or_else(String::new, |purpose| purpose.about.to_owned()),
                value: wanted.statement.value(),
                because: wanted.because.clone(),
                doc: purpose.map(|purpose| purpose.doc.to_owned()),
                notes,
            });
        }
    }
    found
}

/// Whether a statement for a service says on whose behalf. One that is attached to an identity, or names a role, needs no such guard.
fn is_guarded(statement: &Statement) -> bool {
    let value = statement.value();
    let for_service = value.pointer("/Principal/Service").is_some();
    !for_service || value.get("Condition").is_some()
}
