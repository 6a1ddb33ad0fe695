use serde_json::{Value, json};

use crate::policy::{Document, PolicyError, Statement};

fn document(value: &Value) -> Document {
    Document::parse(&value.to_string()).unwrap()
}

fn same(one: &Value, other: &Value) -> bool {
    let (one, other) = (document(one), document(other));
    let answer = one.means_the_same(&other);
    assert_eq!(answer, other.means_the_same(&one), "equality has two sides");
    assert!(one.means_the_same(&one) && other.means_the_same(&other), "everything means what it means");
    answer
}

/// A statement with one member set.
fn with(member: &str, value: Value) -> Value {
    let mut statement =
        json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole", "Resource": "*"});
    statement[member] = value;
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn condition(value: Value) -> Value {
    with("Condition", value)
}

/// `tests/equivalence.rs` compares such texts as far as they can be compared; to be spliced and evaluated they are no documents.
#[test]
fn what_no_service_can_hold_is_no_document() {
    assert!(matches!(Document::parse("{\"Statement\": [{]}"), Err(PolicyError::Json(_))));
    assert!(matches!(Document::parse(r#"{"Statement": 42}"#), Err(PolicyError::Statements { .. })));
    assert!(matches!(Document::parse("[]"), Err(PolicyError::NotAnObject { .. })));
    assert!(matches!(Document::parse("[{}]"), Err(PolicyError::NotAnObject { .. })));
    assert!(matches!(Document::parse(r#"{"Statement": null}"#), Err(PolicyError::Statements { .. })));
}

#[test]
fn operators_are_one_only_where_they_do_one_thing() {
    let key = |operator: &str, value: &str| json!({operator: {"k": value}});
    let cases = [
        ("StringLike", "StringEquals", "plain", true),
        ("StringNotLike", "StringNotEquals", "plain", true),
        ("StringLike", "StringEquals", "a*", false),
        ("StringLike", "StringEquals", "a?", false),
        ("ArnNotLike", "ArnNotEquals", "a*", true),
        ("ArnLike", "StringLike", "a*", false),
        ("ArnLike", "ArnNotLike", "a", false),
        ("StringEquals", "StringEqualsIfExists", "a", false),
        ("StringEquals", "StringEqualsIgnoreCase", "a", false),
        ("StringEquals", "ForAnyValue:StringEquals", "a", false),
        ("ForAllValues:StringEquals", "ForAnyValue:StringEquals", "a", false),
        ("ForAllValues:StringLike", "forallvalues:stringequals", "a", true),
        ("NumericLessThan", "NumericLessThanEquals", "1", false),
        ("Bool", "Null", "true", false),
        ("Mystery", "mystery", "a", true),
        ("Mystery", "Riddle", "a", false),
    ];
    for (one, other, value, expected) in cases {
        assert_eq!(same(&condition(key(one, value)), &condition(key(other, value))), expected, "{one} {other}");
    }
    assert!(same(&condition(key("StringEqualsIgnoreCase", "ABC")), &condition(key("StringEqualsIgnoreCase", "abc"))));
    assert!(!same(&condition(key("StringEquals", "ABC")), &condition(key("StringEquals", "abc"))));
}

#[test]
fn one_address_range_has_many_spellings() {
    let ip = |value: &str| condition(json!({"NotIpAddress": {"aws:SourceIp": value}}));
    for (one, other) in [
        ("1.2.3.4", "1.2.3.4/32"),
        ("10.9.8.7/8", "10.0.0.0/8"),
        ("2001:DB8::1", "2001:db8:0::1/128"),
        ("::1/0", "::/0"),
        ("1.2.3.4/0", "0.0.0.0/0"),
    ] {
        assert!(same(&ip(one), &ip(other)), "{one} {other}");
    }
    for (one, other) in [("1.2.3.4", "1.2.3.5"), ("10.0.0.0/8", "10.0.0.0/9"), ("1.2.3.4/33", "1.2.3.4"), ("0.0.0.0/0", "::/0")] {
        assert!(!same(&ip(one), &ip(other)), "{one} {other}");
    }
}

#[test]
fn a_condition_key_asked_twice_must_hold_twice() {
    let twice = condition(json!({"StringEquals": {"aws:x": "a", "AWS:X": "b"}}));
    assert!(!same(&twice, &condition(json!({"StringEquals": {"aws:x": ["a", "b"]}}))));
    let by_twins = condition(json!({"ArnLike": {"k": "a"}, "ArnEquals": {"k": "b"}}));
    assert!(!same(&by_twins, &condition(json!({"ArnLike": {"k": ["a", "b"]}}))));
}

#[test]
fn an_account_lives_where_its_statement_does() {
    let key = |who: &str, resource: &str| {
        Statement::from_value(json!({"Effect": "Allow", "Principal": {"AWS": who}, "Action": "kms:*", "Resource": resource})).unwrap()
    };
    let (china, root) = ("arn:aws-cn:s3:::b", "arn:aws-cn:iam::111122223333:root");
    assert!(key("111122223333", china).means_the_same(&key(root, china)));
    assert!(!key("111122223333", china).means_the_same(&key("arn:aws:iam::111122223333:root", china)));
    assert!(!key("111122223333", "*").means_the_same(&key(root, "*")), "nothing says China");
    assert_eq!(key("111122223333", "*").meaning_in("aws-cn"), key(root, "*").meaning_in("aws-cn"), "the caller says China");
    assert!(key("111122223333", "arn:aws*:s3:::b").means_the_same(&key("arn:aws:iam::111122223333:root", "arn:aws*:s3:::b")));
    assert!(!key("11112222333", "*").means_the_same(&key("arn:aws:iam::11112222333:root", "*")), "eleven digits are no account");
    assert!(key("111122223333", "arn:*:s3:::b").means_the_same(&key("arn:aws:iam::111122223333:root", "arn:*:s3:::b")));
}

/// The 36 policy blocks of the AWS pages (facts §3); the two that are no JSON stand repaired.
#[test]
fn every_documented_policy_reads_and_is_written_as_read() {
    let blocks: serde_json::Map<String, Value> = serde_json::from_str(include_str!("../documented.json")).unwrap();
    assert_eq!(blocks.len(), 36);
    let mut statements = 0;
    for (name, block) in &blocks {
        let text = serde_json::to_string_pretty(block).unwrap();
        if block.get("Statement").is_some() {
            let document = Document::parse(&text).unwrap();
            assert_eq!(document.text(), text, "{name}");
            statements += document.statements().inspect(|statement| assert!(statement.meaning().other.is_empty(), "{name}")).count();
        } else if block.get("Effect").is_some() {
            let statement = Statement::parse(&text).unwrap();
            assert!(statement.meaning().other.is_empty() && statement.text() == text, "{name}");
            statements += 1;
        } else {
            // Two are bodies of a Lambda AddPermission call.
            assert!(["P000-4", "P001-6"].contains(&name.as_str()), "{name}");
        }
    }
    assert_eq!(statements, 48);
}

/// The old and the new form of each block differ, whatever their Sids say.
#[test]
fn a_shared_sid_does_not_make_two_statements_one() {
    let blocks: serde_json::Map<String, Value> = serde_json::from_str(include_str!("../documented.json")).unwrap();
    let statement = |name: &str| Statement::from_value(blocks[name].pointer("/Statement/0").unwrap_or(&blocks[name]).clone()).unwrap();
    for (one, other) in [("P000-1", "P001-3"), ("P000-2", "P000-3"), ("P001-4", "P001-5"), ("P000-2", "P001-4")] {
        assert_eq!(statement(one).sid(), statement(other).sid());
        assert!(!statement(one).means_the_same(&statement(other)), "{one} {other}");
    }
}
