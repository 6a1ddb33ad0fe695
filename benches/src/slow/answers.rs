//! What AWS would say: as much of each answer as its readers look at.

use std::fmt::Write as _;

use hyper::StatusCode;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use super::estate::{ACCOUNT, Estate, REGION};

/// An answer.
#[derive(Debug)]
pub struct Given {
    pub status: StatusCode,
    pub kind: &'static str,
    pub body: Vec<u8>,
}

fn xml(body: String) -> Given {
    Given { status: StatusCode::OK, kind: "text/xml", body: body.into() }
}

fn not_found(code: &str) -> Given {
    let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>not here</Message></Error><Code>{code}</Code></ErrorResponse>");
    Given { status: StatusCode::NOT_FOUND, kind: "text/xml", body: body.into() }
}

fn refused(code: &str, status: StatusCode) -> Given {
    Given { status, kind: "application/x-amz-json-1.1", body: json!({"__type": code, "message": "not here"}).to_string().into() }
}

/// Which call it is, and its answer.
pub fn to(estate: &Estate, parts: &Parts, body: &[u8]) -> Given {
    let estate = &There { estate, account: caller(parts) };
    if let Some(target) = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
        let asked = serde_json::from_slice(body).unwrap_or_default();
        return json_1_1(estate, target, &asked);
    }
    if parts.uri.path() == "/" && !body.is_empty() {
        return query(estate, &form(body));
    }
    if parts.uri.path().starts_with("/service/") {
        // Mail Manager speaks CBOR: an empty map is an empty list to it.
        return Given { status: StatusCode::OK, kind: "application/cbor", body: vec![EMPTY_MAP] };
    }
    if parts.uri.path().starts_with("/2015-03-31/functions") {
        return functions(parts.uri.path());
    }
    s3(estate, parts.uri.path(), parts.uri.query().unwrap_or_default())
}

/// In CBOR: <https://www.rfc-editor.org/rfc/rfc8949#section-3.1>
const EMPTY_MAP: u8 = 0xa0;

/// What there is, in the account of the caller.
struct There<'a> {
    estate: &'a Estate,
    account: String,
}

impl std::ops::Deref for There<'_> {
    type Target = Estate;

    fn deref(&self) -> &Estate {
        self.estate
    }
}

impl There<'_> {
    fn topic_arn(&self, i: usize) -> String {
        self.estate.topic_arn(&self.account, i)
    }

    fn key_arn(&self, i: usize) -> String {
        self.estate.key_arn(&self.account, i)
    }
}

/// As with other emulators, who signs with the number of an account is of that account.
fn caller(parts: &Parts) -> String {
    let signed = parts.headers.get("authorization").and_then(|signed| signed.to_str().ok()).unwrap_or_default();
    let key = signed.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
    let is_account = key.len() == 12 && key.chars().all(|digit| digit.is_ascii_digit());
    if is_account { key.to_owned() } else { ACCOUNT.to_owned() }
}

/// `Action=…&Name=…`, decoded.
fn form(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let decoded = |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

/// STS, SES, SNS and IAM.
fn query(estate: &There<'_>, form: &[(String, String)]) -> Given {
    let of = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let action = of("Action");
    let result = match action {
        "GetCallerIdentity" => {
            let account = &estate.account;
            format!("<Arn>arn:aws:iam::{account}:user/bench</Arn><UserId>AIDABENCH</UserId><Account>{account}</Account>")
        }
        "AssumeRole" => {
            let (role, account) = (of("RoleArn"), of("RoleArn").split(':').nth(4).unwrap_or_default());
            format!(
                "<AssumedRoleUser><Arn>{role}</Arn><AssumedRoleId>AROABENCH:bench</AssumedRoleId></AssumedRoleUser><Credentials>\
                 <AccessKeyId>{account}</AccessKeyId><SecretAccessKey>any</SecretAccessKey><SessionToken>any</SessionToken>\
                 <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
            )
        }
        "DescribeReceiptRuleSet" | "DescribeActiveReceiptRuleSet" => format!("<Metadata><Name>bench</Name></Metadata><Rules>{}</Rules>", rules(estate)),
        "ListReceiptRuleSets" => "<RuleSets><member><Name>bench</Name></member></RuleSets>".to_owned(),
        "ListReceiptFilters" => "<Filters></Filters>".to_owned(),
        "GetTopicAttributes" => topic_attributes(estate, of("TopicArn")),
        "ListTopics" => page(estate.topics, of("NextToken"), 100, |i| format!("<TopicArn>{}</TopicArn>", estate.topic_arn(i)), "Topics"),
        "ListRoles" => "<Roles></Roles><IsTruncated>false</IsTruncated>".to_owned(),
        "ListAccountAliases" => "<AccountAliases></AccountAliases><IsTruncated>false</IsTruncated>".to_owned(),
        "GetAccountAuthorizationDetails" => {
            "<RoleDetailList></RoleDetailList><UserDetailList></UserDetailList><GroupDetailList></GroupDetailList><IsTruncated>false</IsTruncated>".to_owned()
        }
        _ => return not_found("NoSuchEntity"),
    };
    xml(format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"))
}

/// One page of a list in XML, with the number of the next one as its token.
fn page(all: usize, token: &str, size: usize, one: impl Fn(usize) -> String, list: &str) -> String {
    let from = token.parse().unwrap_or(0);
    let to = all.min(from + size);
    let members: String = (from..to).map(|i| format!("<member>{}</member>", one(i))).collect();
    let next = if to < all { format!("<NextToken>{to}</NextToken>") } else { String::new() };
    format!("<{list}>{members}</{list}>{next}")
}

fn rules(estate: &There<'_>) -> String {
    let mut rules = String::new();
    for i in 0..estate.rules {
        let _ = write!(
            rules,
            "<member><Name>rule-{i}</Name><Enabled>true</Enabled><ScanEnabled>false</ScanEnabled><TlsPolicy>Optional</TlsPolicy>\
             <Recipients><member>r{i}.acme.example</member></Recipients><Actions><member><S3Action><BucketName>{}</BucketName>\
             <ObjectKeyPrefix>in/</ObjectKeyPrefix><TopicArn>{}</TopicArn></S3Action></member></Actions></member>",
            estate.bucket(i),
            estate.topic_arn(i)
        );
    }
    rules
}

/// What SNS gives a topic of which nothing is said: <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>
fn topic_attributes(estate: &There<'_>, arn: &str) -> String {
    let policy = json!({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{
        "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Publish"], "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": estate.account}}
    }]});
    let policy = policy.to_string().replace('"', "&quot;");
    let entry = |name: &str, value: &str| format!("<entry><key>{name}</key><value>{value}</value></entry>");
    let entries = [entry("TopicArn", arn), entry("Owner", &estate.account), entry("Policy", &policy)].concat();
    format!("<Attributes>{entries}</Attributes>")
}

