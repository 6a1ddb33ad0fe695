//! The example plans: each does what it says, is at rest after one apply, and notices one statement that goes missing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Account;
use crate::support::account::root;
use crate::support::json::sids;

pub const PLANS: [&str; 8] = [
    "bootstrap",
    "store-to-s3",
    "encrypt-and-notify",
    "lambda-pipeline",
    "role-and-foreign-region",
    "front-door",
    "senders-and-auditors",
    "everything",
];

#[test]
fn every_plan_of_the_folder_is_told_here() {
    let files = std::fs::read_dir(root().join("plans")).expect("plans");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    // The schema that they name lies beside them.
    let names: BTreeSet<String> = names.filter(|name| name.ends_with(".yaml")).collect();
    // The fleet is told by `targets.rs`.
    let told = PLANS.iter().chain(&["fleet"]);
    assert_eq!(names, told.map(|name| format!("{name}.yaml")).collect());
}

#[test]
fn bootstrap_does_what_it_says() {
    tell("bootstrap", &[]);
}

#[test]
fn store_to_s3_does_what_it_says() {
    tell("store-to-s3", &[]);
}

#[test]
fn encrypt_and_notify_does_what_it_says() {
    tell("encrypt-and-notify", &[]);
}

#[test]
fn lambda_pipeline_does_what_it_says() {
    tell("lambda-pipeline", &[]);
}

#[test]
fn role_and_foreign_region_does_what_it_says() {
    tell("role-and-foreign-region", &[]);
}

#[test]
fn front_door_does_what_it_says() {
    tell("front-door", &[]);
}

#[test]
fn senders_and_auditors_does_what_it_says() {
    tell("senders-and-auditors", &[]);
}

#[test]
fn everything_does_what_it_says() {
    tell("everything", &["--allow-delete"]);
}

fn tell(name: &str, flags: &[&str]) {
    let account = Account::for_plan(name);
    let plan = account.plan_text(name);

    let first = account.run(&["plan", "-"], &plan);
    first.expect(0);
    assert_eq!(account.plan(&plan).code, 2);
    assert_eq!(account.writes(), [] as [String; 0], "a plan writes nothing");

    account.apply(&plan, flags);

    let owner = first.json()["plan"].as_str().expect("a name").to_owned();
    // The policy of a key that was made by then goes by the id that AWS gave it.
    let statements: Vec<_> = ours(&first.raw_changes()).into_iter().map(|(at, sid)| (account.settled(&at), sid)).collect();
    let addresses: Vec<String> = statements.iter().map(|(address, _)| address.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    compare(name, &account.estate(&owner, &addresses));

    for (address, sid) in &statements {
        account.drop_statement(address, sid);
        let missed = account.plan(&plan);
        let found: Vec<_> = missed
            .raw_changes()
            .iter()
            .map(|change| [&change["action"], &change["address"], &change["statement"]].map(Value::to_string))
            .collect();
        assert_eq!(found, [["create", address, sid].map(|word| Value::from(word).to_string())], "exactly what was taken away: {missed}");
        account.apply(&plan, &[]);
        if sids(&account.document(address)).contains(&"Emptied".to_owned()) {
            account.drop_statement(address, "Emptied");
        }
    }
    compare(name, &account.estate(&owner, &addresses));
}

/// Address and Sid of every statement that a first plan creates.
fn ours(changes: &[Value]) -> Vec<(String, String)> {
    let created = changes.iter().filter(|change| change["action"] == "create");
    let place = |change: &Value| Some((change["address"].as_str()?.to_owned(), change["statement"].as_str()?.to_owned()));
    created.filter_map(place).collect()
}

/// With the file beside the tests. `POSTROOM_BLESS=1` writes it, for a person to read and commit.
fn compare(name: &str, estate: &Value) {
    let file = root().join(format!("tests/flows/expected/{name}.json"));
    if std::env::var_os("POSTROOM_BLESS").is_some() {
        std::fs::write(&file, format!("{estate:#}\n")).expect("written");
    }
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(*estate, expected, "the account after `{name}`:\n{estate:#}");
}
