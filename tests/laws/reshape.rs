//! What services do to a policy between the put and the next get (facts on normalisation): the same meaning in other bytes.

use postroom::core::live::{Live, Observed};
use serde_json::{Value, json};

use crate::account::HOME;

/// Every policy of the account as a service might give it back.
pub fn reshaped(account: &Live, seed: u8) -> Live {
    let mut next = account.clone();
    for observed in next.seen.values_mut() {
        let Observed::Present(found) = observed else { continue };
        let Some(text) = found.get("text").and_then(Value::as_str) else { continue };
        let mut document: Value = serde_json::from_str(text).unwrap();
        if let Some(statements) = document["Statement"].as_array_mut() {
            let places = statements.len().max(1);
            statements.rotate_left(usize::from(seed) % places);
        }
        for statement in match &mut document["Statement"] {
            Value::Array(statements) => statements.iter_mut().collect::<Vec<_>>(),
            one => vec![one],
        } {
            statement_rewritten(statement, seed);
        }
        *found = json!({"text": serde_json::to_string_pretty(&document).unwrap()});
    }
    next
}

fn statement_rewritten(statement: &mut Value, seed: u8) {
    let lists = seed & 1 == 0;
    for member in ["Action", "Resource"] {
        if let Some(value) = statement.get_mut(member) {
            listed(value, lists);
        }
    }
    if seed & 2 == 0 {
        actions_in_other_case(statement);
    }
    for principal in statement.get_mut("Principal").and_then(Value::as_object_mut).into_iter().flat_map(|kinds| kinds.values_mut()) {
        let root = format!("arn:aws:iam::{HOME}:root");
        if *principal == json!(root) && seed & 4 == 0 {
            *principal = json!(HOME);
        }
        listed(principal, lists);
    }
    let Some(condition) = statement.get_mut("Condition").and_then(Value::as_object_mut) else { return };
    for keys in condition.values_mut() {
        let written = std::mem::take(keys.as_object_mut().unwrap());
        for (key, mut value) in written {
            listed(&mut value, lists);
            keys[if seed & 8 == 0 { key.replace("aws:", "AWS:") } else { key }] = value;
        }
    }
}

/// One value as a list, or a list of one as its value; longer lists turned around.
fn listed(value: &mut Value, lists: bool) {
    match value {
        Value::Array(values) if values.len() == 1 && !lists => *value = values[0].clone(),
        Value::Array(values) => values.reverse(),
        one if lists => *one = json!([one.clone()]),
        _ => {}
    }
}

fn actions_in_other_case(statement: &mut Value) {
    let Some(action) = statement.get_mut("Action") else { return };
    let written = action.to_string();
    *action = serde_json::from_str(&written.replace("sns:", "SNS:").replace("s3:put", "s3:Put")).unwrap();
}
