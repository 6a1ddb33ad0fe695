//! The forms as JSON Schema, draft 2020-12.

use serde_json::{Map, Value, json};

use super::links::page;
use super::{Demand, Plan, Word};

/// The named forms so far.
#[derive(Debug, Default)]
pub(crate) struct Definitions(Map<String, Value>);

/// The keys of one mapping.
#[derive(Debug, Default)]
pub(crate) struct SchemaKeys {
    /// The AWS page behind it.
    page: Option<&'static str>,
    properties: Map<String, Value>,
    required: Vec<Value>,
    bare: Vec<Value>,
}

impl SchemaKeys {
    pub(crate) fn add(&mut self, key: &str, about: &str, schema: Value, default: Option<Value>, may_be_omitted: bool) {
        let mut schema = match schema {
            Value::Object(schema) => schema,
            other => Map::from_iter([("const".to_owned(), other)]),
        };
        schema.insert("description".to_owned(), sentence(about));
        if let Some(page) = self.page {
            schema.insert("markdownDescription".to_owned(), linked(about, page));
        }
        if let Some(default) = default {
            schema.insert("default".to_owned(), default);
        }
        self.properties.insert(key.to_owned(), Value::Object(schema));
        if may_be_omitted { self.bare.push(json!(key)) } else { self.required.push(json!(key)) }
    }
}

impl Definitions {
    /// A mapping with known keys.
    pub(crate) fn mapping(&mut self, name: &str, about: &str, demands: &[Demand], keys: impl FnOnce(&mut Self, &mut SchemaKeys)) -> Value {
        self.named(name, |definitions| {
            let mut found = SchemaKeys { page: page(name), ..SchemaKeys::default() };
            keys(definitions, &mut found);
            let mut schema = json!({
                "description": sentence(about),
                "type": "object",
                "properties": found.properties,
                "patternProperties": { "^x-": {} },
                "additionalProperties": false,
            });
            if !found.required.is_empty() {
                schema["required"] = Value::Array(found.required);
            }
            if !demands.is_empty() {
                schema["allOf"] = demands.iter().map(|demand| demand.schema()).collect();
            }
            schema
        })
    }

    /// A mapping of exactly one key, or the bare words.
    pub(crate) fn one_key(&mut self, name: &str, about: &str, keys: impl FnOnce(&mut Self, &mut SchemaKeys)) -> Value {
        self.named(name, |definitions| {
            let mut found = SchemaKeys { page: page(name), ..SchemaKeys::default() };
            keys(definitions, &mut found);
            let one = json!({
                "type": "object",
                "properties": found.properties,
                "additionalProperties": false,
                "minProperties": 1,
                "maxProperties": 1,
            });
            json!({ "description": sentence(about), "anyOf": [one, { "enum": found.bare }] })
        })
    }

    fn named(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            let schema = make(self);
            self.0.insert(name.to_owned(), schema);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}

/// A default as it would be written.
pub(crate) trait Shown {
    fn shown(&self) -> Value;
}

impl Shown for bool {
    fn shown(&self) -> Value {
        json!(self)
    }
}

impl Shown for usize {
    fn shown(&self) -> Value {
        json!(self)
    }
}

/// The same form, or a text with a variable in it.
pub(crate) fn or_variable(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "string", "pattern": VARIABLE }] })
}

/// What `${` is, for a pattern.
pub(crate) const VARIABLE: &str = r"\$\{";

/// Doc comments as a description: their lines, without what only Rust needs.
pub(crate) fn sentence(doc: &str) -> Value {
    let lines: Vec<_> = doc.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    json!(lines.join(" "))
}

/// The same with the AWS page, as editors show it.
fn linked(doc: &str, page: &str) -> Value {
    json!(format!("{}\n\n[AWS]({page})", sentence(doc).as_str().unwrap_or_default()))
}

pub(super) fn document() -> Value {
    let mut definitions = Definitions::default();
    let root = Plan::schema(&mut definitions);
    let mut document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "postroom plan",
        "$comment": "printed by `postroom schema plan`",
    });
    if let (Value::Object(document), Value::Object(root)) = (&mut document, root) {
        document.extend(root);
        document.insert("$defs".to_owned(), Value::Object(definitions.0));
    }
    document
}
