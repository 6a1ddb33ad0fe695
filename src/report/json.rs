//! The JSON of contract/cli.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::codes;
use super::mask::masked;
use crate::core::address::{AddressKind, Home};
use crate::core::apply::Applied;
use crate::core::change::{Action, Change, ChangeSet, Finding, Permission};
use crate::core::desired::{Desired, State, WantedStatement};
use crate::core::explain::Explanation;
use crate::core::letters::is_obeyed;

/// The version of this format.
pub const FORMAT: u32 = 1;

/// A document as it is printed, with a line end.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    escaped(text)
}

/// The same on one line, without its end.
#[must_use]
pub fn line(value: &Value) -> String {
    escaped(value.to_string())
}

/// JSON that says the same and holds nothing that a terminal would obey: `serde_json` escapes the control characters of ASCII, and there are
/// others. All that is left of them stands within texts.
fn escaped(json: String) -> String {
    let is_shown = |byte: u8| matches!(byte, b' '..=b'~' | b'\n');
    // Nearly all of it, always.
    if json.bytes().all(is_shown) {
        return json;
    }
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_obeyed(letter) && letter != '\n' {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(letter);
        }
    }
    text
}

/// What a run cost, where it was counted.
pub type Calls = Option<Value>;

/// `plan --format json`; with `applied`, what `apply` prints.
#[must_use]
pub fn change_set(set: &ChangeSet, applied: Option<&Applied>, partial: bool, calls: Calls) -> Value {
    let that = |verdict| set.changes.iter().filter(|change| change.permission == Some(verdict)).count();
    let mut target = json!({
        "target": null,
        "account": set.home.account,
        "region": set.home.region,
        "summary": {
            "create": set.count(Action::Create),
            "update": set.count(Action::Update) + set.count(Action::Reorder) + set.count(Action::Activate) + set.count(Action::Deactivate) + set.count(Action::Adopt),
            "replace": set.count(Action::Replace),
            "delete": set.count(Action::Delete),
            "unchanged": set.unchanged,
            "widens": that(Permission::Widened),
            "narrows": that(Permission::Narrowed),
        },
        "partial": partial,
        "changes": set.changes.iter().map(|entry| change(entry, &set.home, applied)).collect::<Vec<_>>(),
        "mail": set.mail,
        "findings": set.findings.iter().map(finding).collect::<Vec<_>>(),
        "unreadable": set.unreadable.iter().map(|it| json!({"address": it.address.seen_from(&set.home), "why": it.why})).collect::<Vec<_>>(),
        "outputs": outputs(set, applied),
    });
    if let (Some(calls), Some(members)) = (calls, target.as_object_mut()) {
        members.insert("calls".to_owned(), calls);
    }
    json!({ "format_version": FORMAT, "plan": set.plan, "targets": [target] })
}

fn change(change: &Change, home: &Home, applied: Option<&Applied>) -> Value {
    let Change {
        id,
        address,
        statement,
        action,
        permission,
        phase,
        before,
        after,
        unknown,
        needs,
        needs_flag,
        also_granted_by,
        because,
        doc,
        note,
    } = change;
    let mut value = json!({
        "id": id,
        "address": address.seen_from(home),
        "statement": statement,
        "action": action,
        "permission": permission,
        "phase": u8::from(*phase),
        "before": masked(before),
        "after": masked(after),
        "unknown": unknown,
        "needs": needs,
        "needs_flag": needs_flag,
        "also_granted_by": also_granted_by,
        "because": because,
        "doc": doc,
        "note": note,
    });
    let outcome = applied.and_then(|applied| applied.outcomes.get(id));
    if let (Some(outcome), Some(members)) = (outcome, value.as_object_mut()) {
        members.insert("status".to_owned(), json!(outcome.status));
        members.insert("error".to_owned(), json!(outcome.error));
    }
    value
}

/// What AWS decided about ingress endpoints, as far as it is known: the A record is what MX must name.
fn outputs(set: &ChangeSet, applied: Option<&Applied>) -> Value {
    let mut outputs = set.outputs.clone();
    for (made, value) in applied.iter().flat_map(|applied| &applied.handles) {
        if made.of.starts_with(AddressKind::IngressEndpoint.name()) {
            outputs.entry(made.of.clone()).or_default().insert(made.attribute.clone(), value.clone());
        }
    }
    json!(outputs)
}

/// One finding.
#[must_use]
pub fn finding(finding: &Finding) -> Value {
    let Finding { code, severity, message, because, doc, accepted } = finding;
    json!({"code": code, "severity": severity, "message": message, "because": because, "doc": doc, "page": codes::anchor(code), "accepted": accepted})
}

