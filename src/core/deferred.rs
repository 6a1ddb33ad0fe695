//! A value that AWS makes only during this apply, as `${after:archive/legal#arn}`. It may stand in a spec or a statement; `apply` puts
//! the value in, and decides nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::ids::Malformed;

/// A promise of a value: which attribute of which address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deferred {
    /// The address that AWS is about to make, in its short form.
    pub of: String,
    /// `arn` or `id`.
    pub attribute: String,
}

const OPEN: &str = "${after:";

impl fmt::Display for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}#{}}}", self.of, self.attribute)
    }
}

impl FromStr for Deferred {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        const EXPECTED: Malformed = Malformed::new("a deferred value: `${after:kind/name#attribute}`");
        let inner = text.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix('}')).ok_or(EXPECTED)?;
        let (of, attribute) = inner.rsplit_once('#').ok_or(EXPECTED)?;
        if of.is_empty() || attribute.is_empty() || inner.contains(['{', '}', '$']) {
            return Err(EXPECTED);
        }
        Ok(Self { of: of.to_owned(), attribute: attribute.to_owned() })
    }
}

/// Values that AWS has made so far.
pub type Handles = BTreeMap<Deferred, String>;

/// Whether a text in it may hold one. Most hold none, and then neither copies nor places of anything are needed.
fn may_promise(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('$') && text.contains(OPEN),
        Value::Array(items) => items.iter().any(may_promise),
        Value::Object(members) => members.values().any(may_promise),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The JSON pointers of all texts that hold a deferred value: `unknown` in the plan's JSON.
#[must_use]
pub fn unknown_in(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if may_promise(value) {
        walk(value, String::new(), &mut found);
    }
    found
}

fn walk(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains(OPEN) => found.push(at),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| walk(item, format!("{at}/{index}"), found)),
        Value::Object(members) => {
            for (name, member) in members {
                // RFC 6901: `~` and `/` in a member's name are escaped.
                walk(member, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every promise that a value holds.
#[must_use]
pub fn promises_in(value: &Value) -> Vec<Deferred> {
    if may_promise(value) { fill(&mut value.clone(), &Handles::new()) } else { Vec::new() }
}

/// The same with values as long as those that AWS is going to make, for whoever measures it. Assumed: an id of Mail Manager is no longer than
/// the documented ones, though its model allows 100 characters.
#[must_use]
pub fn supposed(value: &Value) -> Value {
    let mut value = value.clone();
    let handles = promises_in(&value).into_iter().map(|promise| {
        let length = if promise.attribute == "id" { LENGTH_OF_ID } else { LENGTH_OF_ARN };
        (promise, "x".repeat(length))
    });
    fill(&mut value, &handles.collect());
    value
}

/// `a-` and so many letters and digits.
const LENGTH_OF_ID: usize = 30;

/// Of a key: `arn:aws:kms:eu-central-1:111122223333:key/` and a UUID. Of a secret it is longer by its name.
const LENGTH_OF_ARN: usize = 80;

/// Puts in every value that is known. What is still deferred afterwards is returned: writing it would be a bug in the order of changes.
pub fn fill(value: &mut Value, handles: &Handles) -> Vec<Deferred> {
    let mut open = Vec::new();
    fill_into(value, handles, &mut open);
    open
}

fn fill_into(value: &mut Value, handles: &Handles, open: &mut Vec<Deferred>) {
    match value {
        Value::String(text) => {
            for (deferred, known) in handles {
                let promise = deferred.to_string();
                if text.contains(&promise) {
                    *text = text.replace(&promise, known);
                }
            }
            for (at, _) in text.match_indices(OPEN) {
                let end = text[at..].find('}').map_or(text.len(), |length| at + length + 1);
                open.extend(text[at..end].parse::<Deferred>());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill_into(item, handles, open)),
        Value::Object(members) => members.values_mut().for_each(|member| fill_into(member, handles, open)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deferred_value_is_found_named_and_filled() {
        let deferred: Deferred = "${after:archive/legal#arn}".parse().unwrap();
        assert_eq!(deferred.to_string(), "${after:archive/legal#arn}");
        let mut statement = json!({"Condition": {"ArnLike": {"aws:SourceArn": [deferred.to_string()]}}, "a/b": "x"});
        assert_eq!(unknown_in(&statement), ["/Condition/ArnLike/aws:SourceArn/0"]);
        assert_eq!(fill(&mut statement, &Handles::new()), std::slice::from_ref(&deferred));
        let handles = Handles::from([(deferred, "arn:x".to_owned())]);
        assert_eq!(supposed(&statement)["Condition"]["ArnLike"]["aws:SourceArn"][0].as_str().map(str::len), Some(LENGTH_OF_ARN));
        assert!(fill(&mut statement, &handles).is_empty());
        assert_eq!(statement["Condition"]["ArnLike"]["aws:SourceArn"][0], "arn:x");
    }
}
