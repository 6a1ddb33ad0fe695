//! Policies as they mean: AWS makes scalars of lists of one, sorts lists, and hands statements back in its own order.

use serde_json::{Map, Value};

/// The form in which two documents that mean the same are the same.
pub fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(members) if members.len() == 1 => canonical(&members[0]),
        Value::Array(members) => {
            let mut members: Vec<Value> = members.iter().map(canonical).collect();
            members.sort_by_key(Value::to_string);
            Value::Array(members)
        }
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.iter().map(|(name, member)| (name.clone(), canonical(member))).collect();
            members.sort_by(|one, two| one.0.cmp(&two.0));
            Value::Object(Map::from_iter(members))
        }
        scalar => scalar.clone(),
    }
}

/// The statements of a document.
pub fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(statements) => statements.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

pub fn sids(document: &Value) -> Vec<String> {
    statements(document).iter().map(|statement| statement["Sid"].as_str().unwrap_or("-").to_owned()).collect()
}
