//! When AWS says no in the middle: what depends on it is held back, the rest is finished, the next apply goes on.

use serde_json::{Value, json};

use crate::support::{Account, Run};

const PLAN: &str = "
postroom: 1
name: stumble
region: eu-west-1
receipt:
  filters: { block-net: { block: 203.0.113.0/24 } }
  rule_sets:
    main:
      active: true
      rules:
        - { name: one, recipients: [a.example], actions: [ { s3: mailSUFFIX/one/ } ] }
        - { name: two, recipients: [b.example], actions: [ { s3: mailSUFFIX/two/ } ] }
        - { name: three, recipients: [c.example], actions: [ { s3: mailSUFFIX/three/ } ] }
";

fn account() -> Account {
    Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}))
}

/// The second rule fails; the rest of the set and the activation are held back; the filter is nobody's business.
fn second_rule_failed(run: &Run) {
    run.expect(5);
    let outcomes = run.outcomes();
    for expected in [
        "done create receipt-rule-set/main",
        "done create receipt-rule/main/one",
        "failed create receipt-rule/main/two",
        "held create receipt-rule/main/three",
        "done create receipt-filter/block-net",
        "held activate receipt-rule-set/main",
    ] {
        assert!(outcomes.contains(&expected.to_owned()), "{expected} in {outcomes:#?}");
    }
    let failed: Vec<Value> = run.raw_changes().into_iter().filter(|change| change["status"] == "failed").collect();
    let error = failed[0]["error"].as_str().expect("AWS's own words");
    assert!(error.contains("ses:CreateReceiptRule") && error.contains("injected"), "{error}");
}

#[test]
fn a_refusal_in_the_middle_holds_back_what_depends_on_it_and_the_next_apply_finishes() {
    let account = account();
    let plan = account.text(PLAN);
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "code": "LimitExceeded", "skip": 1, "remaining": null}));
    second_rule_failed(&account.try_apply(&plan, &[]));
    assert_eq!(account.rule_names("main"), ["one"]);
    assert_eq!(account.active_set(), None);

    account.clear_faults();
    let left = account.plan(&plan).changes();
    assert_eq!(left, ["create receipt-rule/main/two", "create receipt-rule/main/three", "activate receipt-rule-set/main"]);
    account.apply(&plan, &[]);
    assert_eq!(account.rule_names("main"), ["one", "two", "three"]);
}

#[test]
fn a_server_that_stays_broken_in_the_middle_is_exit_5_and_the_next_apply_finishes() {
    let account = account();
    let plan = account.text(PLAN);
    account.fault(
        json!({"service": "ses", "operation": "CreateReceiptRule", "code": "InternalFailure", "status": 500, "skip": 1, "remaining": null}),
    );
    let run = account.try_apply(&plan, &[]);
    second_rule_failed(&run);
    let tries = account.calls().iter().filter(|call| call["operation"] == "CreateReceiptRule" && call["status"] == 500).count();
    assert!((2..=10).contains(&tries), "tried {tries} times");
    account.clear_faults();
    account.apply(&plan, &[]);
}

#[test]
fn a_failure_before_anything_was_written_is_exit_1() {
    let account = Account::new();
    let plan = "postroom: 1\nname: stumble\nregion: eu-west-1\nreceipt: { filters: { a: { block: 203.0.113.0/24 } } }\n";
    account.fault(json!({"service": "ses", "operation": "CreateReceiptFilter", "code": "LimitExceeded"}));
    let run = account.try_apply(plan, &[]);
    run.expect(1);
    assert_eq!(run.outcomes(), ["failed create receipt-filter/a"]);
}

#[test]
fn no_grant_is_narrowed_when_anything_failed() {
    let account = account();
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    let next = plan.replace(
        &account.text("{ name: two, recipients: [b.example], actions: [ { s3: mailSUFFIX/two/ } ] }"),
        &account.text("{ name: two, absent: true }\n        - { name: four, actions: [ { s3: mailSUFFIX/four/ } ] }"),
    );
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "code": "LimitExceeded"}));
    let run = account.try_apply(&next, &["--allow-delete"]);
    run.expect(5);
    let outcomes = run.outcomes();
    for expected in
        ["failed create receipt-rule/main/four", "held delete receipt-rule/main/two", "held delete bucket-policy/mail DeliverToS3"]
    {
        assert!(outcomes.contains(&expected.to_owned()), "{expected} in {outcomes:#?}");
    }
    let policy = account.document(&format!("bucket-policy/{}", account.bucket("mail"))).to_string();
    assert!(policy.contains("receipt-rule/two"), "its rule lives: {policy}");
    account.apply(&next, &["--allow-delete"]);
}

#[test]
fn a_target_that_iam_does_not_know_yet_is_waited_for() {
    let account = account();
    let plan = account.text(PLAN);
    for (code, message) in
        [("InvalidS3Configuration", "Could not write to bucket"), ("InvalidParameterValue", "Could not assume the provided IAM Role")]
    {
        account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "code": code, "message": message}));
    }
    account.apply(&plan, &[]);
    let refused = account.calls().iter().filter(|call| call["operation"] == "CreateReceiptRule" && call["status"] == 400).count();
    assert_eq!(refused, 2, "both refusals were met");
}

#[test]
fn with_no_wait_a_refused_target_is_refused_at_once() {
    let account = account();
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "code": "InvalidS3Configuration", "message": "Could not write to bucket"}));
    account.try_apply(&account.text(PLAN), &["--no-wait"]).expect(5);
    let tries = account.calls().iter().filter(|call| call["operation"] == "CreateReceiptRule").count();
    assert_eq!(tries, 1);
}

#[test]
fn a_target_that_somebodys_deny_closes_is_explained_with_the_name_of_the_statement() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}", "policy": [
        {"Sid": "OnlyFromOurNetwork", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mail${suffix}/*"}
    ]}]}));
    let run = account.try_apply(&account.text(PLAN), &["--no-wait"]);
    run.expect(3);
    assert!(run.json()["targets"][0]["findings"].to_string().contains("foreign-deny-blocks-ses"), "{run}");
    // Accepted against better knowledge: SES refuses, in fewer words than ours.
    let accepted = account.text(PLAN) + "\naccept: { foreign-deny-blocks-ses: we shall see }\n";
    let run = account.try_apply(&accepted, &["--no-wait"]);
    run.expect(5);
    let error = run.raw_changes().iter().find(|change| change["status"] == "failed").expect("a failure")["error"].to_string();
    assert!(error.contains("Could not write to bucket"), "SES's own words: {error}");
    for word in ["OnlyFromOurNetwork", "denied", "s3:PutObject", &format!("bucket-policy/{}", account.bucket("mail"))] {
        assert!(run.stderr.contains(word), "`{word}` in {run}");
    }
}

#[test]
fn an_answer_that_is_lost_is_found_to_be_done() {
    let account = account();
    // The server acts, the client hears of an error, tries again, and is told that the rule is there.
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "code": "InternalFailure", "status": 500, "mode": "after"}));
    account.apply(&account.text(PLAN), &[]);
    assert_eq!(account.rule_names("main"), ["one", "two", "three"]);
}
