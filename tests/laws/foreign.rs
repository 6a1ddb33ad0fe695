//! Accounts that other tools made: the forms in which Terraform, CDK, the console, scripts of 2019 and hands write the same few things, in
//! every mixture.

use postroom::core::address::Address;
use postroom::core::live::{Live, Observed};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::account::{FAR, HOME, home};

const KEY: &str = "0a1b2c3d-1111-4222-8333-444455556666";
const BUCKETS: [&str; 2] = ["tf-mail", "acmestack-bucket83908e77-1abc"];

/// How a document begins, who is let in, and whether a statement has a name: what differs from tool to tool and means the same.
#[derive(Debug, Clone)]
struct Style {
    version: &'static str,
    service: Value,
    sid: Option<&'static str>,
    /// One statement stands without brackets.
    bare: bool,
}

fn style() -> impl Strategy<Value = Style> {
    let sids = [None, Some(""), Some("AllowSESPuts-1600000000000"), Some("terraform-20240102030405060700000002"), Some("ses")];
    let services = vec![json!("ses.amazonaws.com"), json!(["ses.amazonaws.com"]), json!(["s3.amazonaws.com", "ses.amazonaws.com"])];
    (select(vec!["2012-10-17", "2008-10-17"]), select(services), select(sids.to_vec()), any::<bool>())
        .prop_map(|(version, service, sid, bare)| Style { version, service, sid, bare })
}

impl Style {
    fn allow(&self, action: Value, resource: Value, condition: &Value) -> Value {
        let mut statement = json!({"Action": action, "Effect": "Allow", "Principal": {"Service": self.service}, "Resource": resource});
        if let Some(sid) = self.sid {
            statement["Sid"] = json!(sid);
        }
        if resource == Value::Null {
            statement.as_object_mut().unwrap().remove("Resource");
        }
        if !condition.is_null() {
            statement["Condition"] = condition.clone();
        }
        statement
    }

    fn document(&self, statements: &[Value]) -> Value {
        let statements = match statements {
            [one] if self.bare => one.clone(),
            several => json!(several),
        };
        json!({"text": serde_json::to_string_pretty(&json!({"Version": self.version, "Statement": statements})).unwrap()})
    }
}

/// For whom SES acts, as it is said here and there; not always enough, and not always of this account.
fn guards() -> impl Strategy<Value = Value> {
    let rules = |pattern: &str| format!("arn:aws:ses:eu-west-1:{HOME}:receipt-rule-set/{pattern}");
    select(vec![
        Value::Null,
        json!({"StringEquals": {"AWS:SourceAccount": HOME}}),
        json!({"StringEquals": {"aws:SourceAccount": [HOME, FAR]}}),
        json!({"StringEquals": {"aws:Referer": HOME}}),
        json!({"StringEquals": {"AWS:SourceOwner": HOME}}),
        json!({"StringEquals": {"aws:SourceAccount": HOME}, "ArnLike": {"aws:SourceArn": rules("*")}}),
        json!({"StringEquals": {"aws:SourceAccount": HOME}, "StringLike": {"AWS:SourceArn": "arn:aws:ses:*"}}),
        json!({"StringLike": {"aws:SourceArn": rules("inbound:receipt-rule/*")}}),
        json!({"StringEquals": {"aws:SourceAccount": HOME, "aws:SourceArn": rules("inbound:receipt-rule/first")}}),
        json!({"ArnEquals": {"aws:SourceArn": [rules("inbound:receipt-rule/first"), rules("null:receipt-rule/1.0"), rules("gone:receipt-rule/x")]}}),
        json!({"StringEquals": {"aws:SourceAccount": FAR}}),
        json!({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}),
        json!({"Null": {"kms:EncryptionContext:aws:ses:rule-name": "false"}, "StringEquals": {"kms:EncryptionContext:aws:ses:source-account": HOME}}),
    ])
}

fn denies(bucket: &'static str) -> impl Strategy<Value = Vec<Value>> {
    let objects = format!("arn:aws:s3:::{bucket}/*");
    let deny = |sid: &str, action: &str, condition: Value| json!({"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": [objects, format!("arn:aws:s3:::{bucket}")], "Condition": condition});
    let all = [
        deny("DenyInsecureTransport", "s3:*", json!({"Bool": {"aws:SecureTransport": "false"}})),
        deny("DenyOldTls", "s3:*", json!({"NumericLessThan": {"s3:TlsVersion": 1.2}})),
        deny(
            "DenyWrongKey",
            "s3:PutObject",
            json!({"Null": {"s3:x-amz-server-side-encryption": "false"}, "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
        ),
        deny("OnlyFromHere", "s3:PutObject", json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})),
    ];
    (subsequence(all[..3].to_vec(), 0..=3), proptest::bool::weighted(0.1), Just(all[3].clone())).prop_map(|(mut some, shut, last)| {
        some.extend(shut.then_some(last));
        some
    })
}

