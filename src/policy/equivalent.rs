//! Do two texts say the same policy.

use serde_json::{Map, Value};

use super::{Document, PolicyError, json};

/// Whether two texts are policies that allow and deny the same: as [`Document::means_the_same`], for texts that come from anywhere.
///
/// A list of one document is that document. No text, `null` and an empty list are a document without statements, and a `Statement` of
/// `null` is none. Generators write such things, and no service stores them. Two texts of equal JSON are equal even where they hold what a
/// policy cannot (`"Statement": 42`); beside another text such a one is an error.
///
/// ```
/// # use postroom::policy::equivalent;
/// let one = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"SNS:Publish","Resource":"*"}}"#;
/// let other = r#"{"Version":"2012-10-17","Statement":[{"Action":["sns:publish"],"Resource":["*"],"Effect":"Allow"}]}"#;
/// assert!(equivalent(one, other)?);
/// # Ok::<(), postroom::policy::PolicyError>(())
/// ```
///
/// # Errors
/// A text is not JSON, is neither an object nor a list of at most one, names a member twice, or holds what a policy cannot.
pub fn equivalent(one: &str, other: &str) -> Result<bool, PolicyError> {
    let (one, other) = (members(one)?, members(other)?);
    if json::sorted(&one) == json::sorted(&other) {
        return Ok(true);
    }
    let document = |value: Value| Document::parse(&value.to_string());
    Ok(document(one)?.means_the_same(&document(other)?))
}

/// The members of the one document that a text holds, itself or in a list.
fn members(text: &str) -> Result<Value, PolicyError> {
    let value = if text.trim().is_empty() { Value::Null } else { json::parse(text)? };
    let value = match value {
        Value::Array(mut items) if items.len() < 2 => items.pop().unwrap_or_default(),
        single => single,
    };
    let mut members = match value {
        Value::Null => Map::new(),
        Value::Object(members) => members,
        other => return Err(PolicyError::NotAnObject { found: json::name_of(&other) }),
    };
    if members.get("Statement").is_some_and(Value::is_null) {
        members.remove("Statement");
    }
    Ok(Value::Object(members))
}
