//! The schema and the reader against each other, and both against any text at all.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::node::{Kind, Node};
use super::{Given, parse, schema, yaml};
use crate::core::problem::{Problem, Source};
use crate::report::problems;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| jsonschema::validator_for(&schema()).unwrap());

/// A plan as an editor sees it: YAML 1.2, core schema.
fn as_editors_see(node: &Node) -> Value {
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
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn the_schema_accepts_every_good_plan() {
    for (name, plan) in plans("good") {
        let errors: Vec<_> = SCHEMA.iter_errors(&plan).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn the_schema_rejects_every_plan_of_a_wrong_shape() {
    let shaped = ["a_list", "active", "identities", "mail_structure", "routes", "rules_beside_rule_sets", "structure", "texts"];
    let plans = plans("bad");
    for name in shaped {
        let (_, plan) = plans.iter().find(|(found, _)| found == name).unwrap();
        assert!(!SCHEMA.is_valid(plan), "{name}");
    }
}

#[test]
fn every_key_of_the_schema_is_described() {
    fn walk(at: &str, schema: &Value) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(property["description"].as_str().is_some_and(|text| text.len() > 5), "{at}.{key}");
        }
    }
    let document = schema();
    for (name, schema) in document["$defs"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name}");
        walk(name, schema);
        schema["anyOf"].as_array().into_iter().flatten().for_each(|schema| walk(name, schema));
    }
}

#[test]
fn editors_are_told_the_defaults() {
    let document = schema();
    let of = |definition: &str, key: &str| document["$defs"][definition]["properties"][key]["default"].clone();
    assert_eq!(of("Rule", "enabled"), json!(true));
    assert_eq!(of("Rule", "tls"), json!("optional"));
    assert_eq!(of("Safety", "max_change"), json!("30%"));
    assert_eq!(of("Defaults", "other_rules"), json!("keep"));
}

fn given() -> Given {
    let vars = [("domain".to_owned(), "acme.example".to_owned())].into();
    let (account, region) = ("111122223333".parse().ok(), "eu-west-1".parse().ok());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/good");
    Given { vars, account, region, target: Some("prod".into()), folder: Some(folder), kept: None }
}

/// Every place lies in the text, on the borders of characters, and can be shown.
fn check_problems(source: &Source, found: &[Problem]) {
    for problem in found {
        assert!(source.text.get(problem.place.start..problem.place.end).is_some(), "{problem:?}");
        assert!(problem.also.iter().all(|(place, _)| source.text.get(place.start..place.end).is_some()), "{problem:?}");
        assert!(!problem.message.is_empty() && !problem.message.ends_with('.'), "{problem:?}");
    }
    let text = problems::text(found, false);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    assert_eq!(problems::json(found).as_array().map(Vec::len), Some(found.len()));
}

/// Reads a text in every way there is; nothing may panic, and what is read agrees with the schema.
fn read(text: String) {
    let source = Arc::new(Source { name: "plan.yaml".into(), text });
    let draft = match parse(Arc::clone(&source)) {
        Ok(draft) => draft,
        Err(found) => {
            assert!(!found.is_empty());
            return check_problems(&source, &found);
        }
    };
    let _ = (draft.name(), draft.account(), draft.region());
    match draft.settle(&given()) {
        Ok(_) => {
            let node = yaml::read(&source).unwrap();
            let seen = as_editors_see(&node);
            let errors: Vec<_> = SCHEMA.iter_errors(&seen).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{}\n{errors:#?}", source.text);
        }
        Err(found) => {
            assert!(!found.is_empty());
            check_problems(&source, &found);
        }
    }
}

/// Plain scalars stand in the text as they were read.
fn check_spans(source: &Source, node: &Node) {
    match &node.kind {
        Kind::Scalar { text, plain: true } if !text.is_empty() && !text.contains(['\n', ' ']) => {
            assert_eq!(source.text.get(node.span.start..node.span.end), Some(text.as_str()));
        }
        Kind::Scalar { .. } => assert!(source.text.get(node.span.start..node.span.end).is_some()),
        Kind::Sequence(items) => items.iter().for_each(|item| check_spans(source, item)),
        Kind::Mapping(entries) => entries.iter().for_each(|entry| {
            assert!(source.text.get(entry.key.span.start..entry.key.span.end).is_some());
            check_spans(source, &entry.value);
        }),
    }
}

#[derive(Debug, Clone)]
enum Edit {
    Insert(prop::sample::Index, &'static str),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    const BITS: [&str; 40] = [
        "\n",
        " ",
        "  ",
        "\t",
        ":",
        ": ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "<<: *a",
        "!x ",
        "!!str ",
        "@",
        "`",
        "%",
        "#",
        "---\n",
        "...\n",
        "ü",
        "日本",
        "😀",
        "\u{feff}",
        "\0",
        "\r",
        "${var.domain}",
        "${",
        "$${",
        "true",
        "null",
        "-1",
        "x-a: ",
    ];
    prop_oneof![
        (any::<prop::sample::Index>(), prop::sample::select(&BITS[..])).prop_map(|(at, bit)| Edit::Insert(at, bit)),
        (any::<prop::sample::Index>(), 1usize..30).prop_map(|(at, length)| Edit::Remove(at, length)),
        (any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(from, to)| Edit::Repeat(from, to)),
    ]
}

fn mangle(text: &str, edits: &[Edit]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for edit in edits {
        match edit {
            Edit::Insert(at, bit) => {
                let at = at.index(text.len() + 1);
                text.splice(at..at, bit.chars());
            }
            Edit::Remove(at, length) => {
                let at = at.index(text.len() + 1);
                text.drain(at..(at + length).min(text.len()));
            }
            Edit::Repeat(from, to) => {
                let lines: Vec<_> = text.split_inclusive(|c| *c == '\n').map(<[char]>::to_vec).collect();
                let (from, to) = (from.index(lines.len().max(1)), to.index(lines.len() + 1));
                let mut copied = lines.clone();
                copied.splice(to..to, lines.get(from).cloned());
                text = copied.concat();
            }
        }
    }
    text.into_iter().collect()
}

fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language");
    let files = ["good", "bad"].iter().flat_map(|kind| std::fs::read_dir(folder.join(kind)).unwrap()).map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).filter(|text| text.len() < 20_000).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mangled_plan_panics(text in prop::sample::select(texts()), edits in prop::collection::vec(edit(), 1..8)) {
        read(mangle(&text, &edits));
    }

    #[test]
    fn no_text_panics(text in "[-:{}\\[\\],&*!|>'\"%@`#? \n\t\\PC]{0,80}") {
        read(text);
    }

    #[test]
    fn spans_are_right_whatever_stands_before_them(
        before in "[ -~äöü日本😀]{0,20}",
        words in prop::collection::vec("[a-z0-9äöü日😀]{1,8}", 1..6),
    ) {
        let list: String = words.iter().map(|word| format!("  - {word} # {before}\n")).collect();
        let flow = words.join(", ");
        let text = format!("\u{feff}# {before}\nfirst: {}\nlist:\n{list}flow: [{flow}]\n", json!(before));
        let source = Arc::new(Source { name: "p".into(), text });
        check_spans(&source, &yaml::read(&source).unwrap());
    }
}
