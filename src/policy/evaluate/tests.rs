use serde_json::{Value, json};

use super::*;

mod conditions;
mod laws;
mod principals;

const RULE: &str = "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/r";
const OBJECT: &str = "arn:aws:s3:::b/in/1";

fn document(statements: Value) -> Document {
    Document::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

/// SES stores a mail: what it says of itself, over an encrypted connection, and nothing else.
fn put_by_ses() -> Request {
    let context = Context::open().with("aws:SourceAccount", ["111122223333"]).with("aws:SourceArn", [RULE]);
    Request { caller: Caller::Service("ses.amazonaws.com".into()), action: "s3:PutObject".into(), resource: OBJECT.into(), context }
}

fn put_with(context: Context) -> Request {
    Request { context, ..put_by_ses() }
}

fn decision(statements: Value, request: &Request) -> Decision {
    evaluate(&[("policy", &document(statements))], request).decision
}

/// What the answer depends on, for an answer that depends.
fn open(statements: Value, request: &Request) -> Vec<String> {
    let verdict = evaluate(&[("policy", &document(statements))], request);
    assert_eq!(verdict.decision, Decision::Depends, "{verdict:?}");
    verdict.on.into_iter().collect()
}

/// The bucket statement of the AWS page (P001-3 of the facts).
fn allow() -> Value {
    json!({"Sid": "AllowSESPuts", "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*",
        "Condition": {"StringEquals": {"AWS:SourceAccount": "111122223333", "AWS:SourceArn": RULE}}})
}

fn deny(condition: Value) -> Value {
    json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": condition})
}

fn without(mut statement: Value, member: &str) -> Value {
    statement.as_object_mut().unwrap().remove(member);
    statement
}

fn with(mut statement: Value, member: &str, value: Value) -> Value {
    statement[member] = value;
    statement
}

#[test]
fn what_a_statement_allows_is_allowed_and_nothing_else() {
    assert_eq!(decision(json!([allow()]), &put_by_ses()), Decision::Allowed);
    let others = [
        Request { action: "s3:GetObject".into(), ..put_by_ses() },
        Request { resource: "arn:aws:s3:::other/in/1".into(), ..put_by_ses() },
        Request { resource: "arn:aws:s3:::b".into(), ..put_by_ses() },
        Request { caller: Caller::Service("sns.amazonaws.com".into()), ..put_by_ses() },
        put_with(put_by_ses().context.with("aws:SourceArn", [format!("{RULE}2")])),
        put_with(put_by_ses().context.with("aws:SourceAccount", ["999999999999"])),
        put_with(put_by_ses().context.without("aws:SourceArn")),
    ];
    for other in others {
        assert_eq!(decision(json!([allow()]), &other), Decision::ImplicitDeny, "{other:?}");
    }
    assert_eq!(decision(json!([]), &put_by_ses()), Decision::ImplicitDeny);
    assert_eq!(decision(json!([allow()]), &Request { action: "S3:putobject".into(), ..put_by_ses() }), Decision::Allowed);
}

#[test]
fn a_denial_wins_wherever_it_stands() {
    let everything = deny(json!({}));
    assert_eq!(decision(json!([allow(), everything]), &put_by_ses()), Decision::ExplicitDeny);
    assert_eq!(decision(json!([everything, allow()]), &put_by_ses()), Decision::ExplicitDeny);

    let (first, second) = (document(json!([allow()])), document(json!([with(allow(), "Action", json!("s3:x")), everything])));
    let verdict = evaluate(&[("one", &first), ("two", &second)], &put_by_ses());
    let deciding = Deciding { document: "two".into(), index: 1, sid: Some("No".into()) };
    assert_eq!(verdict, Verdict { decision: Decision::ExplicitDeny, deciding: Some(deciding), on: BTreeSet::new() });
}

#[test]
fn the_deciding_statement_is_named() {
    let verdict = evaluate(
        &[("bucket", &document(json!([deny(json!({"Bool": {"aws:SecureTransport": "false"}})), allow()])))],
        &put_with(put_by_ses().context.with("aws:SecureTransport", ["true"])),
    );
    assert_eq!(verdict.deciding, Some(Deciding { document: "bucket".into(), index: 1, sid: Some("AllowSESPuts".into()) }));
}

#[test]
fn a_denial_of_plain_connections_spares_encrypted_ones() {
    let statements = || json!([allow(), deny(json!({"Bool": {"aws:SecureTransport": "false"}}))]);
    let over = |secure: &str| put_with(put_by_ses().context.with("aws:SecureTransport", [secure]));
    assert_eq!(decision(statements(), &over("true")), Decision::Allowed);
    assert_eq!(decision(statements(), &over("false")), Decision::ExplicitDeny);
    assert_eq!(open(statements(), &put_by_ses()), ["aws:securetransport"]);
}

#[test]
fn a_denial_of_all_but_one_endpoint_hits_a_service_that_comes_through_none() {
    for operator in ["StringNotEquals", "StringNotEqualsIfExists"] {
        let statements = || json!([allow(), deny(json!({operator: {"aws:SourceVpce": "vpce-1"}}))]);
        assert_eq!(open(statements(), &put_by_ses()), ["aws:sourcevpce"]);
        assert_eq!(decision(statements(), &put_with(put_by_ses().context.without("aws:SourceVpce"))), Decision::ExplicitDeny);
        assert_eq!(decision(statements(), &put_with(put_by_ses().context.with("aws:SourceVpce", ["vpce-1"]))), Decision::Allowed);
    }
}

#[test]
fn a_denial_of_strangers_to_the_organisation_can_spare_services() {
    let not_org = || json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}});
    let spared = || json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}});
    let absent = put_with(put_by_ses().context.without("aws:PrincipalOrgID"));
    assert_eq!(decision(json!([allow(), deny(not_org())]), &absent), Decision::ExplicitDeny);
    assert_eq!(decision(json!([allow(), deny(spared())]), &absent), Decision::Allowed);
    assert_eq!(decision(json!([allow(), deny(spared())]), &put_by_ses()), Decision::Allowed, "the unknown key does not matter");
}

