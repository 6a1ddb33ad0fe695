//! Policies of users, groups and roles: who may send, and who may use archives.

use serde_json::{Value, json};

use crate::support::container::decoded;
use crate::support::json::sids;
use crate::support::{Account, REGION, wait};

const SENDERS: &str = "
postroom: 1
name: outgoing
region: eu-west-1
senders:
  marketing:
    attach_to: [ { role: app }, { user: alice }, { group: writers } ]
    identities: [acme.example]
    configuration_sets: [bulk]
    only: { from: [marketing@acme.example] }
  operations: { attach_to: { user: alice }, actions: [SendBounce], identities: all, only: { from: [bounce@acme.example] } }
";

const POLICY: &str = "postroom-outgoing-eu-west-1";

/// Somebody else's user, group and role; the user has a policy already.
fn people() -> Account {
    let account = Account::with(&json!({"roles": [{"name": "app", "trusts": "${account}"}]}));
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    wait(iam.create_user().user_name("alice").send()).expect("a user");
    wait(iam.create_group().group_name("writers").send()).expect("a group");
    let hers = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]});
    wait(iam.put_user_policy().user_name("alice").policy_name("hers").policy_document(hers.to_string()).send()).expect("a policy");
    account.forget_calls();
    account
}

fn of_user(account: &Account) -> Value {
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    let found = wait(iam.get_user_policy().user_name("alice").policy_name(POLICY).send()).expect("our policy of alice");
    serde_json::from_str(&decoded(found.policy_document())).expect("JSON")
}

#[test]
fn senders_get_one_policy_each_and_keep_their_own() {
    let account = people();
    let plan = account.text(SENDERS);
    account.apply(&plan, &[]);
    let mut writes = account.writes();
    writes.sort();
    assert_eq!(writes, ["PutGroupPolicy writers", "PutRolePolicy app", "PutUserPolicy alice"]);
    account.nothing_to_do(&plan);
    let policy = of_user(&account);
    assert_eq!(sids(&policy).len(), 2, "{policy}");
    let marketing = policy["Statement"].as_array().unwrap().iter().find(|one| one["Action"].is_array()).expect("marketing's statement");
    assert_eq!(marketing["Condition"], json!({"StringEquals": {"ses:FromAddress": "marketing@acme.example"}}));
    assert_eq!(
        marketing["Resource"],
        json!([
            format!("arn:aws:ses:eu-west-1:{}:configuration-set/bulk", account.id),
            format!("arn:aws:ses:eu-west-1:{}:identity/acme.example", account.id),
        ])
    );
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    let mut names = wait(iam.list_user_policies().user_name("alice").send()).expect("policies").policy_names;
    names.sort();
    assert_eq!(names, ["hers", POLICY]);
}

#[test]
fn a_sender_that_changes_is_changed_in_place_and_one_that_is_retired_is_stripped() {
    let account = people();
    account.apply(&account.text(SENDERS), &[]);
    let narrower = account.text(&SENDERS.replace("from: [bounce@acme.example]", "from: [bounces@acme.example]"));
    assert_eq!(account.plan(&narrower).changes(), ["update user-policy/alice SendAs"]);
    account.apply(&narrower, &[]);
    account.nothing_to_do(&narrower);
    let retired = "
postroom: 1
name: outgoing
region: eu-west-1
retired: [ user-policy/alice, group-policy/writers, role-policy/app ]
";
    account.forget_calls();
    account.apply(retired, &[]);
    let mut writes = account.writes();
    writes.sort();
    assert_eq!(writes, ["DeleteGroupPolicy writers", "DeleteRolePolicy app", "DeleteUserPolicy alice"]);
    account.nothing_to_do(retired);
}

#[test]
fn nobody_is_given_a_policy_while_one_of_them_is_not_there() {
    let account = people();
    let plan = account.text(&SENDERS.replace("user: alice }, actions", "user: bob }, actions"));
    let refused = account.try_apply(&plan, &[]);
    refused.expect(3);
    assert_eq!(refused.findings(), ["identity-missing"]);
    assert_eq!(account.writes(), [] as [String; 0]);
}
