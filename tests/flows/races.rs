//! Other hands: between what was read and what is written, and two runs at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::json::sids;
use crate::support::{Account, emulator};

const PLAN: &str = "
postroom: 1
name: NAME
region: eu-west-1
roles: { NAME-writer: {} }
receipt:
  rule_sets:
    NAME:
      rules:
        - { name: store, actions: [ { s3: mailSUFFIX/NAME/ }, { s3: { bucket: mailSUFFIX, prefix: by-role/, role: NAME-writer } } ] }
";

/// Until a fault of this account has met its call: the run is at that call now.
pub fn until_hit(account: &Account) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let faults = emulator::ask("GET", "/_test/faults", &Value::Null);
        let met = faults.as_array().into_iter().flatten().any(|fault| fault["account"] == account.id && fault["hits"].as_u64() > Some(0));
        if met {
            return;
        }
        assert!(Instant::now() < deadline, "the run never came there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_statement_that_somebody_writes_between_plan_and_write_survives() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let plan = account.text(PLAN).replace("NAME", "calm");
    // Roles are made first: while that call waits, the account has been read and no policy has been written.
    account.fault(json!({"service": "iam", "operation": "CreateRole", "delay_ms": 4000}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    let address = format!("bucket-policy/{}", account.bucket("mail"));
    let foreign = json!({"Sid": "Meanwhile", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", account.id)}, "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{}/*", account.bucket("mail"))});
    account.add_statement(&address, &foreign);
    account.finish(child).expect(0);
    let sids = sids(&account.document(&address));
    assert!(sids.len() == 2 && sids.contains(&"Meanwhile".to_owned()), "theirs and ours: {sids:?}");
    account.nothing_to_do(&plan);
}

#[test]
fn a_foreign_write_at_the_same_function_is_refused_by_its_revision_and_made_again() {
    let account = Account::with(&json!({"functions": [{"name": "sort"}]}));
    let plan = "postroom: 1\nname: calm\nregion: eu-west-1\nreceipt: { rules: [ { name: sort, actions: [ { lambda: sort } ] } ] }\n";
    account.fault(json!({"service": "lambda", "operation": "AddPermission", "code": "PreconditionFailedException", "message": "The Revision Id provided does not match", "status": 412}));
    account.apply(plan, &[]);
    let tries: Vec<_> =
        account.calls().into_iter().filter(|call| call["operation"] == "AddPermission").map(|call| call["status"].clone()).collect();
    assert_eq!(tries, [412, 201]);
    let told = account.calls().into_iter().rfind(|call| call["operation"] == "AddPermission").expect("a call");
    assert!(told["parameters"].get("RevisionId").is_none() || told["parameters"]["RevisionId"].is_string(), "{told}");
}

#[test]
fn two_plans_that_are_applied_at_once_to_one_bucket_both_come_to_rest() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let plans = ["north", "south", "east", "west"].map(|name| account.text(PLAN).replace("NAME", name));
    let runs = plans.each_ref().map(|plan| account.start(&["apply", "-", "--yes"], plan)).map(|child| account.finish(child));
    for run in &runs {
        run.expect(0);
    }
    for plan in &plans {
        account.nothing_to_do(plan);
    }
    let document = account.document(&format!("bucket-policy/{}", account.bucket("mail")));
    assert_eq!(sids(&document).len(), 4, "{document}");
}

#[test]
fn a_write_that_another_run_overwrote_in_the_same_instant_is_noticed_and_made_again() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let plan = account.text(PLAN).replace("NAME", "calm");
    let bucket = account.bucket("mail");
    // Our put is answered late: in between, one that read before it puts what it had.
    account.fault(json!({"service": "s3", "operation": "PutBucketPolicy", "delay_ms": 3000, "mode": "after"}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    let theirs = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", account.id)}, "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*")}]});
    let s3 = aws_sdk_s3::Client::new(&account.sdk(crate::support::REGION));
    crate::support::wait(s3.put_bucket_policy().bucket(&bucket).policy(theirs.to_string()).send()).expect("put");
    account.finish(child).expect(0);
    assert_eq!(sids(&account.document(&format!("bucket-policy/{bucket}"))).len(), 2, "theirs and ours");
    account.nothing_to_do(&plan);
}

#[test]
fn a_grant_that_a_slower_run_wiped_while_ours_went_on_is_put_back_before_we_end() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let plan = account.text(PLAN).replace("NAME", "calm");
    let bucket = account.bucket("mail");
    // Our rule is there; before its call is answered, a run that had read the bucket before us puts what it had.
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "delay_ms": 3000, "mode": "after"}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    let s3 = aws_sdk_s3::Client::new(&account.sdk(crate::support::REGION));
    crate::support::wait(s3.delete_bucket_policy().bucket(&bucket).send()).expect("deleted");
    account.finish(child).expect(0);
    account.nothing_to_do(&plan);
}

#[test]
fn a_grant_that_is_wiped_before_ses_tests_it_is_put_back_and_the_rule_is_made() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let plan = account.text(PLAN).replace("NAME", "calm");
    account.fault(json!({"service": "ses", "operation": "CreateReceiptRuleSet", "delay_ms": 3000}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    let s3 = aws_sdk_s3::Client::new(&account.sdk(crate::support::REGION));
    crate::support::wait(s3.delete_bucket_policy().bucket(account.bucket("mail")).send()).expect("deleted");
    account.finish(child).expect(0);
    account.nothing_to_do(&plan);
}
