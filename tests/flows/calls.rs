//! What a plan costs: each thing is asked once, in few waves, and nothing is written.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Account, Run, emulator};

#[test]
fn bootstrap_asks_everything_once() {
    count("bootstrap", &[], 3);
}

#[test]
fn store_to_s3_asks_everything_once() {
    count("store-to-s3", &[], 1);
}

#[test]
fn encrypt_and_notify_asks_everything_once() {
    count("encrypt-and-notify", &[], 2);
}

#[test]
fn lambda_pipeline_asks_everything_once() {
    count("lambda-pipeline", &[], 1);
}

#[test]
fn role_and_foreign_region_asks_everything_once_and_needs_a_third_wave_for_the_bucket_elsewhere() {
    count("role-and-foreign-region", &[], 3);
}

#[test]
fn everything_asks_everything_once() {
    count("everything", &["--allow-delete"], 3);
}

/// Before and after the apply: an account that is as it should be costs no more.
fn count(name: &str, flags: &[&str], waves: u64) {
    let account = Account::for_plan(name);
    let plan = account.plan_text(name);
    let first = once(&account, &plan, waves);
    account.apply(&plan, flags);
    let again = once(&account, &plan, waves);
    assert!(first <= again, "what is there is read as well: {first} before, {again} after");
}

fn once(account: &Account, plan: &str, most_waves: u64) -> u64 {
    account.forget_calls();
    let run = account.run(&["plan", "-", "--stats"], plan);
    run.expect(0);
    let calls = all_calls(account);
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for call in &calls {
        assert_eq!(call["access"], "read", "a plan only reads: {call}");
        // Of an inline policy the resource is its role: the parameters tell them apart.
        let what = format!("{} {} {} {}", call["account"], call["region"], call["operation"], call["parameters"]);
        *asked.entry(what).or_default() += 1;
    }
    let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "asked more than once: {twice:#?}");
    told_of(&run, &calls, most_waves)
}

/// What the run says of itself is what was seen on the wire.
fn told_of(run: &Run, calls: &[Value], most_waves: u64) -> u64 {
    let told = run.target()["calls"].clone();
    let by_us: Vec<_> = calls.iter().filter(|call| call["operation"] != "AssumeRole").collect();
    assert_eq!(told["total"], by_us.len(), "{told}");
    let mut by_operation: BTreeMap<&str, u64> = BTreeMap::new();
    for call in &by_us {
        *by_operation.entry(call["operation"].as_str().expect("a name")).or_default() += 1;
    }
    assert_eq!(told["by_operation"], serde_json::json!(by_operation));
    let waves = told["waves"].as_u64().expect("a number");
    assert!(waves <= most_waves, "{waves} waves, {most_waves} are enough");
    calls.len() as u64
}

fn all_calls(account: &Account) -> Vec<Value> {
    let of = |id: &str| emulator::ask("GET", &format!("/_test/calls?account={id}"), &Value::Null).as_array().cloned().unwrap_or_default();
    [of(&account.id), of(&account.other)].concat()
}
