//! The actions of rules, in the API's words, and what they point at.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleAction.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::{archive_reference, reference, word};
use super::condition::values;
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::scene::Scene;
use crate::kinds::{bucket, key, role, topic};
use crate::plan::language::Placed;
use crate::plan::language::mail_manager::{FailurePolicy, MailAction};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident { $($(#[$about:meta])* $member:ident: $kind:ty $(,)?)* } )*) => {
        /// `RuleAction`, the union of which exactly one member is set.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum RuleAction { $(
            $(#[$doc])*
            #[serde(rename_all = "PascalCase")]
            $variant { $(
                $(#[$about])*
                $member: $kind,
            )* },
        )* }
    };
}

actions! {
    /// Ends the evaluation; the message goes nowhere.
    Drop {}
    /// Hands the message to another server.
    Relay {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// The relay's id or ARN.
        relay: String,
        /// `REPLACE` or `PRESERVE`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mail_from: Option<String>
    }
    /// Puts the message into an archive.
    Archive {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// The archive's id.
        target_archive: String
    }
    /// Writes the message into a bucket.
    WriteToS3 {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// Who acts.
        role_arn: String,
        /// Its name.
        s3_bucket: String,
        /// Begins the key of each object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        s3_prefix: Option<String>,
        /// Server-side encryption.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        s3_sse_kms_key_id: Option<String>
    }
    /// Sends the message to the internet.
    Send {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// Who acts.
        role_arn: String
    }
    /// Adds a header.
    AddHeader {
        /// `X-…`
        header_name: String,
        /// Its value.
        header_value: String
    }
    /// Gives the message other recipients.
    ReplaceRecipient {
        /// Addresses.
        replace_with: Vec<String>
    }
    /// Hands the message to WorkMail.
    DeliverToMailbox {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// The organization.
        mailbox_arn: String,
        /// Who acts.
        role_arn: String
    }
    /// Hands the message to Amazon Q Business.
    DeliverToQBusiness {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// The application.
        application_id: String,
        /// The index.
        index_id: String,
        /// Who acts.
        role_arn: String
    }
    /// Publishes the message.
    PublishToSns {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// The topic.
        topic_arn: String,
        /// Who acts.
        role_arn: String,
        /// `UTF-8` or `BASE64`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encoding: Option<String>,
        /// `HEADERS` or `CONTENT`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload_type: Option<String>
    }
    /// Answers with a bounce.
    Bounce {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// Who acts.
        role_arn: String,
        /// A verified identity's address.
        sender: String,
        /// `5.1.1` and such.
        status_code: String,
        /// `550` and such.
        smtp_reply_code: String,
        /// For machines.
        diagnostic_message: String,
        /// For people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>
    }
    /// Invokes a function.
    InvokeLambda {
        /// When it fails.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_failure_policy: Option<String>,
        /// With its qualifier, if any.
        function_arn: String,
        /// `EVENT` or `REQUEST_RESPONSE`.
        invocation_type: String,
        /// Who acts.
        role_arn: String,
        /// For how long it is tried again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_time_minutes: Option<u16>
    }
}

impl RuleAction {
    /// The role that it acts with.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::WriteToS3 { role_arn, .. }
            | Self::Send { role_arn, .. }
            | Self::DeliverToMailbox { role_arn, .. }
            | Self::DeliverToQBusiness { role_arn, .. }
            | Self::PublishToSns { role_arn, .. }
            | Self::Bounce { role_arn, .. }
            | Self::InvokeLambda { role_arn, .. } => Some(role_arn),
            Self::Drop {} | Self::Relay { .. } | Self::Archive { .. } | Self::AddHeader { .. } | Self::ReplaceRecipient { .. } => None,
        }
    }

    /// The topic that it publishes to.
    #[must_use]
    pub fn topic(&self) -> Option<Arn> {
        match self {
            Self::PublishToSns { topic_arn, .. } => topic_arn.parse().ok(),
            _ => None,
        }
    }

    /// The function that it invokes.
    #[must_use]
    pub fn function(&self) -> Option<Arn> {
        match self {
            Self::InvokeLambda { function_arn, .. } => function_arn.parse().ok(),
            _ => None,
        }
    }

    /// The bucket that it writes into.
    #[must_use]
    pub fn bucket(&self, scene: &Scene<'_>) -> Option<Address> {
        match self {
            Self::WriteToS3 { s3_bucket, .. } => Some(scene.bucket(s3_bucket)),
            _ => None,
        }
    }

    /// What must be read of what it uses.
    pub(super) fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        if let Some(role) = self.role().and_then(|role| scene.role(role)) {
            role::reads(scene, &role.at, wanted);
        }
        if let Some(topic) = self.topic() {
            topic::reads(scene, &topic, wanted);
        }
        if let Some(bucket) = self.bucket(scene) {
            bucket::reads(scene, &bucket, true, wanted);
        }
        if let Self::WriteToS3 { s3_sse_kms_key_id: Some(text), .. } = self {
            key::reads(scene, &scene.key(text), wanted);
        }
    }
}

