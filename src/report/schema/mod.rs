//! The JSON Schemas (draft 2020-12) of all JSON that goes in or out: one row for each document.
//!
//! A new document is a function and its row in [`DOCUMENTS`]. A member that is not in its schema fails the tests, which hold every output against
//! it.

mod audit;
mod documents;
mod saved;
mod shape;
mod shared;
mod trace;

use serde_json::{Map, Value, json};

/// One document.
#[derive(Debug)]
pub struct Document {
    /// As `postroom schema NAME` takes it.
    pub name: &'static str,
    /// Which commands write or read it.
    pub about: &'static str,
    /// Its schema, and the named ones that it alone needs.
    make: fn() -> (Value, Map<String, Value>),
}

/// All of them, by name. That of the plan itself is made of its language (`plan::schema`).
pub static DOCUMENTS: &[Document] = &[
    Document { name: "audit", about: "what `audit` prints", make: audit::audit },
    Document { name: "change-set", about: "what `plan`, `apply`, `destroy` and `drift` print", make: documents::change_set },
    Document { name: "check", about: "what `check` prints", make: documents::check },
    Document { name: "explain", about: "what `explain` prints", make: documents::explain },
    Document { name: "facts", about: "what `snapshot` prints, and `--live` and `--assume` read", make: documents::facts },
    Document { name: "import", about: "what `import` prints", make: documents::import },
    Document { name: "permissions", about: "what `permissions` prints", make: documents::permissions },
    Document { name: "render", about: "what `render` prints", make: documents::render },
    Document { name: "saved-plan", about: "what `plan -o` writes and `apply` reads", make: saved::saved },
    Document { name: "trace", about: "what `trace` prints", make: trace::trace },
    Document {
        name: "validate",
        about: "what `validate` prints, and every command of a plan that does not read",
        make: documents::validate,
    },
];

/// The names of all schemas, that of the plan first.
#[must_use]
pub fn names() -> Vec<&'static str> {
    std::iter::once("plan").chain(DOCUMENTS.iter().map(|document| document.name)).collect()
}

/// The schema of this name.
#[must_use]
pub fn schema(name: &str) -> Option<Value> {
    if name == "plan" {
        return Some(crate::plan::schema());
    }
    let document = DOCUMENTS.iter().find(|document| document.name == name)?;
    let (whole, own) = (document.make)();
    let mut definitions = shared::definitions();
    definitions.extend(own);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("postroom {name}"),
        "$comment": format!("printed by `postroom schema {name}`: {}", document.about),
    });
    if let (Value::Object(schema), Value::Object(whole)) = (&mut schema, whole) {
        schema.extend(whole);
        schema.insert("$defs".to_owned(), Value::Object(used(&Value::Object(schema.clone()), definitions)));
    }
    Some(schema)
}

/// The named schemas that something refers to.
fn used(whole: &Value, all: Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    let mut text = whole.to_string();
    loop {
        let more: Vec<_> =
            all.iter().filter(|(name, _)| !kept.contains_key(*name) && text.contains(&format!("\"#/$defs/{name}\""))).collect();
        if more.is_empty() {
            return kept;
        }
        for (name, schema) in more {
            text += &schema.to_string();
            kept.insert(name.clone(), schema.clone());
        }
    }
}
