//! What cannot be read is never clean and never absent.

use serde_json::json;

use crate::support::Account;

const PLAN: &str = "
postroom: 1
name: reader
region: eu-west-1
receipt:
  rules:
    - { name: store, actions: [ { s3: mailSUFFIX/in/ } ] }
";

fn account() -> Account {
    Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}))
}

#[test]
fn a_bucket_policy_that_may_not_be_read_is_exit_4_and_apply_refuses() {
    let account = account();
    let plan = account.text(PLAN);
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "AccessDenied", "status": 403, "remaining": null}));
    let run = account.run(&["plan", "-", "--detailed-exitcode"], &plan);
    run.expect(4);
    let unreadable = run.target()["unreadable"].clone();
    assert_eq!(unreadable[0]["address"], format!("bucket-policy/{}", account.bucket("mail")), "{run}");
    assert!(unreadable[0]["why"].as_str().expect("a reason").contains("AccessDenied"), "{run}");
    let changes = run.changes();
    assert!(!changes.iter().any(|change| change.contains("bucket-policy")), "nothing is said of a policy that is not known: {changes:?}");

    let refused = account.try_apply(&plan, &[]);
    refused.expect(4);
    assert_eq!(account.writes(), [] as [String; 0]);

    account.clear_faults();
    account.apply(&plan, &[]);
}

#[test]
fn a_rule_set_that_may_not_be_read_takes_no_grant_away() {
    let account = account();
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    let without = plan.lines().filter(|line| !line.contains("name: store")).collect::<Vec<_>>().join("\n")
        + "\n    - { name: other, actions: [ stop ] }\n";
    account.forget_calls();
    account
        .fault(json!({"service": "ses", "operation": "DescribeReceiptRuleSet", "code": "AccessDenied", "status": 403, "remaining": null}));
    let run = account.run(&["plan", "-"], &without);
    run.expect(4);
    assert!(!run.changes().iter().any(|change| change.starts_with("delete") || change.contains("bucket-policy")), "{run}");
    account.try_apply(&without, &["--allow-delete"]).expect(4);
    assert_eq!(account.writes(), [] as [String; 0]);
}

#[test]
fn a_policy_that_is_not_ours_to_write_is_a_finding_and_no_bar() {
    let account = account();
    let plan = account.text(PLAN) + &account.text("grants: { bucket-policy/mailSUFFIX: { manage: false } }\n");
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "AccessDenied", "status": 403, "remaining": null}));
    let run = account.run(&["plan", "-"], &plan);
    run.expect(0);
    assert_eq!(run.findings(), ["grant-missing"]);
    let message = run.target()["findings"][0]["message"].to_string();
    assert!(message.contains("s3:PutObject") && message.contains("aws:SourceArn"), "the statement for its owner: {message}");
}

#[test]
fn a_few_throttled_calls_are_made_again() {
    let account = account();
    let plan = account.text(PLAN);
    account.fault(json!({"service": "ses", "code": "Throttling", "message": "Rate exceeded", "remaining": 2}));
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "SlowDown", "status": 503, "remaining": 1}));
    let run = account.run(&["plan", "-", "--stats"], &plan);
    run.expect(0);
    assert_eq!(run.changes().len(), 4, "{run}");
    let throttled = account.calls().iter().filter(|call| call["error"] == "Throttling" || call["error"] == "SlowDown").count();
    assert_eq!(throttled, 3, "all three were met");
    assert_eq!(run.target()["calls"]["throttles"], 3, "and counted");
}

#[test]
fn what_stays_throttled_is_unreadable() {
    let account = account();
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "SlowDown", "status": 503, "remaining": null}));
    let run = account.run(&["plan", "-"], &account.text(PLAN));
    run.expect(4);
    assert!(run.target()["unreadable"][0]["why"].as_str().expect("a reason").contains("SlowDown"), "{run}");
}

#[test]
fn no_answer_at_all_is_unreadable_and_not_absent() {
    let account = account();
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "delay_ms": 2500, "remaining": null}));
    let run = account.run(&["plan", "-", "--timeout", "1"], &account.text(PLAN));
    run.expect(4);
    assert_eq!(run.target()["unreadable"][0]["address"], format!("bucket-policy/{}", account.bucket("mail")), "{run}");
}
