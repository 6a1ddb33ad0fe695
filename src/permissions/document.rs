//! Needs become a policy document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Need;
use crate::policy::Conditions;

/// The needs as a policy: what may be done to the same things stands together.
pub(super) fn document(needs: &BTreeSet<Need>) -> Value {
    let mut by_thing: BTreeMap<(bool, &Conditions, &str, &str), BTreeSet<&str>> = BTreeMap::new();
    for need in needs {
        let service = need.action.split(':').next().unwrap_or_default();
        by_thing.entry((need.maybe, &need.conditions, service, &need.resource)).or_default().insert(&need.action);
    }
    let mut grouped: BTreeMap<(bool, &str, &Conditions, BTreeSet<&str>), BTreeSet<&str>> = BTreeMap::new();
    for ((maybe, conditions, service, resource), actions) in by_thing {
        grouped.entry((maybe, service, conditions, actions)).or_default().insert(resource);
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let statements = grouped.into_iter().map(|((maybe, service, conditions, actions), resources)| {
        let mut letters = service.chars();
        let name: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
        let head = if maybe { format!("{name}IfNeeded") } else { name };
        let number = numbers.entry(head.clone()).and_modify(|number| *number += 1).or_insert(1);
        let mut statement = json!({"Sid": format!("{head}{number}"), "Effect": "Allow", "Action": actions, "Resource": resources});
        if !conditions.is_empty() {
            statement["Condition"] = json!(conditions);
        }
        statement
    });
    json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
}
