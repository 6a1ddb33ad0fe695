//! Golden audits: `tests/audit/<story>/live.json`, and `plan.yaml` where one is given, give exactly `expected.json`.

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use postroom::audit::{Audit, Subject, audit, scan};
use postroom::containers;
use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::compile::compile;
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::core::memory::Memory;
use postroom::core::observe::observe;
use postroom::core::problem::Source;
use postroom::core::scene::Scene;
use postroom::plan::language::Plan;
use postroom::plan::{self, Given};
use postroom::report;
use serde_json::{Map, Value, json};

const NOBODY: &str = "postroom: 1\nname: audit\n";

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit");
    let mut stories: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.sort();
    assert!(!stories.is_empty());
    stories
}

fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return done;
        }
    }
}

/// Facts by address; a policy stands there as it is, and what cannot be read as `{"unreadable": why}`.
fn account(story: &Path) -> Live {
    let text = std::fs::read_to_string(story.join("live.json")).unwrap_or_else(|error| panic!("{}: {error}", story.display()));
    let facts: Map<String, Value> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", story.display()));
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

fn plan_of(story: &Path) -> Option<String> {
    std::fs::read_to_string(story.join("plan.yaml")).ok()
}

/// Reads the account as the command does, and judges it.
fn judged(text: Option<&str>, account: &Live) -> (Audit, Live) {
    let eyes: Plan = run::plan(text.unwrap_or(NOBODY), account);
    let world = Memory::new(account.clone(), &eyes);
    let mut live = now(scan::observe(&world, &eyes, Live::new(home()), &[]));
    if text.is_some() {
        live = now(observe(&world, &eyes, live));
    }
    (audit(&Subject { live: &live, eyes: &eyes, planned: text.is_some() }), live)
}

/// What the command prints, less what only repeats the account.
fn shown(audit: &Audit) -> Value {
    let mut whole = report::audit::json(audit, None);
    let target = &mut whole["targets"][0];
    for statement in target["statements"].as_array_mut().unwrap() {
        statement.as_object_mut().unwrap().retain(|name, value| name != "document" && !value.is_null());
    }
    for finding in target["findings"].as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().retain(|name, value| !matches!(name.as_str(), "doc" | "remedy") && !value.is_null());
    }
    let text = report::audit::text(audit);
    assert!(text.lines().count() > 1);
    target.clone()
}

#[test]
fn each_story_ends_as_it_is_written() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for story in stories() {
        let (audit, _) = judged(plan_of(&story).as_deref(), &account(&story));
        let shown = format!("{}\n", serde_json::to_string_pretty(&shown(&audit)).unwrap());
        let expected = story.join("expected.json");
        if bless {
            std::fs::write(&expected, &shown).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != shown {
            wrong.push(format!("{}:\n{shown}", story.display()));
        }
    }
    let command = "BLESS=1 cargo test --no-default-features --test audit";
    assert!(wrong.is_empty(), "{}\nif this is meant, run: {command}", wrong.join("\n"));
}

/// With the proposed lines in the plan, the old statements go, no rule loses what it may do, and nothing is left to propose.
#[test]
fn what_is_proposed_can_be_done_and_takes_nothing_from_a_live_rule() {
    let mut done = 0;
    for story in stories() {
        let Some(text) = plan_of(&story) else { continue };
        let account = account(&story);
        let (before, _) = judged(Some(&text), &account);
        let safe: Vec<_> = before.migrations.iter().filter(|migration| migration.is_safe()).collect();
        if safe.is_empty() {
            continue;
        }
        let lines: String =
            safe.iter().filter_map(|migration| migration.paste.as_deref()).map(|lines| lines.replace("grants:\n", "")).collect();
        let text = format!("{text}grants:\n{lines}");
        let ran = run::run(&text, &account);
        assert!(ran.is_complete(), "{}: {:#?} {:#?}", story.display(), ran.set.findings, ran.failures());
        assert!(ran.breaches.is_empty(), "{}: {:#?}", story.display(), ran.breaches);
        let (after, _) = judged(Some(&text), &ran.account);
        for migration in safe {
            let still = after.entries.iter().any(|entry| entry.at == migration.at && migration.removes.contains(&entry.name));
            assert!(!still, "{}: {} still holds {:?}", story.display(), migration.at, migration.removes);
        }
        done += 1;
    }
    assert!(done >= 3, "only {done} stories propose something");
}

