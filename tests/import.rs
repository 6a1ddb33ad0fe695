//! Golden accounts that other tools made: `tests/import/<story>/live.json` imports as exactly `plan.yaml`, which plans nothing, and of which
//! nothing is lost when statements are taken over.

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use std::path::{Path, PathBuf};

use postroom::containers;
use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::change::Action;
use postroom::core::check::{Answer, Checked, check};
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::core::memory::Memory;
use postroom::core::scene::Scene;
use postroom::import::{Imported, Wishes, import, scan};
use run::{now, plan, planned, run, seen};
use serde_json::{Map, Value, json};

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let mut stories: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.sort();
    assert!(stories.len() >= 10);
    stories
}

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

/// By address as a person writes it; a policy stands there as it is.
fn account(story: &Path) -> Live {
    let facts: Map<String, Value> = serde_json::from_str(&std::fs::read_to_string(story.join("live.json")).unwrap()).unwrap();
    let mut live = Live::new(home());
    for (address, fact) in facts {
        let at = Address::read_at(&address, &home()).unwrap_or_else(|_| panic!("{}: {address}", story.display()));
        let is_policy = containers::of(at.kind).is_some() || at.kind == AddressKind::ManagedPolicy;
        let fact = if is_policy { json!(PolicyText { text: fact.to_string(), revision: None }) } else { fact };
        live.seen.insert(at, Observed::Present(fact));
    }
    live
}

fn imported(account: &Live, wishes: &Wishes) -> Imported {
    let eyes = plan(&format!("postroom: 1\nname: {}\n", wishes.name), account);
    let world = Memory::new(account.clone(), &eyes);
    import(&now(scan::observe(&world, wishes, Live::new(account.home.clone()))), wishes)
}

fn wishes() -> Wishes {
    Wishes::named("imported".parse().unwrap())
}

/// What `check` says of every request of a plan.
fn checked(text: &str, account: &Live) -> Vec<Checked> {
    let plan = plan(text, account);
    let live = seen(&Memory::new(account.clone(), &plan), &plan, account);
    check(&mut Scene::new(&plan, &live))
}

/// The law: nothing but tags changes, by plan and by apply.
fn stands(account: &Live, found: &Imported) -> Result<(), String> {
    let text = &found.text;
    let is = |holds: bool, what: String| if holds { Ok(()) } else { Err(what) };
    is(found.problems.is_empty(), format!("it does not read: {:#?}", found.problems))?;
    is(found.unreadable.is_empty(), format!("{:#?}", found.unreadable))?;
    let set = planned(text, account);
    is(set.changes.iter().all(|change| change.action == Action::Adopt), format!("it plans {:#?}", set.changes))?;
    let errors: Vec<_> = set.errors().collect();
    is(set.unreadable.is_empty() && errors.is_empty(), format!("{:#?} {errors:#?}", set.unreadable))?;
    let ran = run(text, account);
    is(ran.is_complete() && ran.breaches.is_empty(), format!("{:#?} {:#?}", ran.failures(), ran.breaches))?;
    for (at, before) in &Memory::new(account.clone(), &plan(text, account)).account().seen {
        let is_tagged = set.changes.iter().any(|change| change.address == *at);
        is(is_tagged || ran.account.seen.get(at) == Some(before), format!("{at} has changed"))?;
    }
    is(planned(text, &ran.account).is_empty(), "a second plan finds something to do".to_owned())
}

fn each(law: impl Fn(&Path, &Live) -> Result<(), String>) {
    let failed = |story: &PathBuf| law(story, &account(story)).err().map(|why| format!("{}: {why}", story.display()));
    let failures: Vec<String> = stories().iter().filter_map(failed).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_account_imports_as_it_is() {
    each(|story, account| {
        let found = imported(account, &wishes());
        let expected = story.join("plan.yaml");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &found.text).unwrap();
        }
        stands(account, &found).map_err(|why| format!("{why}\n{}", found.text))?;
        let expected = std::fs::read_to_string(expected).unwrap_or_default();
        if found.text == expected { Ok(()) } else { Err(format!("another text:\n{}", found.text)) }
    });
}

#[test]
fn what_is_adopted_changes_nothing_but_its_tags() {
    each(|_, account| {
        let found = imported(account, &Wishes { adopt_roles: true, ..wishes() });
        stands(account, &found).map_err(|why| format!("{why}\n{}", found.text))
    });
}

#[test]
fn what_is_taken_over_is_granted_at_every_moment_and_after() {
    let mut took = 0;
    for story in stories() {
        let account = account(&story);
        let found = imported(&account, &Wishes { take_over: true, adopt_roles: true, ..wishes() });
        let text = &found.text;
        assert!(found.problems.is_empty(), "{}: {:#?}\n{text}", story.display(), found.problems);
        let before = checked(text, &account);
        let ran = run(text, &account);
        assert!(ran.is_complete() && ran.breaches.is_empty(), "{}: {:#?} {:#?}\n{text}", story.display(), ran.failures(), ran.breaches);
        let again = planned(text, &ran.account);
        assert!(again.is_empty(), "{}: {:#?}\n{text}", story.display(), again.changes);
        let after = checked(text, &ran.account);
        let same =
            |one: &&Checked, other: &Checked| (&one.rule, &one.action, &one.resource) == (&other.rule, &other.action, &other.resource);
        for was in before.iter().filter(|row| row.answer == Answer::Allowed) {
            let is = after.iter().find(|row| same(row, was));
            assert_eq!(is.map(|row| row.answer), Some(Answer::Allowed), "{}: {was:?}\n{text}", story.display());
        }
        took += ran.set.changes.iter().filter(|change| change.action == Action::Delete).count();
    }
    assert!(took > 0, "something is taken over");
}