/// `explain`; each with the name of its target, where it has one.
#[must_use]
pub fn explanations(plan: &str, found: &[(Option<String>, Explanation)]) -> Value {
    let shown = |(target, it): &(Option<String>, Explanation)| {
        let mut value = json!(Explanation { value: masked(&it.value), ..it.clone() });
        if let Some(target) = target {
            value["target"] = json!(target);
        }
        value
    };
    json!({"format_version": FORMAT, "plan": plan, "explanations": found.iter().map(shown).collect::<Vec<_>>()})
}

/// `render`: each address with the document or spec that the plan asks for.
#[must_use]
pub fn desired(desired: &Desired) -> Value {
    let mut entries: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (at, wanted) in &desired.resources {
        let entry = entries.entry(at.seen_from(&desired.home)).or_default();
        match &wanted.state {
            State::Present(spec) => entry.insert("spec".to_owned(), masked(spec)),
            State::Pinned => entry.insert("existing".to_owned(), json!(true)),
            State::Absent => entry.insert("absent".to_owned(), json!(true)),
        };
        entry.insert("because".to_owned(), json!(wanted.because));
    }
    for (at, container) in desired.containers.iter().filter(|(_, container)| !container.statements.is_empty()) {
        // Valid as it stands: what names ids that AWS has yet to make is shown as `then`.
        let first = |wanted: &WantedStatement| wanted.until.as_ref().unwrap_or(&wanted.statement).value();
        let statements: Vec<Value> = container.statements.values().map(first).collect();
        let causes: BTreeMap<&String, Value> = container
            .statements
            .iter()
            .map(|(sid, wanted)| {
                let then = wanted.until.as_ref().map(|_| wanted.statement.value());
                (sid, json!({"because": wanted.because, "doc": wanted.doc, "note": wanted.note, "then": then}))
            })
            .collect();
        let entry = entries.entry(at.seen_from(&desired.home)).or_default();
        entry.insert("document".to_owned(), json!({"Version": "2012-10-17", "Statement": statements}));
        entry.insert("statements".to_owned(), json!(causes));
        if container.hands_off {
            entry.insert("manage".to_owned(), json!(false));
        }
    }
    let list: Vec<Value> = entries
        .into_iter()
        .map(|(address, members)| {
            let mut entry = Map::from_iter([("address".to_owned(), json!(address))]);
            entry.extend(members);
            Value::Object(entry)
        })
        .collect();
    json!({
        "format_version": FORMAT,
        "plan": desired.plan,
        "targets": [{
            "target": null,
            "account": desired.home.account,
            "region": desired.home.region,
            "resources": list,
            "findings": desired.findings.iter().map(finding).collect::<Vec<_>>(),
        }],
    })
}

/// What is told of one of several targets: the document of a run with it alone, under its name; or why there is none.
#[must_use]
pub fn of_target(name: &str, exit: u8, document: Option<&mut Value>, error: Option<Value>) -> Value {
    let alone = document.and_then(|document| document.pointer_mut("/targets/0").map(Value::take));
    let Value::Object(mut members) = alone.unwrap_or_else(|| json!({"target": null})) else { return Value::Null };
    members.insert("target".to_owned(), json!(name));
    members.insert("exit".to_owned(), json!(exit));
    if let Some(error) = error {
        members.insert("error".to_owned(), error);
    }
    Value::Object(members)
}

/// One report of several targets. What the documents say beside their targets they all say.
#[must_use]
pub fn of_targets(plan: &str, frame: Option<&Value>, targets: Vec<Value>) -> Value {
    let mut whole = json!({ "format_version": FORMAT, "plan": plan, "targets": null });
    for (key, value) in frame.and_then(Value::as_object).into_iter().flatten() {
        whole[key] = value.clone();
    }
    whole["targets"] = Value::Array(targets);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_says_the_same_and_nothing_of_it_is_obeyed() {
        let hostile = json!({"a\u{9b}31m": ["\u{1b}]0;x\u{7}", "\u{202e}", "\u{e0041}", "\u{7f}\r\n", "grün 漢"]});
        for printed in [text(&hostile), line(&hostile)] {
            assert!(printed.chars().all(|c| c == '\n' || !is_obeyed(c)) && printed.contains("grün 漢"), "{printed:?}");
            assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), hostile);
        }
        assert_eq!(line(&hostile).lines().count(), 1);
    }
}
