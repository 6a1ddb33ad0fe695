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

fn without(member: &str) -> Value {
    let mut document = with(member, Value::Null);
    document["Statement"][0].as_object_mut().unwrap().remove(member);
    document
}

fn condition(value: Value) -> Value {
    with("Condition", value)
}

/// Each line: the case, one member, its two values, whether they say the same.
fn check(cases: impl IntoIterator<Item = (&'static str, &'static str, Value, Value, bool)>) {
    for (case, member, one, other, expected) in cases {
        assert_eq!(same(&with(member, one), &with(member, other)), expected, "{case}");
    }
}

/// What terraform's comparison gets wrong, and what it gets right (facts §5.2), each with the answer it should give.
#[test]
fn every_probe_has_the_right_answer() {
    let star = || json!("*");
    check([
        ("everyone is not an account", "Principal", star(), json!("123456789012"), false),
        ("everyone but nobody is not everyone but an account", "NotPrincipal", star(), json!("123456789012"), false),
        (
            "an account is not the root of another partition",
            "Principal",
            json!({"AWS": "123456789012"}),
            json!({"AWS": "arn:aws-cn:iam::123456789012:root"}),
            false,
        ),
        ("everyone has two spellings", "Principal", star(), json!({"AWS": "*"}), true),
        ("actions have no case", "Action", json!("SNS:Publish"), json!("sns:publish"), true),
        ("actions are a set", "Action", json!(["a:x", "a:x"]), json!(["a:x"]), true),
        (
            "condition keys have no case",
            "Condition",
            json!({"StringEquals": {"aws:SourceAccount": "1"}}),
            json!({"StringEquals": {"AWS:SourceAccount": "1"}}),
            true,
        ),
        (
            "ArnLike is ArnEquals",
            "Condition",
            json!({"ArnLike": {"aws:SourceArn": "a*"}}),
            json!({"ArnEquals": {"aws:SourceArn": "a*"}}),
            true,
        ),
        (
            "condition values are a set",
            "Condition",
            json!({"StringLike": {"k": ["a", "a", "b"]}}),
            json!({"StringLike": {"k": ["a", "b", "b"]}}),
            true,
        ),
        ("a member nobody knows makes a difference", "Surprise", json!(1), json!(2), false),
    ]);
    assert!(!same(&with("Principal", star()), &without("Principal")), "everyone is not nobody");
    assert!(same(&condition(json!({})), &without("Condition")), "an empty condition is none");
    assert!(!same(&without("Effect"), &with("Effect", json!("Allow"))), "an effect is never understood");
    let lower = json!({"Version": "2012-10-17", "statement": [{"effect": "Allow"}]});
    assert!(!same(&lower, &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})), "members have case");

    assert!(!same(&json!({"New": 1}), &json!({"New": 2})), "a top-level member nobody knows makes a difference");

    let (a, b) = (json!({"Effect": "Allow"}), json!({"Effect": "Deny"}));
    let many = |statements: &[&Value]| json!({"Version": "2012-10-17", "Statement": statements});
    assert!(same(&many(&[&a, &a, &b]), &many(&[&a, &b, &b])), "a repeated statement says nothing new");
    let no_version = json!({"Statement": [a]});
    assert!(!same(&no_version, &many(&[&a])), "an absent version is the old one");
    assert!(same(&no_version, &json!({"Version": "2008-10-17", "Id": "x", "Statement": a})), "an id says nothing");
}

