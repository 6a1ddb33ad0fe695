//! The example that uses all of the language (docs/contract/plan.yaml), for its first target: applied, agreed with, checked, taken back.

use crate::support::Account;

const TARGET: [&str; 2] = ["--target", "prod-eu"];
const MADE: [&str; 3] = ["bucket-policy/acme-mail-", "topic-policy/mail-events", "secret-policy/relay-login"];

fn account() -> Account {
    let mut account = Account::for_plan("contract").with_certificates();
    let secrets = [("RELAY_LOGIN", r#"{"username":"postroom","password":"Gehe1m-Relay-0"}"#), ("BRANCH_SMTP_PASSWORD", "Gehe1m-Branch-0")];
    account.environment = secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    account
}

#[test]
fn the_example_of_the_contract_is_applied_agreed_with_and_taken_back() {
    let account = account();
    // An archive stays protected otherwise, with what it needs.
    let plan = account.plan_of("docs/contract/plan.yaml", "contract").replace("protect: true }", "protect: false }");
    let run = |arguments: &[&str]| account.run(&[arguments, &TARGET].concat(), &plan);

    let planned = run(&["plan", "-"]);
    planned.expect(0);
    let documents = planned.raw_changes().into_iter().filter(|change| !change["statement"].is_null());
    let documents = documents.map(|change| change["address"].as_str().unwrap_or_default().to_owned());
    // Roles are shown whole, and what `create:` makes was not there.
    let unseen = |address: &String| address.starts_with("role-") || MADE.iter().any(|made| address.starts_with(made));
    let mut documents: Vec<String> = documents.filter(|address| !unseen(address)).collect();
    documents.dedup();
    assert!(documents.len() >= 8, "{documents:?}");
    let before = account.estate("acme-inbound", &documents);

    run(&["apply", "-", "--yes", "--allow-activate"]).expect(0);
    assert_ne!(account.estate("acme-inbound", &documents), before);
    let again = run(&["plan", "-", "--detailed-exitcode"]);
    again.expect(0);
    run(&["drift", "-"]).expect(0);
    run(&["check", "-"]).expect(0);

    run(&["destroy", "-", "--yes", "--allow-delete", "--allow-activate"]).expect(0);
    let after = account.estate("acme-inbound", &documents);
    // The set stays for the sake of somebody's rule in it, and goes on receiving: which one did before the first apply is not known.
    for part in ["statements", "roles", "filters"] {
        assert_eq!(after[part], before[part], "{part}");
    }
}
