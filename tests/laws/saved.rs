//! A saved plan on an account that has moved: any one object, in any way.

use std::collections::BTreeMap;

use postroom::containers;
use postroom::core::address::{Address, AddressKind};
use postroom::core::change::ChangeSet;
use postroom::core::live::{Live, Observed};
use postroom::core::memory::Memory;
use postroom::core::saved::stale::{Stale, Verdict, verdict};
use postroom::core::saved::{SAVED_FORMAT, Saved, SavedTarget, Terms};
use postroom::plan::language::Plan;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::account::{HOME, bare, home, starts, with_rules_of_others};
use crate::config;
use crate::plans::plans;
use crate::run::{plan, run, seen};

/// A plan that was looked at.
struct Looked {
    plan: Plan,
    live: Live,
    set: ChangeSet,
}

fn looked(text: &str, account: &Live) -> Looked {
    let plan = plan(text, account);
    let live = seen(&Memory::new(account.clone(), &plan), &plan, account);
    let set = Terms::default().changes(&plan, &live);
    Looked { plan, live, set }
}

impl Looked {
    fn on(&self, now: &Live, how: Stale) -> Verdict {
        verdict(&self.plan, &Terms::default(), &self.live, now, how)
    }

    fn names(&self, now: &Live, how: Stale) -> Vec<String> {
        self.on(now, how).stale.iter().map(|moved| moved.address.seen_from(&home())).collect()
    }
}