/// The policy of a bucket, or none at all.
fn bucket_policy(bucket: &'static str) -> impl Strategy<Value = Option<Value>> {
    let of = |path: &str| json!(format!("arn:aws:s3:::{bucket}/{path}"));
    let resources =
        select(vec![of("*"), json!([of("*"), format!("arn:aws:s3:::{bucket}")]), of("in/*"), json!([of("in/*"), of("out/*")]), json!("*")]);
    let actions = select(vec![
        json!("s3:PutObject"),
        json!(["s3:PutObject"]),
        json!(["s3:PutObject", "s3:PutObjectAcl"]),
        json!("s3:*"),
        json!("s3:Put*"),
    ]);
    let allows = proptest::collection::vec((style(), actions, resources, guards()), 0..=2);
    (style(), allows, denies(bucket), proptest::bool::weighted(0.1)).prop_map(|(style, allows, denies, none)| {
        let mut sids = std::collections::BTreeSet::new();
        let allows = allows.into_iter().map(|(style, action, resource, guard)| style.allow(action, resource, &guard));
        let statements: Vec<Value> = allows
            .chain(denies)
            .filter(|statement| {
                // A Sid stands once in a document.
                statement["Sid"].as_str().is_none_or(|sid| sid.is_empty() || sids.insert(sid.to_owned()))
            })
            .collect();
        (!none && !statements.is_empty()).then(|| style.document(&statements))
    })
}

fn topic_policy() -> impl Strategy<Value = Value> {
    let arn = format!("arn:aws:sns:eu-west-1:{HOME}:events");
    let default = |key: &str| {
        json!({"Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"], "Resource": arn, "Condition": {"StringEquals": {key: HOME}}})
    };
    let defaults = select(vec![None, Some(default("AWS:SourceOwner")), Some(default("AWS:SourceAccount"))]);
    let arn = arn.clone();
    let ses = proptest::option::of((style(), select(vec![json!("SNS:Publish"), json!(["sns:Publish"]), json!("sns:*")]), guards()));
    (style(), defaults, ses).prop_map(move |(style, default, ses)| {
        let ses = ses.map(|(style, action, guard)| style.allow(action, json!(arn), &guard));
        style.document(&default.into_iter().chain(ses).collect::<Vec<_>>())
    })
}

fn key_policy() -> impl Strategy<Value = Value> {
    let root = json!({"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{HOME}:root")}, "Action": "kms:*", "Resource": "*"});
    let actions =
        select(vec![json!(["kms:GenerateDataKey*", "kms:Decrypt"]), json!(["kms:Encrypt", "kms:GenerateDataKey"]), json!("kms:*")]);
    (style(), proptest::option::weighted(0.8, (style(), actions, guards()))).prop_map(move |(style, ses)| {
        let ses = ses.map(|(style, action, guard)| style.allow(action, json!("*"), &guard));
        style.document(&std::iter::once(root.clone()).chain(ses).collect::<Vec<_>>())
    })
}

