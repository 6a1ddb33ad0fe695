//! A plan is taken back: the account is as it was before the first apply, and nothing else has moved.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::races::until_hit;
use crate::support::json::sids;
use crate::support::{Account, Run};

const ALL: [&str; 2] = ["--allow-delete", "--allow-activate"];

impl Account {
    fn try_destroy(&self, plan: &str, flags: &[&str]) -> Run {
        self.run(&[&["destroy", "-", "--yes"], flags].concat(), plan)
    }

    /// A destroy that must succeed, and after which there is nothing of the plan's.
    fn destroy(&self, plan: &str) -> Run {
        let run = self.try_destroy(plan, &ALL);
        run.expect(0);
        assert!(run.statuses().iter().all(|status| status == "done"), "not all is done: {run}");
        let again = self.try_destroy(plan, &[]);
        again.expect(0);
        assert!(again.changes().is_empty(), "something is left: {again}");
        run
    }
}

/// The containers that a first apply writes statements into.
fn addresses(run: &Run) -> Vec<String> {
    let of_statements = run.raw_changes().into_iter().filter(|change| !change["statement"].is_null());
    let found: BTreeSet<String> = of_statements.map(|change| change["address"].as_str().unwrap_or_default().to_owned()).collect();
    // Roles are shown whole; one that the plan makes has no documents before.
    found.into_iter().filter(|address| !address.starts_with("role-")).collect()
}

fn tell(name: &str, whole: bool) {
    let account = Account::for_plan(name);
    let plan = account.plan_text(name);
    let planned = account.run(&["plan", "-"], &plan);
    let owner = planned.json()["plan"].as_str().expect("a name").to_owned();
    let addresses = addresses(&planned);
    let before = account.estate(&owner, &addresses);

    account.apply(&plan, &["--allow-delete"]);
    assert_ne!(account.estate(&owner, &addresses), before);
    account.destroy(&plan);

    let after = account.estate(&owner, &addresses);
    let mut before = before;
    for statements in before["statements"].as_object_mut().into_iter().flatten().filter_map(|(_, document)| document.as_array_mut()) {
        // What a plan took over by `replace:` is gone for good (contract/language.md).
        statements.retain(|statement| whole || statement["Sid"] != "AllowSESPuts");
    }
    for part in ["statements", "roles"] {
        assert_eq!(after[part], before[part], "{part} of {name}");
    }
    if whole {
        assert_eq!(after, before, "the account after `{name}` was taken back");
    }
}

#[test]
fn store_to_s3_leaves_nothing() {
    tell("store-to-s3", true);
}

#[test]
fn encrypt_and_notify_leaves_nothing() {
    tell("encrypt-and-notify", true);
}

#[test]
fn lambda_pipeline_leaves_nothing() {
    tell("lambda-pipeline", true);
}

#[test]
fn role_and_foreign_region_leaves_nothing() {
    tell("role-and-foreign-region", true);
}

/// What `create:` made is there after, as it was made.
#[test]
fn bootstrap_keeps_what_create_made() {
    let account = Account::for_plan("bootstrap");
    let plan = account.plan_text("bootstrap");
    account.apply(&plan, &[]);
    account.destroy(&plan);
    account.forget_calls();
    let again = account.plan(&plan);
    let made: Vec<String> = again.changes().into_iter().filter(|change| is_of_create(change)).collect();
    assert_eq!(made, [] as [String; 0], "it need not be made again: {again}");
    assert!(!again.changes().is_empty(), "and all the rest must be");
}

/// A bucket, a key, a topic or a secret itself.
fn is_of_create(change: &str) -> bool {
    ["create bucket/", "create key/", "create topic/", "create secret/"].iter().any(|head| change.starts_with(head))
}

#[test]
fn senders_and_auditors_leaves_nothing() {
    tell("senders-and-auditors", true);
}

/// What its archive keeps is asked about in the next test.
#[test]
fn front_door_leaves_nothing_when_its_archive_may_go() {
    let account = Account::for_plan("front-door");
    let plan = account.plan_text("front-door").replace("retention: ", "protect: false, retention: ");
    assert!(plan.contains("protect: false"));
    account.apply(&plan, &[]);
    account.destroy(&plan);
}

#[test]
fn front_door_keeps_its_archive_and_what_that_needs() {
    let account = Account::for_plan("front-door");
    let plan = account.plan_text("front-door");
    account.apply(&plan, &[]);
    let run = account.destroy(&plan);
    assert!(run.findings().contains(&"protected".to_owned()), "{run}");
    account.forget_calls();
    account.apply(&plan, &[]);
}

