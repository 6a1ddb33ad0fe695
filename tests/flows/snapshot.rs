//! `snapshot` is everything `plan` reads: with it, a plan needs no AWS and says the same.

use serde_json::{Value, json};

use crate::support::Account;

/// What a plan says, less what it cost.
fn said(account: &Account, arguments: &[&str], plan: &str) -> Value {
    let run = account.run(arguments, plan);
    run.expect(0);
    let mut target = run.target();
    target.as_object_mut().expect("a target").remove("calls");
    target
}

fn same_as_live(account: &Account, plan: &str) -> Value {
    let snapshot = account.run(&["snapshot", "-"], plan);
    snapshot.expect(0);
    let file = account.folder.join("live.json");
    std::fs::write(&file, &snapshot.stdout).expect("written");
    let live = said(account, &["plan", "-"], plan);
    account.forget_calls();
    let offline = said(account, &["plan", "-", "--live", "live.json"], plan);
    assert_eq!(offline, live);
    assert!(account.calls().is_empty(), "with a snapshot nothing is asked");
    offline
}

#[test]
fn a_plan_on_a_snapshot_says_what_a_plan_on_the_account_says() {
    let account = Account::for_plan("everything");
    let plan = account.plan_text("everything");
    let before = same_as_live(&account, &plan);
    assert_eq!(before["changes"].as_array().map(Vec::len), Some(25));

    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "code": "LimitExceeded", "skip": 2, "remaining": null}));
    account.try_apply(&plan, &["--allow-delete"]).expect(5);
    account.clear_faults();
    let half = same_as_live(&account, &plan);
    assert!(half["changes"].as_array().is_some_and(|changes| !changes.is_empty() && changes.len() < 25));

    account.apply(&plan, &["--allow-delete"]);
    let after = same_as_live(&account, &plan);
    assert_eq!(after["changes"], json!([]));
}

#[test]
fn a_snapshot_says_what_could_not_be_read_and_so_does_a_plan_on_it() {
    let account = Account::for_plan("store-to-s3");
    let plan = account.plan_text("store-to-s3");
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "AccessDenied", "status": 403, "remaining": null}));
    let snapshot = account.run(&["snapshot", "-"], &plan);
    snapshot.expect(4);
    std::fs::write(account.folder.join("live.json"), &snapshot.stdout).expect("written");
    account.run(&["plan", "-", "--live", "live.json"], &plan).expect(4);
}

#[test]
fn a_snapshot_of_another_account_is_refused() {
    let account = Account::for_plan("store-to-s3");
    let plan = account.plan_text("store-to-s3");
    let snapshot = account.run(&["snapshot", "-"], &plan);
    std::fs::write(account.folder.join("live.json"), snapshot.stdout).expect("written");
    let other = plan.replace("region:", &format!("account: \"{}\"\nregion:", account.other));
    account.run(&["plan", "-", "--live", "live.json"], &other).expect(3);
}

#[test]
fn an_apply_on_a_snapshot_is_wrong_usage() {
    let account = Account::for_plan("store-to-s3");
    let plan = account.plan_text("store-to-s3");
    std::fs::write(account.folder.join("live.json"), account.run(&["snapshot", "-"], &plan).stdout).expect("written");
    account.forget_calls();
    account.run(&["apply", "-", "--yes", "--live", "live.json"], &plan).expect(1);
    assert!(account.calls().is_empty());
}
