//! The accounts that plans meet: the same few buckets, keys, topics, functions and roles, with what others keep there.

use std::sync::LazyLock;

use postroom::core::address::{Address, Home};
use postroom::core::live::{Live, Observed};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::run::run;

pub const HOME: &str = "111122223333";
pub const FAR: &str = "444455556666";

pub fn home() -> Home {
    Home { account: HOME.parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

fn put(account: &mut Live, at: &str, value: Value) {
    let at = Address::read_at(at, &home()).unwrap();
    account.seen.insert(at, Observed::Present(value));
}

fn policy(version: &str, statements: Value) -> Value {
    // As a person would have typed it, so that every byte that moves is noticed.
    let text = format!("{{ \"Version\" : \"{version}\",\n  \"Statement\": {} }}\n", serde_json::to_string_pretty(&statements).unwrap());
    json!({"text": text})
}

fn root_may() -> Value {
    json!({"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{HOME}:root")}, "Action": "kms:*", "Resource": "*"})
}

fn admin_may() -> Value {
    json!({"Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{HOME}:role/admin")}, "Action": ["kms:PutKeyPolicy", "kms:Get*"], "Resource": "*"})
}

fn everybody_of(owner: &str, topic: &str) -> Value {
    json!({"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Subscribe", "SNS:Publish"],
        "Resource": format!("arn:aws:sns:eu-west-1:{owner}:{topic}"), "Condition": {"StringEquals": {"AWS:SourceOwner": owner}}})
}

