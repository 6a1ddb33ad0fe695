//! The first day of an account: what is made is safe, is made once, and is left alone afterwards.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};

use crate::races::until_hit;
use crate::support::account::wait;
use crate::support::json::sids;
use crate::support::{Account, REGION};

const PLAN: &str = "
postroom: 1
name: first
region: eu-west-1
defaults: { tags: { team: mail } }
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
  secrets:
    login: { kms_key: alias/mail, value_from_env: FIRST_LOGIN }
    other: { value_from_file: other.json }
";

const LOGIN: &str = r#"{"username":"u","password":"hunter2-of-the-environment"}"#;
const OTHER: &str = r#"{"password":"hunter3-of-a-file"}"#;

/// The plan stands on standard input, and its folder is the working directory.
fn account() -> Account {
    let mut account = Account::new();
    account.environment.push(("FIRST_LOGIN".to_owned(), LOGIN.to_owned()));
    std::fs::write(account.folder.join("other.json"), format!("{OTHER}\n")).expect("written");
    account
}

fn s3(account: &Account, region: &str) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::new(&account.sdk(region))
}

fn tags(account: &Account, bucket: &str, region: &str) -> BTreeMap<String, String> {
    let found = wait(s3(account, region).get_bucket_tagging().bucket(bucket).send()).expect("tags");
    found.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// The keys of the customer.
fn keys(account: &Account) -> Vec<String> {
    let kms = aws_sdk_kms::Client::new(&account.sdk(REGION));
    let all = wait(kms.list_keys().send()).expect("keys").keys.unwrap_or_default();
    let ids = all.into_iter().filter_map(|key| key.key_id);
    ids.filter(|id| {
        let found = wait(kms.describe_key().key_id(id).send()).expect("a key").key_metadata.expect("metadata");
        found.key_manager.is_some_and(|manager| manager.as_str() == "CUSTOMER")
    })
    .collect()
}

fn key_of_alias(account: &Account) -> String {
    let kms = aws_sdk_kms::Client::new(&account.sdk(REGION));
    wait(kms.describe_key().key_id("alias/mail").send()).expect("the alias").key_metadata.expect("metadata").arn.expect("an ARN")
}

#[test]
fn everything_is_made_as_safe_as_it_is_said_to_be() {
    let account = account();
    let (plan, bucket) = (account.text(PLAN), account.bucket("mail"));
    let run = account.apply(&plan, &[]);
    for secret in ["hunter2", "hunter3"] {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{run}");
        let seen = account.run(&["snapshot", "-"], &plan);
        assert!(!seen.stdout.contains(secret), "{seen}");
    }
    let key = key_of_alias(&account);
    let s3 = s3(&account, REGION);

    let block = wait(s3.get_public_access_block().bucket(&bucket).send()).expect("a block");
    let block = block.public_access_block_configuration.expect("a block");
    let all = [block.block_public_acls, block.ignore_public_acls, block.block_public_policy, block.restrict_public_buckets];
    assert_eq!(all, [Some(true); 4]);
    let owned = wait(s3.get_bucket_ownership_controls().bucket(&bucket).send()).expect("controls").ownership_controls.expect("controls");
    assert_eq!(owned.rules[0].object_ownership.as_str(), "BucketOwnerEnforced");
    let encryption = wait(s3.get_bucket_encryption().bucket(&bucket).send()).expect("encryption");
    let rules = encryption.server_side_encryption_configuration.expect("a configuration").rules;
    let default = rules[0].apply_server_side_encryption_by_default.as_ref().expect("a default");
    assert_eq!((default.sse_algorithm.as_str(), default.kms_master_key_id.as_deref()), ("aws:kms", Some(key.as_str())), "the ARN");
    let versions = wait(s3.get_bucket_versioning().bucket(&bucket).send()).expect("versioning");
    assert_eq!(versions.status.expect("a status").as_str(), "Enabled");
    let tags = tags(&account, &bucket, REGION);
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["postroom:plan", "team"], "the mark of what is unfinished is gone: {tags:?}");
    assert!(tags["postroom:plan"].starts_with("first/"));
    assert!(sids(&account.document(&format!("bucket-policy/{bucket}"))).contains(&"DenyInsecureTransport".to_owned()));

    let kms = aws_sdk_kms::Client::new(&account.sdk(REGION));
    assert!(wait(kms.get_key_rotation_status().key_id(&key).send()).expect("a status").key_rotation_enabled);
    let of_key = wait(kms.list_resource_tags().key_id(&key).send()).expect("tags").tags.expect("tags");
    let of_key: BTreeMap<_, _> = of_key.into_iter().map(|tag| (tag.tag_key, tag.tag_value)).collect();
    assert_eq!(of_key["postroom:alias"], "alias/mail");
    let metadata = wait(kms.describe_key().key_id(&key).send()).expect("a key").key_metadata.expect("metadata");
    assert_eq!(metadata.description.as_deref(), Some("mail at rest"));

    let sns = aws_sdk_sns::Client::new(&account.sdk(REGION));
    let topic = format!("arn:aws:sns:{REGION}:{}:events", account.id);
    let attributes = wait(sns.get_topic_attributes().topic_arn(&topic).send()).expect("a topic").attributes.expect("attributes");
    assert_eq!(attributes["KmsMasterKeyId"], key);
    let of_topic = wait(sns.list_tags_for_resource().resource_arn(&topic).send()).expect("tags").tags.expect("tags");
    assert_eq!(of_topic.len(), 2);

    let secrets = aws_sdk_secretsmanager::Client::new(&account.sdk(REGION));
    for (name, value, kms_key) in [("login", LOGIN, Some(key.as_str())), ("other", OTHER, None)] {
        let found = wait(secrets.get_secret_value().secret_id(name).send()).expect("a value");
        assert_eq!(found.secret_string.as_deref(), Some(value));
        let described = wait(secrets.describe_secret().secret_id(name).send()).expect("a secret");
        assert_eq!(described.kms_key_id.as_deref(), kms_key);
    }
}

