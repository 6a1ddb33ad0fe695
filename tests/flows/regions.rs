//! Buckets away from the region that receives: one where SES receives mail needs no role, one where it does not is told before SES refuses it.

use serde_json::json;

use crate::support::Account;

const PLAN: &str = "
postroom: 1
name: away
region: eu-west-1
receipt:
  rules:
    - { name: store, actions: [ { s3: mailSUFFIX/in/ } ] }
";

fn account(region: &str) -> Account {
    Account::with(
        &json!({"keys": [{"alias": "alias/rest", "region": region}], "buckets": [{"name": "mail${suffix}", "region": region, "encryption": "alias/rest"}]}),
    )
}

#[test]
fn a_bucket_in_another_receiving_region_is_read_and_written_where_it_is() {
    let account = account("us-east-1");
    let plan = account.text(PLAN);
    let calls = account.plan(&plan).target()["calls"].clone();
    assert_eq!(calls["waves"], 3, "where it is, then what it is, then its key: {calls}");
    account.apply(&plan, &[]);
    assert_eq!(account.rule_names("away"), ["store"]);
    account.nothing_to_do(&plan);
}

#[test]
fn a_bucket_where_no_mail_is_received_is_told_of_and_refused_without_a_role() {
    let account = account("eu-central-2");
    let plan = account.text(PLAN);
    assert!(account.plan(&plan).target()["findings"].to_string().contains("bucket-region-needs-role"));
    account.try_apply(&plan, &["--no-wait"]).expect(5);
    account.try_apply(&plan, &["--no-wait", "--strict"]).expect(3);
}