/// The case names of hashicorp/awspolicyequivalence (facts §5.3) with documents of our own.
#[test]
fn every_case_of_the_known_list_has_its_answer() {
    let spot = || json!({"Service": "spotfleet.amazonaws.com"});
    let spots = || json!({"Service": ["spotfleet.amazonaws.com"]});
    let ec2 = || json!({"Service": "ec2.amazonaws.com"});
    let root = "arn:aws:iam::123456789012:root";
    let acl = |value: Value| json!({"StringEquals": {"s3:x-amz-acl": value}});
    let several = || json!({"DateGreaterThan": {"aws:CurrentTime": "2013-08-16T12:00:00Z"}, "IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]}});
    check([
        ("Identical policy text", "Action", json!("a:x"), json!("a:x"), true),
        ("Action block as single item array versus string", "Action", json!("a:x"), json!(["a:x"]), true),
        ("Action block as single item array versus string, different action", "Action", json!("a:x"), json!(["a:y"]), false),
        ("NotAction block, mixed string versus array", "NotAction", json!("a:x"), json!(["a:x"]), true),
        ("Principal in single item array versus string", "Principal", spot(), spots(), true),
        ("Different principal in single item array versus string", "Principal", ec2(), spots(), false),
        ("String principal", "Principal", json!("*"), json!("*"), true),
        ("String NotPrincipal", "NotPrincipal", json!("*"), json!("*"), true),
        ("Different NotPrincipal in single item array versus string", "NotPrincipal", ec2(), spots(), false),
        ("Different Effect", "Effect", json!("Deny"), json!("Allow"), false),
        ("Same Condition", "Condition", acl(json!(["public-read"])), acl(json!(["public-read"])), true),
        ("Different Condition", "Condition", json!({"StringNotEquals": {"s3:x-amz-acl": "public-read"}}), acl(json!("public-read")), false),
        ("Condition in single string instead of array", "Condition", acl(json!("public-read")), acl(json!(["public-read"])), true),
        ("Multiple Condition Blocks in one policy", "Condition", acl(json!("public-read")), several(), false),
        ("Multiple Condition Blocks, same in both policies", "Condition", several(), several(), true),
        ("Casing of Effect", "Effect", json!("allow"), json!("Allow"), true),
        ("Empty Principal set", "Principal", json!({}), json!({"Service": []}), true),
        ("Empty Principals sets of different types have the same effect", "Principal", json!({"Service": []}), json!({"AWS": []}), true),
        ("Principal with string root IAM user matches account ID", "Principal", json!("123456789012"), json!(root), true),
        (
            "Principal with map string root IAM user matches account ID",
            "Principal",
            json!({"AWS": "123456789012"}),
            json!({"AWS": root}),
            true,
        ),
        (
            "Principal with map array single root IAM user matches account ID",
            "Principal",
            json!({"AWS": ["123456789012"]}),
            json!({"AWS": [root]}),
            true,
        ),
        (
            "Principal with map array multiple root IAM user matches account ID",
            "Principal",
            json!({"AWS": ["123456789012", "arn:aws:iam::999999999999:root"]}),
            json!({"AWS": ["999999999999", root]}),
            true,
        ),
        ("Incorrect single Resource type", "Resource", json!({}), json!({}), true),
        ("Incorrect multiple Resource type", "Resource", json!([[42]]), json!([[42]]), true),
        ("an incorrect Resource differs from another one", "Resource", json!([[42]]), json!([[43]]), false),
        ("Principal order not important", "Principal", json!({"AWS": ["a", "b", "c"]}), json!({"AWS": ["c", "a", "b"]}), true),
        ("Differences matter", "Principal", json!({"AWS": ["a", "b", "c"]}), json!({"AWS": ["c", "a", "d"]}), false),
        (
            "Boolean condition with and without quotes on single value",
            "Condition",
            json!({"Bool": {"k": true}}),
            json!({"Bool": {"k": "true"}}),
            true,
        ),
        (
            "Numeric condition with and without quotes on single value",
            "Condition",
            json!({"NumericLessThanEquals": {"k": 100}}),
            json!({"NumericLessThanEquals": {"k": "100"}}),
            true,
        ),
        (
            "Numeric condition with and without quotes on array of values",
            "Condition",
            json!({"NumericEquals": {"k": [100.01, 200.2]}}),
            json!({"NumericEquals": {"k": ["200.2", "100.01"]}}),
            true,
        ),
        (
            "Condition containing empty array",
            "Condition",
            json!({"ArnEquals": {"aws:SourceArn": []}}),
            json!({"ArnEquals": {"aws:SourceArn": []}}),
            true,
        ),
        ("a condition that no value meets is not no condition", "Condition", json!({"ArnEquals": {"aws:SourceArn": []}}), json!({}), false),
        ("One-length lists", "Resource", json!([42, 86]), json!(["86", 42]), true),
    ]);
    assert!(!same(&with("NotAction", json!("a:x")), &without("NotAction")), "NotAction block on one side");
    assert!(same(&with("Principal", json!({})), &without("Principal")), "Empty Principal and missing Principal have the same effect");
    assert!(
        same(&with("Principal", json!({"Service": [], "AWS": []})), &without("Principal")),
        "Principal with empty sets and missing Principal"
    );

    let (list, read) = (json!({"Effect": "Allow", "Action": "s3:List*"}), json!({"Effect": "Allow", "Action": ["s3:Get*", "s3:Head*"]}));
    let policy = |version: &str, statement: Value| json!({"Version": version, "Statement": statement});
    let new = "2012-10-17";
    assert!(same(&policy(new, json!([list, read])), &policy(new, json!([read, list]))), "Multiple Statements, Equivalent");
    assert!(!same(&policy(new, json!([list, read])), &policy(new, json!([read]))), "Multiple Statements, missing one from policy 2");
    assert!(same(&policy(new, list.clone()), &policy(new, json!([list]))), "Single Statement vs []Statement");
    assert!(!same(&policy(new, list.clone()), &policy("2012-06-17", list.clone())), "Different Version");
    assert!(same(&json!({"Version": new}), &json!({"Version": new})), "Missing Statement");
    assert!(same(&json!({}), &json!({"Statement": []})), "Equivalence of emptiness");

    let trust = |who: Value| policy(new, json!({"Effect": "Allow", "Principal": who, "Action": ["sts:AssumeRole"]}));
    let regions = |service: &str| trust(json!({"Service": [service, "ecs.amazonaws.com"]}));
    assert!(same(&trust(spot()), &trust(spots())), "Equivalent assume-role policies 1");
    assert!(same(&regions("EC2.amazonaws.com"), &regions("ec2.amazonaws.com")), "Equivalent assume-role policies 2");
    assert!(!same(&regions("ec2.amazonaws.com"), &regions("ec2.amazonaws.com.cn")), "Not equivalent assume-role policies");
}

/// Where the library finds two unreadable documents equal, we refuse to read them: no service can hold them.
/// "Invalid policy JSON", "Incorrect Statement type", "Different empty lists", "invalid policy with null string statement".
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
