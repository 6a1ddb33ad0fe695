//! SES receiving (API version 2010-12-01): rule sets, rules, filters. One call a second for each account and region.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_ses::Client;
use aws_sdk_ses::types::{self as sdk, ReceiptFilterPolicy, ReceiptIpFilter};

use super::clients::{Clients, Session};
use super::error::{AwsError, call, found};
use crate::core::address::Home;
use crate::kinds::receipt_rule_set::rule::{ReceiptAction, ReceiptRule};

/// The set that receives.
#[derive(Debug, Clone)]
pub struct ActiveSet {
    /// Its name.
    pub name: String,
    /// Its rules, in evaluation order (assumed: in that of `DescribeReceiptRuleSet`). None where one of them does not read.
    pub rules: Option<Vec<ReceiptRule>>,
}

/// SES in one account and region.
#[derive(Debug)]
pub struct Ses {
    client: Client,
    clients: Arc<Clients>,
    home: Home,
}

impl Ses {
    pub(super) fn new(client: Client, clients: Arc<Clients>, home: Home) -> Self {
        Self { client, clients, home }
    }

    /// The client, when it is this call's turn.
    async fn turn(&self) -> &Client {
        Session::pace(&self.clients, &self.home).await;
        &self.client
    }

    /// The rules of a set in evaluation order: one call for any number of rules.
    pub async fn rule_set(&self, set: &str) -> Result<Option<Vec<ReceiptRule>>, AwsError> {
        let request = self.turn().await.describe_receipt_rule_set().rule_set_name(set);
        let answer = found(call!("ses", "DescribeReceiptRuleSet", request))?;
        answer.map(|answer| answer.rules().iter().map(read_rule).collect()).transpose()
    }

    /// The names of all sets: 100 on a page.
    pub async fn rule_set_names(&self) -> Result<Vec<String>, AwsError> {
        let mut names = Vec::new();
        let mut token = None;
        loop {
            let page = call!("ses", "ListReceiptRuleSets", self.turn().await.list_receipt_rule_sets().set_next_token(token))?;
            names.extend(page.rule_sets.unwrap_or_default().into_iter().filter_map(|set| set.name));
            token = page.next_token;
            if token.is_none() {
                names.sort();
                return Ok(names);
            }
        }
    }

    /// The set that receives, if one does, with all its rules:
    /// <https://docs.aws.amazon.com/ses/latest/APIReference/API_DescribeActiveReceiptRuleSet.html>
    pub async fn active_rule_set(&self) -> Result<Option<ActiveSet>, AwsError> {
        let answer = call!("ses", "DescribeActiveReceiptRuleSet", self.turn().await.describe_active_receipt_rule_set())?;
        let rules = answer.rules().iter().map(read_rule).collect::<Result<_, _>>().ok();
        Ok(answer.metadata.and_then(|metadata| metadata.name).map(|name| ActiveSet { name, rules }))
    }

    /// Whether its calls wait for one another.
    pub fn is_paced(&self) -> bool {
        self.clients.common.pace.is_kept()
    }

    /// Makes an empty set.
    pub async fn create_rule_set(&self, set: &str) -> Result<(), AwsError> {
        call!("ses", "CreateReceiptRuleSet", self.turn().await.create_receipt_rule_set().rule_set_name(set)).map(drop)
    }

    /// Takes a set away.
    pub async fn delete_rule_set(&self, set: &str) -> Result<(), AwsError> {
        call!("ses", "DeleteReceiptRuleSet", self.turn().await.delete_receipt_rule_set().rule_set_name(set)).map(drop)
    }

    /// Moves the pointer; `None` turns all receiving off.
    pub async fn set_active(&self, set: Option<&str>) -> Result<(), AwsError> {
        let request = self.turn().await.set_active_receipt_rule_set().set_rule_set_name(set.map(str::to_owned));
        call!("ses", "SetActiveReceiptRuleSet", request).map(drop)
    }

    /// Makes a rule directly behind `after`, or at the front.
    pub async fn create_rule(&self, set: &str, after: Option<&str>, rule: &ReceiptRule) -> Result<(), AwsError> {
        let rule = write_rule(rule)?;
        let request = self.turn().await.create_receipt_rule().rule_set_name(set).set_after(after.map(str::to_owned)).rule(rule);
        call!("ses", "CreateReceiptRule", request).map(drop)
    }

    /// Replaces a rule whole, in its place.
    pub async fn update_rule(&self, set: &str, rule: &ReceiptRule) -> Result<(), AwsError> {
        let rule = write_rule(rule)?;
        call!("ses", "UpdateReceiptRule", self.turn().await.update_receipt_rule().rule_set_name(set).rule(rule)).map(drop)
    }

