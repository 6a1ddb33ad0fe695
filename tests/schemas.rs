//! Every JSON that the pure half writes meets its schema, and the schemas see what was renamed. (The flows hold every output of the binary
//! against them, too.)

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonschema::Validator;
use postroom::audit::{Subject, audit};
use postroom::containers;
use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::compile::compile;
use postroom::core::drift::drift;
use postroom::core::explain::explain;
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::core::problem::Source;
use postroom::core::scene::Scene;
use postroom::plan::{Given, load};
use postroom::report::schema::{DOCUMENTS, names, schema};
use postroom::report::{self, problems};
use serde_json::{Map, Value, json};

fn validator(name: &str) -> Validator {
    jsonschema::draft202012::new(&schema(name).unwrap()).unwrap()
}

fn meets(validator: &Validator, value: &Value, what: &str) {
    let wrong: Vec<String> = validator.iter_errors(value).take(3).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert_eq!(wrong, [""; 0], "{what}");
}

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn stories(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut stories: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    stories.sort();
    assert!(stories.len() > 5);
    stories
}

fn facts(story: &Path) -> Live {
    let facts: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(story.join("live.json")).unwrap()).unwrap();
    let mut live = Live::new(home());
    for (address, fact) in facts {
        let at = Address::read_at(&address, &home()).unwrap();
        let observed = match fact.get("unreadable").and_then(Value::as_str) {
            Some(why) => Observed::Unreadable(why.to_owned()),
            None if containers::of(at.kind).is_some() || at.kind == AddressKind::ManagedPolicy => {
                Observed::Present(json!(PolicyText { text: fact.to_string(), revision: None }))
            }
            None => Observed::Present(fact),
        };
        live.seen.insert(at, observed);
    }
    live.seen.insert(Address::read_at("bucket/that-is-not-there", &home()).unwrap(), Observed::Absent);
    live
}

#[test]
fn what_the_stories_print_meets_its_schema() {
    let all: BTreeMap<&str, Validator> = names().into_iter().map(|name| (name, validator(name))).collect();
    let mut seen = BTreeMap::new();
    for story in stories("cases") {
        let name = story.file_name().unwrap().to_string_lossy().into_owned();
        let file = ["plan.yaml", "prune.yaml", "destroy.yaml"].into_iter().find(|file| story.join(file).exists()).unwrap();
        let text = std::fs::read_to_string(story.join(file)).unwrap();
        let account = facts(&story);
        let ran = if file == "destroy.yaml" { run::destroyed(&text, &account) } else { run::run(&text, &account) };
        for applied in [None, ran.applied.as_ref()] {
            let calls = json!({"total": 1, "by_operation": {"GetRole": 1}, "retries": 0, "throttles": 0, "objects": 1, "waves": 1,
                "bytes_sent": 0, "bytes_received": 12, "seconds": 0.25, "seconds_paced": 0.0});
            meets(&all["change-set"], &report::json::change_set(&ran.set, applied, true, Some(calls)), &name);
            *seen.entry("change").or_insert(0) += ran.set.changes.len();
            *seen.entry("finding").or_insert(0) += ran.set.findings.len();
        }
        meets(&all["facts"], &serde_json::to_value(&account).unwrap(), &name);
        meets(&all["facts"], &serde_json::to_value(&ran.account).unwrap(), &name);
        let plan = run::plan(&text, &account);
        let found = drift(ran.set.clone(), &plan, false);
        meets(&all["change-set"], &report::drift::json(&found, false, None), &name);
        let scene = Scene::new(&plan, &account);
        let desired = compile(&scene);
        meets(&all["render"], &report::json::desired(&desired), &name);
        for at in desired.resources.keys().chain(desired.containers.keys()) {
            let explained =
                explain(&desired, &at.seen_from(&home())).into_iter().map(|one| (Some("prod".to_owned()), one)).collect::<Vec<_>>();
            *seen.entry("explanation").or_insert(0) += explained.len();
            meets(&all["explain"], &report::json::explanations("acme", &explained), &name);
        }
    }
    assert!(seen["change"] > 100 && seen["finding"] > 20 && seen["explanation"] > 100, "{seen:?}");
}

#[test]
fn what_audits_print_meets_its_schema() {
    let validator = validator("audit");
    let mut found = 0;
    for story in stories("audit") {
        if !story.join("live.json").exists() {
            continue;
        }
        let live = facts(&story);
        let planned = story.join("plan.yaml").exists();
        let text =
            if planned { std::fs::read_to_string(story.join("plan.yaml")).unwrap() } else { "postroom: 1\nname: audit\n".to_owned() };
        let plan = run::plan(&text, &live);
        let audited = audit(&Subject { live: &live, eyes: &plan, planned });
        found += audited.findings.len() + audited.migrations.len();
        meets(&validator, &report::audit::json(&audited, None), &story.display().to_string());
    }
    assert!(found > 10, "{found}");
}

#[test]
fn what_bad_plans_print_meets_its_schema() {
    let validator = validator("validate");
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/bad")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&file).unwrap();
            let found = load(Arc::new(Source { name: "plan.yaml".into(), text }), &Given::default()).unwrap_err();
            meets(&validator, &problems::document(&found), &file.display().to_string());
        }
    }
}