/// A snapshot is all that an audit needs.
#[test]
fn a_saved_account_is_judged_as_the_account_is() {
    for story in stories() {
        let account = account(&story);
        let (first, live) = judged(None, &account);
        let saved: Live = serde_json::from_str(&serde_json::to_string(&live).unwrap()).unwrap();
        let eyes = run::plan(NOBODY, &account);
        let again = audit(&Subject { live: &saved, eyes: &eyes, planned: false });
        assert_eq!(report::audit::json(&again, None), report::audit::json(&first, None), "{}", story.display());
        assert!(again.partial.is_empty(), "{}: {:?}", story.display(), again.partial);
    }
}

/// What plans put for the blocks of today is what the audit knows them by, and none of it is too open: only that nothing of it lives here.
#[test]
fn what_plans_put_for_the_blocks_of_today_is_recognised_and_is_no_hole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/blocks");
    let mut known = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let story = entry.unwrap().path();
        let id = story.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(text) = plan_of(&story).filter(|_| id.starts_with("P001") || id.starts_with("P002")) else { continue };
        let Some(account) = as_planned(&story, &text) else { continue };
        let eyes = run::plan(NOBODY, &account);
        let live = now(scan::observe(&Memory::new(account.clone(), &eyes), &eyes, Live::new(account.home.clone()), &[]));
        let audit = audit(&Subject { live: &live, eyes: &eyes, planned: false });
        known += usize::from(audit.entries.iter().any(|entry| entry.blocks.contains(&id.as_str())));
        let dead = ["rule-gone", "rule-set-gone", "orphan-statement"];
        let open: Vec<_> = audit.findings.iter().filter(|found| found.is_problem() && !dead.contains(&found.code)).collect();
        assert!(open.is_empty(), "{id}: {open:#?}");
    }
    assert!(known >= 12, "only {known} blocks of statements that let SES in were seen");
}

/// An account in which everything stands that the plan of a block asks for, and nothing else.
fn as_planned(story: &Path, text: &str) -> Option<Live> {
    let source = std::sync::Arc::new(Source { name: "plan.yaml".to_owned(), text: text.to_owned() });
    let draft = plan::parse(std::sync::Arc::clone(&source)).unwrap();
    let home = Home { account: draft.account()?, region: draft.region()? };
    let given = Given { account: Some(home.account.clone()), region: Some(home.region.clone()), ..Given::default() };
    let plan = plan::load(source, &given).unwrap();
    let mut live = Live::new(home.clone());
    if let Ok(facts) = std::fs::read_to_string(story.join("assume.json")) {
        let facts: Map<String, Value> = serde_json::from_str(&facts).unwrap();
        let present = facts.into_iter().map(|(at, fact)| (Address::read_at(&at, &home).unwrap(), Observed::Present(fact)));
        live.seen.extend(present);
    }
    let desired = compile(&Scene::new(&plan, &live));
    for (at, container) in &desired.containers {
        let statements: Vec<Value> = container.statements.values().map(|wanted| wanted.statement.value()).collect();
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        live.put(at.clone(), &PolicyText { text, revision: None });
        if at.kind == AddressKind::RoleTrust {
            let role = json!({"arn": format!("arn:aws:iam::{}:role/{}", at.account, at.name), "path": "/", "permissions_boundary": null, "tags": {}});
            live.put(at.with_kind(AddressKind::Role), &role);
        }
    }
    Some(live)
}
