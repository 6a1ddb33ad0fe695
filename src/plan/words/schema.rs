//! The forms as JSON Schema, draft 2020-12.

use serde_json::{Map, Value, json};

use super::{Demand, Plan, Word};

/// The named forms so far.
#[derive(Debug, Default)]
pub(crate) struct Definitions(Map<String, Value>);

/// The keys of one mapping.
#[derive(Debug, Default)]
pub(crate) struct SchemaKeys {
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
            let mut found = SchemaKeys::default();
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
            let mut found = SchemaKeys::default();
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::core::problem::Source;
    use crate::plan::node::{Kind, Node};
    use crate::plan::yaml;

    /// A plan as an editor sees it: YAML 1.2, core schema.
    pub(crate) fn as_editors_see(node: &Node) -> Value {
        match &node.kind {
            Kind::Sequence(items) => items.iter().map(as_editors_see).collect(),
            Kind::Mapping(entries) => entries.iter().map(|entry| (entry.key.text.clone(), as_editors_see(&entry.value))).collect(),
            Kind::Scalar { text, plain: false } => json!(text),
            Kind::Scalar { text, .. } => match text.as_str() {
                "" | "~" | "null" | "Null" | "NULL" => Value::Null,
                "true" | "True" | "TRUE" => json!(true),
                "false" | "False" | "FALSE" => json!(false),
                _ => {
                    let number = text.parse::<i64>().map(Value::from).ok().or_else(|| text.parse::<f64>().ok().map(Value::from));
                    number.filter(|_| text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))).unwrap_or_else(|| json!(text))
                }
            },
        }
    }

    fn plans(kind: &str) -> Vec<(String, Value)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language").join(kind);
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let plans = files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")).filter_map(|file| {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let source = Source { name: name.clone(), text: std::fs::read_to_string(file).unwrap() };
            yaml::read(&Arc::new(source)).ok().map(|node| (name, as_editors_see(&node)))
        });
        plans.collect()
    }

    #[test]
    fn the_schema_is_one() {
        assert!(jsonschema::meta::is_valid(&document()));
    }

    #[test]
    fn the_schema_accepts_every_good_plan() {
        let schema = jsonschema::validator_for(&document()).unwrap();
        for (name, plan) in plans("good") {
            let errors: Vec<_> = schema.iter_errors(&plan).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
        }
    }

    #[test]
    fn the_schema_rejects_every_plan_of_a_wrong_shape() {
        let schema = jsonschema::validator_for(&document()).unwrap();
        let shaped = ["a_list", "active", "later", "rules_beside_rule_sets", "structure", "texts"];
        let plans = plans("bad");
        for name in shaped {
            let (_, plan) = plans.iter().find(|(found, _)| found == name).unwrap();
            assert!(!schema.is_valid(plan), "{name}");
        }
    }

    #[test]
    fn every_key_of_the_schema_is_described() {
        fn walk(at: &str, schema: &Value) {
            for (key, property) in schema["properties"].as_object().into_iter().flatten() {
                assert!(property["description"].as_str().is_some_and(|text| text.len() > 5), "{at}.{key}");
            }
        }
        let document = document();
        for (name, schema) in document["$defs"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{name}");
            walk(name, schema);
            schema["anyOf"].as_array().into_iter().flatten().for_each(|schema| walk(name, schema));
        }
    }

    #[test]
    fn editors_are_told_the_defaults() {
        let document = document();
        let of = |definition: &str, key: &str| document["$defs"][definition]["properties"][key]["default"].clone();
        assert_eq!(of("Rule", "enabled"), json!(true));
        assert_eq!(of("Rule", "tls"), json!("optional"));
        assert_eq!(of("Safety", "max_change"), json!("30%"));
        assert_eq!(of("Defaults", "other_rules"), json!("keep"));
    }
}