/// What `AddPermission` makes: the one form that Lambda has.
fn function_policy() -> impl Strategy<Value = Option<Value>> {
    let arn = |function: &str| format!("arn:aws:lambda:eu-west-1:{HOME}:function:{function}");
    let condition = select(vec![
        Value::Null,
        json!({"StringEquals": {"AWS:SourceAccount": HOME}}),
        json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:ses:eu-west-1:{HOME}:receipt-rule-set/*")}}),
        json!({"StringEquals": {"AWS:SourceAccount": HOME}, "ArnLike": {"AWS:SourceArn": format!("arn:aws:ses:eu-west-1:{HOME}:receipt-rule-set/inbound:receipt-rule/first")}}),
    ]);
    let sid = select(vec!["AllowExecutionFromSES", "terraform-20240102", "AcmeStack-FunctionAllowSes65C1CFA2-vB1"]);
    proptest::option::weighted(0.8, (sid, condition)).prop_map(move |permission| {
        permission.map(|(sid, condition)| {
            let mut statement = json!({"Sid": sid, "Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": arn("parse")});
            if !condition.is_null() {
                statement["Condition"] = condition;
            }
            json!({"text": json!({"Version": "2012-10-17", "Id": "default", "Statement": [statement]}).to_string()})
        })
    })
}

#[derive(Debug, Clone)]
struct Role {
    trust: Value,
    inline: Option<Value>,
    attached: bool,
    boundary: bool,
}

const MANAGED: &str = "arn:aws:iam::111122223333:policy/service-role/writers";
const EDGE: &str = "arn:aws:iam::111122223333:policy/edge";

fn role() -> impl Strategy<Value = Role> {
    let trusts =
        (style(), guards()).prop_map(|(style, guard)| style.document(&[style.allow(json!("sts:AssumeRole"), Value::Null, &guard)]));
    let asked = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{FAR}:root")}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "acme"}}}});
    let trust = prop_oneof![4 => trusts, 1 => Just(json!({"text": asked.to_string()}))];
    let inline = select(vec![
        json!({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::tf-mail/*"}),
        json!([{"Sid": "VisualEditor0", "Effect": "Allow", "Action": ["s3:Put*", "sns:Publish", "kms:*"], "Resource": "*"}]),
        json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
    ]);
    let inline = proptest::option::weighted(0.7, inline).prop_map(|statement| {
        statement.map(|statement| json!({"text": json!({"Version": "2012-10-17", "Statement": statement}).to_string()}))
    });
    (trust, inline, any::<bool>(), proptest::bool::weighted(0.3)).prop_map(|(trust, inline, attached, boundary)| Role {
        trust,
        inline,
        attached,
        boundary,
    })
}

fn action() -> impl Strategy<Value = Value> {
    let topic = format!("arn:aws:sns:eu-west-1:{HOME}:events");
    let notified = |mut action: Value, member: &str, with: bool| {
        if with {
            action[member]["TopicArn"] = json!(format!("arn:aws:sns:eu-west-1:{HOME}:events"));
        }
        action
    };
    let s3 = (
        select(BUCKETS.to_vec()),
        select(vec![None, Some("in/"), Some("in/sub"), Some("out/ü b/")]),
        select(vec![
            None,
            Some(format!("arn:aws:kms:eu-west-1:{HOME}:key/{KEY}")),
            Some(format!("arn:aws:kms:eu-west-1:{HOME}:alias/aws/ses")),
        ]),
        proptest::bool::weighted(0.25),
        proptest::bool::weighted(0.3),
    )
        .prop_map(move |(bucket, prefix, key, role, with)| {
            let mut action = json!({"S3Action": {"BucketName": bucket}});
            let members = [
                ("ObjectKeyPrefix", prefix.map(str::to_owned)),
                ("KmsKeyArn", key),
                ("IamRoleArn", role.then(|| format!("arn:aws:iam::{HOME}:role/service-role/SESWriter"))),
            ];
            for (member, value) in members {
                if let Some(value) = value {
                    action["S3Action"][member] = json!(value);
                }
            }
            notified(action, "S3Action", with)
        });
    let lambda = (select(vec!["Event", "RequestResponse"]), any::<bool>()).prop_map(move |(kind, with)| {
        notified(
            json!({"LambdaAction": {"FunctionArn": format!("arn:aws:lambda:eu-west-1:{HOME}:function:parse"), "InvocationType": kind}}),
            "LambdaAction",
            with,
        )
    });
    let plain = select(vec![
        json!({"SNSAction": {"TopicArn": topic, "Encoding": "Base64"}}),
        json!({"SNSAction": {"TopicArn": topic}}),
        json!({"AddHeaderAction": {"HeaderName": "X-Acme", "HeaderValue": "a: #b \"c\" ü"}}),
        json!({"BounceAction": {"SmtpReplyCode": "550", "StatusCode": "5.1.1", "Message": "no:\nsuch #1", "Sender": "Mailer@a.example"}}),
        json!({"BounceAction": {"SmtpReplyCode": "450", "Message": "550", "Sender": "m@a.example", "TopicArn": topic}}),
        json!({"WorkmailAction": {"OrganizationArn": format!("arn:aws:workmail:eu-west-1:{HOME}:organization/m-1234567890abcdef1234567890abcdef")}}),
    ]);
    prop_oneof![4 => s3, 2 => lambda, 2 => plain]
}

fn rule() -> impl Strategy<Value = Value> {
    let recipients =
        subsequence(vec!["a.example", ".a.example", "Info@a.example", "info@A.example", "x+y=z@b.example", "on.example"], 0..=4)
            .prop_shuffle();
    let switches = (any::<bool>(), select(vec![None, Some("Require"), Some("Optional")]), select(vec![None, Some(true), Some(false)]));
    (recipients, switches, proptest::collection::vec(action(), 0..=3), proptest::bool::weighted(0.3)).prop_map(
        |(recipients, (enabled, tls, scan), mut actions, stops)| {
            actions.extend(stops.then(|| json!({"StopAction": {"Scope": "RuleSet"}})));
            let mut rule = json!({"Enabled": enabled, "Recipients": recipients, "Actions": actions});
            if let Some(tls) = tls {
                rule["TlsPolicy"] = json!(tls);
            }
            if let Some(scan) = scan {
                rule["ScanEnabled"] = json!(scan);
            }
            rule
        },
    )
}

/// Rule sets by names that YAML takes for something else, too.
fn sets() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let names = subsequence(vec!["inbound", "null", "1", "AcmeStack-RuleSetE30C6C48-1AB2C3"], 0..=3);
    let rules = proptest::collection::vec(proptest::collection::vec(rule(), 0..=3), 4);
    let called = Just(vec!["first", "1.0", "true", "no"]).prop_shuffle();
    (names, rules, called).prop_map(|(names, rules, called)| {
        let named = |rules: Vec<Value>| -> Value {
            let each = rules.into_iter().zip(&called).map(|(mut rule, name)| {
                rule["Name"] = json!(name);
                rule
            });
            json!({"Rules": each.collect::<Vec<_>>()})
        };
        names.into_iter().zip(rules).map(|(name, rules)| (name, named(rules))).collect()
    })
}

/// Any of them.
pub fn accounts() -> impl Strategy<Value = Live> {
    let policies = (bucket_policy(BUCKETS[0]), bucket_policy(BUCKETS[1]), topic_policy(), key_policy(), function_policy());
    let kept = (any::<bool>(), any::<bool>(), any::<bool>());
    (sets(), proptest::option::of(0_usize..3), policies, role(), kept).prop_map(
        |(sets, active, (one, other, topic, key, function), role, (keyed, coded, aliased))| {
            let mut account = Live::new(home());
            let mut put = |at: &str, value: Value| {
                account.seen.insert(Address::read_at(at, &home()).unwrap(), Observed::Present(value));
            };
            let arn = format!("arn:aws:kms:eu-west-1:{HOME}:key/{KEY}");
            for (bucket, policy) in BUCKETS.iter().zip([one, other]) {
                put(&format!("bucket/{bucket}"), json!({"region": "eu-west-1"}));
                if let Some(policy) = policy {
                    put(&format!("bucket-policy/{bucket}"), policy);
                }
            }
            if keyed {
                put("bucket-encryption/tf-mail", json!({"algorithm": "aws:kms", "key": arn}));
            }
            put(&format!("key/{KEY}"), json!({"arn": arn, "state": "Enabled", "manager": "CUSTOMER", "spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"}));
            put(&format!("key-policy/{KEY}"), key);
            put("key-aliases/all", if aliased { json!({"alias/mail": KEY, "alias/aws/ses": "k-ses"}) } else { json!({"alias/aws/ses": "k-ses"}) });
            put("topic/events", json!({"owner": HOME, "key": if coded { json!(arn) } else { Value::Null }, "fifo": false}));
            put("topic-policy/events", topic);
            put("function/parse", json!({"arn": format!("arn:aws:lambda:eu-west-1:{HOME}:function:parse"), "state": "Active"}));
            if let Some(policy) = function {
                put("function-policy/parse", policy);
            }
            let boundary = role.boundary.then_some(EDGE);
            let tags = json!({"aws:cloudformation:stack-name": "acme", "Owner": "mail team"});
            put("role/SESWriter", json!({"arn": format!("arn:aws:iam::{HOME}:role/service-role/SESWriter"), "path": "/service-role/", "permissions_boundary": boundary, "tags": tags}));
            put("role-trust/SESWriter", role.trust);
            if let Some(inline) = role.inline {
                put("role-policy/SESWriter/terraform-20240102", inline);
            }
            put("attached-policies/SESWriter", json!({"arns": if role.attached { vec![MANAGED] } else { Vec::new() }}));
            let may = |action: Value| json!({"text": json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}).to_string()});
            put(&format!("managed-policy/{MANAGED}"), may(json!("s3:PutObject")));
            put(&format!("managed-policy/{EDGE}"), may(json!(["s3:*", "sns:*"])));
            put("receipt-filter/AcmeStack-AllowList-BlockAll-E", json!({"Policy": "Block", "Cidr": "0.0.0.0/0"}));
            let names: Vec<&str> = sets.iter().map(|(name, _)| *name).collect();
            if let Some(active) = active.and_then(|active| names.get(active)) {
                put("receipt-rule-set-pointer/active", json!({"Active": active}));
            }
            for (name, rules) in sets {
                put(&format!("receipt-rule-set/{name}"), rules);
            }
            account
        },
    )
}
