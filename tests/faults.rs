//! What AWS refuses, as people read it. `BLESS=1 cargo test --test faults` writes the texts anew; they are read before they are committed.

use std::path::Path;
use std::sync::Arc;

use postroom::core::address::{Address, Home};
use postroom::core::fault::Fault;
use postroom::core::live::Live;
use postroom::core::problem::{Cause, Source};
use postroom::permissions;
use postroom::plan::{Given, parse};
use postroom::report::faults::{Refused, explain, json, text};
use serde_json::Value;

const CALLER: &str = "arn:aws:sts::111122223333:assumed-role/ci/build-42";

const PLAN: &str = "
postroom: 1
name: acme-inbound
region: eu-west-1
accounts: { \"444455556666\": { role: postroom, owns: [acme-far] } }
receipt:
  rules:
    - { name: store, recipients: [acme.example], actions: [ { s3: acme-mail/in/ } ] }
";

/// Each with the things that the calls were about, and what AWS said.
const CASES: &[(&str, &[(&str, &str)])] = &[
    (
        "identity-policy-missing",
        &[(
            "bucket-policy/acme-mail",
            "AccessDenied s3:GetBucketPolicy: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: s3:GetBucketPolicy on resource: \"arn:aws:s3:::acme-mail\" because no identity-based policy allows the s3:GetBucketPolicy action",
        )],
    ),
    (
        "several-at-once",
        &[
            ("bucket-policy/acme-mail", "AccessDenied s3:PutBucketPolicy (request 4YMTP0Z)"),
            (
                "receipt-rule/acme-inbound/store",
                "AccessDenied ses:CreateReceiptRule: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: ses:CreateReceiptRule on resource: *",
            ),
            (
                "topic-policy/news",
                "AuthorizationError sns:SetTopicAttributes: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: SNS:SetTopicAttributes on resource: arn:aws:sns:eu-west-1:111122223333:news because no identity-based policy allows the SNS:SetTopicAttributes action",
            ),
            (
                "key-policy/0a1b2c3d-0000-4222-8333-444455556660",
                "AccessDeniedException kms:PutKeyPolicy: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: kms:PutKeyPolicy on resource: arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4222-8333-444455556660 because no identity-based policy allows the kms:PutKeyPolicy action",
            ),
        ],
    ),
    ("denied-without-words", &[("bucket-policy/acme-mail", "AccessDenied s3:GetBucketPolicy: Access Denied")]),
    (
        "denied-explicitly",
        &[(
            "bucket-policy/acme-mail",
            "AccessDenied s3:PutBucketPolicy: User: arn:aws:iam::111122223333:user/team/anna is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::acme-mail\" with an explicit deny in a resource-based policy",
        )],
    ),
    (
        "denied-by-the-organization",
        &[(
            "receipt-rule-set/acme-inbound",
            "AccessDenied ses:CreateReceiptRuleSet: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: ses:CreateReceiptRuleSet on resource: * with an explicit deny in a service control policy",
        )],
    ),
    (
        "boundary",
        &[(
            "role/mail-writer",
            "AccessDenied iam:CreateRole: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/mail-writer because no permissions boundary allows the iam:CreateRole action",
        )],
    ),
    (
        "role-may-not-be-passed",
        &[(
            "mail-rule-set/main",
            "AccessDeniedException mailmanager:CreateRuleSet: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/mm-writer because no identity-based policy allows the iam:PassRole action",
        )],
    ),
    (
        "another-account",
        &[(
            "bucket-policy/acme-far@444455556666",
            "NoCredentials s3:GetBucketPolicy: an error occurred while loading credentials: User: arn:aws:sts::111122223333:assumed-role/ci/build-42 is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/postroom",
        )],
    ),
    (
        "expired",
        &[(
            "receipt-rule-set/acme-inbound",
            "ExpiredToken ses:DescribeReceiptRuleSet: The security token included in the request is expired",
        )],
    ),
    (
        "no-credentials",
        &[("receipt-rule-set/acme-inbound", "NoCredentials ses:DescribeReceiptRuleSet: the credential provider was not enabled")],
    ),
    (
        "unknown-key",
        &[(
            "receipt-rule-set/acme-inbound",
            "InvalidClientTokenId ses:DescribeReceiptRuleSet: The security token included in the request is invalid.",
        )],
    ),
    (
        "wrong-secret",
        &[(
            "bucket/acme-mail",
            "SignatureDoesNotMatch s3:HeadBucket: The request signature we calculated does not match the signature you provided.",
        )],
    ),
    (
        "clock",
        &[(
            "receipt-rule-set/acme-inbound",
            "SignatureDoesNotMatch ses:DescribeReceiptRuleSet: Signature expired: 20261121T050000Z is now earlier than 20261121T061500Z (20261121T063000Z - 15 min.)",
        )],
    ),
    (
        "region-off",
        &[
            ("key/alias/mail", "UnrecognizedClientException kms:DescribeKey: The security token included in the request is invalid."),
            ("mail-rule-set/main", "UnknownOperationException mailmanager:ListRuleSets"),
        ],
    ),
    ("throttled", &[("receipt-rule-set/acme-inbound", "Throttling ses:DescribeReceiptRuleSet: Rate exceeded")]),
    (
        "no-name",
        &[(
            "receipt-rule-set/acme-inbound",
            "NoAnswer ses:DescribeReceiptRuleSet: dispatch failure: io error: client error (Connect): dns error: failed to lookup address information: Name or service not known",
        )],
    ),
    (
        "no-connection",
        &[(
            "receipt-rule-set/acme-inbound",
            "NoAnswer ses:DescribeReceiptRuleSet: dispatch failure: io error: client error (Connect): tcp connect error: Connection refused (os error 111)",
        )],
    ),
    (
        "too-slow",
        &[(
            "receipt-rule-set/acme-inbound",
            "NoAnswer ses:DescribeReceiptRuleSet: request has timed out: operation attempt timeout occurred after 30s",
        )],
    ),
    (
        "certificate",
        &[(
            "receipt-rule-set/acme-inbound",
            "NoAnswer ses:DescribeReceiptRuleSet: client error (Connect): invalid peer certificate: UnknownIssuer",
        )],
    ),
];

/// As `cli/faults.rs` asks.
fn explained(calls: &[(&str, &str)]) -> Vec<postroom::report::faults::Explained> {
    let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
    let source = Source { name: "postroom.yaml".to_owned(), text: PLAN.to_owned() };
    let given = Given { account: Some(home.account.clone()), region: Some(home.region.clone()), ..Given::default() };
    let plan = parse(Arc::new(source)).unwrap().settle(&given).unwrap();
    let live = Live::new(home.clone());
    let line = Cause { file: "postroom.yaml".to_owned(), line: 8, column: 71, path: "receipt.rules[0].actions[0].s3".to_owned() };
    let refused: Vec<Refused> = calls
        .iter()
        .map(|(at, said)| {
            let fault: Fault = said.parse().unwrap_or_else(|_| panic!("{said}"));
            assert!(fault.cause().is_some(), "{said}");
            Refused { at: Address::read_at(at, &home).unwrap(), fault, because: vec![line.clone()] }
        })
        .collect();
    explain(&refused, &home, Some(CALLER), |group| permissions::missing(&plan, &live, group.iter().map(|one| (&one.fault, &one.at))))
}

#[test]
fn every_refusal_is_told_as_it_was_agreed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
    let mut wrong = Vec::new();
    for (name, calls) in CASES {
        let plain: String = anstream::adapter::strip_str(&text(&explained(calls))).to_string();
        let file = folder.join(format!("{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, &plain).unwrap();
        }
        if std::fs::read_to_string(&file).unwrap_or_default() != plain {
            wrong.push(format!("{name}:\n{plain}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, CASES.len(), "a text of no case is in tests/faults");
}

#[test]
fn programs_are_told_the_same() {
    let (_, calls) = CASES.iter().find(|(name, _)| *name == "identity-policy-missing").unwrap();
    let told = json(&explained(calls));
    assert_eq!(
        (&told[0]["cause"], &told[0]["by"], &told[0]["caller"]),
        (&"not-allowed".into(), &"identity-based policy".into(), &CALLER.into())
    );
    assert_eq!(told[0]["policy"]["Statement"][0]["Action"], Value::from(vec!["s3:GetBucketPolicy"]));
    assert_eq!(told[0]["policy"]["Statement"][0]["Resource"], Value::from(vec!["arn:aws:s3:::acme-mail"]));
    assert_eq!(told[0]["objects"][0], "bucket-policy/acme-mail");
}

#[test]
fn what_helps_against_no_deny_is_not_offered() {
    for (name, calls) in CASES.iter().filter(|(name, _)| name.starts_with("denied-") && *name != "denied-without-words") {
        assert!(explained(calls).iter().all(|one| one.policy.is_none()), "{name}");
    }
}