/// KMS and Secrets Manager.
fn json_1_1(estate: &There<'_>, target: &str, asked: &Value) -> Given {
    let marker = asked["Marker"].as_str().and_then(|marker| marker.parse().ok()).unwrap_or(0usize);
    let size = asked["Limit"].as_u64().unwrap_or(50) as usize;
    let to = estate.keys.min(marker + size);
    let next = (to < estate.keys).then(|| to.to_string());
    let id = asked["KeyId"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
    let arn = format!("arn:aws:kms:{REGION}:{}:key/{id}", estate.account);
    let body = match target.rsplit('.').next().unwrap_or_default() {
        "ListAliases" => {
            let alias = |i: usize| json!({"AliasName": format!("alias/mail-{i}"), "TargetKeyId": estate.key(i)});
            json!({"Aliases": (marker..to).map(alias).collect::<Vec<_>>(), "NextMarker": next, "Truncated": next.is_some()})
        }
        "ListKeys" => {
            let key = |i: usize| json!({"KeyId": estate.key(i), "KeyArn": estate.key_arn(i)});
            json!({"Keys": (marker..to).map(key).collect::<Vec<_>>(), "NextMarker": next, "Truncated": next.is_some()})
        }
        "DescribeKey" => json!({"KeyMetadata": {
            "KeyId": id, "Arn": arn, "AWSAccountId": estate.account, "KeyState": "Enabled", "KeyManager": "CUSTOMER",
            "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "Enabled": true
        }}),
        "GetKeyPolicy" => json!({"Policy": json!({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [{
            "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", estate.account)},
            "Action": "kms:*", "Resource": "*"
        }]}).to_string()}),
        "ListSecrets" => json!({"SecretList": []}),
        _ => return refused("ResourceNotFoundException", StatusCode::BAD_REQUEST),
    };
    Given { status: StatusCode::OK, kind: "application/x-amz-json-1.1", body: body.to_string().into() }
}

fn functions(path: &str) -> Given {
    let list = path.trim_end_matches('/') == "/2015-03-31/functions";
    if !list {
        return refused("ResourceNotFoundException", StatusCode::NOT_FOUND);
    }
    Given { status: StatusCode::OK, kind: "application/json", body: json!({"Functions": []}).to_string().into() }
}

/// S3, by path.
fn s3(estate: &There<'_>, path: &str, query: &str) -> Given {
    let bucket = path.trim_matches('/');
    let number = bucket.rsplit('-').next().and_then(|number| number.parse::<usize>().ok());
    let asks = |what: &str| query.split('&').any(|word| word.split('=').next() == Some(what));
    if bucket.is_empty() {
        let bucket = |i| format!("<Bucket><Name>{}</Name><BucketRegion>{REGION}</BucketRegion></Bucket>", estate.bucket(i));
        let buckets: String = (0..estate.buckets).map(bucket).collect();
        return xml(format!("<ListAllMyBucketsResult><Buckets>{buckets}</Buckets></ListAllMyBucketsResult>"));
    }
    let Some(i) = number.filter(|i| *i < estate.buckets) else { return not_found("NoSuchBucket") };
    if asks("policy") {
        let resource = [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")];
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "DenyInsecureTransport", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resource,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}
        }]});
        return Given { status: StatusCode::OK, kind: "application/json", body: policy.to_string().into() };
    }
    if asks("encryption") {
        let rule = if i < estate.keys {
            format!("<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{}</KMSMasterKeyID>", estate.key_arn(i))
        } else {
            "<SSEAlgorithm>AES256</SSEAlgorithm>".to_owned()
        };
        return xml(format!(
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>{rule}</ApplyServerSideEncryptionByDefault>\
             </Rule></ServerSideEncryptionConfiguration>"
        ));
    }
    if asks("object-lock") {
        return not_found("ObjectLockConfigurationNotFoundError");
    }
    if asks("acl") {
        return xml(
            "<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList></AccessControlList></AccessControlPolicy>".to_owned()
        );
    }
    if asks("tagging") {
        return not_found("NoSuchTagSet");
    }
    if asks("publicAccessBlock") {
        return not_found("NoSuchPublicAccessBlockConfiguration");
    }
    // HeadBucket: its region is in the header that every answer here has.
    xml(String::new())
}
