//! What `drift` found, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::json::Calls;
use super::text::{BOLD, CYAN, DIM, GREEN, RED, YELLOW, clean, one_change, paint, things};
use crate::core::drift::{Class, Drift, Item};

/// It can be said of every drift, and is.
pub const CAVEAT: &str =
    "drift is seen from the plan: an edited plan and a moved account look the same, so run it on the last applied commit";

/// The whole of it.
#[must_use]
pub fn text(drift: &Drift, partial: bool) -> String {
    let set = &drift.set;
    let head = format!("{} in {} {}", clean(&set.plan), set.home.account, set.home.region);
    let mut text = format!("{}{}\n", paint(BOLD, head), if partial { " (partial: --only)" } else { "" });
    for item in &drift.items {
        let style = if item.class == Class::Extra { YELLOW } else { RED };
        let _ = writeln!(text, "\n{} {}: {}", paint(style, item.class.name()), paint(BOLD, clean(&item.name)), clean(&sentence(item)));
        for change in &item.changes {
            text += &one_change(change, set);
        }
    }
    for note in &drift.notes {
        let _ = writeln!(text, "\n{} {}", paint(CYAN, "note"), clean(note));
    }
    let _ = write!(text, "\n{}", summary(drift));
    if drift.items.iter().any(|item| item.class != Class::Unreadable) {
        let _ = writeln!(text, "{}", paint(DIM, CAVEAT));
    }
    text
}

/// What is said of an item.
#[must_use]
pub fn sentence(item: &Item) -> String {
    item.why.clone().unwrap_or_else(|| item.class.about().to_owned())
}

/// One line: how much of what.
#[must_use]
pub fn summary(drift: &Drift) -> String {
    let counted = Class::ALL.into_iter().map(|class| (class, drift.count(class))).filter(|(_, count)| *count > 0);
    let counted: Vec<String> = counted.map(|(class, count)| format!("{count} {}", class.name())).collect();
    match (drift.items.is_empty(), drift.count(Class::Unreadable)) {
        (true, _) => format!("{} {} as the plan says.\n", paint(GREEN, "No drift:"), things(drift.set.unchanged, "thing")),
        (false, 0) => format!("{} {}; {} as the plan says.\n", paint(RED, "Drift:"), counted.join(", "), drift.set.unchanged),
        (false, _) => format!("{} {}: nothing can be said of the whole.\n", paint(RED, "Not known:"), counted.join(", ")),
    }
}

/// The JSON of `plan`, with a class on each change, each finding that counts and each thing that could not be read.
#[must_use]
pub fn json(drift: &Drift, partial: bool, calls: Calls) -> Value {
    let mut whole = super::json::change_set(&drift.set, None, partial, calls);
    let Some(target) = whole.pointer_mut("/targets/0") else { return whole };
    for change in target["changes"].as_array_mut().into_iter().flatten() {
        let class = change["id"].as_str().and_then(|id| drift.classes.get(id));
        change["class"] = json!(class);
    }
    let of_finding = |finding: &Value| {
        let is = |item: &&Item| item.changes.is_empty() && finding["code"] == item.name && finding["message"] == json!(item.why);
        drift.items.iter().find(is).map(|item| item.class)
    };
    for finding in target["findings"].as_array_mut().into_iter().flatten() {
        let class = of_finding(finding);
        finding["class"] = json!(class);
    }
    for unreadable in target["unreadable"].as_array_mut().into_iter().flatten() {
        unreadable["class"] = json!(Class::Unreadable);
    }
    let by_class: Map<String, Value> = Class::ALL.into_iter().map(|class| (class.name().to_owned(), json!(drift.count(class)))).collect();
    target["drift"] =
        json!({ "by_class": by_class, "objects": drift.objects(), "items": drift.items.iter().map(item).collect::<Vec<_>>() });
    target["notes"] = json!(drift.notes);
    whole["caveat"] = json!(CAVEAT);
    whole
}

fn item(item: &Item) -> Value {
    let Item { class, name, why: _, changes } = item;
    let changes: Vec<&str> = changes.iter().map(|change| change.id.as_str()).collect();
    json!({ "class": class, "name": name, "message": sentence(item), "changes": changes })
}
