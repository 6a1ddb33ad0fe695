//! What `create:` makes is never deleted, so that each fault has an account of its own: after it one clean apply, and everything is there once.

use serde_json::json;

use crate::proxy::{Fault, Proxy, Script};
use crate::support::account::wait;
use crate::support::{Account, REGION, emulator};
use crate::sweep::{Job, at_once, jobs};

const PLAN: &str = "
postroom: 1
name: first-day
region: eu-west-1
receipt:
  rule_sets:
    main:
      active: true
      rules:
        - { name: store, recipients: [a.example], actions: [ { s3: { bucket: mailSUFFIX, prefix: in/, topic: events } } ] }
create:
  buckets: { mailSUFFIX: { encryption: alias/mail, versioning: true } }
  keys: { alias/mail: { description: mail at rest } }
  topics: { events: { kms_key: alias/mail } }
  secrets: { login: { kms_key: alias/mail, value_from_env: FIRST_LOGIN } }
";

fn account() -> Account {
    let mut account = Account::new();
    account.environment.push(("FIRST_LOGIN".to_owned(), r#"{"username":"u","password":"p"}"#.to_owned()));
    account
}

/// What there is of everything that is made: all that a half-made thing would lack, and whatever is there twice.
fn made(account: &Account) -> serde_json::Value {
    let config = account.sdk(REGION);
    let (kms, s3) = (aws_sdk_kms::Client::new(&config), aws_sdk_s3::Client::new(&config));
    let bucket = account.bucket("mail");
    let keys = wait(kms.list_keys().send()).expect("keys").keys.unwrap_or_default();
    let customer = keys.iter().filter_map(|key| key.key_id.clone()).filter(|id| {
        let found = wait(kms.describe_key().key_id(id).send()).expect("a key").key_metadata.expect("metadata");
        found.key_manager.is_some_and(|manager| manager.as_str() == "CUSTOMER")
    });
    let buckets = wait(s3.list_buckets().send()).expect("buckets").buckets.unwrap_or_default();
    let versioning = wait(s3.get_bucket_versioning().bucket(&bucket).send()).expect("versioning").status;
    let encryption = wait(s3.get_bucket_encryption().bucket(&bucket).send()).expect("encryption").server_side_encryption_configuration;
    let encryption =
        encryption.and_then(|found| found.rules.first().cloned()).and_then(|rule| rule.apply_server_side_encryption_by_default);
    let block = wait(s3.get_public_access_block().bucket(&bucket).send()).expect("a block").public_access_block_configuration;
    let owned = wait(s3.get_bucket_ownership_controls().bucket(&bucket).send()).expect("ownership").ownership_controls;
    let topics = wait(aws_sdk_sns::Client::new(&config).list_topics().send()).expect("topics").topics.unwrap_or_default();
    let secrets =
        wait(aws_sdk_secretsmanager::Client::new(&config).list_secrets().send()).expect("secrets").secret_list.unwrap_or_default();
    json!({
        "keys": customer.count(), "buckets": buckets.len(), "topics": topics.len(), "secrets": secrets.len(),
        "versioning": versioning.map(|status| status.as_str().to_owned()),
        "encryption": encryption.map(|found| found.sse_algorithm.as_str().to_owned()),
        "block": block.map(|found| [found.block_public_acls, found.block_public_policy, found.ignore_public_acls, found.restrict_public_buckets]),
        "ownership": owned.and_then(|found| found.rules.first().map(|rule| rule.object_ownership.as_str().to_owned())),
        "policy": crate::support::json::sids(&account.document(&format!("bucket-policy/{bucket}"))).len(),
    })
}

fn apply_through(account: &mut Account, script: Script) -> (crate::support::Run, Proxy) {
    let proxy = Proxy::start(emulator::url(), script);
    account.environment.push(("AWS_ENDPOINT_URL".to_owned(), proxy.url.clone()));
    let child = account.start(&["apply", "-", "--yes", "--allow-activate"], &account.text(PLAN));
    proxy.kills(child.id());
    let run = account.finish(child);
    account.environment.pop();
    (run, proxy)
}

#[test]
fn the_first_day_of_an_account_with_a_fault_at_every_call() {
    let mut first = account();
    let (run, proxy) = apply_through(&mut first, Script::default());
    run.expect(0);
    let (calls, want) = (proxy.calls().len(), made(&first));
    assert_eq!(want["block"], json!([true, true, true, true]));
    // A foreign hand needs something that is there.
    let jobs: Vec<Job> = jobs(calls, 5).into_iter().filter(|job| job.fault != Fault::Foreign).collect();
    println!("first day: {calls} calls of apply, {} places to fail", jobs.len());
    let tally = at_once(
        &jobs,
        || (),
        |(), Job { at, fault }, tally| {
            let mut account = account();
            let (faulty, proxy) = apply_through(&mut account, Script { at: Some((at, fault)), ..Script::default() });
            if proxy.was_hit() {
                *tally.faults.entry(fault).or_default() += 1;
            }
            let clean = apply_through(&mut account, Script::default()).0;
            let again = account.run(&["plan", "-", "--detailed-exitcode", "--prune"], &account.text(PLAN));
            tally.runs += 3;
            tally.calls += proxy.calls().len();
            let place = proxy.calls().get(at).map_or_else(String::new, |call| call.asked.operation.clone());
            let mut wrong = |what: String| tally.wrong.push(format!("first day, {fault:?} at call {at} {place}: {what}"));
            if faulty.stderr.contains("panicked") {
                wrong(format!("the faulty run ends badly: {faulty}"));
            }
            if clean.code != 0 {
                wrong(format!("the clean run does not finish the job: {clean}"));
            } else if again.code != 0 {
                wrong(format!("the same plan has something to do: {again}"));
            } else if made(&account) != want {
                wrong(format!("made is {} and not {want}", made(&account)));
            }
        },
    );
    println!("first day: {tally}");
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
}
