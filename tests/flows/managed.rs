//! Managed policies of a role count as its inline ones do, and a permissions boundary limits them all.

use serde_json::{Value, json};

use crate::support::Account;

const PLAN: &str = "
postroom: 1
name: keeper
region: eu-west-1
roles: { writer: { existing: true } }
receipt:
  rules:
    - { name: store, actions: [ { s3: { bucket: mailSUFFIX, prefix: in/, role: writer } } ] }
";

fn account(policies: &Value, role: &Value) -> Account {
    let mut writer = json!({"name": "writer", "trusts": "${account}"});
    writer.as_object_mut().expect("a role").extend(role.as_object().cloned().unwrap_or_default());
    Account::with(&json!({"buckets": [{"name": "mail${suffix}"}], "policies": policies, "roles": [writer]}))
}

fn allow(action: &str) -> Value {
    json!([{"Sid": "May", "Effect": "Allow", "Action": action, "Resource": "*"}])
}

#[test]
fn what_a_managed_policy_grants_is_granted() {
    let account = account(&json!([{"name": "writers", "statements": allow("s3:PutObject")}]), &json!({"attached": ["writers"]}));
    let plan = account.text(PLAN).replace("roles:", "defaults: { foreign_grants: accept }\nroles:");
    let planned = account.plan(&plan);
    assert!(!planned.changes().iter().any(|change| change.contains("role-policy")), "theirs satisfies the need: {planned}");
    account.apply(&plan, &[]);
    let checked = account.run(&["check", "-"], &plan);
    checked.expect(0);
    let checks = checked.target()["checks"].as_array().cloned().unwrap_or_default();
    let puts = checks.iter().find(|row| row["action"] == "s3:PutObject").expect("a row").clone();
    assert_eq!((&puts["by"], &puts["owner"]), (&json!("May"), &json!("foreign")), "{puts}");
    assert_eq!(puts["at"], account.text("managed-policy/arn:aws:iam::ACCOUNT:policy/writers"));
}

#[test]
fn what_a_managed_policy_denies_no_statement_of_ours_helps() {
    let deny = json!([{"Sid": "NoMail", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}]);
    let account = account(&json!([{"name": "no-mail", "statements": deny}]), &json!({"attached": ["no-mail"]}));
    let plan = account.text(PLAN);
    let refused = account.try_apply(&plan, &[]);
    refused.expect(3);
    assert_eq!(refused.findings(), ["foreign-deny-blocks-ses"], "{refused}");
    assert_eq!(account.writes(), [] as [String; 0]);
    account.run(&["check", "-"], &plan).expect(2);
}

#[test]
fn what_a_boundary_does_not_allow_no_statement_of_ours_helps() {
    let account = account(&json!([{"name": "edge", "statements": allow("sqs:*")}]), &json!({"boundary": "edge"}));
    let refused = account.try_apply(&account.text(PLAN), &[]);
    refused.expect(3);
    assert_eq!(refused.findings(), ["foreign-deny-blocks-ses"], "{refused}");
}

#[test]
fn a_policy_that_may_not_be_read_leaves_the_answer_open() {
    let account = account(&json!([{"name": "writers", "statements": allow("s3:PutObject")}]), &json!({"attached": ["writers"]}));
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    account.fault(json!({"service": "iam", "operation": "GetPolicyVersion", "code": "AccessDenied", "status": 403, "remaining": null}));
    account.run(&["check", "-"], &plan).expect(4);
}
