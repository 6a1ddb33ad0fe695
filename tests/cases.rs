//! Golden cases: `tests/cases/<story>/{plan.yaml, live.json}` give exactly `expected.json`; `before.yaml` is a plan that was applied
//! earlier. Where `destroy.yaml` stands in the place of `plan.yaml`, that plan is taken back; `prune.yaml` is applied with `--prune`.

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use std::path::{Path, PathBuf};

use postroom::containers;
use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::change::ChangeSet;
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::report::json::change_set;
use run::{Ran, planned};
use serde_json::{Map, Value, json};

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut stories: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.sort();
    assert!(!stories.is_empty());
    stories
}

fn read(story: &Path, file: &str) -> String {
    std::fs::read_to_string(story.join(file)).unwrap_or_else(|error| panic!("{}/{file}: {error}", story.display()))
}

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

/// The account of a story: its facts, and what `before.yaml` has put there.
fn account(story: &Path) -> Live {
    let facts = facts(story);
    if !story.join("before.yaml").exists() {
        return facts;
    }
    let ran = run::run(&read(story, "before.yaml"), &facts);
    assert!(ran.is_complete(), "{}: {:#?} {:#?}", story.display(), ran.set.findings, ran.failures());
    ran.account
}

/// Facts by address as a person writes it; a policy stands there as it is, and one that cannot be read as `{"unreadable": why}`.
fn facts(story: &Path) -> Live {
    let facts: Map<String, Value> = serde_json::from_str(&read(story, "live.json")).unwrap();
    let mut live = Live::new(home());
    for (address, fact) in facts {
        let at = Address::read_at(&address, &home()).unwrap_or_else(|_| panic!("{}: {address}", story.display()));
        let observed = match fact.get("unreadable").and_then(Value::as_str) {
            Some(why) => Observed::Unreadable(why.to_owned()),
            None if containers::of(at.kind).is_some() || at.kind == AddressKind::ManagedPolicy => {
                Observed::Present(json!(PolicyText { text: fact.to_string(), revision: None }))
            }
            None => Observed::Present(fact),
        };
        live.seen.insert(at, observed);
    }
    live
}

/// What a story is about, done.
fn told(story: &Path, account: &Live) -> Ran {
    if story.join("destroy.yaml").exists() {
        run::destroyed(&read(story, "destroy.yaml"), account)
    } else if story.join("prune.yaml").exists() {
        run::run_pruned(&read(story, "prune.yaml"), account)
    } else {
        run::run(&read(story, "plan.yaml"), account)
    }
}

/// What there is to do after it.
fn left(story: &Path, account: &Live) -> ChangeSet {
    if story.join("destroy.yaml").exists() {
        run::destroyed(&read(story, "destroy.yaml"), account).set
    } else if story.join("prune.yaml").exists() {
        run::plan_pruned(&read(story, "prune.yaml"), account)
    } else {
        planned(&read(story, "plan.yaml"), account)
    }
}

/// The changes and findings, without what only points back into the plan.
fn shown(ran: &Ran) -> Value {
    let mut whole = change_set(&ran.set, ran.applied.as_ref(), false, None);
    let target = &mut whole["targets"][0];
    for change in target["changes"].as_array_mut().unwrap() {
        let members = change.as_object_mut().unwrap();
        members.retain(|name, value| !matches!(name.as_str(), "because" | "doc" | "before") && !value.is_null() && *value != json!([]));
    }
    for finding in target["findings"].as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().retain(|name, _| matches!(name.as_str(), "code" | "severity" | "message"));
    }
    let refused = ran.applied.is_none();
    json!({ "refused": refused, "changes": target["changes"], "findings": target["findings"], "unreadable": target["unreadable"] })
}

#[test]
fn each_story_ends_as_it_is_written() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for story in stories() {
        let shown = format!("{}\n", serde_json::to_string_pretty(&shown(&told(&story, &account(&story)))).unwrap());
        let expected = story.join("expected.json");
        if bless {
            std::fs::write(&expected, &shown).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != shown {
            wrong.push(format!("{}:\n{shown}", story.display()));
        }
    }
    let command = "BLESS=1 cargo test --no-default-features --test cases";
    assert!(wrong.is_empty(), "{}\nif this is meant, run: {command}", wrong.join("\n"));
}

#[test]
fn each_story_that_is_not_refused_ends_in_agreement_and_takes_no_grant_on_the_way() {
    for story in stories() {
        let ran = told(&story, &account(&story));
        assert!(ran.breaches.is_empty(), "{}: {:#?}", story.display(), ran.breaches);
        if ran.applied.is_some() {
            assert!(ran.is_complete(), "{}: {:#?}", story.display(), ran.failures());
            let again = left(&story, &ran.account);
            assert!(again.is_empty(), "{}: {:#?}", story.display(), again.changes);
        }
    }
}
