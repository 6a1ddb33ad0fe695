//! Roles: whose they are decides what may be done to them.

use serde_json::{Value, json};

use crate::support::{Account, REGION, wait};

const PLAN: &str = "
postroom: 1
name: keeper
region: eu-west-1
roles: { writer: ENTRY }
receipt:
  rules:
    - { name: store, actions: [ { s3: { bucket: mailSUFFIX, prefix: in/, role: writer } } ] }
";

fn account(role: &Value) -> Account {
    let roles = if role.is_null() { json!([]) } else { json!([role]) };
    Account::with(
        &json!({"buckets": [{"name": "mail${suffix}"}], "policies": [{"name": "edge", "statements": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}], "roles": roles}),
    )
}

fn tags(account: &Account) -> Value {
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    let role = wait(iam.get_role().role_name("writer").send()).expect("a role").role.expect("a role");
    role.tags().iter().map(|tag| (tag.key().to_owned(), json!(tag.value()))).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn a_role_is_made_with_path_boundary_and_tags_and_changed_where_iam_can() {
    let account = account(&Value::Null);
    let entry = account.text("{ path: /mail/, permissions_boundary: \"arn:aws:iam::ACCOUNT:policy/edge\", tags: { team: mail } }");
    let plan = account.text(PLAN).replace("ENTRY", &entry);
    account.apply(&plan, &[]);
    let created = account.calls().into_iter().find(|call| call["operation"] == "CreateRole").expect("a call")["parameters"].clone();
    assert_eq!(
        (created["Path"].as_str(), created["PermissionsBoundary"].as_str()),
        (Some("/mail/"), Some(account.text("arn:aws:iam::ACCOUNT:policy/edge").as_str()))
    );
    assert_eq!(tags(&account)["team"], "mail");

    let next = plan.replace("team: mail", "team: post");
    assert_eq!(account.plan(&next).changes(), ["update role/writer"]);
    account.apply(&next, &[]);
    assert_eq!(tags(&account)["team"], "post");

    let moved = account.run(&["plan", "-"], &plan.replace("path: /mail/", "path: /post/"));
    moved.expect(1);
    assert_eq!(moved.findings(), ["role-path-fixed"]);
}

#[test]
fn a_role_of_that_name_without_our_tag_is_refused_and_nothing_is_written() {
    let account = account(&json!({"name": "writer", "trusts": "${account}", "tags": {"team": "other"}}));
    let plan = account.text(PLAN).replace("ENTRY", "{}");
    let planned = account.run(&["plan", "-"], &plan);
    planned.expect(1);
    assert_eq!(planned.findings(), ["not-ours"]);
    account.try_apply(&plan, &[]).expect(3);
    assert_eq!(account.writes(), [] as [String; 0]);
}

#[test]
fn adopt_takes_a_role_over_and_changes_nothing_of_it_but_the_tag() {
    let account = account(
        &json!({"name": "writer", "trusts": "${account}", "tags": {"team": "other"}, "inline": {"mine": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}}),
    );
    let plan = account.text(PLAN).replace("ENTRY", "{ adopt: true }");
    let planned = account.plan(&plan);
    assert_eq!(planned.changes()[0], "adopt role/writer");
    account.apply(&plan, &[]);
    let tags = tags(&account);
    assert_eq!(tags["team"], "other");
    assert!(tags["postroom:plan"].as_str().is_some_and(|tag| tag.starts_with("keeper/")), "{tags}");
    let trust = account.document("role-trust/writer");
    assert_eq!(trust["Statement"].as_array().map(Vec::len), Some(2), "theirs and ours: {trust}");
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    let policies = wait(iam.list_role_policies().role_name("writer").send()).expect("policies").policy_names;
    assert!(policies.contains(&"mine".to_owned()) && policies.len() == 2, "{policies:?}");
}

#[test]
fn a_role_with_another_plans_tag_is_refused_even_to_adopt() {
    let account = account(&json!({"name": "writer", "trusts": "${account}", "tags": {"postroom:plan": "another/abcdefgh"}}));
    for entry in ["{}", "{ adopt: true }"] {
        let plan = account.text(PLAN).replace("ENTRY", entry);
        let refused = account.try_apply(&plan, &[]);
        refused.expect(3);
        assert_eq!(refused.findings(), ["not-ours"], "{entry}");
    }
    assert_eq!(account.writes(), [] as [String; 0]);
    account.apply(&account.text(PLAN).replace("ENTRY", "{ existing: true }"), &[]);
    assert_eq!(tags(&account), json!({"postroom:plan": "another/abcdefgh"}), "only used, not marked");
}

#[test]
fn an_existing_role_that_is_not_there_is_an_error() {
    let account = account(&Value::Null);
    let planned = account.run(&["plan", "-"], &account.text(PLAN).replace("ENTRY", "{ existing: true }"));
    planned.expect(1);
    assert!(planned.findings().contains(&"existing-missing".to_owned()), "{planned}");
}

#[test]
fn a_role_of_ours_goes_when_its_rule_has_gone() {
    let account = account(&Value::Null);
    let plan = account.text(PLAN).replace("ENTRY", "{}");
    account.apply(&plan, &[]);
    let gone = "postroom: 1\nname: keeper\nregion: eu-west-1\nroles: { writer: { absent: true } }\nreceipt: { rule_sets: { keeper: { rules: [ { name: store, absent: true } ] } } }\n";
    account.forget_calls();
    account.try_apply(gone, &[]).expect(3);
    assert_eq!(account.writes(), [] as [String; 0]);
    account.apply(gone, &["--allow-delete"]);
    let writes = account.writes();
    assert_eq!(writes.first().map(String::as_str), Some("DeleteReceiptRule keeper"), "first who uses it: {writes:?}");
    assert_eq!(writes.last().map(String::as_str), Some("DeleteRole writer"));
}
