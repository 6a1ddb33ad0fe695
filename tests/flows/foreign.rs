//! What is not ours: statements of others stay as they are, to the byte.

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::support::{Account, REGION, wait};

const PLAN: &str = "
postroom: 1
name: guest
region: eu-west-1
receipt:
  rules:
    - { name: store, actions: [ { s3: mailSUFFIX/in/ } ] }
";

/// Five statements as people write them: a Deny, members that no standard knows, keys in odd order, numbers and booleans as values, no Sid.
const FOREIGN: [&str; 5] = [
    r#"{"Sid":"NoPlainHttp","Effect":"Deny","Principal":"*","Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":false}}}"#,
    r#"{"Resource":"arn:aws:s3:::BUCKET/reports/*","Condition":{"NumericLessThanEquals":{"s3:max-keys":10},"Bool":{"aws:MultiFactorAuthPresent":true}},"Action":"s3:GetObject","Principal":{"AWS":["arn:aws:iam::ACCOUNT:root","arn:aws:iam::OTHER:root"]},"Effect":"Allow","Sid":"OddOrder"}"#,
    r#"{"Effect":"Allow","Principal":{"Service":["logging.s3.amazonaws.com","cloudtrail.amazonaws.com"]},"Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/logs/*"}"#,
    r#"{"Sid":"UnknownMembers","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::ACCOUNT:root"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::BUCKET","X-Owner":"team records","X-Review":{"year":2026,"done":null}}"#,
    r#"{"Sid":"SomebodysSes","Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/*","Condition":{"StringEquals":{"AWS:SourceAccount":"ACCOUNT"}}}"#,
];

/// Members and statements as they stand in the text.
#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "Version")]
    version: String,
    #[serde(rename = "Id")]
    id: Option<String>,
    #[serde(rename = "Statement")]
    statements: Vec<Box<RawValue>>,
}

fn raw(text: &str) -> (String, Option<String>, Vec<String>) {
    let Raw { version, id, statements } = serde_json::from_str(text).expect("a policy");
    (version, id, statements.iter().map(|statement| statement.get().to_owned()).collect())
}

#[test]
fn five_foreign_statements_in_a_bucket_policy_are_put_back_to_the_byte() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let (plan, bucket) = (account.text(PLAN), account.bucket("mail"));
    let text = format!(r#"{{"Version":"2008-10-17","Id":"everybody","Statement":[{}]}}"#, FOREIGN.join(",")).replace("BUCKET", &bucket);
    let s3 = aws_sdk_s3::Client::new(&account.sdk(REGION));
    wait(s3.put_bucket_policy().bucket(&bucket).policy(account.text(&text)).send()).expect("put");
    let before = wait(s3.get_bucket_policy().bucket(&bucket).send()).expect("a policy").policy.expect("a text");
    account.forget_calls();

    let shown = account.plan(&plan).raw_changes();
    let ours = shown.iter().find(|change| change["address"] == format!("bucket-policy/{bucket}")).expect("a statement of ours");
    assert_eq!(ours["also_granted_by"], json!(["SomebodysSes"]), "theirs grants the same, and is named");

    account.apply(&plan, &[]);

    let puts: Vec<_> = account.calls().into_iter().filter(|call| call["operation"] == "PutBucketPolicy").collect();
    assert_eq!(puts.len(), 1, "one put");
    let (version, id, statements) = raw(puts[0]["parameters"]["Policy"].as_str().expect("a text"));
    let (version_before, id_before, statements_before) = raw(&before);
    assert_eq!((version, id), (version_before, id_before));
    let (ours, theirs): (Vec<_>, Vec<_>) = statements.into_iter().partition(|statement| statement.contains(r#""Postroom"#));
    assert_eq!(ours.len(), 1);
    assert_eq!(theirs, statements_before, "theirs, in their order, to the byte");
}

#[test]
fn when_all_of_ours_goes_theirs_is_what_it_was() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}", "policy": [
        {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${account}:root"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mail${suffix}/*"}
    ]}]}));
    let (plan, address) = (account.text(PLAN), format!("bucket-policy/{}", account.bucket("mail")));
    let before = account.document(&address);
    account.apply(&plan, &[]);
    assert_ne!(account.document(&address), before);

    let gone = account.text(
        "
postroom: 1
name: guest
region: eu-west-1
receipt:
  rule_sets: { guest: { rules: [ { name: store, absent: true } ] } }
",
    );
    account.apply(&gone, &["--allow-delete"]);
    assert_eq!(account.document(&address), before);
}

#[test]
fn a_bucket_that_had_no_policy_has_none_when_ours_is_gone() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    account.apply(&account.text(PLAN), &[]);
    let gone = account.text(PLAN).replace("{ name: store, actions: [", "{ name: store, absent: true, x-was: [");
    account.apply(&gone, &["--allow-delete"]);
    let document = account.document(&format!("bucket-policy/{}", account.bucket("mail")));
    assert!(document.is_null(), "{document}");
}
