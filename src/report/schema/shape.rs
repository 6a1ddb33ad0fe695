//! The shapes that schemas are made of. An object knows all its members: one that was renamed fails twice, as missing and as unknown.

use serde_json::{Map, Value, json};

/// One member: its name, what it says, its schema.
pub(super) type Member<'a> = (&'a str, &'a str, Value);

/// An object of exactly these members; those of `may` can be left out.
pub(super) fn object(about: &str, must: &[Member<'_>], may: &[Member<'_>]) -> Value {
    let described = |(name, about, schema): &Member<'_>| {
        let mut schema = schema.clone();
        if let Value::Object(members) = &mut schema {
            members.insert("description".to_owned(), json!(about));
        }
        ((*name).to_owned(), schema)
    };
    let properties: Map<String, Value> = must.iter().chain(may).map(described).collect();
    let required: Vec<&str> = must.iter().map(|(name, ..)| *name).collect();
    json!({ "description": about, "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A named schema.
pub(super) fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A list of what a named schema is of.
pub(super) fn list(name: &str) -> Value {
    array(named(name))
}

pub(super) fn array(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

pub(super) fn texts() -> Value {
    array(text())
}

pub(super) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// Whatever AWS has.
pub(super) fn anything() -> Value {
    json!({})
}

pub(super) fn words(words: &[&str]) -> Value {
    json!({ "enum": words })
}

pub(super) fn account() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{12}$" })
}

/// The same, or nothing.
pub(super) fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// A mapping from whatever names to values of one form.
pub(super) fn map(values: Value) -> Value {
    json!({ "type": "object", "additionalProperties": values })
}
