use super::*;

/// The decision of an Allow with one condition, asked with one key known to hold these values (or to be absent, or unknown).
#[derive(Debug, Clone, Copy)]
enum Key<'a> {
    Is(&'a [&'a str]),
    Absent,
    Unknown,
}
use Key::{Absent, Is, Unknown};

const ALLOWED: Decision = Decision::Allowed;
const NOT: Decision = Decision::ImplicitDeny;
const OPEN: Decision = Decision::Depends;

fn check(operator: &str, asked: &Value, cases: &[(Key<'_>, Decision)]) {
    for (key, expected) in cases {
        let context = match key {
            Is(values) => Context::open().with("aws:K", values.iter().copied()),
            Absent => Context::open().without("aws:k"),
            Unknown => Context::open(),
        };
        let statements = json!([with(allow(), "Condition", json!({operator: {"AWS:k": asked}}))]);
        assert_eq!(decision(statements, &put_with(context)), *expected, "{operator} {asked} {key:?}");
    }
}

#[test]
fn texts() {
    check(
        "StringEquals",
        &json!(["a", "b*"]),
        &[(Is(&["a"]), ALLOWED), (Is(&["b*"]), ALLOWED), (Is(&["bc"]), NOT), (Is(&["A"]), NOT), (Absent, NOT), (Unknown, OPEN)],
    );
    check(
        "StringNotEquals",
        &json!(["a", "b"]),
        &[(Is(&["a"]), NOT), (Is(&["b"]), NOT), (Is(&["c"]), ALLOWED), (Absent, ALLOWED), (Unknown, OPEN)],
    );
    check("StringEqualsIgnoreCase", &json!("Ab"), &[(Is(&["aB"]), ALLOWED), (Is(&["ac"]), NOT), (Absent, NOT)]);
    check("StringNotEqualsIgnoreCase", &json!("Ab"), &[(Is(&["aB"]), NOT), (Is(&["ac"]), ALLOWED), (Absent, ALLOWED)]);
    check(
        "StringLike",
        &json!(["a*", "?x"]),
        &[(Is(&["abc"]), ALLOWED), (Is(&["yx"]), ALLOWED), (Is(&["x"]), NOT), (Is(&["Abc"]), NOT), (Absent, NOT)],
    );
    check("StringNotLike", &json!("a*"), &[(Is(&["abc"]), NOT), (Is(&["b"]), ALLOWED), (Absent, ALLOWED)]);
    check("StringEquals", &json!([]), &[(Is(&["a"]), NOT), (Absent, NOT)]);
}

#[test]
fn arns() {
    let sets = json!("arn:aws:ses:*:111122223333:receipt-rule-set/*");
    check(
        "ArnLike",
        &sets,
        &[(Is(&[RULE]), ALLOWED), (Is(&["arn:aws:ses:eu:9:receipt-rule-set/s"]), NOT), (Is(&["no-arn"]), NOT), (Absent, NOT)],
    );
    check("ArnEquals", &sets, &[(Is(&[RULE]), ALLOWED), (Absent, NOT), (Unknown, OPEN)]);
    check("ArnNotEquals", &sets, &[(Is(&[RULE]), NOT), (Is(&["arn:aws:ses:eu:9:x"]), ALLOWED), (Absent, ALLOWED)]);
    let value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    check("ArnLike", &json!("arn:aws:someservice:*:111122223333:finance/*"), &[(Is(&[value]), NOT)]);
    check("StringLike", &json!("arn:aws:someservice:*:111122223333:finance/*"), &[(Is(&[value]), ALLOWED)]);
    check("ArnNotLike", &json!("*"), &[(Is(&[RULE]), NOT), (Absent, ALLOWED)]);
}

#[test]
fn numbers() {
    check(
        "NumericEquals",
        &json!([10, "20.5"]),
        &[(Is(&["10.0"]), ALLOWED), (Is(&["20.50"]), ALLOWED), (Is(&["11"]), NOT), (Is(&["x"]), OPEN), (Absent, NOT)],
    );
    check("NumericNotEquals", &json!(10), &[(Is(&["10"]), NOT), (Is(&["9"]), ALLOWED), (Is(&["x"]), OPEN), (Absent, ALLOWED)]);
    check("NumericLessThan", &json!(10), &[(Is(&["9"]), ALLOWED), (Is(&["10"]), NOT), (Is(&["100"]), NOT)]);
    check("NumericLessThanEquals", &json!(10), &[(Is(&["10"]), ALLOWED), (Is(&["11"]), NOT)]);
    check("NumericGreaterThan", &json!(10), &[(Is(&["11"]), ALLOWED), (Is(&["10"]), NOT), (Is(&["9"]), NOT)]);
    check("NumericGreaterThanEquals", &json!(10), &[(Is(&["10"]), ALLOWED), (Is(&["9"]), NOT)]);
}

#[test]
fn dates() {
    let noon = json!("2018-08-31T12:00Z");
    check(
        "DateGreaterThan",
        &noon,
        &[
            (Is(&["2018-08-31T12:00:01Z"]), ALLOWED),
            (Is(&["2018-08-31T12:00:00Z"]), NOT),
            (Is(&["soon"]), OPEN),
            (Absent, NOT),
            (Unknown, OPEN),
        ],
    );
    check("DateGreaterThanEquals", &noon, &[(Is(&["2018-08-31T14:00+02:00"]), ALLOWED), (Is(&["2018-08-31"]), NOT)]);
    check("DateLessThan", &noon, &[(Is(&["2018"]), ALLOWED), (Is(&["1535716800"]), NOT)]);
    check("DateLessThanEquals", &noon, &[(Is(&["1535716800"]), ALLOWED), (Is(&["1535716801"]), NOT)]);
    check("DateEquals", &json!(1_535_716_800), &[(Is(&["2018-08-31T12:00:00Z"]), ALLOWED), (Is(&["2018-08-31"]), NOT)]);
    check("DateNotEquals", &noon, &[(Is(&["2018-08-31T12:00:00Z"]), NOT), (Is(&["2018"]), ALLOWED), (Absent, ALLOWED)]);
}

#[test]
fn booleans_bytes_and_addresses() {
    check(
        "Bool",
        &json!(true),
        &[(Is(&["true"]), ALLOWED), (Is(&["True"]), ALLOWED), (Is(&["false"]), NOT), (Absent, NOT), (Unknown, OPEN)],
    );
    check(
        "BinaryEquals",
        &json!("QmluYXJ5VmFsdWVJbkJhc2U2NA=="),
        &[(Is(&["BinaryValueInBase64"]), ALLOWED), (Is(&["other"]), NOT), (Absent, NOT)],
    );
    check("BinaryEquals", &json!("no base64!"), &[(Is(&["x"]), OPEN)]);
    let networks = json!(["203.0.113.0/24", "2001:DB8:1234:5678::/64"]);
    check(
        "IpAddress",
        &networks,
        &[
            (Is(&["203.0.113.9"]), ALLOWED),
            (Is(&["2001:db8:1234:5678::1"]), ALLOWED),
            (Is(&["1.2.3.4"]), NOT),
            (Is(&["here"]), OPEN),
            (Absent, NOT),
        ],
    );
    check("NotIpAddress", &networks, &[(Is(&["203.0.113.9"]), NOT), (Is(&["1.2.3.4"]), ALLOWED), (Absent, ALLOWED)]);
}

#[test]
fn presence() {
    check("Null", &json!("true"), &[(Is(&["x"]), NOT), (Absent, ALLOWED), (Is(&[]), ALLOWED), (Unknown, OPEN)]);
    check("Null", &json!(false), &[(Is(&["x"]), ALLOWED), (Absent, NOT), (Is(&[]), NOT), (Unknown, OPEN)]);
    check("Null", &json!("perhaps"), &[(Absent, OPEN)]);
    for operator in [
        "StringEqualsIfExists",
        "StringNotEqualsIfExists",
        "StringLikeIfExists",
        "ArnLikeIfExists",
        "NumericEqualsIfExists",
        "DateEqualsIfExists",
        "BoolIfExists",
        "IpAddressIfExists",
    ] {
        check(operator, &json!("a"), &[(Absent, ALLOWED), (Unknown, OPEN)]);
    }
    check("StringEqualsIfExists", &json!("a"), &[(Is(&["a"]), ALLOWED), (Is(&["b"]), NOT)]);
}

#[test]
fn keys_of_many_values() {
    check(
        "ForAllValues:StringLike",
        &json!(["a*", "b"]),
        &[(Is(&["a1", "b"]), ALLOWED), (Is(&["a1", "c"]), NOT), (Absent, ALLOWED), (Is(&[]), ALLOWED), (Unknown, OPEN)],
    );
    check(
        "ForAnyValue:StringLike",
        &json!(["a*", "b"]),
        &[(Is(&["c", "b"]), ALLOWED), (Is(&["c"]), NOT), (Absent, NOT), (Is(&[]), NOT), (Unknown, OPEN)],
    );
    check("ForAllValues:StringNotEquals", &json!(["a", "b"]), &[(Is(&["c", "d"]), ALLOWED), (Is(&["c", "a"]), NOT), (Absent, ALLOWED)]);
    check("ForAnyValue:StringNotEquals", &json!(["a", "b"]), &[(Is(&["a", "c"]), ALLOWED), (Is(&["a", "b"]), NOT), (Absent, NOT)]);
    check("ForAnyValue:StringEqualsIfExists", &json!("a"), &[(Is(&["a"]), ALLOWED), (Absent, NOT)]);
    check("StringEquals", &json!("a"), &[(Is(&["x", "a"]), ALLOWED), (Is(&["x", "y"]), NOT)]);
    check("StringNotEquals", &json!("a"), &[(Is(&["x", "a"]), NOT), (Is(&["x", "y"]), ALLOWED)]);
}

#[test]
fn all_lines_of_a_condition_must_hold() {
    let both = json!([with(allow(), "Condition", json!({"StringEquals": {"aws:a": "1", "aws:b": "2"}, "Bool": {"aws:c": "true"}}))]);
    let context = |b: &str| Context::open().with("aws:A", ["1"]).with("aws:B", [b]).with("aws:C", ["true"]);
    assert_eq!(decision(both.clone(), &put_with(context("2"))), Decision::Allowed);
    assert_eq!(decision(both.clone(), &put_with(context("3"))), Decision::ImplicitDeny);
    assert_eq!(open(both, &put_with(Context::open().with("aws:A", ["1"]))), ["aws:b", "aws:c"]);
}

#[test]
fn a_variable_in_a_condition_has_defaults_and_escapes() {
    let asks = |value: &str, found: &str, context: Context| {
        decision(
            json!([with(allow(), "Condition", json!({"StringLike": {"s3:prefix": value}}))]),
            &put_with(context.with("s3:prefix", [found])),
        )
    };
    assert_eq!(asks("home/${aws:username}/*", "home/bob/x", Context::open().with("aws:username", ["bob"])), Decision::Allowed);
    assert_eq!(asks("home/${aws:username}/*", "home/bob/x", Context::open().without("aws:username")), Decision::ImplicitDeny);
    assert_eq!(asks("home/${aws:username, 'guest'}/*", "home/guest/x", Context::open().without("aws:username")), Decision::Allowed);
    assert_eq!(asks("a${*}", "a*", Context::open()), Decision::Allowed);
    assert_eq!(asks("a${*}", "ab", Context::open()), Decision::ImplicitDeny);
}
