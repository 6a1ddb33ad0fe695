//! `drift`, class by class, on an account in memory; and what it writes, read by those who will read it.

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use std::collections::BTreeMap;

use postroom::core::address::{Address, Home};
use postroom::core::drift::{Class, Drift, drift};
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::report::metrics::{NAMES, OfTarget, Run};
use postroom::report::{drift as told, junit, markdown, metrics};
use prometheus_parse::{Scrape, Value as Sample};
use serde_json::{Value, json};

const PLAN: &str = "
postroom: 1
name: acme
receipt:
  filters: { bad: { block: 203.0.113.0/24 } }
  rule_sets:
    main:
      active: true
      rules:
        - { name: a, recipients: [acme.example], actions: [ { s3: acme-mail/in/ } ] }
        - { name: b, recipients: [b.example], actions: [ { s3: acme-mail/in/ } ] }
        - { name: old, absent: true }
";

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn at(address: &str) -> Address {
    Address::read_at(address, &home()).unwrap()
}

/// The account after the plan was applied.
fn applied() -> Live {
    let mut live = Live::new(home());
    live.seen.insert(at("bucket/acme-mail"), Observed::Present(json!({"region": "eu-west-1"})));
    let ran = run::run(PLAN, &live);
    assert!(ran.is_complete(), "{:#?}", ran.failures());
    ran.account
}

fn looked(account: &Live) -> Drift {
    drift(run::planned(PLAN, account), &run::plan(PLAN, account), false)
}

/// `class name`, of everything that has drifted.
fn classes(account: &Live) -> Vec<String> {
    let sid = |name: &str| name.split('#').next().unwrap().to_owned();
    looked(account).items.iter().map(|item| format!("{} {}", item.class.name(), sid(&item.name))).collect()
}

fn edit(account: &mut Live, address: &str, edit: impl FnOnce(&mut Value)) {
    let Some(Observed::Present(value)) = account.seen.get_mut(&at(address)) else { panic!("{address}") };
    edit(value);
}

/// The bucket's policy as somebody at the console left it.
fn statements(account: &mut Live, edit: impl FnOnce(&mut Vec<Value>)) {
    let policy: PolicyText = account.get(&at("bucket-policy/acme-mail")).present().unwrap();
    let mut document: Value = serde_json::from_str(&policy.text).unwrap();
    edit(document["Statement"].as_array_mut().unwrap());
    account.put(at("bucket-policy/acme-mail"), &PolicyText { text: document.to_string(), revision: None });
}

#[test]
fn agreement_is_no_drift() {
    assert_eq!(classes(&applied()), [] as [String; 0]);
}

