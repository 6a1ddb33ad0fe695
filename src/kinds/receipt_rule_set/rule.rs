//! One receipt rule as SES speaks of it: the form that both sides are compared in, and what the rule uses.
//!
//! <https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptRule.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::core::address::{Address, AddressKind, Home};
use crate::core::deferred::Deferred;
use crate::core::ids::Arn;
use crate::core::origin::Origin;
use crate::core::problem::Cause;
use crate::core::scene::{KeyRef, Scene};
use crate::grants::{self, Actor, Grant};
use crate::kinds::{bucket, function, key, role, topic};
use crate::plan::language::{self, Placed, RuleSpec};

/// The members of a `ReceiptRule`, with what SES fills in filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceiptRule {
    /// Unique in its set.
    pub name: String,
    /// SES's own default is false: a rule made without it receives nothing.
    #[serde(default)]
    pub enabled: bool,
    /// `Require` or `Optional`.
    #[serde(default = "optional")]
    pub tls_policy: String,
    /// Spam and virus scanning.
    #[serde(default)]
    pub scan_enabled: bool,
    /// SES returns them sorted (facts §1.1).
    #[serde(default)]
    pub recipients: Vec<String>,
    /// In execution order.
    #[serde(default)]
    pub actions: Vec<ReceiptAction>,
}

fn optional() -> String {
    "Optional".to_owned()
}

/// The union of which exactly one member is set.
/// <https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptAction.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReceiptAction {
    /// Writes the message into a bucket.
    #[serde(rename_all = "PascalCase")]
    S3Action {
        /// The bucket's name.
        bucket_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// Begins the key of each object.
        object_key_prefix: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// Client-side encryption.
        kms_key_arn: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// The role, and only the role, that SES acts with.
        iam_role_arn: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// Notified.
        topic_arn: Option<String>,
    },
    /// Publishes the message.
    #[serde(rename = "SNSAction", rename_all = "PascalCase")]
    SnsAction {
        /// The topic.
        topic_arn: String,
        /// `UTF-8` (which SES fills in) or `Base64`.
        #[serde(default = "utf_8")]
        encoding: String,
    },
    /// Invokes a function.
    #[serde(rename_all = "PascalCase")]
    LambdaAction {
        /// With its qualifier, if any.
        function_arn: String,
        /// `Event` (the default) or `RequestResponse`.
        #[serde(default = "event")]
        invocation_type: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// Notified.
        topic_arn: Option<String>,
    },
    /// Answers with a bounce.
    #[serde(rename_all = "PascalCase")]
    BounceAction {
        /// `550` and such.
        smtp_reply_code: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// `5.1.1` and such.
        status_code: Option<String>,
        /// For people.
        message: String,
        /// A verified identity.
        sender: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// Notified.
        topic_arn: Option<String>,
    },
    /// Adds a header.
    #[serde(rename_all = "PascalCase")]
    AddHeaderAction {
        /// Its name.
        header_name: String,
        /// Its value.
        header_value: String,
    },
    /// Hands the message to WorkMail.
    #[serde(rename_all = "PascalCase")]
    WorkmailAction {
        /// The organization.
        organization_arn: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// Notified.
        topic_arn: Option<String>,
    },
    /// Hands the message to Amazon Connect. SES spells these two members in capitals.
    ConnectAction {
        #[serde(rename = "InstanceARN")]
        /// The instance.
        instance_arn: String,
        #[serde(rename = "IAMRoleARN")]
        /// The role that may start the contact.
        iam_role_arn: String,
    },
    /// Ends the evaluation of the rule set.
    #[serde(rename_all = "PascalCase")]
    StopAction {
        /// `RuleSet`, the one value there is.
        #[serde(default = "rule_set")]
        scope: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        /// Notified.
        topic_arn: Option<String>,
    },
}

fn utf_8() -> String {
    "UTF-8".to_owned()
}
fn event() -> String {
    "Event".to_owned()
}
fn rule_set() -> String {
    "RuleSet".to_owned()
}

impl ReceiptRule {
    /// The rule that a plan asks for.
    #[must_use]
    pub fn settle(scene: &Scene<'_>, name: &str, spec: &RuleSpec) -> Self {
        let rule = Self {
            name: name.to_owned(),
            enabled: spec.enabled,
            tls_policy: if spec.tls_required { "Require".to_owned() } else { optional() },
            scan_enabled: spec.scan,
            recipients: spec.recipients.iter().map(|recipient| recipient.value.clone()).collect(),
            actions: spec.actions.iter().map(|action| settle_action(scene, &action.value)).collect(),
        };
        rule.normalised()
    }

