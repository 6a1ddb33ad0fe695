//! What others keep in policies: the statements that are found in most accounts, each with names of its own.

use postroom::core::address::{Address, AddressKind};
use serde_json::{Value, json};

use super::{ACCOUNT, REGION};

/// A document of so many statements, as a service stores it.
pub fn document(at: &Address, count: usize) -> String {
    let statements: Vec<Value> = (0..count).map(|index| statement(at, index)).collect();
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn statement(at: &Address, index: usize) -> Value {
    match at.kind {
        AddressKind::BucketPolicy => of_bucket(&at.name, index),
        AddressKind::KeyPolicy => of_key(index),
        _ => of_topic(&format!("arn:aws:sns:{REGION}:{ACCOUNT}:{}", at.name), index),
    }
}

fn of_bucket(bucket: &str, n: usize) -> Value {
    let objects = format!("arn:aws:s3:::{bucket}/*");
    match n % 6 {
        0 => {
            json!({"Sid": format!("TlsOnly{n}"), "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [format!("arn:aws:s3:::{bucket}"), objects],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
        }
        1 => {
            json!({"Sid": format!("Readers{n}"), "Effect": "Allow", "Principal": {"AWS": [format!("arn:aws:iam::{ACCOUNT}:role/reader-{n}"), format!("arn:aws:iam::{ACCOUNT}:role/indexer-{n}")]},
            "Action": ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"], "Resource": format!("arn:aws:s3:::{bucket}/area-{n}/*")})
        }
        2 => {
            json!({"Sid": format!("Distribution{n}"), "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": objects,
            "Condition": {"StringEquals": {"AWS:SourceArn": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/E{n:013}")}}})
        }
        3 => {
            json!({"Sid": format!("Partner{n}"), "Effect": "Allow", "Principal": {"AWS": format!("{:012}", 200_000_000_000_usize + n)}, "Action": "s3:PutObject",
            "Resource": format!("arn:aws:s3:::{bucket}/partner-{n}/*"), "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}})
        }
        4 => {
            json!({"Sid": format!("Logs{n}"), "Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Action": "s3:PutObject",
            "Resource": format!("arn:aws:s3:::{bucket}/logs-{n}/AWSLogs/{ACCOUNT}/*"),
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control"}, "ArnLike": {"aws:SourceArn": format!("arn:aws:logs:{REGION}:{ACCOUNT}:*")}}})
        }
        _ => {
            json!({"Sid": format!("FromOurNetwork{n}"), "Effect": "Deny", "NotPrincipal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/break-glass-{n}")}, "Action": ["s3:GetObject", "s3:DeleteObject"],
            "Resource": format!("arn:aws:s3:::{bucket}/inside-{n}/*"), "Condition": {"StringNotEquals": {"aws:SourceVpce": format!("vpce-{n:017x}")}}})
        }
    }
}

fn of_key(n: usize) -> Value {
    match n % 4 {
        0 => {
            json!({"Sid": format!("Enable IAM User Permissions {n}"), "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "kms:*", "Resource": "*"})
        }
        1 => {
            json!({"Sid": format!("Administrators {n}"), "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/admin-{n}")},
            "Action": ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*", "kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
            "Resource": "*"})
        }
        2 => json!({"Sid": format!("Users {n}"), "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/user-{n}")},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"], "Resource": "*"}),
        _ => {
            json!({"Sid": format!("Attachments {n}"), "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/user-{n}")},
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}})
        }
    }
}

fn of_topic(topic: &str, n: usize) -> Value {
    match n % 3 {
        0 => json!({"Sid": format!("Owner{n}"), "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/ops-{n}")},
            "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
            "Resource": topic, "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}}),
        1 => {
            json!({"Sid": format!("Alarms{n}"), "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "SNS:Publish", "Resource": topic,
            "Condition": {"ArnLike": {"aws:SourceArn": format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:queue-{n}-*")}}})
        }
        _ => {
            json!({"Sid": format!("Objects{n}"), "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "SNS:Publish", "Resource": topic,
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": format!("arn:aws:s3:::uploads-{n}")}}})
        }
    }
}