#[test]
fn what_does_not_matter_is_not_asked_for() {
    let two = json!([allow(), with(allow(), "Condition", json!({"StringEquals": {"aws:Mystery": "x"}}))]);
    assert_eq!(decision(two, &put_by_ses()), Decision::Allowed, "one allow is enough");
    assert_eq!(
        decision(json!([deny(json!({"StringEquals": {"aws:Mystery": "x"}}))]), &put_by_ses()),
        Decision::ImplicitDeny,
        "nothing allows"
    );
    let open_allow = with(allow(), "Condition", json!({"StringEquals": {"aws:A": "x"}}));
    assert_eq!(
        open(json!([open_allow, deny(json!({"StringEquals": {"aws:B": "x", "aws:SourceAccount": "111122223333"}}))]), &put_by_ses()),
        ["aws:a", "aws:b"]
    );
    assert_eq!(open(json!([allow(), deny(json!({"StringEquals": {"aws:B": "x"}}))]), &put_by_ses()), ["aws:b"]);
}

#[test]
fn everything_but_an_action_or_a_resource() {
    let but_action = |action: &str| with(without(deny(json!({})), "Action"), "NotAction", json!(action));
    assert_eq!(decision(json!([allow(), but_action("s3:put*")]), &put_by_ses()), Decision::Allowed);
    assert_eq!(decision(json!([allow(), but_action("s3:Get*")]), &put_by_ses()), Decision::ExplicitDeny);
    let but_resource = |resource: &str| with(without(deny(json!({})), "Resource"), "NotResource", json!(resource));
    assert_eq!(decision(json!([allow(), but_resource("arn:aws:s3:::b/in/*")]), &put_by_ses()), Decision::Allowed);
    assert_eq!(decision(json!([allow(), but_resource("arn:aws:s3:::b/out/*")]), &put_by_ses()), Decision::ExplicitDeny);
}