#[test]
fn a_value_that_is_not_there_is_told_before_the_first_write() {
    let mut account = account();
    let plan = account.text(PLAN);
    account.environment.clear();
    let run = account.try_apply(&plan, &[]);
    run.expect(3);
    assert!(run.stderr.contains("`FIRST_LOGIN`") && run.stderr.contains("is not set"), "{run}");
    assert_eq!(account.writes(), [] as [String; 0]);

    account.environment.push(("FIRST_LOGIN".to_owned(), LOGIN.to_owned()));
    std::fs::remove_file(account.folder.join("other.json")).expect("removed");
    let run = account.try_apply(&plan, &[]);
    run.expect(3);
    assert!(run.stderr.contains("`other.json`"), "{run}");
    assert_eq!(account.writes(), [] as [String; 0]);
    // A plan needs no values.
    assert_eq!(account.plan(&plan).code, 2);
}

#[test]
fn what_somebody_changes_afterwards_is_his() {
    let account = account();
    let (plan, bucket) = (account.text(PLAN), account.bucket("mail"));
    account.apply(&plan, &[]);
    let s3 = s3(&account, REGION);
    wait(s3.delete_public_access_block().bucket(&bucket).send()).expect("deleted");
    wait(s3.delete_bucket_tagging().bucket(&bucket).send()).expect("deleted");
    account.drop_statement(&format!("bucket-policy/{bucket}"), "DenyInsecureTransport");
    let kms = aws_sdk_kms::Client::new(&account.sdk(REGION));
    wait(kms.disable_key_rotation().key_id(key_of_alias(&account)).send()).expect("disabled");
    let secrets = aws_sdk_secretsmanager::Client::new(&account.sdk(REGION));
    wait(secrets.put_secret_value().secret_id("login").secret_string("changed").send()).expect("put");
    account.nothing_to_do(&plan);
}

