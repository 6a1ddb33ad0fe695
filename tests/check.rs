//! `check` over everything that is on a role: what managed policies allow and deny, and what a permissions boundary leaves of it.

#[path = "laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

use postroom::core::address::{Address, Home};
use postroom::core::check::{Answer, Checked, check};
use postroom::core::live::{Live, Observed};
use postroom::core::memory::Memory;
use postroom::core::scene::Scene;
use serde_json::{Value, json};

const PLAN: &str = "
postroom: 1
name: acme
roles: { writer: { existing: true } }
receipt:
  rule_sets:
    main:
      rules:
        - { name: a, recipients: [acme.example], actions: [ { s3: { bucket: acme-mail, prefix: in/, role: writer } } ] }
";
const EDGE: &str = "arn:aws:iam::111122223333:policy/edge";
const WRITERS: &str = "arn:aws:iam::111122223333:policy/mail/writers";

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn policy(statement: &Value) -> Observed {
    Observed::Present(json!({"text": json!({"Version": "2012-10-17", "Statement": statement}).to_string()}))
}

fn allow(action: &str) -> Value {
    json!({"Sid": "Writers", "Effect": "Allow", "Action": action, "Resource": "*"})
}

/// An account with the role `writer`, which SES may assume.
fn account(boundary: Option<&str>, attached: &[&str]) -> Live {
    let mut account = Live::new(home());
    let mut put = |at: &str, observed| account.seen.insert(Address::read_at(at, &home()).unwrap(), observed);
    put("bucket/acme-mail", Observed::Present(json!({"region": "eu-west-1"})));
    let role = json!({"arn": "arn:aws:iam::111122223333:role/writer", "path": "/", "permissions_boundary": boundary, "tags": {}});
    put("role/writer", Observed::Present(role));
    let ses = json!({"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "sts:AssumeRole"});
    put("role-trust/writer", policy(&ses));
    put("attached-policies/writer", Observed::Present(json!({"arns": attached})));
    account
}

fn put(account: &mut Live, arn: &str, observed: Observed) {
    account.seen.insert(Address::read_at(&format!("managed-policy/{arn}"), &home()).unwrap(), observed);
}

/// The answer for `s3:PutObject` by the role.
fn asked(account: &Live) -> Checked {
    let plan = run::plan(PLAN, account);
    let live = run::seen(&Memory::new(account.clone(), &plan), &plan, account);
    let rows = check(&mut Scene::new(&plan, &live));
    rows.into_iter().find(|row| row.action == "s3:PutObject").expect("a row for the bucket")
}

#[test]
fn a_managed_policy_allows_as_an_inline_policy_does() {
    let mut account = account(None, &[WRITERS]);
    assert_eq!(asked(&account).answer, Answer::Denied, "a policy that is gone allows nothing");
    put(&mut account, WRITERS, policy(&allow("s3:Put*")));
    let row = asked(&account);
    assert_eq!((row.answer, row.by.as_deref(), row.owner.as_deref()), (Answer::Allowed, Some("Writers"), Some("foreign")));
    assert_eq!(row.at, format!("managed-policy/{WRITERS}"));
}

#[test]
fn a_managed_policy_denies_whatever_the_others_allow() {
    let mut account = account(None, &[WRITERS, "arn:aws:iam::aws:policy/AWSDenyAll"]);
    put(&mut account, WRITERS, policy(&allow("s3:*")));
    put(
        &mut account,
        "arn:aws:iam::aws:policy/AWSDenyAll",
        policy(&json!({"Sid": "DenyAll", "Effect": "Deny", "Action": "*", "Resource": "*"})),
    );
    let row = asked(&account);
    assert_eq!((row.answer, row.by.as_deref()), (Answer::Denied, Some("DenyAll")));
}

#[test]
fn a_boundary_allows_nothing_and_limits_everything() {
    let mut account = account(Some(EDGE), &[WRITERS]);
    put(&mut account, EDGE, policy(&allow("s3:*")));
    assert_eq!(asked(&account).answer, Answer::Denied, "the boundary alone allows nothing");
    put(&mut account, WRITERS, policy(&allow("s3:PutObject")));
    assert_eq!(asked(&account).answer, Answer::Allowed);
    put(&mut account, EDGE, policy(&allow("sqs:*")));
    let row = asked(&account);
    assert_eq!((row.answer, row.by, row.at), (Answer::Denied, None, format!("managed-policy/{EDGE}")));
    account.seen.remove(&Address::read_at(&format!("managed-policy/{EDGE}"), &home()).unwrap());
    assert_eq!(asked(&account).answer, Answer::Denied, "a boundary that is gone allows nothing");
}

#[test]
fn what_cannot_be_read_leaves_it_open() {
    let unreadable = || Observed::Unreadable("AccessDenied iam:GetPolicy".to_owned());
    let mut one = account(None, &[WRITERS, EDGE]);
    put(&mut one, WRITERS, policy(&allow("s3:*")));
    put(&mut one, EDGE, unreadable());
    let row = asked(&one);
    assert_eq!((row.answer, row.on), (Answer::Unreadable, vec!["AccessDenied iam:GetPolicy".to_owned()]));
    let mut list = account(None, &[]);
    list.seen.insert(Address::read_at("attached-policies/writer", &home()).unwrap(), unreadable());
    assert_eq!(asked(&list).answer, Answer::Unreadable);
}
