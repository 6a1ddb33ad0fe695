//! What is refused before the first write, and says so with its exit code (contract/cli.md).

use serde_json::{Value, json};

use crate::support::Account;

const NOTHING: [&str; 0] = [];

fn stamp(name: &str) -> String {
    format!("        - {{ name: {name}, actions: [ {{ add_header: {{ name: X-Rule, value: {name} }} }} ] }}\n")
}

/// A set with these rules.
fn plan_of(set: &str, rules: &str) -> String {
    format!("postroom: 1\nname: careful\nregion: eu-west-1\nreceipt:\n  rule_sets:\n    {set}:\n      active: true\n      rules:\n{rules}")
}

fn live_rule(name: &str) -> Value {
    json!({"Name": name, "Enabled": true, "Actions": [{"AddHeaderAction": {"HeaderName": "X-Rule", "HeaderValue": name}}]})
}

#[test]
fn taking_the_mail_from_an_active_set_takes_allow_activate() {
    let account = Account::with(&json!({"rule_sets": [{"name": "today", "active": true, "rules": [live_rule("a")]}]}));
    let plan = plan_of("tomorrow", &stamp("b"));
    let planned = account.plan(&plan);
    assert_eq!(
        planned.changes(),
        ["create receipt-rule-set/tomorrow", "create receipt-rule/tomorrow/b", "activate receipt-rule-set/tomorrow"]
    );
    assert_eq!(planned.raw_changes()[2]["needs_flag"], "--allow-activate");

    let refused = account.try_apply(&plan, &["--allow-delete", "--force"]);
    refused.expect(3);
    assert!(refused.stderr.contains("--allow-activate"), "{refused}");
    assert_eq!(account.writes(), NOTHING);
    assert_eq!(account.active_set().as_deref(), Some("today"));

    account.apply(&plan, &["--allow-activate"]);
    assert_eq!(account.active_set().as_deref(), Some("tomorrow"));
}

#[test]
fn turning_all_receiving_off_takes_allow_activate() {
    let account = Account::with(&json!({"rule_sets": [{"name": "today", "active": true, "rules": [live_rule("a")]}]}));
    let plan = "postroom: 1\nname: careful\nregion: eu-west-1\nreceipt: { active: none }\n";
    assert_eq!(account.plan(plan).changes(), ["deactivate receipt-rule-set/today"]);
    account.try_apply(plan, &[]).expect(3);
    assert_eq!(account.writes(), NOTHING);
    account.apply(plan, &["--allow-activate"]);
    assert_eq!(account.active_set(), None);
}

#[test]
fn the_first_active_set_takes_mail_from_nobody_and_needs_no_flag() {
    let account = Account::new();
    account.apply(&plan_of("first", &stamp("a")), &[]);
    assert_eq!(account.active_set().as_deref(), Some("first"));
}

#[test]
fn deleting_takes_allow_delete() {
    let account = Account::new();
    account.apply(&plan_of("main", &(stamp("a") + &stamp("b"))), &[]);
    let without_b = plan_of("main", &(stamp("a") + "        - { name: b, absent: true }\n"));
    account.forget_calls();
    let refused = account.try_apply(&without_b, &["--allow-activate", "--force"]);
    refused.expect(3);
    assert!(refused.stderr.contains("--allow-delete") && refused.stderr.contains("receipt-rule/main/b"), "{refused}");
    assert_eq!(account.writes(), NOTHING);
    account.apply(&without_b, &["--allow-delete"]);
    assert_eq!(account.rule_names("main"), ["a"]);
}

