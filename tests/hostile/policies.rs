//! Policies of others, whatever they hold; and messages.

use postroom::core::address::Address;
use postroom::core::live::{Live, Observed, PolicyText};
use postroom::policy::{Document, Edits, Statement, equivalent, matches_wildcard};
use postroom::route::eml;
use serde_json::json;

use crate::run::{planned, run};
use crate::{home, soon};

const PLAN: &str =
    "postroom: 1\nname: acme\nreceipt:\n  rules:\n    - { name: all, recipients: [acme.example], actions: [ { s3: acme-mail/in/ } ] }\n";

fn account(policy: &str) -> Live {
    let mut live = Live::new(home());
    for (at, fact) in [
        ("bucket/acme-mail", json!({"region": "eu-west-1"})),
        ("bucket-policy/acme-mail", json!(PolicyText { text: policy.to_owned(), revision: None })),
    ] {
        live.seen.insert(Address::read_at(at, &home()).unwrap(), Observed::Present(fact));
    }
    live
}

/// What no parser of ours takes, and somebody's all the same.
fn unreadable() -> Vec<String> {
    let statement = r#"{"Sid":"Theirs","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    vec![
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "\"{}\"".to_owned(),
        format!("\u{feff}{{\"Statement\":[{statement}]}}"),
        format!("{{\"Statement\":[{statement}],\"Statement\":[]}}"),
        format!("{{\"Statement\":[{}]}}", statement.replacen('{', "{\"Sid\":\"Other\",", 1)),
        format!("{{\"Statement\":[{statement}]}} trailing"),
        format!("{{\"Statement\":[{statement},]}}"),
        format!("{{\"Statement\":[{}]}}", statement.replace("Theirs", "\\ud800")),
        format!("{{\"Statement\":[{}]}}", statement.replace("Theirs", "a\0b")),
        format!("{{\"Statement\":[{}]}}", statement.replace("\"Theirs\"", "1e999")),
        format!("{{\"Statement\":[{}]}}", statement.replace("\"*\"", &deep)),
        format!("{{\"Statement\":{}}}", deep),
        "{\"Statement\":[1]}".to_owned(),
        "{\"Statement\":\"x\"}".to_owned(),
        format!("{{\"Statement\":[{statement}"),
    ]
}

#[test]
fn a_policy_that_does_not_parse_is_kept_and_reported_and_never_overwritten() {
    for policy in unreadable() {
        let shown: String = policy.chars().take(80).collect();
        assert!(Document::parse(&policy).is_err(), "{shown}");
        let account = account(&policy);
        let at = Address::read_at("bucket-policy/acme-mail", &home()).unwrap();
        let set = planned(PLAN, &account);
        assert!(set.changes.iter().all(|change| change.address != at), "{shown}: {:#?}", set.changes);
        let told = set.unreadable.iter().find(|found| found.address == at).unwrap_or_else(|| panic!("{shown}: nobody says so"));
        assert!(told.why.contains("does not parse and is left as it is"), "{}", told.why);
        let ran = run(PLAN, &account);
        assert!(ran.applied.is_none() && ran.writes == 0, "{shown}: something was written");
        assert_eq!(ran.account.seen.get(&at), account.seen.get(&at), "{shown}");
    }
}

/// What is odd and reads: every byte of it stays.
#[test]
fn a_policy_that_is_odd_keeps_its_bytes() {
    let theirs = "{ \"Sid\" : \"\\u0054heirs\",\r\n\t\"Effect\":\"Deny\", \"Principal\":\"*\", \"Action\":\"s3:\\u001b[2J\", \"Resource\":\"*\",\r\n \"Huge\": 123456789012345678901234567890.0e+10, \"Surrogates\":\"\\ud83d\\ude00\", \"Nul\":\"\\u0000\" }";
    let policy = format!("\r\n{{ \"Statement\" :\r\n [\r\n  {theirs}\r\n ] , \"Odd\":{}1{} }}\r\n", "[".repeat(100), "]".repeat(100));
    let ran = run(PLAN, &account(&policy));
    assert!(ran.is_complete(), "{:?}", ran.failures());
    let at = Address::read_at("bucket-policy/acme-mail", &home()).unwrap();
    let PolicyText { text, .. } = ran.account.get(&at).present().unwrap();
    assert!(text.contains(theirs) && text.starts_with("\r\n{ \"Statement\" :\r\n [\r\n  "), "{text}");
    assert!(text.contains("Postroom") && planned(PLAN, &ran.account).is_empty());
}

#[test]
fn ten_thousand_statements_are_spliced_soon() {
    let theirs = |at: usize| {
        format!(
            r#"{{"Sid":"S{at}","Effect":"Allow","Principal":{{"AWS":"*"}},"Action":["s3:Get{at}","s3:*"],"Resource":"arn:aws:s3:::b{at}/*"}}"#
        )
    };
    let all: Vec<String> = (0..10_000).map(theirs).collect();
    let document = soon("to parse", || Document::parse(&format!("{{\"Statement\":[{}]}}", all.join(",\n  "))).unwrap());
    let put: Vec<Statement> = (0..500).map(|at| Statement::parse(&theirs(at).replace("\"S", "\"Ours")).unwrap()).collect();
    let drop = (0..10_000).step_by(2).map(|at| format!("S{at}")).collect();
    let spliced = soon("to splice", || document.splice(&Edits { put, drop }));
    assert_eq!(spliced.statements().len(), 5_500);
    let kept = (1..10_000).step_by(2).map(theirs);
    assert!(kept.zip(spliced.statements()).all(|(theirs, have)| theirs == have.text()));
    let reversed: Vec<String> = all.into_iter().rev().collect();
    assert_eq!(soon("to compare", || equivalent(document.text(), &format!("{{\"Statement\":[{}]}}", reversed.join(",")))), Ok(true));
}

#[test]
fn wildcards_and_covering_take_no_more_than_the_product_of_both() {
    assert!(!soon("to match", || matches_wildcard(&("a*".repeat(10_000) + "b"), &"a".repeat(20_000))));
    let statement = |prefix: &str| {
        let actions: Vec<String> = (0..500).map(|at| format!("{prefix}{at}*?*")).collect();
        let value = json!({"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "*"});
        Statement::from_value(value).unwrap()
    };
    let (one, other) = (statement("s3:*a*"), statement("s3:*b*"));
    assert!(soon("to cover", || one.covers(&one) && !one.covers(&other)));
}

#[test]
fn messages_of_nothing_but_headers_are_read_soon() {
    let same = b"a:\n".repeat(340_000);
    let read = soon("the same header", || eml::read(&same, false));
    assert_eq!(read.known.len(), 1);
    let other: Vec<u8> = (0..90_000).flat_map(|at| format!("h{at}: x\r\n").into_bytes()).collect();
    assert_eq!(soon("other headers", || eml::read(&other, false)).known.len(), 90_000);
    let groups = [b"To: ".as_slice(), &b"g:a@b.example;,".repeat(60_000), b"\r\n\r\n"].concat();
    assert!(soon("groups", || eml::read(&groups, false)).whole);
    let encoded = [b"Subject: ".as_slice(), &b"=?utf-8?Q?=".repeat(90_000), b"\r\n\r\n"].concat();
    assert!(soon("words without an end", || eml::read(&encoded, false)).whole);
    for folded in [b" (".as_slice(), b"\r\n <", b" \"", b" =?", b" \\"] {
        let text = [b"From: ".as_slice(), &folded.repeat(200_000), b"\r\n\r\n"].concat();
        soon("what is opened and never closed", || eml::read(&text, false));
    }
}
