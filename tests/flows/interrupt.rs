//! SIGINT and SIGTERM: the call in flight is finished and recorded, nothing new is begun, and the next apply goes on.

use std::process::Command;

use serde_json::json;

use crate::races::until_hit;
use crate::support::Account;

const PLAN: &str = "
postroom: 1
name: patient
region: eu-west-1
receipt:
  rule_sets:
    main:
      active: true
      rules:
        - { name: one, recipients: [a.example], actions: [ { s3: mailSUFFIX/in/ } ] }
        - { name: two, recipients: [b.example], actions: [ { s3: mailSUFFIX/in/ } ] }
";

fn stopped_by(signal: &str, code: i32) {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let plan = account.text(PLAN);
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "delay_ms": 3000}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let run = account.finish(child);
    run.expect(code);
    assert_eq!(
        run.outcomes(),
        [
            "done create bucket-policy/mail DeliverToS3",
            "done create receipt-rule-set/main",
            "done create receipt-rule/main/one",
            "held create receipt-rule/main/two",
            "held activate receipt-rule-set/main",
        ]
    );
    assert_eq!(account.rule_names("main"), ["one"], "the call in flight was finished");
    let created = account.calls().iter().filter(|call| call["operation"] == "CreateReceiptRule").count();
    assert_eq!(created, 1, "nothing new was begun");

    account.apply(&plan, &[]);
    assert_eq!(account.rule_names("main"), ["one", "two"]);
    assert_eq!(account.active_set().as_deref(), Some("main"));
}

#[test]
fn an_interrupt_finishes_the_call_in_flight_and_exits_130() {
    stopped_by("-INT", 130);
}

#[test]
fn a_termination_finishes_the_call_in_flight_and_exits_143() {
    stopped_by("-TERM", 143);
}
