//! Receipt rules as SES returns them, every member of every action, read with the SDK.

use aws_sdk_ses::types::{ReceiptAction, ReceiptRule};
use serde_json::{Map, Value, json};

use super::account::{Account, REGION, wait};

impl Account {
    pub fn ses(&self) -> aws_sdk_ses::Client {
        aws_sdk_ses::Client::new(&self.sdk(REGION))
    }

    /// The rules of a set in evaluation order; null when there is no such set.
    pub fn rules(&self, set: &str) -> Value {
        let found = wait(self.ses().describe_receipt_rule_set().rule_set_name(set).send());
        found.map_or(Value::Null, |found| found.rules().iter().map(rule).collect())
    }

    pub fn rule_names(&self, set: &str) -> Vec<String> {
        self.rules(set).as_array().into_iter().flatten().map(|rule| rule["Name"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The set that receives.
    pub fn active_set(&self) -> Option<String> {
        let found = wait(self.ses().describe_active_receipt_rule_set().send()).expect("an answer");
        found.metadata().and_then(|metadata| metadata.name()).map(str::to_owned)
    }

    pub fn filters(&self) -> Value {
        let found = wait(self.ses().list_receipt_filters().send()).expect("filters");
        let entries = found.filters().iter().map(|filter| {
            let address = filter.ip_filter().expect("an address");
            (filter.name().to_owned(), json!(format!("{} {}", address.policy().as_str(), address.cidr())))
        });
        Value::Object(entries.collect::<Map<_, _>>())
    }
}

fn rule(rule: &ReceiptRule) -> Value {
    json!({
        "Name": rule.name(),
        "Enabled": rule.enabled(),
        "TlsPolicy": rule.tls_policy().map(|policy| policy.as_str()),
        "ScanEnabled": rule.scan_enabled(),
        "Recipients": rule.recipients(),
        "Actions": rule.actions().iter().map(action).collect::<Vec<_>>(),
    })
}

/// Every member that the SDK knows; those that are not set are left out.
fn action(action: &ReceiptAction) -> Value {
    let mut members = json!({});
    if let Some(s3) = action.s3_action() {
        members["S3Action"] = set(
            json!({"BucketName": s3.bucket_name(), "ObjectKeyPrefix": s3.object_key_prefix(), "KmsKeyArn": s3.kms_key_arn(), "TopicArn": s3.topic_arn(), "IamRoleArn": s3.iam_role_arn()}),
        );
    }
    if let Some(bounce) = action.bounce_action() {
        members["BounceAction"] = set(
            json!({"SmtpReplyCode": bounce.smtp_reply_code(), "StatusCode": bounce.status_code(), "Message": bounce.message(), "Sender": bounce.sender(), "TopicArn": bounce.topic_arn()}),
        );
    }
    if let Some(workmail) = action.workmail_action() {
        members["WorkmailAction"] = set(json!({"OrganizationArn": workmail.organization_arn(), "TopicArn": workmail.topic_arn()}));
    }
    if let Some(lambda) = action.lambda_action() {
        let invocation = lambda.invocation_type().map(|kind| kind.as_str());
        members["LambdaAction"] =
            set(json!({"FunctionArn": lambda.function_arn(), "InvocationType": invocation, "TopicArn": lambda.topic_arn()}));
    }
    if let Some(stop) = action.stop_action() {
        members["StopAction"] = set(json!({"Scope": stop.scope().as_str(), "TopicArn": stop.topic_arn()}));
    }
    if let Some(header) = action.add_header_action() {
        members["AddHeaderAction"] = json!({"HeaderName": header.header_name(), "HeaderValue": header.header_value()});
    }
    if let Some(sns) = action.sns_action() {
        members["SNSAction"] = set(json!({"TopicArn": sns.topic_arn(), "Encoding": sns.encoding().map(|encoding| encoding.as_str())}));
    }
    if let Some(connect) = action.connect_action() {
        members["ConnectAction"] = json!({"InstanceARN": connect.instance_arn(), "IAMRoleARN": connect.iam_role_arn()});
    }
    assert_eq!(members.as_object().map(Map::len), Some(1), "an action is exactly one of eight: {action:?}");
    members
}

fn set(mut members: Value) -> Value {
    if let Some(members) = members.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    members
}