#[test]
fn deleting_more_than_safety_allows_takes_force() {
    let account = Account::new();
    let names: Vec<String> = (0..12).map(|number| format!("rule-{number:02}")).collect();
    account.apply(&plan_of("main", &names.iter().map(|name| stamp(name)).collect::<String>()), &[]);
    let entry =
        |(index, name): (usize, &String)| if index < 5 { format!("        - {{ name: {name}, absent: true }}\n") } else { stamp(name) };
    let fewer = plan_of("main", &names.iter().enumerate().map(entry).collect::<String>());
    account.forget_calls();

    let refused = account.try_apply(&fewer, &["--allow-delete"]);
    refused.expect(3);
    assert!(refused.stderr.contains("--force") && refused.stderr.contains("30%"), "{refused}");
    assert_eq!(account.writes(), NOTHING);

    let planned = account.run(&["plan", "-"], &fewer);
    assert_eq!(planned.expect(0).target()["needs_flags"], json!(["--allow-delete", "--force"]), "{planned}");
    let five = account.run(&["plan", "-", "--max-changes", "5"], &fewer);
    assert_eq!(five.target()["needs_flags"], json!(["--allow-delete"]), "{five}");
    account.try_apply(&fewer, &["--allow-delete", "--max-changes", "4"]).expect(3);
    account.try_apply(&fewer, &["--allow-delete", "--max-changes", "20%"]).expect(3);
    assert_eq!(account.writes(), NOTHING);

    let mild = fewer.replace("receipt:\n", "safety: { max_change: 50%, min_objects: 10 }\nreceipt:\n");
    assert_eq!(account.plan(&mild).changes().len(), 5);
    account.apply(&fewer, &["--allow-delete", "--force"]);
    assert_eq!(account.rule_names("main").len(), 7);
}

#[test]
fn the_plan_itself_may_say_how_much_is_safe() {
    let account = Account::new();
    let names: Vec<String> = (0..12).map(|number| format!("rule-{number:02}")).collect();
    account.apply(&plan_of("main", &names.iter().map(|name| stamp(name)).collect::<String>()), &[]);
    let entry =
        |(index, name): (usize, &String)| if index < 5 { format!("        - {{ name: {name}, absent: true }}\n") } else { stamp(name) };
    let fewer = plan_of("main", &names.iter().enumerate().map(entry).collect::<String>());
    account.apply(&fewer.replace("receipt:\n", "safety: { max_change: 50%, min_objects: 10 }\nreceipt:\n"), &["--allow-delete"]);
    assert_eq!(account.rule_names("main").len(), 7);
}

#[test]
fn another_account_than_the_plans_is_refused_before_anything_of_it_is_read() {
    let account = Account::new();
    let plan = plan_of("main", &stamp("a")).replace("region:", &format!("account: \"{}\"\nregion:", account.other));
    for command in ["plan", "apply", "snapshot"] {
        account.forget_calls();
        let refused = account.run(&[command, "-"], &plan);
        refused.expect(3);
        assert!(refused.stderr.contains(&account.other) && refused.stderr.contains(&account.id), "{refused}");
        let asked: Vec<_> = account.calls().iter().map(|call| call["operation"].clone()).collect();
        assert_eq!(asked, ["GetCallerIdentity"], "{command}");
    }
}

#[test]
fn flags_that_contradict_the_plan_are_refused() {
    let account = Account::new();
    let plan = plan_of("main", &stamp("a"));
    account.run(&["plan", "-", "--region", "us-east-1"], &plan).expect(3);
    account.run(&["plan", "-", "--account", &account.other], &plan).expect(3);
    assert!(account.calls().iter().all(|call| call["service"] == "sts"));
}

#[test]
fn without_a_terminal_and_without_yes_nothing_is_written() {
    let account = Account::new();
    let refused = account.run(&["apply", "-"], &plan_of("main", &stamp("a")));
    refused.expect(3);
    assert!(refused.stderr.contains("--yes"), "{refused}");
    assert_eq!(account.writes(), NOTHING);
}

#[test]
fn an_apply_with_nothing_to_do_needs_no_yes() {
    let account = Account::new();
    let plan = plan_of("main", &stamp("a"));
    account.apply(&plan, &[]);
    account.run(&["apply", "-"], &plan).expect(0);
}

#[test]
fn a_plan_that_does_not_read_is_an_error_with_its_place_and_nothing_is_read() {
    let account = Account::new();
    let wrong = account.run(&["plan", "-"], &plan_of("main", "        - { name: a, actoins: [ stop ] }\n"));
    wrong.expect(1);
    assert!(wrong.stdout.contains("actoins") && wrong.stdout.contains("actions"), "{wrong}");
    assert!(account.calls().iter().all(|call| call["service"] == "sts"));
}