fn tls_only(bucket: &str) -> Value {
    json!({"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [format!("arn:aws:s3:::{bucket}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
}

/// What a hand without postroom wrote for the rule `hand`.
fn by_hand() -> Value {
    json!({"Effect": "Allow", "Principal": {"Service": ["ses.amazonaws.com"]}, "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::acme-mail/hand/*",
        "Condition": {"StringEquals": {"AWS:SourceAccount": HOME}, "ArnLike": {"AWS:SourceArn": format!("arn:aws:ses:eu-west-1:{HOME}:receipt-rule-set/*")}}})
}

/// The account before anybody's plan, without rule sets.
pub fn bare() -> Live {
    let mut account = Live::new(home());
    let a = &mut account;
    put(a, "bucket/acme-mail", json!({"region": "eu-west-1"}));
    put(a, "bucket-policy/acme-mail", policy("2012-10-17", json!([tls_only("acme-mail"), by_hand()])));
    put(a, "bucket/acme-keyed", json!({"region": "eu-west-1"}));
    let bucket_key = format!("arn:aws:kms:eu-west-1:{HOME}:key/k-bucket");
    put(a, "bucket-encryption/acme-keyed", json!({"algorithm": "aws:kms", "key": bucket_key}));
    put(a, &format!("bucket/acme-far@{FAR}"), json!({"region": "eu-west-1"}));
    put(a, &format!("bucket-policy/acme-far@{FAR}"), policy("2008-10-17", json!(tls_only("acme-far"))));
    for (key, statements) in [
        ("k-bucket", json!([root_may()])),
        ("k-topic", json!([admin_may(), root_may()])),
        ("k-mail", json!(root_may())),
        ("k-strict", json!([admin_may()])),
    ] {
        let arn = format!("arn:aws:kms:eu-west-1:{HOME}:key/{key}");
        put(
            a,
            &format!("key/{key}"),
            json!({"arn": arn, "state": "Enabled", "manager": "CUSTOMER", "spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"}),
        );
        put(a, &format!("key-policy/{key}"), policy("2012-10-17", statements));
    }
    put(
        a,
        "key-aliases/all",
        json!({"alias/bucket": "k-bucket", "alias/mail": "k-mail", "alias/strict": "k-strict", "alias/topics": "k-topic", "alias/aws/ses": "k-ses"}),
    );
    put(a, "topic/news", json!({"owner": HOME, "key": null, "fifo": false}));
    put(a, "topic-policy/news", policy("2008-10-17", json!([everybody_of(HOME, "news")])));
    put(a, "topic/coded", json!({"owner": HOME, "key": "alias/topics", "fifo": false}));
    put(a, "topic-policy/coded", policy("2008-10-17", json!([everybody_of(HOME, "coded")])));
    put(a, "topic/tidy", json!({"owner": HOME, "key": null, "fifo": false}));
    let budget = json!({"Sid": "Budgets", "Effect": "Allow", "Principal": {"Service": "budgets.amazonaws.com"}, "Action": "SNS:Publish", "Resource": format!("arn:aws:sns:eu-west-1:{HOME}:tidy")});
    put(a, "topic-policy/tidy", policy("2008-10-17", json!([budget])));
    put(a, &format!("topic/far@{FAR}"), json!({"owner": FAR, "key": null, "fifo": false}));
    put(a, &format!("topic-policy/far@{FAR}"), policy("2008-10-17", json!([everybody_of(FAR, "far")])));
    for function in ["sort", "sort:live"] {
        put(
            a,
            &format!("function/{function}"),
            json!({"arn": format!("arn:aws:lambda:eu-west-1:{HOME}:function:{function}"), "state": "Active"}),
        );
    }
    let s3_may = json!({"Sid": "s3", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction",
        "Resource": format!("arn:aws:lambda:eu-west-1:{HOME}:function:sort")});
    put(a, "function-policy/sort", policy("2012-10-17", json!([s3_may])));
    put(
        a,
        "role/shared",
        json!({"arn": format!("arn:aws:iam::{HOME}:role/team/shared"), "path": "/team/", "permissions_boundary": null, "tags": {}}),
    );
    let batch = json!({"Effect": "Allow", "Principal": {"Service": "batch.amazonaws.com"}, "Action": "sts:AssumeRole"});
    put(a, "role-trust/shared", policy("2012-10-17", json!([batch])));
    put(
        a,
        "role-policy/shared/theirs",
        policy("2012-10-17", json!({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-mail"})),
    );
    account
}

fn rule(name: &str, action: Value) -> Value {
    json!({"Name": name, "Enabled": true, "Recipients": ["a.example", "b.example"], "Actions": [action]})
}

/// A rule set that was there before, with the rules of others: one that their own statement serves, one that the topic's default serves.
pub fn with_rules_of_others(mut account: Live, order: &[&str], active: bool) -> Live {
    let all = [
        rule("hand", json!({"S3Action": {"BucketName": "acme-mail", "ObjectKeyPrefix": "hand/"}})),
        rule("legacy", json!({"SNSAction": {"TopicArn": format!("arn:aws:sns:eu-west-1:{HOME}:news")}})),
        // Nobody's statement serves this one, but for what a plan may put there by the way.
        rule("stray", json!({"S3Action": {"BucketName": "acme-mail", "ObjectKeyPrefix": "in/sub/"}})),
    ];
    let rules: Vec<&Value> = order.iter().filter_map(|name| all.iter().find(|rule| rule["Name"] == **name)).collect();
    put(&mut account, "receipt-rule-set/main", json!({"Rules": rules}));
    if active {
        put(&mut account, "receipt-rule-set-pointer/active", json!({"Active": "main"}));
    }
    account
}

/// Another plan in the same account, which shares a bucket, a function and nothing else.
pub const BETA: &str = "postroom: 1\nname: beta\nroles: { theirs: {}, shared: { existing: true } }\nreceipt: { rule_sets: { others: { rules: [ { name: o1, recipients: [o.example], actions: [ { s3: acme-mail/in/ }, { s3: { bucket: acme-keyed, role: theirs } }, { s3: { bucket: acme-mail, role: shared, message_kms_key: alias/strict } }, { lambda: sort } ] } ] } } }\n";

/// The same account with what another plan, and this plan in another region, have put there.
fn with_other_owners(account: Live) -> Live {
    let account = run(BETA, &account).account;
    let away = Live { home: Home { region: "us-east-1".parse().unwrap(), ..home() }, ..account };
    let same = "postroom: 1\nname: alpha\nroles: { shared: { existing: true } }\nreceipt: { rule_sets: { main: { rules: [ { name: r1, actions: [ { s3: acme-mail/in/ }, { s3: { bucket: acme-mail, prefix: us/, role: shared } } ] } ] } } }\n";
    Live { home: home(), ..run(same, &away).account }
}

/// An account before the first apply, in few words.
#[derive(Debug, Clone)]
pub struct Start {
    others: Option<Vec<&'static str>>,
    active: bool,
    pub owners: bool,
}

impl Start {
    pub fn account(&self) -> Live {
        static BARE: LazyLock<Live> = LazyLock::new(bare);
        static SHARED: LazyLock<Live> = LazyLock::new(|| with_other_owners(bare()));
        let account = if self.owners { SHARED.clone() } else { BARE.clone() };
        match &self.others {
            Some(others) => with_rules_of_others(account, others, self.active),
            None => account,
        }
    }
}

/// Any of them.
pub fn starts() -> impl Strategy<Value = Start> {
    let others = proptest::sample::subsequence(vec!["hand", "legacy", "stray"], 0..=3).prop_shuffle();
    (proptest::option::weighted(0.8, others), any::<bool>(), any::<bool>()).prop_map(|(others, active, owners)| Start {
        others,
        active,
        owners,
    })
}
