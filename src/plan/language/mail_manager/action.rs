//! The actions of rules.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleAction.html>

use super::super::Placed;
use crate::plan::choices::choices;

/// One action of a rule. Names, ARNs and short forms as the plan wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailAction {
    /// `drop`
    Drop,
    /// `relay:`
    Relay {
        /// The relay's name, id or ARN.
        relay: Placed<String>,
        /// Whose envelope sender it bears; AWS's own default when omitted.
        mail_from: Option<MailFrom>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `archive:`
    Archive {
        /// The archive's name, id or ARN.
        archive: Placed<String>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `write_to_s3:`
    WriteToS3 {
        /// Bucket name or ARN.
        bucket: Placed<String>,
        /// Object key prefix.
        prefix: Option<Placed<String>>,
        /// The execution role.
        role: Placed<String>,
        /// Server-side encryption key: ARN, id or `alias/…`.
        sse_kms_key: Option<Placed<String>>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `send:`
    Send {
        /// The execution role.
        role: Placed<String>,
        /// The identities that the role may send as, none for `all`; the permission's matter alone.
        identities: Vec<Placed<String>>,
        /// The configuration sets that the role may use; the permission's matter alone.
        configuration_sets: Vec<Placed<String>>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `add_header:`
    AddHeader {
        /// `X-…`
        name: Placed<String>,
        /// Its value.
        value: Placed<String>,
    },
    /// `replace_recipient:`
    ReplaceRecipient {
        /// The new envelope recipients.
        with: Vec<Placed<String>>,
    },
    /// `deliver_to_mailbox:`
    DeliverToMailbox {
        /// WorkMail organization id or ARN.
        organization: Placed<String>,
        /// The execution role.
        role: Placed<String>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `deliver_to_q_business:`
    DeliverToQBusiness {
        /// Application id.
        application: Placed<String>,
        /// Index id.
        index: Placed<String>,
        /// The execution role.
        role: Placed<String>,
        /// The customer managed key of the application, where it has one; the permission's matter alone.
        kms_key: Option<Placed<String>>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `publish_to_sns:`
    PublishToSns {
        /// Topic name or ARN.
        topic: Placed<String>,
        /// The execution role.
        role: Placed<String>,
        /// `encoding: base64`, else UTF-8.
        base64: bool,
        /// `payload: headers`, else the content.
        headers_only: bool,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `bounce:`
    Bounce {
        /// A verified identity's address.
        sender: Placed<String>,
        /// SMTP reply code.
        smtp_reply_code: Placed<String>,
        /// RFC 3463 status code.
        status_code: Placed<String>,
        /// The diagnostic text.
        diagnostic: Placed<String>,
        /// Human text.
        message: Option<Placed<String>>,
        /// The execution role.
        role: Placed<String>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `invoke_lambda:`
    InvokeLambda {
        /// `name[:qualifier]` or ARN.
        function: Placed<String>,
        /// `invocation: request_response`, else event.
        request_response: bool,
        /// The execution role.
        role: Placed<String>,
        /// For how long it is tried again, in minutes.
        retry_minutes: Option<u16>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
}

impl MailAction {
    /// The execution role of the action, where it has one.
    #[must_use]
    pub fn role(&self) -> Option<&Placed<String>> {
        match self {
            Self::WriteToS3 { role, .. }
            | Self::Send { role, .. }
            | Self::DeliverToMailbox { role, .. }
            | Self::DeliverToQBusiness { role, .. }
            | Self::PublishToSns { role, .. }
            | Self::Bounce { role, .. }
            | Self::InvokeLambda { role, .. } => Some(role),
            Self::Drop | Self::Relay { .. } | Self::Archive { .. } | Self::AddHeader { .. } | Self::ReplaceRecipient { .. } => None,
        }
    }
}

choices! {
    /// `on_failure:`
    pub FailurePolicy {
        /// The next action is tried.
        Continue = "continue",
        /// The message is dropped.
        Drop = "drop",
    }
    /// `mail_from:` of a relay action.
    pub MailFrom {
        /// As it came.
        Preserve = "preserve",
        /// SES's own.
        Replace = "replace",
    }
}