#[test]
fn a_bucket_that_was_born_and_not_finished_is_finished_by_the_next_apply() {
    let account = account();
    let (plan, bucket) = (account.text(PLAN), account.bucket("mail"));
    account.fault(
        json!({"service": "s3", "operation": "PutBucketOwnershipControls", "code": "AccessDenied", "status": 403, "remaining": null}),
    );
    let run = account.try_apply(&plan, &[]);
    run.expect(5);
    assert!(run.outcomes().contains(&"failed create bucket/mail".to_owned()), "{run}");
    assert!(run.outcomes().contains(&"held create receipt-rule/main/store".to_owned()), "{run}");
    assert!(tags(&account, &bucket, REGION).contains_key("postroom:unfinished"));

    account.clear_faults();
    let next = account.plan(&plan);
    assert!(next.changes().contains(&"update bucket/mail".to_owned()), "{next}");
    account.apply(&plan, &[]);
    assert!(!tags(&account, &bucket, REGION).contains_key("postroom:unfinished"));
    let owned = wait(s3(&account, REGION).get_bucket_ownership_controls().bucket(&bucket).send()).expect("controls");
    assert_eq!(owned.ownership_controls.expect("controls").rules[0].object_ownership.as_str(), "BucketOwnerEnforced");
}

#[test]
fn a_run_that_is_killed_between_two_calls_is_gone_on_with() {
    let account = account();
    let (plan, bucket) = (account.text(PLAN), account.bucket("mail"));
    account.fault(json!({"service": "s3", "operation": "PutBucketEncryption", "delay_ms": 2000}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    let sent = Command::new("kill").args(["-KILL", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    account.finish(child);
    account.clear_faults();
    assert!(tags(&account, &bucket, REGION).contains_key("postroom:unfinished"));
    account.apply(&plan, &[]);
    let tags = tags(&account, &bucket, REGION);
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["postroom:plan", "team"]);
    assert_eq!(keys(&account).len(), 1);
}

#[test]
fn a_key_that_has_no_alias_yet_gets_it_and_no_second_key_is_made() {
    let account = account();
    let plan = account.text(PLAN);
    account.fault(json!({"service": "kms", "operation": "CreateAlias", "code": "AccessDeniedException", "status": 400, "remaining": null}));
    account.try_apply(&plan, &[]).expect(5);
    assert_eq!(keys(&account).len(), 1, "it is made, and nameless");
    account.clear_faults();
    account.apply(&plan, &[]);
    assert_eq!(keys(&account).len(), 1);
}

#[test]
fn in_us_east_1_a_bucket_has_no_constraint_and_one_that_is_there_is_left() {
    let account = account();
    let bucket = account.bucket("mail");
    let plan = account.text("postroom: 1\nname: first\nregion: us-east-1\ncreate: { buckets: { mailSUFFIX: {} } }\n");
    account.apply(&plan, &[]);
    let found = wait(s3(&account, "us-east-1").get_bucket_location().bucket(&bucket).send()).expect("a location");
    assert!(found.location_constraint.is_none_or(|constraint| constraint.as_str().is_empty()));
    assert_eq!(tags(&account, &bucket, "us-east-1").keys().collect::<Vec<_>>(), ["postroom:plan"]);

    // Somebody makes it between plan and apply: S3 says yes, and the tags say no.
    let other = account.bucket("quick");
    let plan = account.text("postroom: 1\nname: first\nregion: us-east-1\ncreate: { buckets: { quickSUFFIX: {} } }\n");
    account.fault(json!({"service": "s3", "operation": "CreateBucket", "delay_ms": 1500}));
    let child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    account.clear_faults();
    wait(s3(&account, "us-east-1").create_bucket().bucket(&other).send()).expect("made");
    account.finish(child).expect(0);
    let blocked = wait(s3(&account, "us-east-1").get_bucket_policy().bucket(&other).send());
    assert!(blocked.is_err(), "nothing was put into somebody else's bucket");
    account.nothing_to_do(&plan);
}

#[test]
fn what_is_there_already_is_only_used() {
    let account = Account::with(&json!({
        "keys": [{"alias": "alias/mail"}],
        "buckets": [{"name": "mail${suffix}"}],
        "topics": [{"name": "events"}],
        "secrets": [{"name": "login"}, {"name": "other"}],
    }));
    let plan = account.text(PLAN);
    let made: Vec<Value> = account.plan(&plan).raw_changes();
    let kinds = ["bucket/", "key/", "topic/", "secret/"];
    let touched = made.iter().filter(|change| kinds.iter().any(|kind| change["address"].as_str().is_some_and(|at| at.starts_with(kind))));
    assert_eq!(touched.count(), 0, "{made:#?}");
    account.apply(&plan, &[]);
}
