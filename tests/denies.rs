//! Other people's statements in live policies, and whether SES would still be allowed: `tests/denies/cases.json`, one row per statement.
//!
//! The plan beside it is applied to the account beside it; then the row's statement is put into the policy at `at`, behind what stands there.
//! `members` say where it differs from `Deny everybody s3:* on the bucket`. With `alone` nothing else is left in that policy. The rows are what
//! AWS does by its pages on condition keys; "depends" are those where they do not say what SES's request holds.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use std::collections::{BTreeMap, BTreeSet};

use postroom::core::address::{Address, AddressKind, Home};
use postroom::core::check::{Answer, Checked, check};
use postroom::core::live::{Live, Observed, PolicyText, Seen};
use postroom::core::memory::Memory;
use postroom::core::scene::Scene;
use postroom::kinds::role::InlinePolicies;
use run::{plan, seen};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const PLAN: &str = include_str!("denies/plan.yaml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    at: String,
    members: Map<String, Value>,
    answer: Expected,
    #[serde(default)]
    on: Vec<String>,
    #[serde(default)]
    alone: bool,
    #[serde(default = "put_object")]
    action: String,
    #[serde(default = "store")]
    rule: String,
}

fn put_object() -> String {
    "s3:PutObject".to_owned()
}

fn store() -> String {
    "store".to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Allowed,
    Denied,
    Depends,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("denies/cases.json")).expect("the table reads")
}

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn at(address: &str) -> Address {
    Address::read_at(address, &home()).unwrap_or_else(|_| panic!("{address}"))
}

/// The account with the plan applied, as the plan sees it.
fn account() -> Live {
    let facts: Map<String, Value> = serde_json::from_str(include_str!("denies/live.json")).unwrap();
    let mut live = Live::new(home());
    live.seen.extend(facts.into_iter().map(|(address, fact)| (at(&address), Observed::Present(fact))));
    let ran = run::run(PLAN, &live);
    assert!(ran.is_complete(), "{:#?} {:#?}", ran.set.findings, ran.failures());
    let plan = plan(PLAN, &ran.account);
    seen(&Memory::new(ran.account.clone(), &plan), &plan, &ran.account)
}