    /// Takes a rule away.
    pub async fn delete_rule(&self, set: &str, rule: &str) -> Result<(), AwsError> {
        let request = self.turn().await.delete_receipt_rule().rule_set_name(set).rule_name(rule);
        found(call!("ses", "DeleteReceiptRule", request)).map(drop)
    }

    /// Puts the rules of a set in this order: an exact permutation.
    pub async fn reorder(&self, set: &str, names: Vec<String>) -> Result<(), AwsError> {
        let request = self.turn().await.reorder_receipt_rule_set().rule_set_name(set).set_rule_names(Some(names));
        call!("ses", "ReorderReceiptRuleSet", request).map(drop)
    }

    /// All filters: name → policy and CIDR.
    pub async fn filters(&self) -> Result<BTreeMap<String, (String, String)>, AwsError> {
        let answer = call!("ses", "ListReceiptFilters", self.turn().await.list_receipt_filters())?;
        let filters = answer.filters.unwrap_or_default().into_iter();
        let read = filters.filter_map(|filter| filter.ip_filter.map(|ip| (filter.name, (ip.policy.as_str().to_owned(), ip.cidr))));
        Ok(read.collect())
    }

    /// Makes a filter.
    pub async fn create_filter(&self, name: &str, policy: &str, cidr: &str) -> Result<(), AwsError> {
        let ip = ReceiptIpFilter::builder().policy(ReceiptFilterPolicy::from(policy)).cidr(cidr).build().map_err(AwsError::malformed)?;
        let filter = sdk::ReceiptFilter::builder().name(name).ip_filter(ip).build().map_err(AwsError::malformed)?;
        call!("ses", "CreateReceiptFilter", self.turn().await.create_receipt_filter().filter(filter)).map(drop)
    }

    /// Takes a filter away.
    pub async fn delete_filter(&self, name: &str) -> Result<(), AwsError> {
        call!("ses", "DeleteReceiptFilter", self.turn().await.delete_receipt_filter().filter_name(name)).map(drop)
    }
}

fn read_rule(rule: &sdk::ReceiptRule) -> Result<ReceiptRule, AwsError> {
    Ok(ReceiptRule {
        name: rule.name.clone(),
        enabled: rule.enabled,
        tls_policy: rule.tls_policy().map_or("Optional", |policy| policy.as_str()).to_owned(),
        scan_enabled: rule.scan_enabled,
        recipients: rule.recipients().to_vec(),
        actions: rule.actions().iter().map(read_action).collect::<Result<_, _>>()?,
    })
}

/// The union of SES is a structure with one member set. A member that this program does not know is no member: such a rule is not readable,
/// rather than a rule with one action less.
fn read_action(action: &sdk::ReceiptAction) -> Result<ReceiptAction, AwsError> {
    let sdk::ReceiptAction {
        s3_action,
        bounce_action,
        workmail_action,
        lambda_action,
        stop_action,
        add_header_action,
        sns_action,
        connect_action,
        ..
    } = action;
    let s3 = s3_action.as_ref().map(|s3| ReceiptAction::S3Action {
        bucket_name: s3.bucket_name.clone(),
        object_key_prefix: s3.object_key_prefix.clone(),
        kms_key_arn: s3.kms_key_arn.clone(),
        iam_role_arn: s3.iam_role_arn.clone(),
        topic_arn: s3.topic_arn.clone(),
    });
    let sns = sns_action.as_ref().map(|sns| ReceiptAction::SnsAction {
        topic_arn: sns.topic_arn.clone(),
        encoding: sns.encoding.as_ref().map_or("UTF-8", sdk::SnsActionEncoding::as_str).to_owned(),
    });
    let lambda = lambda_action.as_ref().map(|lambda| ReceiptAction::LambdaAction {
        function_arn: lambda.function_arn.clone(),
        invocation_type: lambda.invocation_type.as_ref().map_or("Event", sdk::InvocationType::as_str).to_owned(),
        topic_arn: lambda.topic_arn.clone(),
    });
    let bounce = bounce_action.as_ref().map(|bounce| ReceiptAction::BounceAction {
        smtp_reply_code: bounce.smtp_reply_code.clone(),
        status_code: bounce.status_code.clone(),
        message: bounce.message.clone(),
        sender: bounce.sender.clone(),
        topic_arn: bounce.topic_arn.clone(),
    });
    let header = add_header_action.as_ref().map(|header| ReceiptAction::AddHeaderAction {
        header_name: header.header_name.clone(),
        header_value: header.header_value.clone(),
    });
    let workmail = workmail_action.as_ref().map(|workmail| ReceiptAction::WorkmailAction {
        organization_arn: workmail.organization_arn.clone(),
        topic_arn: workmail.topic_arn.clone(),
    });
    let connect = connect_action.as_ref().map(|connect| ReceiptAction::ConnectAction {
        instance_arn: connect.instance_arn.clone(),
        iam_role_arn: connect.iam_role_arn.clone(),
    });
    let stop = stop_action
        .as_ref()
        .map(|stop| ReceiptAction::StopAction { scope: stop.scope.as_str().to_owned(), topic_arn: stop.topic_arn.clone() });
    let mut members = [s3, sns, lambda, bounce, header, workmail, connect, stop].into_iter().flatten();
    members.next().ok_or_else(|| AwsError::refused("a rule holds an action of a kind that this version of postroom does not know"))
}

