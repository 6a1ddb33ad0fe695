//! What is done to a message, in the words of the plan language: the action and what it is done with.

use std::fmt;

use serde::Serialize;

use crate::core::address::Home;
use crate::core::ids::Arn;
use crate::kinds::mail_manager::rule_set::action::RuleAction;
use crate::kinds::receipt_rule_set::rule::ReceiptAction;

/// One thing that is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    /// The word of the plan language: `s3`, `archive`, …
    pub action: &'static str,
    /// With what: `acme-mail/invoices/`, the name of an archive, the code of a bounce.
    pub with: String,
    /// The rule that does it.
    pub rule: String,
    /// Which of the actions of the rule it is.
    #[serde(skip)]
    pub at: usize,
    /// What else must be known: what happens when it fails, and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.with.is_empty() { f.write_str(self.action) } else { write!(f, "{} {}", self.action, self.with) }
    }
}

/// Actions that take the message nowhere.
const QUIET: [&str; 2] = ["add_header", "stop"];

impl Act {
    /// Whether it takes the message somewhere: a header that is added and the end of the evaluation do not.
    #[must_use]
    pub fn moves(&self) -> bool {
        !QUIET.contains(&self.action)
    }

    /// An action of a receipt rule.
    pub(super) fn of_receipt(action: &ReceiptAction, (rule, at): (&str, usize), home: Option<&Home>) -> Self {
        let (action, with, note) = match action {
            ReceiptAction::S3Action { bucket_name, object_key_prefix, .. } => {
                ("s3", object(bucket_name, object_key_prefix.as_deref()), None)
            }
            ReceiptAction::SnsAction { topic_arn, .. } => ("sns", short(topic_arn, home), Some("over 150 KB it bounces".to_owned())),
            ReceiptAction::LambdaAction { function_arn, invocation_type, .. } => {
                // <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda.html>
                let decides = invocation_type.eq_ignore_ascii_case("RequestResponse");
                ("lambda", short(function_arn, home), decides.then(|| "its answer may end the rule or the rule set".to_owned()))
            }
            ReceiptAction::BounceAction { smtp_reply_code, .. } => ("bounce", smtp_reply_code.clone(), None),
            ReceiptAction::AddHeaderAction { header_name, header_value } => ("add_header", format!("{header_name}: {header_value}"), None),
            ReceiptAction::WorkmailAction { organization_arn, .. } => ("workmail", short(organization_arn, home), None),
            ReceiptAction::ConnectAction { instance_arn, .. } => ("connect", short(instance_arn, home), None),
            ReceiptAction::StopAction { .. } => ("stop", String::new(), None),
        };
        Self { action, with, rule: rule.to_owned(), at, note }
    }

    /// An action of a Mail Manager rule.
    pub(super) fn of_mail_manager(action: &RuleAction, (rule, at): (&str, usize), home: Option<&Home>) -> Self {
        let (action, with, failing) = match action {
            RuleAction::Drop {} => ("drop", String::new(), None),
            RuleAction::Relay { relay, action_failure_policy, .. } => ("relay", relay.clone(), Some(action_failure_policy)),
            RuleAction::Archive { target_archive, action_failure_policy } => {
                ("archive", target_archive.clone(), Some(action_failure_policy))
            }
            RuleAction::WriteToS3 { s3_bucket, s3_prefix, action_failure_policy, .. } => {
                ("write_to_s3", object(s3_bucket, s3_prefix.as_deref()), Some(action_failure_policy))
            }
            RuleAction::Send { action_failure_policy, .. } => ("send", String::new(), Some(action_failure_policy)),
            RuleAction::AddHeader { header_name, header_value } => ("add_header", format!("{header_name}: {header_value}"), None),
            RuleAction::ReplaceRecipient { replace_with } => ("replace_recipient", replace_with.join(", "), None),
            RuleAction::DeliverToMailbox { mailbox_arn, action_failure_policy, .. } => {
                ("deliver_to_mailbox", short(mailbox_arn, home), Some(action_failure_policy))
            }
            RuleAction::DeliverToQBusiness { application_id, action_failure_policy, .. } => {
                ("deliver_to_q_business", application_id.clone(), Some(action_failure_policy))
            }
            RuleAction::PublishToSns { topic_arn, action_failure_policy, .. } => {
                ("publish_to_sns", short(topic_arn, home), Some(action_failure_policy))
            }
            RuleAction::Bounce { smtp_reply_code, action_failure_policy, .. } => {
                ("bounce", smtp_reply_code.clone(), Some(action_failure_policy))
            }
            RuleAction::InvokeLambda { function_arn, action_failure_policy, .. } => {
                ("invoke_lambda", short(function_arn, home), Some(action_failure_policy))
            }
        };
        let note = failing.map(|policy| match policy.as_deref() {
            Some(policy) if policy.eq_ignore_ascii_case("CONTINUE") => "if it fails, the next action is done".to_owned(),
            // The default of the API is told in docs/aws-behaviour.md.
            Some(_) | None => "if it fails, the mail is dropped".to_owned(),
        });
        Self { action, with, rule: rule.to_owned(), at, note }
    }
}

fn object(bucket: &str, prefix: Option<&str>) -> String {
    prefix.map_or_else(|| bucket.to_owned(), |prefix| format!("{bucket}/{prefix}"))
}

/// What an ARN names: by its name in the plan's own account and region, else as it is.
fn short(text: &str, home: Option<&Home>) -> String {
    let Ok(arn) = text.parse::<Arn>() else { return text.to_owned() };
    let here = home.is_some_and(|home| arn.account() == home.account.as_str() && arn.region() == home.region.as_str());
    if !here {
        return text.to_owned();
    }
    let resource = arn.resource();
    let known = ["function:", "organization/", "instance/"].iter().find_map(|head| resource.strip_prefix(head));
    known.unwrap_or(resource).to_owned()
}
