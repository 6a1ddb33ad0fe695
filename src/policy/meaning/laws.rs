use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::policy::Statement;

/// A statement as a few choices, so that one can be spelled in many ways, and changed in one place.
#[derive(Debug, Clone)]
struct Said {
    allow: bool,
    service: String,
    account: u64,
    actions: BTreeSet<String>,
    resources: BTreeSet<String>,
    arns: BTreeSet<String>,
    secure: bool,
}

/// How to spell it.
#[derive(Debug, Clone)]
struct Spelling {
    upper: bool,
    reversed: bool,
    repeated: bool,
    bare: bool,
    twin: bool,
    member: usize,
}

fn said() -> impl Strategy<Value = Said> {
    let set = |pattern: &'static str| proptest::collection::btree_set(pattern, 1..4);
    (
        any::<bool>(),
        "[a-z]{1,5}",
        0..1_000_000_000_000_u64,
        set("[a-z]{2}:[a-z*]{1,4}"),
        set("arn:aws:s3:::[a-zA-Z*]{1,4}"),
        set("arn:aws:ses:[a-z*?]{1,3}:1:x"),
        any::<bool>(),
    )
        .prop_map(|(allow, service, account, actions, resources, arns, secure)| Said {
            allow,
            service,
            account,
            actions,
            resources,
            arns,
            secure,
        })
}

fn spelling() -> impl Strategy<Value = Spelling> {
    (any::<(bool, bool, bool, bool, bool)>(), 0..6_usize).prop_map(|((upper, reversed, repeated, bare, twin), member)| Spelling {
        upper,
        reversed,
        repeated,
        bare,
        twin,
        member,
    })
}

fn spell(said: &Said, how: &Spelling) -> Statement {
    let cased = |text: &str| if how.upper { text.to_uppercase() } else { text.to_owned() };
    let list = |values: Vec<String>| {
        let mut values = values;
        if how.reversed {
            values.reverse();
        }
        match values.as_slice() {
            [only] if how.bare => json!(only),
            _ if how.repeated => json!([values.clone(), values].concat()),
            _ => json!(values),
        }
    };
    let account = format!("{:012}", said.account);
    let account = if how.bare { account } else { format!("arn:aws:iam::{account}:root") };
    let mut condition = json!({
        (if how.twin { "ArnEquals" } else { "ArnLike" }): {cased("aws:SourceArn"): list(said.arns.iter().cloned().collect())},
        "Bool": {cased("aws:SecureTransport"): if how.bare { json!(said.secure) } else { json!(said.secure.to_string()) }},
    });
    if how.twin {
        condition["IpAddress"] = json!({});
    }
    let members = [
        ("Effect", json!(if said.allow { "Allow" } else { "Deny" })),
        ("Principal", json!({"AWS": list(vec![account]), "Service": list(vec![cased(&format!("{}.amazonaws.com", said.service))])})),
        ("Action", list(said.actions.iter().map(|action| cased(action)).collect())),
        ("Resource", list(said.resources.iter().cloned().collect())),
        ("Condition", condition),
        ("Sid", json!(if how.upper { "A" } else { "B" })),
    ];
    let mut ordered = members.map(|(name, value)| (name.to_owned(), value));
    ordered.rotate_left(how.member);
    Statement::from_value(Value::Object(Map::from_iter(ordered))).unwrap()
}

proptest! {
    #[test]
    fn however_it_is_spelled_a_statement_means_the_same(said in said(), one in spelling(), other in spelling()) {
        let (one, other) = (spell(&said, &one), spell(&said, &other));
        prop_assert!(one.means_the_same(&other), "{} {}", one.text(), other.text());
        prop_assert_eq!(one.digest(), other.digest());
    }

    #[test]
    fn whatever_is_changed_it_means_something_else(said in said(), how in spelling(), place in 0..8_usize) {
        let mut changed = said.clone();
        match place {
            0 => changed.allow = !said.allow,
            1 => changed.service.push('x'),
            2 => changed.account = (said.account + 1) % 1_000_000_000_000,
            3 => _ = changed.actions.insert("new:action".into()),
            4 => _ = changed.resources.insert("arn:aws:s3:::new-one".into()),
            5 => _ = changed.arns.insert("arn:aws:ses:eu:1:new".into()),
            6 => changed.secure = !said.secure,
            _ => {
                let first = said.resources.first().cloned().unwrap();
                changed.resources.remove(&first);
                changed.resources.insert(first + "x");
            }
        }
        let (before, after) = (spell(&said, &how), spell(&changed, &how));
        prop_assert!(!before.means_the_same(&after), "{} {}", before.text(), after.text());
        prop_assert_ne!(before.digest(), after.digest());
    }

    /// What a meaning holds, written as a statement again, has that meaning.
    #[test]
    fn a_meaning_is_its_own_meaning(said in said(), how in spelling()) {
        let meaning = spell(&said, &how).meaning().clone();
        let mut principal = Map::new();
        for (kind, name) in &meaning.principal {
            principal.entry(kind).or_insert_with(|| json!([])).as_array_mut().unwrap().push(json!(name));
        }
        let mut condition = Map::new();
        for test in &meaning.condition {
            condition.entry(test.operator.to_string()).or_insert_with(|| json!({}))[&test.key] = json!(test.values);
        }
        let again = json!({"Effect": meaning.effect, "Principal": principal, "Action": meaning.action, "Resource": meaning.resource, "Condition": condition});
        let again = Statement::from_value(again).unwrap();
        prop_assert_eq!(again.meaning(), &meaning);
    }
}