fn write_rule(rule: &ReceiptRule) -> Result<sdk::ReceiptRule, AwsError> {
    let ReceiptRule { name, enabled, tls_policy, scan_enabled, recipients, actions } = rule;
    let actions = actions.iter().map(write_action).collect::<Result<Vec<_>, _>>()?;
    sdk::ReceiptRule::builder()
        .name(name)
        .enabled(*enabled)
        .tls_policy(sdk::TlsPolicy::from(tls_policy.as_str()))
        .scan_enabled(*scan_enabled)
        .set_recipients(Some(recipients.clone()))
        .set_actions(Some(actions))
        .build()
        .map_err(AwsError::malformed)
}

fn write_action(action: &ReceiptAction) -> Result<sdk::ReceiptAction, AwsError> {
    let builder = sdk::ReceiptAction::builder();
    let builder = match action {
        ReceiptAction::S3Action { bucket_name, object_key_prefix, kms_key_arn, iam_role_arn, topic_arn } => builder.s3_action(
            sdk::S3Action::builder()
                .bucket_name(bucket_name)
                .set_object_key_prefix(object_key_prefix.clone())
                .set_kms_key_arn(kms_key_arn.clone())
                .set_iam_role_arn(iam_role_arn.clone())
                .set_topic_arn(topic_arn.clone())
                .build()
                .map_err(AwsError::malformed)?,
        ),
        ReceiptAction::SnsAction { topic_arn, encoding } => builder.sns_action(
            sdk::SnsAction::builder()
                .topic_arn(topic_arn)
                .encoding(sdk::SnsActionEncoding::from(encoding.as_str()))
                .build()
                .map_err(AwsError::malformed)?,
        ),
        ReceiptAction::LambdaAction { function_arn, invocation_type, topic_arn } => builder.lambda_action(
            sdk::LambdaAction::builder()
                .function_arn(function_arn)
                .invocation_type(sdk::InvocationType::from(invocation_type.as_str()))
                .set_topic_arn(topic_arn.clone())
                .build()
                .map_err(AwsError::malformed)?,
        ),
        ReceiptAction::BounceAction { smtp_reply_code, status_code, message, sender, topic_arn } => builder.bounce_action(
            sdk::BounceAction::builder()
                .smtp_reply_code(smtp_reply_code)
                .set_status_code(status_code.clone())
                .message(message)
                .sender(sender)
                .set_topic_arn(topic_arn.clone())
                .build()
                .map_err(AwsError::malformed)?,
        ),
        ReceiptAction::AddHeaderAction { header_name, header_value } => builder.add_header_action(
            sdk::AddHeaderAction::builder().header_name(header_name).header_value(header_value).build().map_err(AwsError::malformed)?,
        ),
        ReceiptAction::WorkmailAction { organization_arn, topic_arn } => builder.workmail_action(
            sdk::WorkmailAction::builder()
                .organization_arn(organization_arn)
                .set_topic_arn(topic_arn.clone())
                .build()
                .map_err(AwsError::malformed)?,
        ),
        ReceiptAction::ConnectAction { instance_arn, iam_role_arn } => builder.connect_action(
            sdk::ConnectAction::builder().instance_arn(instance_arn).iam_role_arn(iam_role_arn).build().map_err(AwsError::malformed)?,
        ),
        ReceiptAction::StopAction { scope, topic_arn } => builder.stop_action(
            sdk::StopAction::builder()
                .scope(sdk::StopScope::from(scope.as_str()))
                .set_topic_arn(topic_arn.clone())
                .build()
                .map_err(AwsError::malformed)?,
        ),
    };
    Ok(builder.build())
}
