//! The JSON Schema of the plan language as a page to read: docs/reference/plan.md. A part for each kind of mapping, in the order in which
//! a reader of the top one comes to them.

use std::fmt::Write;

use serde_json::{Map, Value};

/// The page.
#[must_use]
pub fn plan(schema: &Value) -> String {
    let mut page = "# The plan language

Every word, made of the JSON Schema that `postroom schema plan` prints and editors complete with. What an example shows better stands in
[the plan that uses all of it](../contract/plan.yaml), what neither shows in [the rules](../contract/language.md). Keys that begin with `x-` are nobody's.
"
    .to_owned();
    let defs = schema["$defs"].as_object().cloned().unwrap_or_default();
    let mut order = Vec::new();
    visit(schema, &defs, &mut order);
    for name in &order {
        part(&mut page, name, &defs[name]);
    }
    page
}

/// The definitions in the order in which they are come to.
fn visit(node: &Value, defs: &Map<String, Value>, order: &mut Vec<String>) {
    let mut found = Vec::new();
    refs(node, &mut found);
    for name in found {
        if let (false, Some(next)) = (order.contains(&name), defs.get(&name)) {
            order.push(name);
            visit(next, defs, order);
        }
    }
}

fn refs(node: &Value, found: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            for (key, value) in members.iter().filter(|(key, _)| *key != "$defs") {
                match (key.as_str(), value.as_str()) {
                    ("$ref", Some(path)) => found.push(path.trim_start_matches("#/$defs/").to_owned()),
                    _ => refs(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| refs(item, found)),
        _ => {}
    }
}

fn part(page: &mut String, name: &str, definition: &Value) {
    let _ = write!(page, "\n## {name}\n\n{}\n", definition["description"].as_str().unwrap_or_default());
    let alternatives = definition["anyOf"].as_array().map_or_else(|| std::slice::from_ref(definition), Vec::as_slice);
    for short in alternatives.iter().filter(|alternative| !alternative["properties"].is_object()) {
        let (takes, says) = (takes(short), short["description"].as_str().unwrap_or_default());
        if !takes.is_empty() {
            let _ = write!(page, "\nIn short: {takes}{}{says}\n", if says.is_empty() { "" } else { ". " });
        }
    }
    for mapping in alternatives.iter().filter(|alternative| alternative["properties"].is_object()) {
        page.push_str("\n| key | takes | default | what it says |\n|---|---|---|---|\n");
        let required = mapping["required"].as_array().cloned().unwrap_or_default();
        for (key, property) in mapping["properties"].as_object().into_iter().flatten() {
            let default = match property.get("default") {
                Some(Value::String(text)) => format!("`{text}`"),
                Some(value) => format!("`{value}`"),
                None if required.iter().any(|name| name == key) => "required".to_owned(),
                None => String::new(),
            };
            let says = property["description"].as_str().unwrap_or_default();
            let _ = writeln!(page, "| `{key}` | {} | {default} | {} |", cell(&takes(property)), cell(says));
        }
        if mapping["maxProperties"] == 1 {
            page.push_str("\nExactly one of these.\n");
        }
    }
}

/// What may stand there, in words.
fn takes(node: &Value) -> String {
    if let Some(path) = node["$ref"].as_str() {
        let name = path.trim_start_matches("#/$defs/");
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(word) = node.get("const") {
        return code(word);
    }
    if let Some(words) = node["enum"].as_array() {
        return words.iter().map(code).collect::<Vec<_>>().join(", ");
    }
    for several in ["anyOf", "oneOf"] {
        if let Some(all) = node[several].as_array() {
            let mut each: Vec<String> = all.iter().filter(|one| !is_variable(one)).map(takes).filter(|text| !text.is_empty()).collect();
            each.dedup();
            return each.join(" or ").replace("` or `", "`, `");
        }
    }
    match &node["type"] {
        Value::String(of) => match of.as_str() {
            "array" => format!("list of {}", takes(&node["items"])) + &bounds(node, "Items"),
            "object" if node["additionalProperties"].is_object() => {
                format!("name → {}", takes(&node["additionalProperties"])) + &bounds(node, "Properties")
            }
            "object" => "mapping".to_owned(),
            "boolean" => "`true`, `false`".to_owned(),
            "integer" | "number" => "number".to_owned() + &bounds(node, "imum"),
            _ => "text".to_owned(),
        },
        Value::Array(_) => "text".to_owned(),
        _ => String::new(),
    }
}

/// ` (1 to 10)`, ` (at most 100)`; that a list is not empty goes without saying.
fn bounds(node: &Value, of: &str) -> String {
    let least = node[format!("min{of}")].as_u64().filter(|least| of == "imum" || *least > 1);
    match (least, node[format!("max{of}")].as_u64()) {
        (Some(least), Some(most)) => format!(" ({least} to {most})"),
        (None, Some(most)) => format!(" (at most {most})"),
        (Some(least), None) => format!(" (at least {least})"),
        (None, None) => String::new(),
    }
}

/// `${…}` may stand for anything, which is not said everywhere.
fn is_variable(node: &Value) -> bool {
    node["pattern"] == "\\$\\{"
}

fn code(word: &Value) -> String {
    word.as_str().map_or_else(|| format!("`{word}`"), |text| format!("`{text}`"))
}

/// In a table a bar ends the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
