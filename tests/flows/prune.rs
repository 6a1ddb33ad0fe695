//! What is left behind where no plan line points any more: a look through the account finds it, and takes it away with `--prune` only.

use serde_json::{Value, json};

use crate::support::json::sids;
use crate::support::{Account, REGION, wait};

const FIRST: &str = "
postroom: 1
name: tidy
region: eu-west-1
roles: { writer: {} }
receipt:
  rule_sets:
    main:
      rules:
        - { name: one, recipients: [a.example], actions: [ { s3: { bucket: oldSUFFIX, prefix: in/, topic: news } } ] }
        - { name: two, recipients: [b.example], actions: [ { s3: { bucket: mailSUFFIX, prefix: two/, role: writer } } ] }
senders:
  team: { attach_to: { user: alice }, identities: [acme.example] }
";

/// The rule has moved, the role and the sender are in no line any more.
const SECOND: &str = "
postroom: 1
name: tidy
region: eu-west-1
receipt:
  rule_sets:
    main:
      rules:
        - { name: one, recipients: [a.example], actions: [ { s3: mailSUFFIX/in/ } ] }
        - { name: two, absent: true }
";

fn account() -> Account {
    let mut account = Account::new();
    account.prepare(&json!({"buckets": [{"name": "old${suffix}"}, {"name": "mail${suffix}"}], "topics": [{"name": "news"}]}));
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    wait(iam.create_user().user_name("alice").send()).expect("a user");
    account
}

/// The second plan, cut off before anything is narrowed: a rule points somewhere else, and what served it stays behind.
fn left_behind() -> (Account, String) {
    let account = account();
    account.apply(&account.text(FIRST), &[]);
    let old = format!("bucket-policy/{}", account.bucket("old"));
    let ours = account.document(&old);
    let plan = account.text(SECOND);
    account.try_apply(&plan, &["--allow-delete"]).expect(0);
    // As if the run had been cut off before it narrowed.
    for statement in ours["Statement"].as_array().expect("statements") {
        account.add_statement(&old, statement);
    }
    account.nothing_to_do(&plan);
    account.forget_calls();
    (account, plan)
}

#[test]
fn marks_that_no_plan_line_points_at_are_shown_and_taken_away() {
    let (account, plan) = left_behind();
    let shown = account.run(&["plan", "-", "--prune"], &plan);
    shown.expect(0);
    assert_eq!(
        shown.changes(),
        ["delete bucket-policy/old DeliverToS3", "delete user-policy/alice SendAs", "delete role/writer"],
        "{shown}"
    );
    assert_eq!(account.writes(), [] as [String; 0]);

    let drift = account.run(&["drift", "-", "--prune"], &plan);
    drift.expect(2);
    assert_eq!(drift.target()["drift"]["by_class"]["extra"], 3, "{drift}");
    account.run(&["drift", "-"], &plan).expect(0);
    assert_eq!(account.writes(), [] as [String; 0]);

    account.try_apply(&plan, &["--prune"]).expect(3);
    account.try_apply(&plan, &["--prune", "--allow-delete"]).expect(0);
    assert_eq!(account.document(&format!("bucket-policy/{}", account.bucket("old"))), Value::Null);
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    assert!(wait(iam.get_role().role_name("writer").send()).is_err(), "the role is gone");
    assert_eq!(wait(iam.list_user_policies().user_name("alice").send()).expect("policies").policy_names, [] as [String; 0]);
    let again = account.run(&["plan", "-", "--prune", "--detailed-exitcode"], &plan);
    again.expect(0);
    assert_eq!(account.rule_names("main"), ["one"]);
}

#[test]
fn what_others_left_stays_and_what_a_live_rule_needs_stays() {
    let (account, plan) = left_behind();
    let other = account
        .text(FIRST)
        .replace("name: tidy", "name: other")
        .replace("roles: { writer: {} }", "roles: { writer: { existing: true } }")
        .replace("main:", "theirs:");
    account.apply(&other, &[]);
    // Not the plan's, and served by nothing but what the plan has left behind.
    let stray = aws_sdk_ses::types::ReceiptRule::builder().name("stray").enabled(true);
    let s3 =
        aws_sdk_ses::types::S3Action::builder().bucket_name(account.bucket("mail")).object_key_prefix("in/").build().expect("an action");
    let stray = stray.actions(aws_sdk_ses::types::ReceiptAction::builder().s3_action(s3).build()).build().expect("a rule");
    let added = wait(account.ses().create_receipt_rule().rule_set_name("main").rule(stray).send());
    assert!(added.is_err(), "SES tests the target, and nothing lets this rule in");

    let pruned = account.try_apply(&plan, &["--prune", "--allow-delete"]);
    pruned.expect(0);
    assert_eq!(pruned.findings(), ["role-in-use"], "{pruned}");
    assert_eq!(sids(&account.document(&format!("bucket-policy/{}", account.bucket("old")))).len(), 1, "the other plan's");
    assert!(account.document("role-trust/writer").to_string().contains("OtherAssumeExecutionRole"), "the other plan uses it");
    account.nothing_to_do(&other);
}

#[test]
fn a_look_that_would_read_too_much_is_not_begun() {
    let (account, plan) = left_behind();
    let run = account.run(&["plan", "-", "--prune", "--scan-limit", "10"], &plan);
    run.expect(3);
    assert!(run.stderr.contains("--scan-limit"), "{run}");
    account.run(&["plan", "-", "--prune", "--scan-limit", "200"], &plan).expect(0);
}

#[test]
fn a_snapshot_of_the_whole_account_can_be_looked_through_without_aws() {
    let (account, plan) = left_behind();
    let snapshot = account.run(&["snapshot", "-", "--prune"], &plan);
    snapshot.expect(0);
    let file = account.folder.join("live.json");
    std::fs::write(&file, &snapshot.stdout).expect("written");
    let file = file.display().to_string();
    account.forget_calls();
    let shown = account.run(&["plan", "-", "--prune", "--live", &file], &plan);
    shown.expect(0);
    assert_eq!(shown.changes().len(), 3, "{shown}");
    assert_eq!(account.calls().len(), 0);

    std::fs::write(account.folder.join("part.json"), account.run(&["snapshot", "-"], &plan).stdout).expect("written");
    let part = account.folder.join("part.json").display().to_string();
    account.run(&["plan", "-", "--prune", "--live", &part], &plan).expect(1);
}

#[test]
fn each_thing_is_read_once() {
    let (account, plan) = left_behind();
    account.run(&["plan", "-", "--prune"], &plan).expect(0);
    let mut asked = std::collections::BTreeMap::<String, usize>::new();
    for call in account.calls() {
        *asked.entry(format!("{} {} {}", call["region"], call["operation"], call["parameters"])).or_default() += 1;
    }
    let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "asked more than once: {twice:#?}");
}