    /// Whether two rules are one and the same to SES. Mail addresses are compared without regard to case: whether SES re-cases them is not
    /// documented (assumed, so that a second run is quiet either way).
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        let comparable = |rule: &Self| {
            let mut rule = rule.clone();
            rule.recipients.iter_mut().for_each(|recipient| *recipient = recipient.to_lowercase());
            rule.normalised()
        };
        comparable(self) == comparable(other)
    }

    /// Recipients sorted and once each, as SES returns them; no prefix where it is empty.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.recipients.sort();
        self.recipients.dedup();
        for action in &mut self.actions {
            if let ReceiptAction::S3Action { object_key_prefix, .. } = action {
                object_key_prefix.take_if(|prefix| prefix.is_empty());
            }
        }
        self
    }

    /// What each action uses, as grants. `because` gives the plan line of the n-th action.
    pub fn grants(&self, scene: &Scene<'_>, set: &str, because: impl Fn(usize) -> Vec<Cause>) -> Vec<Grant> {
        let rule = scene.rule_arn(set, &self.name);
        let of = |(index, action): (usize, &ReceiptAction)| {
            let role = action.role().and_then(|role| scene.role(role));
            let actor = Actor { origin: Origin::Rule(rule.clone()), role, because: because(index) };
            action.grants(scene, &actor)
        };
        self.actions.iter().enumerate().flat_map(of).collect()
    }
}

/// How an action of a plan line is written to SES.
fn settle_action(scene: &Scene<'_>, action: &language::Action) -> ReceiptAction {
    use language::Action;
    let topic = |topic: &Option<Placed<String>>| topic.as_ref().map(|topic| scene.topic_arn(&topic.value).to_string());
    let role = |role: &Placed<String>| scene.role(&role.value).map_or_else(|| role.value.clone(), |role| role.arn.to_string());
    // Ids of WorkMail and Connect are names in this account and region.
    let arn = |service: &str, kind: &str, text: &str| match text.parse::<Arn>() {
        Ok(arn) => arn,
        Err(_) => scene.home_arn(service, &format!("{kind}/{text}")),
    };
    match action {
        Action::S3 { bucket, prefix, message_kms_key, topic: notified, role: acting } => ReceiptAction::S3Action {
            bucket_name: scene.bucket(&bucket.value).name,
            object_key_prefix: prefix.as_ref().map(|prefix| prefix.value.clone()),
            kms_key_arn: message_kms_key.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home())),
            iam_role_arn: acting.as_ref().map(role),
            topic_arn: topic(notified),
        },
        Action::Sns { topic, base64 } => ReceiptAction::SnsAction {
            topic_arn: scene.topic_arn(&topic.value).to_string(),
            encoding: if *base64 { "Base64".to_owned() } else { utf_8() },
        },
        Action::Lambda { function, request_response, topic: notified } => ReceiptAction::LambdaAction {
            function_arn: scene.function_arn(&function.value).to_string(),
            invocation_type: if *request_response { "RequestResponse".to_owned() } else { event() },
            topic_arn: topic(notified),
        },
        Action::Bounce { smtp_reply_code, status_code, message, sender, topic: notified } => ReceiptAction::BounceAction {
            smtp_reply_code: smtp_reply_code.value.clone(),
            status_code: status_code.as_ref().map(|code| code.value.clone()),
            message: message.value.clone(),
            sender: sender.value.clone(),
            topic_arn: topic(notified),
        },
        Action::AddHeader { name, value } => {
            ReceiptAction::AddHeaderAction { header_name: name.value.clone(), header_value: value.value.clone() }
        }
        Action::Workmail { organization, topic: notified } => ReceiptAction::WorkmailAction {
            organization_arn: arn("workmail", "organization", &organization.value).to_string(),
            topic_arn: topic(notified),
        },
        Action::Connect { instance, role: acting } => ReceiptAction::ConnectAction {
            instance_arn: arn("connect", "instance", &instance.value).to_string(),
            iam_role_arn: role(acting),
        },
        Action::Stop { topic: notified } => ReceiptAction::StopAction { scope: rule_set(), topic_arn: topic(notified) },
    }
}