fn statement(case: &Case) -> Value {
    let mut statement = json!({"Sid": "Foreign", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::acme-mail", "arn:aws:s3:::acme-mail/*"]});
    let members = statement.as_object_mut().unwrap();
    for (name, value) in &case.members {
        members.insert(name.clone(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    statement
}

/// The account with the row's statement in it.
fn with(case: &Case, account: &Live) -> Live {
    let mut live = account.clone();
    let at = at(&case.at);
    let policy = match live.get::<PolicyText>(&at) {
        Seen::Present(policy) => policy.text,
        Seen::Absent | Seen::Unread => json!({"Version": "2012-10-17", "Statement": []}).to_string(),
        Seen::Unreadable(why) => panic!("{}: {why}", case.at),
    };
    let mut document: Value = serde_json::from_str(&policy).unwrap();
    let statements = document["Statement"].as_array_mut().unwrap();
    if case.alone {
        statements.clear();
    }
    statements.push(statement(case));
    // SNS keeps its first policy in the old language, which has no variables.
    live.put(at.clone(), &PolicyText { text: document.to_string(), revision: None });
    if let Some((role, policy)) = at.name.split_once('/').filter(|_| at.kind == AddressKind::RolePolicy) {
        let names = Address { kind: AddressKind::RolePolicies, name: role.to_owned(), ..at.clone() };
        let mut policies: InlinePolicies = live.get(&names).present().unwrap();
        policies.names.push(policy.to_owned());
        live.put(names, &policies);
    }
    live
}

/// The answers about the row's rule and action; of a key only those about it.
fn answers(case: &Case, live: &Live) -> Vec<Checked> {
    let plan = plan(PLAN, live);
    let key = case.at.strip_prefix("key-policy/");
    let mut rows = check(&mut Scene::new(&plan, live));
    rows.retain(|row| {
        let of_key = key.is_none_or(|key| row.resource.ends_with(key));
        row.rule.ends_with(&format!("/{}", case.rule)) && row.action == case.action && of_key
    });
    rows
}

#[test]
fn without_them_everything_is_allowed() {
    let account = account();
    let plan = plan(PLAN, &account);
    let rows = check(&mut Scene::new(&plan, &account));
    let actions: BTreeSet<&str> = rows.iter().map(|row| row.action.as_str()).collect();
    let expected = ["kms:Decrypt", "kms:GenerateDataKey", "lambda:InvokeFunction", "s3:PutObject", "sns:Publish", "sts:AssumeRole"];
    assert_eq!(actions, expected.into());
    assert!(rows.iter().all(|row| row.answer == Answer::Allowed), "{rows:#?}");
}

#[test]
fn every_statement_has_the_effect_that_it_has_at_aws() {
    let account = account();
    let mut wrong = Vec::new();
    let mut found: BTreeMap<Expected, usize> = BTreeMap::new();
    for case in cases() {
        let rows = answers(&case, &with(&case, &account));
        let [row] = rows.as_slice() else { panic!("{}: one question, not {}", case.name, rows.len()) };
        let expected = match case.answer {
            Expected::Allowed => Answer::Allowed,
            Expected::Denied => Answer::Denied,
            Expected::Depends => Answer::Depends,
        };
        // A Deny is named as what decides, and so is its policy; in an Allow that does not apply there is nothing to name.
        let decides = case.answer == Expected::Allowed || row.by.as_deref() == Some("Foreign") || case.alone;
        let placed = row.by.as_deref() != Some("Foreign") || row.at == case.at;
        if row.answer != expected || row.on != case.on || !decides || !placed {
            wrong.push(format!("{}: {:?} by {:?} at {}, on {:?}", case.name, row.answer, row.by, row.at, row.on));
        }
        *found.entry(case.answer).or_default() += 1;
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(found.values().all(|count| *count >= 20) && found.len() == 3, "enough of each: {found:?}");
}

#[test]
fn a_name_stands_for_one_row() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len());
}

/// The same by the command: a snapshot in, exit code and table out.
#[cfg(feature = "aws")]
#[test]
fn the_command_says_the_same_of_a_snapshot() {
    let folder = std::env::temp_dir().join(format!("postroom-denies-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (plan, snapshot) = (folder.join("plan.yaml"), folder.join("live.json"));
    std::fs::write(&plan, PLAN).unwrap();
    let account = account();
    let named = |name: &str| cases().into_iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no row is called {name}"));
    for (name, flag, code) in [
        ("unless TLS", None, 0),
        ("unless one endpoint", None, 2),
        ("unless the organisation", None, 2),
        ("unless the organisation, services excepted", None, 0),
        ("unless encrypted", None, 2),
        ("unless SES acts for the organisation", None, 0),
        ("unless SES acts for the organisation", Some("--strict"), 2),
        ("bucket of the role: unless an endpoint", None, 2),
    ] {
        let case = named(name);
        std::fs::write(&snapshot, serde_json::to_string(&with(&case, &account)).unwrap()).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_postroom"));
        command.arg("check").arg(&plan).arg("--live").arg(&snapshot).args(["--format", "json"]).args(flag);
        let done = command.output().unwrap();
        assert_eq!(done.status.code(), Some(code), "{name}: {}", String::from_utf8_lossy(&done.stderr));
        let told: Value = serde_json::from_slice(&done.stdout).unwrap();
        let summary = &told["targets"][0]["summary"];
        let count = |answer: &str| summary[answer].as_u64().unwrap();
        let expected = match case.answer {
            Expected::Allowed => (0, 0),
            Expected::Denied => (1, 0),
            Expected::Depends => (0, 1),
        };
        assert_eq!((count("denied"), count("depends")), expected, "{name}: {summary}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
