//! Rules and their actions: ours and the SDK's.

use super::{AwsError, condition, sdk, unknown};
use crate::kinds::mail_manager::rule_set::Rule;
use crate::kinds::mail_manager::rule_set::action::RuleAction;

pub(super) fn read(rule: &sdk::Rule) -> Result<Rule, AwsError> {
    Ok(Rule {
        name: rule.name.clone(),
        conditions: rule.conditions().iter().map(condition::read).collect::<Result<_, _>>()?,
        unless: rule.unless().iter().map(condition::read).collect::<Result<_, _>>()?,
        actions: rule.actions().iter().map(read_action).collect::<Result<_, _>>()?,
    })
}

pub(super) fn write(rule: &Rule) -> Result<sdk::Rule, AwsError> {
    let conditions = rule.conditions.iter().map(condition::write).collect::<Result<Vec<_>, _>>()?;
    let unless = rule.unless.iter().map(condition::write).collect::<Result<Vec<_>, _>>()?;
    let actions = rule.actions.iter().map(write_action).collect::<Result<Vec<_>, _>>()?;
    let it = sdk::Rule::builder().set_name(rule.name.clone()).set_conditions(Some(conditions));
    it.set_unless(Some(unless)).set_actions(Some(actions)).build().map_err(AwsError::malformed)
}

fn read_action(action: &sdk::RuleAction) -> Result<RuleAction, AwsError> {
    let failure = |policy: &Option<sdk::ActionFailurePolicy>| policy.as_ref().map(|policy| policy.as_str().to_owned());
    Ok(match action {
        sdk::RuleAction::Drop(_) => RuleAction::Drop {},
        sdk::RuleAction::Relay(it) => RuleAction::Relay {
            action_failure_policy: failure(&it.action_failure_policy),
            relay: it.relay.clone(),
            mail_from: it.mail_from.as_ref().map(|from| from.as_str().to_owned()),
        },
        sdk::RuleAction::Archive(it) => {
            RuleAction::Archive { action_failure_policy: failure(&it.action_failure_policy), target_archive: it.target_archive.clone() }
        }
        sdk::RuleAction::WriteToS3(it) => RuleAction::WriteToS3 {
            action_failure_policy: failure(&it.action_failure_policy),
            role_arn: it.role_arn.clone(),
            s3_bucket: it.s3_bucket.clone(),
            s3_prefix: it.s3_prefix.clone(),
            s3_sse_kms_key_id: it.s3_sse_kms_key_id.clone(),
        },
        sdk::RuleAction::Send(it) => {
            RuleAction::Send { action_failure_policy: failure(&it.action_failure_policy), role_arn: it.role_arn.clone() }
        }
        sdk::RuleAction::AddHeader(it) => {
            RuleAction::AddHeader { header_name: it.header_name.clone(), header_value: it.header_value.clone() }
        }
        sdk::RuleAction::ReplaceRecipient(it) => RuleAction::ReplaceRecipient { replace_with: it.replace_with().to_vec() },
        sdk::RuleAction::DeliverToMailbox(it) => RuleAction::DeliverToMailbox {
            action_failure_policy: failure(&it.action_failure_policy),
            mailbox_arn: it.mailbox_arn.clone(),
            role_arn: it.role_arn.clone(),
        },
        sdk::RuleAction::DeliverToQBusiness(it) => RuleAction::DeliverToQBusiness {
            action_failure_policy: failure(&it.action_failure_policy),
            application_id: it.application_id.clone(),
            index_id: it.index_id.clone(),
            role_arn: it.role_arn.clone(),
        },
        sdk::RuleAction::PublishToSns(it) => RuleAction::PublishToSns {
            action_failure_policy: failure(&it.action_failure_policy),
            topic_arn: it.topic_arn.clone(),
            role_arn: it.role_arn.clone(),
            encoding: Some(it.encoding.as_str().to_owned()),
            payload_type: Some(it.payload_type.as_str().to_owned()),
        },
        sdk::RuleAction::Bounce(it) => RuleAction::Bounce {
            action_failure_policy: failure(&it.action_failure_policy),
            role_arn: it.role_arn.clone(),
            sender: it.sender.clone(),
            status_code: it.status_code.clone(),
            smtp_reply_code: it.smtp_reply_code.clone(),
            diagnostic_message: it.diagnostic_message.clone(),
            message: it.message.clone(),
        },
        sdk::RuleAction::InvokeLambda(it) => RuleAction::InvokeLambda {
            action_failure_policy: failure(&it.action_failure_policy),
            function_arn: it.function_arn.clone(),
            invocation_type: it.invocation_type.as_str().to_owned(),
            role_arn: it.role_arn.clone(),
            retry_time_minutes: it.retry_time_minutes.and_then(|minutes| minutes.try_into().ok()),
        },
        _ => return Err(unknown("an action")),
    })
}