pub(in super::super) fn settle(scene: &Scene<'_>, action: &MailAction) -> RuleAction {
    let plan = &scene.plan.mail_manager;
    let failure = |policy: &Option<FailurePolicy>| policy.map(word);
    let role = |role: &Placed<String>| scene.role(&role.value).map_or_else(|| role.value.clone(), |role| role.arn.to_string());
    match action {
        MailAction::Drop => RuleAction::Drop {},
        MailAction::Relay { relay, mail_from, on_failure } => RuleAction::Relay {
            action_failure_policy: failure(on_failure),
            relay: reference(scene, AddressKind::Relay, &plan.relays, &relay.value),
            mail_from: mail_from.map(word),
        },
        MailAction::Archive { archive, on_failure } => {
            RuleAction::Archive { action_failure_policy: failure(on_failure), target_archive: archive_reference(scene, &archive.value) }
        }
        MailAction::WriteToS3 { bucket, prefix, role: acting, sse_kms_key, on_failure } => RuleAction::WriteToS3 {
            action_failure_policy: failure(on_failure),
            role_arn: role(acting),
            s3_bucket: scene.bucket(&bucket.value).name,
            s3_prefix: prefix.as_ref().map(|prefix| prefix.value.clone()),
            s3_sse_kms_key_id: sse_kms_key.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home())),
        },
        // Identities and configuration sets are the matter of the role's permissions alone.
        MailAction::Send { role: acting, identities: _, configuration_sets: _, on_failure } => {
            RuleAction::Send { action_failure_policy: failure(on_failure), role_arn: role(acting) }
        }
        MailAction::AddHeader { name, value } => {
            RuleAction::AddHeader { header_name: name.value.clone(), header_value: value.value.clone() }
        }
        MailAction::ReplaceRecipient { with } => RuleAction::ReplaceRecipient { replace_with: values(with) },
        MailAction::DeliverToMailbox { organization, role: acting, on_failure } => {
            let by_id = |_| scene.home_arn("workmail", &format!("organization/{}", organization.value));
            RuleAction::DeliverToMailbox {
                action_failure_policy: failure(on_failure),
                mailbox_arn: organization.value.parse::<Arn>().unwrap_or_else(by_id).to_string(),
                role_arn: role(acting),
            }
        }
        MailAction::DeliverToQBusiness { application, index, role: acting, kms_key: _, on_failure } => RuleAction::DeliverToQBusiness {
            action_failure_policy: failure(on_failure),
            application_id: application.value.clone(),
            index_id: index.value.clone(),
            role_arn: role(acting),
        },
        MailAction::PublishToSns { topic, role: acting, base64, headers_only, on_failure } => RuleAction::PublishToSns {
            action_failure_policy: failure(on_failure),
            topic_arn: scene.topic_arn(&topic.value).to_string(),
            role_arn: role(acting),
            encoding: Some(if *base64 { "BASE64" } else { "UTF-8" }.to_owned()),
            payload_type: Some(if *headers_only { "HEADERS" } else { "CONTENT" }.to_owned()),
        },
        MailAction::Bounce { sender, smtp_reply_code, status_code, diagnostic, message, role: acting, on_failure } => RuleAction::Bounce {
            action_failure_policy: failure(on_failure),
            role_arn: role(acting),
            sender: sender.value.clone(),
            status_code: status_code.value.clone(),
            smtp_reply_code: smtp_reply_code.value.clone(),
            diagnostic_message: diagnostic.value.clone(),
            message: message.as_ref().map(|message| message.value.clone()),
        },
        MailAction::InvokeLambda { function, request_response, role: acting, retry_minutes, on_failure } => RuleAction::InvokeLambda {
            action_failure_policy: failure(on_failure),
            function_arn: scene.function_arn(&function.value).to_string(),
            invocation_type: if *request_response { "REQUEST_RESPONSE" } else { "EVENT" }.to_owned(),
            role_arn: role(acting),
            retry_time_minutes: *retry_minutes,
        },
    }
}
