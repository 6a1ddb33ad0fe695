//! Buckets and keys of another account: written there with the role that the plan names, or left to their owner.

use serde_json::json;

use crate::support::Account;
use crate::support::json::sids;

const PLAN: &str = "
postroom: 1
name: visitor
region: eu-west-1
accounts: { \"OTHER\": { role: postroom, owns: [theirsSUFFIX] } }
receipt:
  rules:
    - { name: store, actions: [ { s3: theirsSUFFIX/in/ } ] }
";

fn account() -> Account {
    Account::with(&json!({
        "keys": [{"alias": "alias/rest", "account": "${other}"}],
        "buckets": [{"name": "theirs${suffix}", "account": "${other}", "encryption": "alias/rest"}],
        "roles": [{"name": "postroom", "account": "${other}", "trusts": "${account}"}]
    }))
}

#[test]
fn a_bucket_and_its_key_in_another_account_get_their_statements_there() {
    let account = account();
    let plan = account.text(PLAN);
    account.apply(&plan, &[]);
    let bucket = account.document(&account.text("bucket-policy/theirsSUFFIX@OTHER"));
    assert_eq!(sids(&bucket).len(), 1, "{bucket}");
    assert_eq!(bucket["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"], account.id.as_str(), "the account that receives");
    let reads = account.calls().into_iter().filter(|call| call["service"] == "s3").count();
    assert_eq!(reads, 0, "nothing of the bucket was asked as the account that receives");
}

#[test]
fn with_a_role_both_accounts_must_say_so() {
    let account = account();
    let plan = account.text(&PLAN.replace("{ s3: theirsSUFFIX/in/ }", "{ s3: { bucket: theirsSUFFIX, prefix: in/, role: writer } }"))
        + "roles: { writer: {} }\n";
    account.apply(&plan, &[]);
    let bucket = account.document(&account.text("bucket-policy/theirsSUFFIX@OTHER"));
    assert_eq!(bucket["Statement"][0]["Principal"], json!({"AWS": account.text("arn:aws:iam::ACCOUNT:role/writer")}), "the role, not SES");
    assert_eq!(sids(&account.document("role-policy/writer")).len(), 2, "its own side: the bucket and its key");
}

#[test]
fn another_account_that_is_not_reached_is_unreadable_and_not_empty() {
    let account = account();
    let run = account.run(&["plan", "-"], &account.text(&PLAN.replace("role: postroom", "role: nobody")));
    run.expect(4);
    assert!(!run.changes().iter().any(|change| change.contains("bucket-policy")), "{run}");
    assert_eq!(account.writes(), [] as [String; 0]);
}