#[test]
fn resources_and_conditions_take_the_values_of_variables() {
    let home = with(without(allow(), "Condition"), "Resource", json!("arn:aws:s3:::b/${aws:SourceAccount}/*"));
    let to = |account: &str| Request { resource: format!("arn:aws:s3:::b/{account}/1"), ..put_by_ses() };
    assert_eq!(decision(json!([home]), &to("111122223333")), Decision::Allowed);
    assert_eq!(decision(json!([home]), &to("999999999999")), Decision::ImplicitDeny);

    let same = with(allow(), "Condition", json!({"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}));
    assert_eq!(open(json!([same]), &put_by_ses()), ["aws:resourceaccount"]);
    let known = |account: &str| put_with(put_by_ses().context.with("aws:ResourceAccount", [account]));
    assert_eq!(decision(json!([same]), &known("111122223333")), Decision::Allowed);
    assert_eq!(decision(json!([same]), &known("999999999999")), Decision::ImplicitDeny);
}

#[test]
fn the_old_language_has_no_variables() {
    let text =
        json!({"Statement": with(without(allow(), "Condition"), "Resource", json!("arn:aws:s3:::b/${aws:SourceAccount}/*"))}).to_string();
    let old = Document::parse(&text).unwrap();
    let at = |resource: &str| evaluate(&[("", &old)], &Request { resource: resource.into(), ..put_by_ses() }).decision;
    assert_eq!(at("arn:aws:s3:::b/${aws:SourceAccount}/1"), Decision::Allowed);
    assert_eq!(at("arn:aws:s3:::b/111122223333/1"), Decision::ImplicitDeny);
}

#[test]
fn only_a_trust_policy_speaks_without_a_resource() {
    let bare = |action: &str| json!([{"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": action}]);
    let asks = |action: &str| Request { action: action.into(), resource: "arn:aws:iam::111122223333:role/r".into(), ..put_by_ses() };
    assert_eq!(decision(bare("sts:AssumeRole"), &asks("sts:AssumeRole")), Decision::Allowed);
    assert_eq!(decision(bare("kms:Decrypt"), &asks("kms:Decrypt")), Decision::ImplicitDeny);
    assert_eq!(decision(json!([without(allow(), "Action")]), &put_by_ses()), Decision::ImplicitDeny);
}

#[test]
fn what_cannot_be_read_is_left_open() {
    for member in ["Principal", "Action", "Resource", "Condition", "NotPrincipal", "NotAction", "NotResource"] {
        assert_eq!(open(json!([allow(), with(deny(json!({})), member, json!([[1]]))]), &put_by_ses()), [member]);
    }
    assert_eq!(
        open(json!([with(allow(), "Condition", json!({"StringSounds": {"aws:SourceAccount": "1"}}))]), &put_by_ses()),
        ["aws:sourceaccount"]
    );
    assert_eq!(
        decision(json!([with(allow(), "Surprise", json!(1))]), &put_by_ses()),
        Decision::Allowed,
        "a member beside the grammar says nothing"
    );
}

/// The two samples of the AWS pages that can never match (facts §3.2, rows 6 and 7).
#[test]
fn misprinted_samples_allow_nothing() {
    let blocks: Value = serde_json::from_str(include_str!("../documented.json")).unwrap();
    let asked = |block: &str, action: &str, resource: &str| {
        let document = Document::parse(&blocks[block].to_string()).unwrap();
        let caller = Caller::Identity("arn:aws:iam::111122223333:role/r".parse().unwrap());
        evaluate(&[(block, &document)], &Request { caller, action: action.into(), resource: resource.into(), context: Context::open() })
            .decision
    };
    assert_eq!(asked("P001-1", "s3:PutObject", "arn:aws:s3:::my-bucket/x"), Decision::Allowed);
    assert_eq!(asked("P001-1", "kms:GenerateDataKey", "arn:aws:kms:region:111122223333:key/key-id"), Decision::ImplicitDeny);
    assert_eq!(
        asked("P002-13", "workmail:DeliverToMailbox", "arn:aws:workmail:us-east-1:888888888888:organization/MyWorkMailOrganizationID"),
        Decision::ImplicitDeny
    );
}