/// Every member of every object that a schema describes, by its path.
fn rename_each(value: &Value, at: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                at.push(name.clone());
                found.push(at.clone());
                // What AWS has is not ours to name.
                if !["before", "after", "value", "spec", "document", "outputs", "by_operation", "then", "present"].contains(&name.as_str())
                {
                    rename_each(member, at, found);
                }
                at.pop();
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                at.push("0".to_owned());
                rename_each(first, at, found);
                at.pop();
            }
        }
        _ => {}
    }
}

#[test]
fn a_renamed_member_meets_no_schema() {
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/mail-manager-from-nothing");
    let text = std::fs::read_to_string(story.join("plan.yaml")).unwrap();
    let account = facts(&story);
    let ran = run::run(&text, &account);
    let plan = run::plan(&text, &account);
    let documents = [
        ("change-set", report::json::change_set(&ran.set, ran.applied.as_ref(), false, None)),
        ("change-set", report::drift::json(&drift(ran.set.clone(), &plan, false), false, None)),
        ("render", report::json::desired(&compile(&Scene::new(&plan, &account)))),
    ];
    let mut tried = 0;
    for (name, document) in documents {
        let validator = validator(name);
        meets(&validator, &document, name);
        let mut paths = Vec::new();
        rename_each(&document, &mut Vec::new(), &mut paths);
        for path in paths {
            let (last, parents) = path.split_last().unwrap();
            let mut renamed = document.clone();
            let parent = parents.iter().fold(&mut renamed, |value, step| match value {
                Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
                other => &mut other[step.as_str()],
            });
            // A map from addresses or Sids to values has no names of ours.
            if ["outputs", "statements", "by_operation"].iter().any(|map| parents.last().is_some_and(|last| last == map)) {
                continue;
            }
            let members = parent.as_object_mut().unwrap();
            let member = members.remove(last).unwrap();
            members.insert(format!("{last}s"), member);
            assert!(!validator.is_valid(&renamed), "{name}: {path:?} renamed is not seen");
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn every_schema_is_one_and_describes_each_member() {
    fn described(value: &Value, at: &str) {
        if let Some(Value::Object(properties)) = value.get("properties") {
            for (name, property) in properties {
                let about = property.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(about.len() > 3 && about.ends_with('.'), "{at}.{name} is not described: {about:?}");
            }
        }
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| described(member, &format!("{at}.{name}"))),
            Value::Array(items) => items.iter().for_each(|item| described(item, at)),
            _ => {}
        }
    }
    assert!(DOCUMENTS.is_sorted_by_key(|document| document.name));
    for name in names() {
        let schema = schema(name).unwrap();
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["title"], if name == "plan" { "postroom plan".to_owned() } else { format!("postroom {name}") });
        described(&schema, name);
        let text = schema.to_string();
        for reference in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(schema["$defs"].get(reference).is_some(), "{name} names {reference}");
        }
    }
    assert_eq!(schema("nothing"), None);
}

/// An editor completes and checks a plan by the schema beside it, which its first line names.
#[test]
fn each_example_names_the_schema_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let file = folder.join("postroom.schema.json");
    let text = serde_json::to_string_pretty(&schema("plan").unwrap()).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let command = "if this is meant, run: BLESS=1 cargo test --no-default-features --test schemas";
    assert!(
        std::fs::read_to_string(&file).unwrap_or_default() == text,
        "{} is not what `postroom schema plan` prints; {command}",
        file.display()
    );
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("# yaml-language-server: $schema=postroom.schema.json\n"), "{} names no schema", path.display());
        }
    }
}

/// Of each key an editor shows what it means and where AWS documents it; of each text what it looks like.
#[test]
fn the_schema_of_a_plan_is_complete() {
    fn walk(value: &Value, at: &str, counted: &mut (usize, usize)) {
        if let Some(Value::Object(properties)) = value.get("properties") {
            for (name, property) in properties {
                let about = property["description"].as_str().unwrap_or_else(|| panic!("{at}.{name} is not described"));
                let linked = property["markdownDescription"].as_str().unwrap_or_else(|| panic!("{at}.{name} links nothing"));
                assert!(linked.starts_with(about) && linked.contains("[AWS](https://docs.aws.amazon.com/"), "{at}.{name}: {linked}");
                counted.0 += 1;
            }
        }
        if let Some(pattern) = value.get("pattern").and_then(Value::as_str).filter(|_| value.get("description").is_some()) {
            let pattern = regex_lite::Regex::new(pattern).unwrap();
            let examples = value.get("examples").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            assert!(examples.iter().all(|example| pattern.is_match(example.as_str().unwrap())), "{at}: {examples:?}");
            counted.1 += usize::from(!examples.is_empty());
        }
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| walk(member, &format!("{at}.{name}"), counted)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, at, counted)),
            _ => {}
        }
    }
    let mut counted = (0, 0);
    walk(&schema("plan").unwrap(), "plan", &mut counted);
    assert!(counted.0 > 200 && counted.1 > 100, "{counted:?}");
}
