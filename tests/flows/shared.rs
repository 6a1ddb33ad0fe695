//! Two plans and two regions that share a bucket and a role, and what becomes of grants when rules go.

use serde_json::json;

use crate::support::json::sids;
use crate::support::{Account, REGION};

/// The plan that makes the role.
const MAKER: &str = "
postroom: 1
name: mail-eu
region: eu-west-1
roles: { mail-writer: {} }
receipt:
  rule_sets:
    eu:
      active: true
      rules:
        - { name: plain, recipients: [a.example], actions: [ { s3: sharedSUFFIX/in/ } ] }
        - { name: by-role, recipients: [b.example], actions: [ { s3: { bucket: sharedSUFFIX, prefix: roles/, role: mail-writer } } ] }
";

/// Another plan in the same region.
const NEIGHBOUR: &str = "
postroom: 1
name: mail-too
region: eu-west-1
roles: { mail-writer: { existing: true } }
receipt:
  rule_sets:
    too:
      rules:
        - { name: plain, recipients: [c.example], actions: [ { s3: sharedSUFFIX/in/ } ] }
        - { name: by-role, recipients: [d.example], actions: [ { s3: { bucket: sharedSUFFIX, prefix: roles/, role: mail-writer } } ] }
";

/// The neighbour's plan in another region: an owner of its own.
fn abroad() -> String {
    let rule = "        - { name: plain, recipients: [c.example], actions: [ { s3: sharedSUFFIX/in/ } ] }\n";
    NEIGHBOUR.replace("region: eu-west-1", "region: us-east-1").replace(rule, "")
}

#[test]
fn two_plans_and_two_regions_share_a_bucket_and_a_role_and_leave_each_other_alone() {
    let account = Account::with(&json!({"buckets": [{"name": "shared${suffix}"}]}));
    let plans = [account.text(MAKER), account.text(NEIGHBOUR), account.text(&abroad())];
    for plan in &plans {
        account.apply(plan, &[]);
    }
    for plan in &plans {
        account.nothing_to_do(plan);
    }
    let bucket = account.document(&format!("bucket-policy/{}", account.bucket("shared")));
    assert_eq!(sids(&bucket).len(), 2, "one statement of each of the two plans without a role: {bucket}");
    let trust = account.document("role-trust/mail-writer");
    assert_eq!(sids(&trust).iter().filter(|sid| sid.starts_with("Postroom")).count(), 3, "one of each plan and region: {trust}");

    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    let mut policies = crate::support::wait(iam.list_role_policies().role_name("mail-writer").send()).expect("policies").policy_names;
    policies.sort();
    assert_eq!(policies, ["postroom-mail-eu-eu-west-1", "postroom-mail-too-eu-west-1", "postroom-mail-too-us-east-1"]);
}

#[test]
fn a_role_that_others_use_is_not_taken_from_them() {
    let account = Account::with(&json!({"buckets": [{"name": "shared${suffix}"}]}));
    account.apply(&account.text(MAKER), &[]);
    account.apply(&account.text(NEIGHBOUR), &[]);
    let gone = account.text(
        "
postroom: 1
name: mail-eu
region: eu-west-1
roles: { mail-writer: { absent: true } }
receipt:
  rule_sets:
    eu: { rules: [ { name: plain, absent: true }, { name: by-role, absent: true } ] }
",
    );
    account.forget_calls();
    let refused = account.try_apply(&gone, &["--allow-delete"]);
    refused.expect(3);
    assert!(refused.findings().contains(&"role-in-use".to_owned()), "{refused}");
    assert_eq!(account.writes(), [] as [String; 0]);
    account.nothing_to_do(&account.text(NEIGHBOUR));
}

#[test]
fn a_rule_whose_line_is_taken_out_keeps_its_grant_until_it_is_said_to_be_absent() {
    let account = Account::with(&json!({"buckets": [{"name": "shared${suffix}"}]}));
    let both = account.text(
        "
postroom: 1
name: mail-eu
region: eu-west-1
receipt:
  rules:
    - { name: one, recipients: [a.example], actions: [ { s3: sharedSUFFIX/in/ } ] }
    - { name: two, recipients: [b.example], actions: [ { s3: sharedSUFFIX/in/ } ] }
",
    );
    account.apply(&both, &[]);
    let address = format!("bucket-policy/{}", account.bucket("shared"));
    let before = account.document(&address);

    let out: String = both.lines().filter(|line| !line.contains("name: two")).map(|line| format!("{line}\n")).collect();
    let kept = account.plan(&out);
    assert_eq!(kept.changes(), [] as [String; 0], "nothing is taken from a rule that lives: {kept}");
    assert_eq!(kept.findings(), ["rule-not-in-plan"]);
    account.apply(&out, &[]);
    assert_eq!(account.document(&address), before);

    let absent = format!("{out}    - {{ name: two, absent: true }}\n");
    let planned = account.plan(&absent);
    assert_eq!(planned.changes(), ["delete receipt-rule/mail-eu/two", "update bucket-policy/shared DeliverToS3"]);
    account.try_apply(&absent, &[]).expect(3);
    account.forget_calls();
    account.apply(&absent, &["--allow-delete"]);
    assert_eq!(
        account.writes(),
        ["DeleteReceiptRule mail-eu".to_owned(), format!("PutBucketPolicy {}", account.bucket("shared"))],
        "first the rule, then its grant"
    );
    let left = account.document(&address).to_string();
    assert!(left.contains("receipt-rule/one") && !left.contains("receipt-rule/two"), "{left}");
}
