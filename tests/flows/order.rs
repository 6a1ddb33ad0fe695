//! The order of rules: only the relative order of the plan's rules is ours.

use serde_json::{Value, json};

use crate::support::Account;

fn rule(name: &str) -> Value {
    json!({"Name": name, "Enabled": true, "Actions": [{"AddHeaderAction": {"HeaderName": "X-Rule", "HeaderValue": name}}]})
}

/// A set with these rules, one letter each.
fn account_with(rules: &str) -> Account {
    let rules: Vec<Value> = rules.chars().map(|name| rule(&name.to_string())).collect();
    Account::with(&json!({"rule_sets": [{"name": "main", "rules": rules}]}))
}

/// A plan for these rules of the set; the text of an entry may be given instead of a letter.
fn plan_of(entries: &[&str]) -> String {
    let entry = |entry: &&str| match entry.len() {
        1 => format!("        - {{ name: {entry}, actions: [ {{ add_header: {{ name: X-Rule, value: {entry} }} }} ] }}\n"),
        _ => format!("        - {entry}\n"),
    };
    let rules: String = entries.iter().map(entry).collect();
    format!("postroom: 1\nname: ordered\nregion: eu-west-1\nreceipt:\n  rule_sets:\n    main:\n      rules:\n{rules}")
}

fn order(account: &Account) -> String {
    account.rule_names("main").concat()
}

#[test]
fn a_new_rule_in_the_middle_is_born_in_its_place_and_others_keep_theirs() {
    let account = account_with("xaycz");
    let plan = plan_of(&["a", "b", "c"]);
    assert_eq!(account.plan(&plan).changes(), ["create receipt-rule/main/b"]);
    account.apply(&plan, &[]);
    assert_eq!(order(&account), "xabycz");
    assert_eq!(account.writes(), ["CreateReceiptRule main"], "in one call, with no moment at another place");
}

#[test]
fn a_new_first_rule_stands_before_its_successor_and_not_at_the_front() {
    let account = account_with("xyb");
    account.apply(&plan_of(&["a", "b"]), &[]);
    assert_eq!(order(&account), "xyab");
}

#[test]
fn new_rules_of_a_set_of_others_go_to_the_end() {
    let account = account_with("xy");
    account.apply(&plan_of(&["a", "b"]), &[]);
    assert_eq!(order(&account), "xyab");
}

#[test]
fn a_reorder_moves_the_rules_of_the_plan_and_no_others() {
    let account = account_with("xaybcz");
    let plan = plan_of(&["c", "a", "b"]);
    assert_eq!(account.plan(&plan).changes(), ["reorder receipt-rule-set/main"]);
    account.apply(&plan, &[]);
    assert_eq!(order(&account), "xcyabz");
    assert_eq!(account.writes(), ["ReorderReceiptRuleSet main"]);
}

#[test]
fn a_reorder_that_a_foreign_rule_overtakes_reads_the_set_again() {
    let account = account_with("ab");
    // What SES answers to a list that misses a rule which somebody has just made (facts §1.3).
    account.fault(json!({"service": "ses", "operation": "ReorderReceiptRuleSet", "code": "InvalidParameterValue", "message": "Positions for rules not found: n"}));
    account.apply(&plan_of(&["b", "a"]), &[]);
    assert_eq!(order(&account), "ba");
    let calls = account.calls();
    let refused = calls.iter().position(|call| call["error"] == "InvalidParameterValue").expect("a refusal");
    let next: Vec<_> = calls[refused + 1..].iter().map(|call| call["operation"].as_str().unwrap_or_default()).take(2).collect();
    assert_eq!(next, ["DescribeReceiptRuleSet", "ReorderReceiptRuleSet"]);
}

#[test]
fn a_pinned_rule_keeps_its_contents_and_holds_its_place() {
    let account = account_with("ab");
    let before = account.rules("main");
    account.apply(&plan_of(&["c", "{ name: a, existing: true }", "b"]), &[]);
    assert_eq!(order(&account), "cab");
    let after = account.rules("main");
    assert_eq!(after[1], before[0], "its contents are somebody else's");
}

#[test]
fn a_pinned_rule_that_is_not_there_is_an_error_and_nothing_is_written() {
    let account = account_with("ab");
    let plan = plan_of(&["{ name: ghost, existing: true }", "c"]);
    let run = account.run(&["plan", "-"], &plan);
    run.expect(1);
    assert_eq!(run.findings(), ["existing-missing", "rule-not-in-plan", "rule-not-in-plan"]);
    account.try_apply(&plan, &[]).expect(3);
    assert_eq!(account.writes(), [] as [String; 0]);
}

#[test]
fn a_renamed_rule_is_made_at_the_old_ones_place_before_the_old_one_goes_and_its_grant_covers_both_meanwhile() {
    let mut account = account_with("xy");
    account.prepare(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let entry = |name: &str, was: &str| account.text(&format!("{{ name: {name}{was}, actions: [ {{ s3: mailSUFFIX/in/ }} ] }}"));
    account.apply(&plan_of(&["x", &entry("old", ""), "y"]), &[]);
    let renamed = plan_of(&["x", &entry("new", ", was: [old]"), "y"]);
    assert_eq!(
        account.plan(&renamed).changes(),
        [
            "update bucket-policy/mail DeliverToS3",
            "create receipt-rule/main/new",
            "delete receipt-rule/main/old",
            "update bucket-policy/mail DeliverToS3",
        ]
    );
    account.forget_calls();
    account.try_apply(&renamed, &[]).expect(3);
    assert_eq!(account.writes(), [] as [String; 0], "the old rule goes: that takes a flag");

    account.apply(&renamed, &["--allow-delete"]);
    let bucket = account.bucket("mail");
    let put = format!("PutBucketPolicy {bucket}");
    assert_eq!(account.writes(), [put.as_str(), "CreateReceiptRule main", "DeleteReceiptRule main", put.as_str()]);
    let puts: Vec<Value> = account.calls().into_iter().filter(|call| call["operation"] == "PutBucketPolicy").collect();
    let text = |index: usize| puts[index]["parameters"]["Policy"].as_str().expect("a policy").to_owned();
    assert!(text(0).contains("receipt-rule/old") && text(0).contains("receipt-rule/new"), "both: {}", text(0));
    assert!(!text(1).contains("receipt-rule/old") && text(1).contains("receipt-rule/new"), "then one: {}", text(1));
    assert_eq!(account.rule_names("main"), ["x", "new", "y"]);
}

#[test]
fn other_rules_remove_takes_away_what_no_line_names() {
    let account = account_with("xaby");
    let plan = plan_of(&["a", "b"]).replace("    main:\n", "    main:\n      other_rules: remove\n");
    assert_eq!(account.plan(&plan).changes(), ["delete receipt-rule/main/x", "delete receipt-rule/main/y"]);
    account.apply(&plan, &["--allow-delete"]);
    assert_eq!(order(&account), "ab");
}
