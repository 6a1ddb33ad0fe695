use super::*;
use crate::policy::evaluate_with_delegation;

const ROLE: &str = "arn:aws:iam::111122223333:role/team/Admin";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Admin/alice";
const USER: &str = "arn:aws:iam::111122223333:user/Bob";
const ROOT: &str = "arn:aws:iam::111122223333:root";

fn by(caller: &str) -> Request {
    let caller = match caller {
        "root" => Caller::AccountRoot("111122223333".parse().unwrap()),
        "service" => Caller::Service("ses.amazonaws.com".into()),
        arn => Caller::Identity(arn.parse().unwrap()),
    };
    Request { caller, context: Context::open(), ..put_by_ses() }
}

fn statement(effect: &str, member: &str, who: Value) -> Value {
    with(json!({"Effect": effect, "Action": "*", "Resource": "*"}), member, who)
}

fn aws(names: &[&str]) -> Value {
    json!({"AWS": names})
}

#[test]
fn who_is_named_is_allowed() {
    let cases = [
        (json!("*"), "service", Decision::Allowed),
        (json!({"AWS": "*"}), SESSION, Decision::Allowed),
        (json!({"Service": "SES.amazonaws.com"}), "service", Decision::Allowed),
        (json!({"Service": "ses.amazonaws.com"}), ROLE, Decision::ImplicitDeny),
        (json!({"Service": "*"}), "service", Decision::ImplicitDeny),
        (json!({"Federated": "ses.amazonaws.com"}), "service", Decision::ImplicitDeny),
        (aws(&[ROLE]), ROLE, Decision::Allowed),
        (aws(&[ROLE]), SESSION, Decision::Allowed),
        (aws(&[ROLE]), "arn:aws:sts::999999999999:assumed-role/Admin/alice", Decision::ImplicitDeny),
        (aws(&[ROLE]), "arn:aws:sts::111122223333:assumed-role/Other/alice", Decision::ImplicitDeny),
        (aws(&[SESSION]), SESSION, Decision::Allowed),
        (aws(&[SESSION]), "arn:aws:sts::111122223333:assumed-role/Admin/carol", Decision::ImplicitDeny),
        (aws(&[SESSION]), ROLE, Decision::Depends),
        (aws(&[USER]), USER, Decision::Allowed),
        (aws(&[USER]), "arn:aws:iam::111122223333:user/bob", Decision::ImplicitDeny),
        (aws(&["AROAEXAMPLEID"]), ROLE, Decision::ImplicitDeny),
        (json!({"CanonicalUser": "79a59df9"}), ROLE, Decision::Depends),
        (json!({"CanonicalUser": "79a59df9"}), "service", Decision::ImplicitDeny),
        (json!({}), "service", Decision::ImplicitDeny),
    ];
    for (who, caller, expected) in cases {
        assert_eq!(decision(json!([statement("Allow", "Principal", who.clone())]), &by(caller)), expected, "{who} {caller}");
    }
}

#[test]
fn a_policy_that_names_nobody_speaks_of_whom_it_is_attached_to() {
    let attached = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]);
    for caller in ["service", "root", ROLE, SESSION, USER] {
        assert_eq!(decision(attached.clone(), &by(caller)), Decision::Allowed, "{caller}");
    }
}

#[test]
fn to_allow_an_account_leaves_the_decision_to_it() {
    for account in [ROOT, "111122223333"] {
        let allow = || json!([statement("Allow", "Principal", aws(&[account]))]);
        assert_eq!(decision(allow(), &by("root")), Decision::Allowed);
        for caller in [ROLE, SESSION, USER] {
            assert_eq!(decision(allow(), &by(caller)), Decision::ImplicitDeny, "{caller}");
            assert_eq!(evaluate_with_delegation(&[("", &document(allow()))], &by(caller)).decision, Decision::Allowed, "{caller}");
        }
        assert_eq!(evaluate_with_delegation(&[("", &document(allow()))], &by("service")).decision, Decision::ImplicitDeny);
        let stranger = by("arn:aws:iam::999999999999:user/Bob");
        assert_eq!(evaluate_with_delegation(&[("", &document(allow()))], &stranger).decision, Decision::ImplicitDeny);
    }
}

