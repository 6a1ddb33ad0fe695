use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::policy::{Statement, equivalent};

/// Names of deeds that are all different; their value has a wildcard, so that no two of them ask the same.
const OPERATORS: [&str; 16] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringEquals",
    "ArnNotLike",
    "ArnLike",
    "NumericEquals",
    "NumericLessThan",
    "DateLessThan",
    "BinaryEquals",
    "NotIpAddress",
    "Null",
];

/// A statement as a few choices, so that one can be spelled in many ways, and changed in one place.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    allow: bool,
    service: String,
    account: u64,
    actions: BTreeSet<String>,
    resources: BTreeSet<String>,
    arns: BTreeSet<String>,
    secure: bool,
    operator: usize,
    /// Whether actions, resources and principals are those that are meant, or all others.
    but: [bool; 3],
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
        (any::<bool>(), 0..OPERATORS.len(), any::<[bool; 3]>()),
    )
        .prop_map(|(allow, service, account, actions, resources, arns, (secure, operator, but))| Said {
            allow,
            service,
            account,
            actions,
            resources,
            arns,
            secure,
            operator,
            but,
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
    let operator = OPERATORS.get(said.operator).copied().unwrap_or_default();
    condition[cased(operator)][cased("s3:prefix")] = list(vec!["A*".to_owned()]);
    if how.twin {
        condition["IpAddress"] = json!({});
    }
    let named = |element: usize, name: &'static str, but: &'static str| if said.but.get(element) == Some(&true) { but } else { name };
    let members = [
        ("Effect", json!(if said.allow { "Allow" } else { "Deny" })),
        (
            named(2, "Principal", "NotPrincipal"),
            json!({"AWS": list(vec![account]), "Service": list(vec![cased(&format!("{}.amazonaws.com", said.service))])}),
        ),
        (named(0, "Action", "NotAction"), list(said.actions.iter().map(|action| cased(action)).collect())),
        (named(1, "Resource", "NotResource"), list(said.resources.iter().cloned().collect())),
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
    fn whatever_is_changed_it_means_something_else(said in said(), one in spelling(), other in spelling(), place in 0..12_usize, by in 1..OPERATORS.len()) {
        let mut changed = said.clone();
        match place {
            0 => changed.allow = !said.allow,
            1 => changed.service.push('x'),
            2 => changed.account = (said.account + 1) % 1_000_000_000_000,
            3 => _ = changed.actions.insert("new:action".into()),
            4 => _ = changed.resources.insert("arn:aws:s3:::new-one".into()),
            5 => _ = changed.arns.insert("arn:aws:ses:eu:1:new".into()),
            6 => changed.secure = !said.secure,
            7 => changed.operator = (said.operator + by) % OPERATORS.len(),
            8..=10 => changed.but[place - 8] = !said.but[place - 8],
            _ => {
                let first = said.resources.first().cloned().unwrap();
                changed.resources.remove(&first);
                changed.resources.insert(first + "x");
            }
        }
        let (before, after) = (spell(&said, &one), spell(&changed, &other));
        prop_assert!(!before.means_the_same(&after), "{} {}", before.text(), after.text());
        prop_assert_ne!(before.digest(), after.digest());
    }

    /// What a meaning holds, written as a statement again, has that meaning.
    #[test]
    fn a_meaning_is_its_own_meaning(said in said(), how in spelling()) {
        let meaning = spell(&said, &how).meaning().clone();
        let principals = |named: &BTreeSet<(String, String)>| {
            let mut kinds = Map::new();
            for (kind, name) in named {
                kinds.entry(kind).or_insert_with(|| json!([])).as_array_mut().unwrap().push(json!(name));
            }
            Value::Object(kinds)
        };
        let mut condition = Map::new();
        for test in &meaning.condition {
            condition.entry(test.operator.to_string()).or_insert_with(|| json!({}))[&test.key] = json!(test.values);
        }
        let mut again = json!({"Effect": meaning.effect, "Condition": condition});
        let sets = [("Action", &meaning.action), ("NotAction", &meaning.not_action), ("Resource", &meaning.resource), ("NotResource", &meaning.not_resource)];
        for (name, values) in sets.into_iter().filter_map(|(name, values)| Some((name, values.as_ref()?))) {
            again[name] = json!(values);
        }
        match &meaning.not_principal {
            Some(but) => again["NotPrincipal"] = principals(but),
            None => again["Principal"] = principals(&meaning.principal),
        }
        let again = Statement::from_value(again).unwrap();
        prop_assert_eq!(again.meaning(), &meaning);
    }

    /// Of whole documents: statements in any order and number, one of them bare; and one statement less, or changed, is another document.
    #[test]
    fn a_document_is_the_set_of_its_statements(said in proptest::collection::vec(said(), 1..4), one in spelling(), other in spelling(), turn in 0..4_usize) {
        let policy = |statements: &[Said], how: &Spelling, turn: usize| {
            let mut texts: Vec<Value> = statements.iter().map(|said| spell(said, how).value()).collect();
            if how.repeated {
                texts.extend(texts.clone());
            }
            let turn = turn % texts.len().max(1);
            texts.rotate_left(turn);
            let statements = if let ([only], true) = (texts.as_slice(), how.bare) { only.clone() } else { json!(texts) };
            json!({"Statement": statements, "Id": how.upper, "Version": "2012-10-17"}).to_string()
        };
        let whole = policy(&said, &one, 0);
        prop_assert_eq!(equivalent(&whole, &policy(&said, &other, turn)), Ok(true));

        let mut changed = said.clone();
        changed[0].allow = !changed[0].allow;
        let same = said.iter().all(|each| changed.contains(each)) && changed.iter().all(|each| said.contains(each));
        prop_assert_eq!(equivalent(&whole, &policy(&changed, &other, turn)), Ok(same));
        let less = policy(&said[1..], &other, turn);
        prop_assert_eq!(equivalent(&whole, &less), Ok(said[1..].contains(&said[0])));
    }
}