fn write_action(action: &RuleAction) -> Result<sdk::RuleAction, AwsError> {
    let failure = |policy: &Option<String>| policy.as_deref().map(sdk::ActionFailurePolicy::from);
    Ok(match action {
        RuleAction::Drop {} => sdk::RuleAction::Drop(sdk::DropAction::builder().build()),
        RuleAction::Relay { action_failure_policy, relay, mail_from } => sdk::RuleAction::Relay(
            sdk::RelayAction::builder()
                .set_action_failure_policy(failure(action_failure_policy))
                .relay(relay)
                .set_mail_from(mail_from.as_deref().map(sdk::MailFrom::from))
                .build()
                .map_err(AwsError::malformed)?,
        ),
        RuleAction::Archive { action_failure_policy, target_archive } => sdk::RuleAction::Archive(
            sdk::ArchiveAction::builder()
                .set_action_failure_policy(failure(action_failure_policy))
                .target_archive(target_archive)
                .build()
                .map_err(AwsError::malformed)?,
        ),
        RuleAction::WriteToS3 { action_failure_policy, role_arn, s3_bucket, s3_prefix, s3_sse_kms_key_id } => sdk::RuleAction::WriteToS3(
            sdk::S3Action::builder()
                .set_action_failure_policy(failure(action_failure_policy))
                .role_arn(role_arn)
                .s3_bucket(s3_bucket)
                .set_s3_prefix(s3_prefix.clone())
                .set_s3_sse_kms_key_id(s3_sse_kms_key_id.clone())
                .build()
                .map_err(AwsError::malformed)?,
        ),
        RuleAction::Send { action_failure_policy, role_arn } => {
            let it = sdk::SendAction::builder().set_action_failure_policy(failure(action_failure_policy)).role_arn(role_arn);
            sdk::RuleAction::Send(it.build().map_err(AwsError::malformed)?)
        }
        RuleAction::AddHeader { header_name, header_value } => {
            let it = sdk::AddHeaderAction::builder().header_name(header_name).header_value(header_value);
            sdk::RuleAction::AddHeader(it.build().map_err(AwsError::malformed)?)
        }
        RuleAction::ReplaceRecipient { replace_with } => {
            sdk::RuleAction::ReplaceRecipient(sdk::ReplaceRecipientAction::builder().set_replace_with(Some(replace_with.clone())).build())
        }
        RuleAction::DeliverToMailbox { action_failure_policy, mailbox_arn, role_arn } => sdk::RuleAction::DeliverToMailbox(
            sdk::DeliverToMailboxAction::builder()
                .set_action_failure_policy(failure(action_failure_policy))
                .mailbox_arn(mailbox_arn)
                .role_arn(role_arn)
                .build()
                .map_err(AwsError::malformed)?,
        ),
        RuleAction::DeliverToQBusiness { action_failure_policy, application_id, index_id, role_arn } => {
            sdk::RuleAction::DeliverToQBusiness(
                sdk::DeliverToQBusinessAction::builder()
                    .set_action_failure_policy(failure(action_failure_policy))
                    .application_id(application_id)
                    .index_id(index_id)
                    .role_arn(role_arn)
                    .build()
                    .map_err(AwsError::malformed)?,
            )
        }
        RuleAction::PublishToSns { action_failure_policy, topic_arn, role_arn, encoding, payload_type } => sdk::RuleAction::PublishToSns(
            sdk::SnsAction::builder()
                .set_action_failure_policy(failure(action_failure_policy))
                .topic_arn(topic_arn)
                .role_arn(role_arn)
                .set_encoding(encoding.as_deref().map(sdk::SnsNotificationEncoding::from))
                .set_payload_type(payload_type.as_deref().map(sdk::SnsNotificationPayloadType::from))
                .build()
                .map_err(AwsError::malformed)?,
        ),
        RuleAction::Bounce { action_failure_policy, role_arn, sender, status_code, smtp_reply_code, diagnostic_message, message } => {
            let it = sdk::BounceAction::builder()
                .set_action_failure_policy(failure(action_failure_policy))
                .role_arn(role_arn)
                .sender(sender)
                .status_code(status_code)
                .smtp_reply_code(smtp_reply_code)
                .diagnostic_message(diagnostic_message)
                .set_message(message.clone());
            sdk::RuleAction::Bounce(it.build().map_err(AwsError::malformed)?)
        }
        RuleAction::InvokeLambda { action_failure_policy, function_arn, invocation_type, role_arn, retry_time_minutes } => {
            let it = sdk::InvokeLambdaAction::builder()
                .set_action_failure_policy(failure(action_failure_policy))
                .function_arn(function_arn)
                .invocation_type(invocation_type.as_str().into())
                .role_arn(role_arn)
                .set_retry_time_minutes(retry_time_minutes.map(i32::from));
            sdk::RuleAction::InvokeLambda(it.build().map_err(AwsError::malformed)?)
        }
    })
}