#[test]
fn an_account_is_the_same_in_every_partition() {
    let allow = json!([statement("Allow", "Principal", aws(&["111122223333"]))]);
    let caller = by("arn:aws-cn:iam::111122223333:role/r");
    assert_eq!(evaluate_with_delegation(&[("", &document(allow))], &caller).decision, Decision::Allowed);
}

#[test]
fn to_deny_an_account_denies_all_in_it() {
    let statements = |who: &str| json!([statement("Allow", "Principal", json!("*")), statement("Deny", "Principal", aws(&[who]))]);
    for caller in ["root", ROLE, SESSION, USER] {
        assert_eq!(decision(statements(ROOT), &by(caller)), Decision::ExplicitDeny, "{caller}");
        assert_eq!(decision(statements("999999999999"), &by(caller)), Decision::Allowed, "{caller}");
    }
    assert_eq!(decision(statements(ROOT), &by("service")), Decision::Allowed);
}

#[test]
fn only_who_is_excepted_with_role_and_account_is_surely_excepted() {
    let cases = [
        (aws(&[USER, ROOT]), USER, Decision::Allowed),
        (aws(&[USER]), USER, Decision::Depends),
        (aws(&[ROOT]), USER, Decision::ExplicitDeny),
        (aws(&[SESSION, ROLE, ROOT]), SESSION, Decision::Allowed),
        (aws(&[ROLE, ROOT]), SESSION, Decision::Depends),
        (aws(&[ROLE, ROOT]), ROLE, Decision::Depends),
        (aws(&[ROOT]), "root", Decision::Allowed),
        (aws(&[USER]), "root", Decision::ExplicitDeny),
        (aws(&[USER, ROOT]), "service", Decision::ExplicitDeny),
        (json!({"Service": "ses.amazonaws.com"}), "service", Decision::Allowed),
        (json!({"Service": "sns.amazonaws.com"}), "service", Decision::ExplicitDeny),
    ];
    for (who, caller, expected) in cases {
        let statements = json!([statement("Allow", "Principal", json!("*")), statement("Deny", "NotPrincipal", who.clone())]);
        assert_eq!(decision(statements, &by(caller)), expected, "{who} {caller}");
    }
}

#[test]
fn what_follows_from_the_caller_is_known() {
    let asks = |caller: &str, key: &str, value: &str| {
        decision(
            json!([with(statement("Allow", "Principal", json!("*")), "Condition", json!({"StringEquals": {key: value}}))]),
            &by(caller),
        )
    };
    assert_eq!(asks("service", "aws:PrincipalIsAWSService", "true"), Decision::Allowed);
    assert_eq!(asks("service", "aws:PrincipalServiceName", "ses.amazonaws.com"), Decision::Allowed);
    assert_eq!(asks("service", "aws:SourceArn", RULE), Decision::Depends);
    assert_eq!(asks(ROLE, "aws:PrincipalIsAWSService", "true"), Decision::ImplicitDeny);
    assert_eq!(asks(ROLE, "aws:PrincipalArn", ROLE), Decision::Allowed);
    assert_eq!(asks(SESSION, "aws:PrincipalArn", ROLE), Decision::Depends);
    assert_eq!(asks(SESSION, "aws:PrincipalAccount", "111122223333"), Decision::Allowed);
    assert_eq!(asks(USER, "aws:SourceArn", RULE), Decision::ImplicitDeny);

    let mut said = by(SESSION);
    said.context = said.context.with("aws:PrincipalArn", [ROLE]);
    let statements =
        json!([with(statement("Allow", "Principal", json!("*")), "Condition", json!({"ArnEquals": {"aws:PrincipalArn": ROLE}}))]);
    assert_eq!(decision(statements, &said), Decision::Allowed, "what is said counts");
}