#[test]
fn each_class_is_told_by_what_was_done_to_the_account() {
    let told = |done: fn(&mut Live)| {
        let mut account = applied();
        done(&mut account);
        classes(&account)
    };
    assert_eq!(
        told(|account| statements(account, |all| all[0]["Action"] = json!(["s3:PutObject", "s3:GetObject"]))),
        ["ours-changed bucket-policy/acme-mail"]
    );
    assert_eq!(
        told(|account| edit(account, "receipt-rule-set/main", |set| set["Rules"][0]["Enabled"] = json!(false))),
        ["ours-changed receipt-rule/main/a"]
    );
    assert_eq!(told(|account| drop(account.seen.remove(&at("bucket-policy/acme-mail")))), ["ours-missing bucket-policy/acme-mail"]);
    assert_eq!(told(|account| drop(account.seen.remove(&at("receipt-filter/bad")))), ["ours-missing receipt-filter/bad"]);
    let extra = told(|account| {
        edit(account, "receipt-rule-set/main", |set| {
            let mut old = set["Rules"][0].clone();
            old["Name"] = json!("old");
            set["Rules"].as_array_mut().unwrap().push(old);
        });
    });
    assert_eq!(extra, ["extra receipt-rule/main/old"]);
    assert_eq!(
        told(|account| edit(account, "receipt-rule-set/main", |set| set["Rules"].as_array_mut().unwrap().reverse())),
        ["order receipt-rule-set/main"]
    );
    assert_eq!(
        told(|account| edit(account, "receipt-rule-set-pointer/active", |pointer| *pointer = json!({"Active": null}))),
        ["active-set receipt-rule-set/main"]
    );
    let both = told(|account| {
        edit(account, "receipt-rule-set/main", |set| set["Rules"].as_array_mut().unwrap().reverse());
        edit(account, "receipt-rule-set-pointer/active", |pointer| *pointer = json!({"Active": null}));
    });
    assert_eq!(both, ["order receipt-rule-set/main", "active-set receipt-rule-set/main"]);
    let denied = told(|account| {
        let deny =
            json!({"Sid": "Audit", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-mail/*"});
        statements(account, |all| all.push(deny));
    });
    assert_eq!(denied, ["foreign-blocks-ses foreign-deny-blocks-ses"]);
    let broken = told(|account| drop(account.seen.insert(at("bucket/acme-mail"), Observed::Absent)));
    assert_eq!(broken, ["broken bucket-missing"]);
    let unreadable = told(|account| {
        let denied = Observed::Unreadable("AccessDenied s3:GetBucketPolicy".to_owned());
        account.seen.insert(at("bucket-policy/acme-mail"), denied);
    });
    assert_eq!(unreadable, ["unreadable bucket-policy/acme-mail"]);
}

#[test]
fn one_thing_counts_once_however_many_changes_put_it_right() {
    let mut account = applied();
    // Its principal is another: the statement is widened, stands aside and narrows.
    statements(&mut account, |all| all[0]["Condition"] = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}));
    statements(&mut account, |all| all[0]["Resource"] = json!("arn:aws:s3:::acme-mail/other/*"));
    edit(&mut account, "receipt-rule-set/main", |set| set["Rules"][0]["Enabled"] = json!(false));
    let found = looked(&account);
    assert!(found.set.changes.len() > 2, "{:#?}", found.set.changes);
    assert_eq!(classes(&account), ["ours-changed bucket-policy/acme-mail", "ours-changed receipt-rule/main/a"]);
    assert!(found.set.changes.iter().all(|change| found.classes.contains_key(&change.id)), "each change has a class");
}

#[test]
fn what_others_add_is_no_drift_unless_it_keeps_ses_out() {
    let mut account = applied();
    let theirs = json!({"Sid": "Audit", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-mail/*"});
    statements(&mut account, |all| all.insert(0, theirs));
    edit(&mut account, "receipt-rule-set/main", |set| {
        let mut theirs = set["Rules"][0].clone();
        theirs["Name"] = json!("theirs");
        set["Rules"].as_array_mut().unwrap().insert(1, theirs);
    });
    assert_eq!(classes(&account), [] as [String; 0]);
}

#[test]
fn a_password_is_told_of_once_and_is_no_drift() {
    let text = "postroom: 1\nname: acme\nmail_manager:\n  traffic_policies: { edge: { default: allow, statements: [] } }\n  rule_sets: { triage: { rules: [ { name: rest, actions: [ drop ] } ] } }\n  ingress_endpoints:\n    one: { type: auth, auth: { password_from_env: ONE }, traffic_policy: edge, rule_set: triage, tls: require }\n    two: { type: auth, auth: { password_from_env: TWO }, traffic_policy: edge, rule_set: triage, tls: require }\n";
    let account = run::run(text, &Live::new(home())).account;
    let found = drift(run::planned(text, &account), &run::plan(text, &account), false);
    assert_eq!(found.items, []);
    assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
    assert!(found.notes[0].contains("ingress-endpoint/one, ingress-endpoint/two"), "{:?}", found.notes);
    assert!(told::text(&found, false).contains("SMTP password"));
}

/// An account with one of almost everything.
fn moved() -> Drift {
    let mut account = applied();
    account.seen.remove(&at("receipt-filter/bad"));
    edit(&mut account, "receipt-rule-set/main", |set| {
        set["Rules"].as_array_mut().unwrap().reverse();
        set["Rules"][0]["Recipients"] = json!(["<b>|evil\u{1b}[31m.example"]);
    });
    account.seen.insert(at("bucket-policy/acme-mail"), Observed::Unreadable("AccessDenied <s3:GetBucketPolicy>".to_owned()));
    looked(&account)
}

#[test]
fn the_json_is_that_of_plan_with_classes() {
    let found = moved();
    let whole = told::json(&found, false, None);
    let target = &whole["targets"][0];
    assert!(whole["caveat"].as_str().unwrap().contains("edited plan"));
    let classes: Vec<_> = target["changes"].as_array().unwrap().iter().map(|change| change["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["ours-changed", "ours-missing", "order"]);
    assert_eq!(target["unreadable"][0]["class"], "unreadable");
    assert_eq!(target["drift"]["by_class"]["order"], 1);
    assert_eq!(target["drift"]["items"].as_array().unwrap().len(), 4);
    assert!(told::text(&found, false).contains("Not known:"), "{}", told::text(&found, false));
}

fn of_target(name: Option<&str>) -> OfTarget {
    OfTarget { name: name.map(str::to_owned), exit: 4, drift: Some(moved()) }
}

#[test]
fn the_reports_tell_each_target_and_one_that_was_not_reached_is_no_agreement() {
    let moved = moved();
    let targets = [(Some("prod-eu"), Ok(&moved)), (Some("stage|1"), Err("error: cannot tell <who> calls".to_owned()))];
    let xml = junit::drift(&targets).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    let suites: Vec<_> = report.test_suites.iter().map(|suite| (suite.name.as_str().to_owned(), suite.errors)).collect();
    assert_eq!(suites.len(), 2);
    assert!(suites[0].0.ends_with(", target prod-eu") && suites[1] == ("target stage|1".to_owned(), 1), "{suites:?}");
    let text = markdown::drift(&targets, false);
    assert!(text.contains(", target `prod-eu`") && text.contains("cannot tell &lt;who&gt; calls"), "{text}");

    let run = Run { file: "plan.yaml".to_owned(), ended: 1.0, took: 1.0, exit: 1 };
    let failed = OfTarget { name: Some("stage".to_owned()), exit: 1, drift: None };
    let text = metrics::text(&run, &[of_target(Some("prod-eu")), failed]).unwrap();
    for line in ["{file=\"plan.yaml\"} 1", "{file=\"plan.yaml\",target=\"prod-eu\"} 4", "{file=\"plan.yaml\",target=\"stage\"} 1"] {
        assert!(text.contains(&format!("postroom_last_run_exit_code{line}")), "{line} in {text}");
    }
}

#[test]
fn the_metrics_are_read_by_a_parser_and_are_those_of_the_contract() {
    let run = Run { file: "plans/\"a\\b.yaml".to_owned(), ended: 1_795_219_200.25, took: 1.5, exit: 4 };
    let text = metrics::text(&run, &[of_target(None)]).unwrap();
    let lines = text.lines().filter(|line| *line != "# EOF").map(|line| Ok(line.to_owned()));
    let scrape = Scrape::parse(lines).unwrap();
    let value = |sample: &prometheus_parse::Sample| match sample.value {
        Sample::Gauge(value) => value,
        ref other => panic!("{} is no gauge: {other:?}", sample.metric),
    };
    let found: BTreeMap<(String, String), f64> = scrape
        .samples
        .iter()
        .map(|sample| ((sample.metric.clone(), sample.labels.get("class").unwrap_or("").to_owned()), value(sample)))
        .collect();
    let of = |name: &str, class: &str| found.get(&(name.to_owned(), class.to_owned())).copied();
    assert_eq!(of("postroom_drift_objects", "order"), Some(1.0), "{text}");
    assert_eq!(of("postroom_drift_objects", "extra"), Some(0.0), "a class without drift is told as 0");
    for class in Class::ALL {
        assert!(of("postroom_drift_objects", class.name()).is_some(), "{}", class.name());
    }
    assert_eq!(of("postroom_unreadable_objects", ""), Some(1.0));
    assert!(of("postroom_objects", "").unwrap() >= 4.0);
    assert_eq!(of("postroom_last_run_exit_code", ""), Some(4.0));
    assert_eq!(of("postroom_last_run_duration_seconds", ""), Some(1.5));
    assert_eq!(of("postroom_last_run_timestamp_seconds", ""), Some(1_795_219_200.25));

    let contract = include_str!("../docs/contract/cli.md");
    for (name, _) in NAMES {
        assert!(contract.contains(&format!("`{name}`")), "{name} is not documented");
        assert!(found.keys().any(|(known, _)| known == name), "{name} is not written");
    }
    for class in Class::ALL {
        assert!(contract.contains(&format!("`{}`", class.name())), "{} is not documented", class.name());
    }
    let names: std::collections::BTreeSet<_> = found.keys().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), NAMES.len(), "{names:?}");
}

#[test]
fn a_run_that_failed_writes_how_it_ended_and_no_drift() {
    let run = Run { file: "plan.yaml".to_owned(), ended: 1.0, took: 1.0, exit: 1 };
    let text = metrics::text(&run, &[OfTarget { name: None, exit: 1, drift: None }]).unwrap();
    assert!(text.contains("postroom_last_run_exit_code{file=\"plan.yaml\"} 1"), "{text}");
    assert!(!text.contains("postroom_drift_objects"), "what was not looked at is not 0: {text}");
}

#[test]
fn junit_tells_a_failure_for_each_thing_and_an_error_for_what_could_not_be_read() {
    let xml = junit::drift(&[(None, Ok(&moved()))]).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    let suite = &report.test_suites[0];
    assert_eq!((suite.tests, suite.failures, suite.errors), (5, 3, 1), "{xml}");
    assert!(!xml.contains('\u{1b}'), "{xml}");
}

#[test]
fn text_of_others_is_no_markup() {
    let text = markdown::drift(&[(None, Ok(&moved()))], false);
    assert!(text.contains("| `order` | `receipt-rule-set/main` |"), "{text}");
    assert!(text.contains("AccessDenied &lt;s3:GetBucketPolicy&gt;"), "{text}");
    let rows = text.lines().filter(|line| line.starts_with('|'));
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 4, "{row}");
    }
}