/// Every way in which one object may move that no reader could take for the same.
fn moves(at: &Address, have: &Observed) -> Vec<Observed> {
    let mut moves = Vec::new();
    match have {
        Observed::Present(value) => {
            moves.push(Observed::Absent);
            let policy = value.get("text").and_then(Value::as_str).filter(|_| containers::of(at.kind).is_some());
            match policy {
                Some(text) => {
                    for statement in [
                        json!({"Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}),
                        json!({"Sid": "Beside", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "s3:ListBucket", "Resource": "*"}),
                    ] {
                        let mut document: Value = serde_json::from_str(text).expect("a policy");
                        let mut statements = match document["Statement"].take() {
                            Value::Array(statements) => statements,
                            one => vec![one],
                        };
                        statements.push(statement);
                        document["Statement"] = json!(statements);
                        moves.push(Observed::Present(json!({"text": document.to_string()})));
                    }
                }
                None => {
                    if let Value::Object(members) = value {
                        for (name, member) in members {
                            let mut other = value.clone();
                            other[name] = match member {
                                Value::Bool(flag) => json!(!flag),
                                Value::String(text) => json!(format!("{text}x")),
                                Value::Array(_) => json!([]),
                                Value::Object(_) => json!({}),
                                Value::Null => json!("x"),
                                Value::Number(_) => json!(0),
                            };
                            if other != *value {
                                moves.push(Observed::Present(other));
                            }
                        }
                    }
                }
            }
        }
        Observed::Absent => moves.push(Observed::Present(json!({}))),
        Observed::Unreadable(_) => {}
    }
    moves
}

proptest! {
    #![proptest_config(config(2))]

    #[test]
    fn a_saved_plan_on_an_account_with_any_one_object_moved(start in starts(), first in plans(), second in plans()) {
        let account = run(&first.text(), &start.account()).account;
        let looked = looked(&second.text(), &account);
        prop_assume!(!looked.set.is_empty() && looked.set.errors().next().is_none());
        let same = looked.on(&looked.live, Stale::Strict);
        prop_assert!(same.stale.is_empty() && same.unreadable.is_empty() && same.now == looked.set);
        for (at, have) in &looked.live.seen {
            let name = at.seen_from(&home());
            for moved in moves(at, have) {
                let mut now = looked.live.clone();
                now.seen.insert(at.clone(), moved);
                prop_assert_eq!(looked.names(&now, Stale::Strict), vec![name.clone()]);
                let relevant = looked.on(&now, Stale::Relevant);
                match relevant.stale.as_slice() {
                    // It goes on: then what would be done is what was shown, and nothing stands in the way.
                    [] => prop_assert!(relevant.now.changes == looked.set.changes && relevant.now.errors().next().is_none(), "{name}"),
                    [one] => prop_assert_eq!(&one.address, at),
                    more => prop_assert!(false, "{name} moved, and more is named: {more:?}"),
                }
            }
            // What cannot be read any more is not taken for something that moved, nor for something that did not.
            let mut now = looked.live.clone();
            now.seen.insert(at.clone(), Observed::Unreadable("AccessDenied".to_owned()));
            let lost = looked.on(&now, Stale::Strict);
            let was_readable = !matches!(have, Observed::Unreadable(_));
            prop_assert!(lost.stale.is_empty() && lost.unreadable.len() == usize::from(was_readable), "{name}: {lost:?}");
            let relevant = looked.on(&now, Stale::Relevant);
            prop_assert!(relevant.stale.is_empty() && (!relevant.unreadable.is_empty() || relevant.now.changes == looked.set.changes), "{name}");
        }
    }

    #[test]
    fn a_saved_plan_survives_its_file(start in starts(), plan in plans()) {
        let text = plan.text();
        let looked = looked(&text, &start.account());
        let saved = Saved {
            saved_plan: SAVED_FORMAT,
            checksum: String::new(),
            postroom: "any".to_owned(),
            plan: looked.plan.name.to_string(),
            file: "plan.yaml".to_owned(),
            text,
            vars: BTreeMap::new(),
            files: BTreeMap::new(),
            terms: Terms::default(),
            strict: false,
            targets: vec![SavedTarget::new(None, looked.set.clone(), looked.live.clone())],
        };
        let (sealed, file) = saved.seal().unwrap();
        let opened = Saved::open(&file).unwrap();
        prop_assert!(opened == sealed);
        let [target] = &opened.targets[..] else { panic!("one target") };
        prop_assert!(target.set.fingerprints.keys().eq(target.live.seen.keys()));
        let again = self::plan(&opened.text, &target.live);
        let verdict = verdict(&again, &opened.terms, &target.live, &target.live, Stale::Strict);
        prop_assert!(verdict.stale.is_empty() && verdict.now == looked.set);
    }
}

/// One rule that takes from everything the small account has.
const RICH: &str = "postroom: 1\nname: alpha\nroles: { writer: {}, shared: { existing: true } }\nreceipt: { filters: { f1: { block: 203.0.113.0/24 } }, rule_sets: { main: { active: true, rules: [ { name: r1, recipients: [b.example], actions: [ { s3: { bucket: acme-keyed, prefix: in/, topic: coded } }, { s3: { bucket: acme-mail, message_kms_key: alias/mail } }, { lambda: sort }, { s3: { bucket: acme-mail, prefix: team/, role: shared } } ] }, { name: hand, existing: true } ] } } }\n";

/// What moves, and whether a plan that gives its rules a right to it goes on all the same.
fn moved(at: &str, change: impl Fn(&mut Value)) -> (Vec<String>, Vec<String>) {
    let account = with_rules_of_others(bare(), &["hand"], true);
    let looked = looked(RICH, &account);
    assert!(looked.set.errors().next().is_none() && looked.set.unreadable.is_empty(), "{:#?}", looked.set.findings);
    let mut now = looked.live.clone();
    let address = Address::read_at(at, &home()).unwrap();
    let Some(Observed::Present(value)) = now.seen.get_mut(&address) else {
        panic!("nothing at {at}: {:#?}", looked.live.seen.keys().collect::<Vec<_>>())
    };
    change(value);
    (looked.names(&now, Stale::Relevant), looked.names(&now, Stale::Strict))
}

fn with_statement(statement: Value) -> impl Fn(&mut Value) {
    move |value: &mut Value| {
        let mut document: Value = serde_json::from_str(value["text"].as_str().unwrap()).unwrap();
        if !document["Statement"].is_array() {
            document["Statement"] = json!([document["Statement"]]);
        }
        document["Statement"].as_array_mut().unwrap().push(statement.clone());
        value["text"] = json!(document.to_string());
    }
}

fn ses_may(action: &str, resource: &str) -> Value {
    json!({"Sid": "Theirs", "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": action, "Resource": resource})
}

#[test]
fn every_kind_of_object_that_a_change_depends_on_is_named_when_it_moves() {
    let deny = || json!({"Sid": "NoMail", "Effect": "Deny", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "*", "Resource": "*"});
    let other_key = |value: &mut Value| value["key"] = json!(format!("arn:aws:kms:eu-west-1:{HOME}:key/k-mail"));
    type Named = (&'static str, Box<dyn Fn(&mut Value)>);
    let named: Vec<Named> = vec![
        ("bucket-policy/acme-mail", Box::new(with_statement(deny()))),
        ("bucket/acme-mail", Box::new(|value| value["region"] = json!("us-east-1"))),
        ("bucket-encryption/acme-keyed", Box::new(other_key)),
        ("topic/coded", Box::new(|value| value["key"] = json!(null))),
        ("topic-policy/coded", Box::new(|value| value["text"] = json!("{\"Version\":\"2012-10-17\",\"Statement\":[]}"))),
        (
            "topic-policy/coded",
            Box::new(|value| value["text"] = json!(value["text"].as_str().unwrap().replace("SNS:Subscribe", "SNS:Publish"))),
        ),
        ("key-policy/k-topic", Box::new(with_statement(deny()))),
        ("key/k-topic", Box::new(|value| value["state"] = json!("Disabled"))),
        ("key-aliases/all", Box::new(|value| value["alias/mail"] = json!("k-bucket"))),
        ("function-policy/sort", Box::new(with_statement(deny()))),
        ("role-trust/shared", Box::new(with_statement(deny()))),
        ("receipt-rule-set/main", Box::new(|value| value["Rules"] = json!([]))),
        ("receipt-rule-set/main", Box::new(|value| value["Rules"][0]["Enabled"] = json!(false))),
    ];
    for (at, change) in named {
        assert_eq!(moved(at, change), (vec![at.to_owned()], vec![at.to_owned()]), "{at}");
    }
}

#[test]
fn what_decides_nothing_of_a_change_lets_a_relevant_plan_go_on_and_no_strict_one() {
    let mail = "bucket-policy/acme-mail";
    let list = json!({"Sid": "Backup", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-mail"});
    assert_eq!(moved(mail, with_statement(list)), (vec![], vec![mail.to_owned()]));
    // Theirs would grant the same by now: ours is added all the same, and who looked at the plan must be told beside what.
    let theirs = ses_may("s3:PutObject", "arn:aws:s3:::acme-mail/*");
    assert_eq!(moved(mail, with_statement(theirs)), (vec![mail.to_owned()], vec![mail.to_owned()]));
    let pretty = |value: &mut Value| {
        let document: Value = serde_json::from_str(value["text"].as_str().unwrap()).unwrap();
        value["text"] = json!(document.to_string());
    };
    assert_eq!(moved(mail, pretty), (vec![], vec![mail.to_owned()]), "written otherwise, and means the same");
    let another_alias = |value: &mut Value| value["alias/unrelated"] = json!("k-strict");
    assert_eq!(moved("key-aliases/all", another_alias), (vec![], vec!["key-aliases/all".to_owned()]));
}

#[test]
fn what_came_and_what_went_is_told_in_words() {
    let account = with_rules_of_others(bare(), &["hand"], true);
    let looked = looked(RICH, &account);
    let told = |at: &str, now: Observed| {
        let mut live = looked.live.clone();
        live.seen.insert(Address::read_at(at, &home()).unwrap(), now);
        let found = looked.on(&live, Stale::Strict).stale;
        found.into_iter().map(|moved| moved.what).collect::<Vec<_>>().join("; ")
    };
    let put = |at: &str, change: &dyn Fn(&mut Value)| {
        let address = Address::read_at(at, &home()).unwrap();
        let Some(Observed::Present(mut value)) = looked.live.seen.get(&address).cloned() else { panic!("{at}") };
        change(&mut value);
        told(at, Observed::Present(value))
    };
    assert_eq!(
        put(
            "bucket-policy/acme-mail",
            &with_statement(json!({"Sid": "New", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}))
        ),
        "statement `New` was added"
    );
    assert_eq!(put("receipt-rule-set/main", &|value| value["Rules"] = json!([])), "rule `hand` is gone");
    assert_eq!(put("key/k-topic", &|value| value["state"] = json!("Disabled")), "different in `state`");
    assert_eq!(told("topic/coded", Observed::Absent), "it is gone");
    assert_eq!(told("bucket-policy/acme-keyed", Observed::Present(json!({"text": "{\"Statement\":[]}"}))), "it is there by now");
    assert_eq!(looked.live.of_kind(AddressKind::BucketPolicy).count(), 2);
}
