//! Who calls: asked beside the first reads where the credentials say that they are the right ones, and believed to AWS alone.

use serde_json::{Value, json};

use crate::support::Account;

const PLAN: &str = "
postroom: 1
name: mine
region: eu-west-1
receipt:
  rules:
    - { name: mark, actions: [ { add_header: { name: X-Seen, value: by-us } } ] }
";

fn for_account(id: &str) -> String {
    PLAN.replace("region:", &format!("account: \"{id}\"\nregion:"))
}

fn milliseconds(call: &Value, which: &str) -> f64 {
    call[which].as_f64().unwrap_or_else(|| panic!("{which}: {call}"))
}

#[test]
fn it_is_asked_beside_the_first_reads() {
    for plan in [PLAN.to_owned(), "with its account".to_owned()] {
        let account = Account::new();
        let plan = if plan == PLAN { plan } else { for_account(&account.id) };
        account.fault(json!({"service": "sts", "operation": "GetCallerIdentity", "delay_ms": 1500}));
        account.run(&["plan", "-"], &plan).expect(0);
        let calls = account.calls();
        let (who, reads): (Vec<_>, Vec<_>) = calls.iter().partition(|call| call["operation"] == "GetCallerIdentity");
        let [who] = who[..] else { panic!("asked once: {calls:#?}") };
        assert!(!reads.is_empty());
        let first = reads.iter().map(|call| milliseconds(call, "start_ms")).fold(f64::INFINITY, f64::min);
        assert!(first < milliseconds(who, "end_ms"), "the first read waits for no identity: {calls:#?}");
    }
}

#[test]
fn credentials_that_say_they_are_of_the_plans_account_are_not_believed() {
    let mut account = Account::new();
    account.environment.push(("AWS_ACCOUNT_ID".to_owned(), account.other.clone()));
    for command in [&["plan", "-"][..], &["apply", "-", "--yes"], &["snapshot", "-"]] {
        let run = account.run(command, &for_account(&account.other));
        run.expect(3);
        assert!(!run.stdout.contains("changes") && run.stderr.contains(&account.other) && run.stderr.contains(&account.id), "{run}");
        assert_eq!(account.writes(), [] as [String; 0]);
    }
}

#[test]
fn what_was_looked_at_by_the_word_of_the_credentials_is_looked_at_again() {
    let mut account = Account::new();
    account.environment.push(("AWS_ACCOUNT_ID".to_owned(), account.other.clone()));
    account.apply(PLAN, &[]);
    let run = account.plan(PLAN);
    assert_eq!(run.target()["account"], account.id.as_str(), "{run}");
    assert_eq!(account.rule_names("mine"), ["mark"]);
}

#[test]
fn authorities_that_cannot_be_trusted_are_told_before_anybody_is_called() {
    let mut account = Account::new();
    std::fs::write(account.folder.join("empty.pem"), "").expect("written");
    for (file, why) in [("nowhere.pem", "No such file"), ("empty.pem", "no certificate")] {
        account.environment = vec![("AWS_CA_BUNDLE".to_owned(), file.to_owned())];
        let run = account.run(&["plan", "-"], PLAN);
        run.expect(1);
        assert!(["AWS_CA_BUNDLE", file, why].iter().all(|word| run.stderr.contains(word)), "{run}");
    }
    assert_eq!(account.calls(), [] as [Value; 0]);
}