/// It says of some things that were there that they shall be absent: those do not come back.
#[test]
fn everything_leaves_documents_and_roles_as_they_were() {
    tell("everything", false);
}

const PLAN: &str = "
postroom: 1
name: leaver
region: eu-west-1
receipt:
  rule_sets:
    main:
      active: true
      rules:
        - { name: one, recipients: [a.example], actions: [ { s3: { bucket: mailSUFFIX, prefix: in/, topic: news } } ] }
        - { name: two, recipients: [b.example], actions: [ { s3: mailSUFFIX/two/ } ] }
";

fn account() -> Account {
    let mut account = Account::new();
    account.prepare(&json!({"buckets": [{"name": "mail${suffix}"}], "topics": [{"name": "news"}]}));
    account
}

#[test]
fn without_its_flags_nothing_is_written() {
    let account = account();
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    account.forget_calls();
    let no_flags = account.try_destroy(&plan, &[]);
    no_flags.expect(3);
    assert!(no_flags.stderr.contains("--allow-delete") && no_flags.stderr.contains("--allow-activate"), "{no_flags}");
    account.try_destroy(&plan, &["--allow-delete"]).expect(3);
    account.try_destroy(&plan, &["--allow-activate"]).expect(3);
    let unasked = account.run(&["destroy", "-", "--allow-delete", "--allow-activate"], &plan);
    unasked.expect(3);
    assert!(unasked.stderr.contains("--yes"), "{unasked}");
    assert_eq!(account.writes(), [] as [String; 0]);
    account.nothing_to_do(&plan);
}

#[test]
fn mail_stops_before_rules_go_and_rules_go_before_their_grants() {
    let account = account();
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    account.forget_calls();
    account.destroy(&plan);
    assert_eq!(
        account.writes(),
        [
            "SetActiveReceiptRuleSet -".to_owned(),
            "DeleteReceiptRule main".to_owned(),
            "DeleteReceiptRule main".to_owned(),
            "DeleteReceiptRuleSet main".to_owned(),
            format!("DeleteBucketPolicy {}", account.bucket("mail")),
        ]
    );
}

#[test]
fn statements_of_others_and_their_rules_stay() {
    let account = account();
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    let address = format!("bucket-policy/{}", account.bucket("mail"));
    let theirs = json!({"Sid": "Theirs", "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{}/c/*", account.bucket("mail")), "Condition": {"StringEquals": {"AWS:SourceAccount": account.id}}});
    account.add_statement(&address, &theirs);
    let other =
        account.text(PLAN).replace("name: leaver", "name: stayer").replace("name: one", "name: three").replace("name: two", "name: four");
    account.apply(&other, &[]);
    let run = account.destroy(&plan);
    assert_eq!(run.findings(), ["rule-set-not-empty"], "{run}");
    assert_eq!(account.rule_names("main"), ["three", "four"]);
    assert_eq!(account.active_set().as_deref(), Some("main"), "others receive with it");
    let left = sids(&account.document(&address));
    assert!(left.contains(&"Theirs".to_owned()) && left.len() == 3, "{left:?}");
    account.nothing_to_do(&other);
}

#[test]
fn an_apply_that_was_stopped_is_taken_back() {
    let account = account();
    let plan = account.text(PLAN);
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "delay_ms": 2000}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    let sent = std::process::Command::new("kill").args(["-KILL", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    account.finish(child);
    account.clear_faults();
    account.destroy(&plan);
    assert_eq!(account.document(&format!("bucket-policy/{}", account.bucket("mail"))), Value::Null);
    assert_eq!(account.rules("main"), Value::Null);
}

#[test]
fn a_destroy_that_fails_says_what_is_held_and_goes_on() {
    let account = account();
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    account.fault(json!({"service": "ses", "operation": "DeleteReceiptRule", "code": "AccessDenied", "status": 403}));
    let failed = account.try_destroy(&plan, &ALL);
    failed.expect(5);
    let held = failed.outcomes();
    assert!(held.contains(&"held delete receipt-rule-set/main".to_owned()), "{failed}");
    assert!(held.contains(&"held delete bucket-policy/mail DeliverToS3".to_owned()), "{failed}");
    account.clear_faults();
    account.destroy(&plan);
    assert_eq!(account.rules("main"), Value::Null);
}