impl ReceiptAction {
    /// The role SES acts with.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::S3Action { iam_role_arn, .. } => iam_role_arn.as_deref(),
            Self::ConnectAction { iam_role_arn, .. } => Some(iam_role_arn),
            _ => None,
        }
    }

    /// The topic it publishes to or notifies.
    #[must_use]
    pub fn topic(&self) -> Option<&str> {
        match self {
            Self::SnsAction { topic_arn, .. } => Some(topic_arn),
            Self::S3Action { topic_arn, .. }
            | Self::LambdaAction { topic_arn, .. }
            | Self::BounceAction { topic_arn, .. }
            | Self::WorkmailAction { topic_arn, .. }
            | Self::StopAction { topic_arn, .. } => topic_arn.as_deref(),
            Self::AddHeaderAction { .. } | Self::ConnectAction { .. } => None,
        }
    }

    fn grants(&self, scene: &Scene<'_>, actor: &Actor) -> Vec<Grant> {
        let mut grants = Vec::new();
        if let Some(role) = &actor.role {
            grants.extend(grants::assume_execution_role::grants(actor, role));
        }
        if let Some(topic) = self.topic().and_then(|topic| topic.parse::<Arn>().ok()) {
            grants.extend(grants::publish_to_topic::grants(scene, actor, &topic));
            if let Some(key) = topic::key_of(scene, &topic) {
                grants.extend(grants::use_topic_key::grants(scene, actor, &key));
            }
        }
        match self {
            Self::S3Action { bucket_name, object_key_prefix, kms_key_arn, .. } => {
                let bucket = scene.bucket(bucket_name);
                grants.extend(grants::deliver_to_s3::grants(scene, actor, &bucket, object_key_prefix.as_deref().unwrap_or_default()));
                let bucket_key = bucket::key_of(scene, &bucket);
                let message_key = kms_key_arn.as_ref().map(|key| key_named(scene, key));
                if let Some(key) = &bucket_key {
                    grants.extend(grants::use_bucket_key::grants(scene, actor, key));
                }
                // One key for both: the bucket's statement says all that the message's would (blocks P001-4 and P001-5 are never both).
                let same_key = message_key.is_some() && message_key == bucket_key;
                if let Some(key) = message_key.filter(|_| !same_key) {
                    let alias = key::alias_of(scene, &key);
                    grants.extend(grants::encrypt_messages::grants(scene, actor, &key, alias.as_deref()));
                }
            }
            Self::LambdaAction { function_arn, .. } => {
                if let Ok(function) = function_arn.parse() {
                    grants.extend(grants::invoke_function::grants(scene, actor, &function));
                }
            }
            Self::ConnectAction { instance_arn, .. } => {
                if let (Some(role), Ok(instance)) = (&actor.role, instance_arn.parse()) {
                    grants.extend(grants::start_email_contact::grants(actor, role, &instance));
                }
            }
            Self::SnsAction { .. }
            | Self::BounceAction { .. }
            | Self::AddHeaderAction { .. }
            | Self::WorkmailAction { .. }
            | Self::StopAction { .. } => {}
        }
        grants
    }

    /// What must be read to know what this action needs.
    pub(crate) fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        if let Some(topic) = self.topic().and_then(|topic| topic.parse().ok()) {
            topic::reads(scene, &topic, wanted);
        }
        if let Some(role) = self.role().and_then(|role| scene.role(role)) {
            role::reads(scene, &role.at, wanted);
        }
        match self {
            Self::S3Action { bucket_name, kms_key_arn, iam_role_arn, .. } => {
                bucket::reads(scene, &scene.bucket(bucket_name), iam_role_arn.is_some(), wanted);
                if let Some(key) = kms_key_arn {
                    key::reads(scene, &key_named(scene, key), wanted);
                }
            }
            Self::LambdaAction { function_arn, .. } => {
                if let Ok(function) = function_arn.parse() {
                    function::reads(scene, &function, wanted);
                }
            }
            _ => {}
        }
    }
}

/// The key that a settled rule names; a promise of an alias's ARN is the alias.
pub(crate) fn key_named(scene: &Scene<'_>, text: &str) -> KeyRef {
    let promised = text.parse::<Deferred>().ok().and_then(|deferred| Address::read_at(&deferred.of, scene.home()).ok());
    match promised {
        Some(alias) => scene.key_at(&alias),
        None => scene.key(text),
    }
}

/// `receipt-rule/SET/NAME`.
#[must_use]
pub fn address(home: &Home, set: &str, rule: &str) -> Address {
    home.at(AddressKind::ReceiptRule, format!("{set}/{rule}"))
}
