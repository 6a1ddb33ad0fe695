//! SNS topics that rules publish to or notify. Those of `create:` are made when they are missing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use serde_json::{Value, json};

use super::Kind;
use super::made::{self, Promises};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::ids::{AccountId, Arn, Partition};
use crate::core::live::{Live, Seen};
use crate::core::scene::{KeyRef, Scene};
use crate::policy::{self, Caller, Context, Decision, Document, Request, Statement};

/// `GetTopicAttributes`, less the policy.
/// <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The account that owns it.
    pub owner: AccountId,
    /// `KmsMasterKeyId`: id, ARN or alias.
    pub key: Option<String>,
    /// SES publishes to standard topics.
    pub fifo: bool,
}

/// A topic as it is made, in one call.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewTopic {
    /// The ARN of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// The row of the table.
#[derive(Debug)]
pub struct Topics;

impl Kind for Topics {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Topic]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        for topic in &scene.plan.create.topics {
            let arn = scene.topic_arn(&topic.name.value);
            reads(scene, &arn, wanted);
            let missing = matches!(scene.live.get::<Topic>(&scene.topic_address(&arn)), Seen::Absent);
            if let Some(key) = topic.kms_key.as_ref().filter(|_| missing) {
                super::key::reads(scene, &scene.key(&key.value), wanted);
            }
        }
    }

    fn promise(&self, scene: &Scene<'_>, promises: &mut Promises) {
        for topic in &scene.plan.create.topics {
            let at = scene.topic_address(&scene.topic_arn(&topic.name.value));
            if !made::is_missing(scene.live, &at) {
                continue;
            }
            promises.make(&at);
            let key = topic.kms_key.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home()));
            promises.fact(at.clone(), &Topic { owner: at.account.clone(), key, fifo: false });
            if let Ok(document) = Document::parse(&default_policy(scene, &topic.name.value).to_string()) {
                promises.policy(at.with_kind(AddressKind::TopicPolicy), &document);
            }
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        for topic in &scene.plan.create.topics {
            let key = topic.kms_key.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home()));
            let new = NewTopic { kms_master_key_id: key, tags: made::tags(scene, &topic.tags) };
            made::want(scene, desired, scene.topic_address(&scene.topic_arn(&topic.name.value)), &topic.name, &new);
        }
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == AddressKind::Topic) {
            made::diff(at, wanted, &live.get(at), None, draft);
        }
    }
}

/// What to read of a topic. Topic and policy are one call.
pub(crate) fn reads(scene: &Scene<'_>, topic: &Arn, wanted: &mut BTreeSet<Address>) {
    let at = scene.topic_address(topic);
    wanted.insert(at.with_kind(AddressKind::TopicPolicy));
    // A topic names its key by an alias more often than not: asked for at once, it saves a round trip.
    wanted.insert(super::key::aliases_at(&at));
    wanted.insert(at);
    if let Some(key) = key_of(scene, topic) {
        super::key::reads(scene, &key, wanted);
    }
}

/// The customer managed key that the topic is encrypted with.
#[must_use]
pub fn key_of(scene: &Scene<'_>, topic: &Arn) -> Option<KeyRef> {
    let at = scene.topic_address(topic);
    let key = scene.live.get::<Topic>(&at).present()?.key?;
    if key.is_empty() || key.ends_with("alias/aws/sns") {
        return None;
    }
    Some(scene.key_of_resource(&key, &at.account, at.region.as_ref().unwrap_or(&scene.home().region)))
}

/// What SNS gives every new topic (facts §4.1).
fn default_policy(scene: &Scene<'_>, topic: &str) -> Value {
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": [
                "SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic",
                "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish",
            ],
            "Resource": scene.topic_arn(topic).to_string(),
            "Condition": { "StringEquals": { "AWS:SourceOwner": scene.home().account.to_string() } },
        }],
    })
}

/// Whether the statement that every new topic carries still stands, by its meaning: everybody may publish whose request comes from the
/// topic's own account (`AWS:SourceOwner`). It is what "no extra setup" rests on for a topic of the same account (block P001-7, facts §4.1).
#[must_use]
pub fn default_statement_stands(scene: &Scene<'_>, policy: &Address) -> bool {
    // Not read yet or not readable: the topic of the same account is taken to be as SNS made it.
    let Some(read) = scene.live.document(policy).present() else { return true };
    let Ok(document) = read else { return false };
    let account = scene.home().account.as_str();
    let mut foreign = document.statements().filter(|statement| statement.sid().is_none_or(|sid| !scene.owner.owns_sid(sid)));
    foreign.any(|statement| lets_its_own_account_publish(statement, policy, account))
}

/// Whose requests these are.
const SES: &str = "ses.amazonaws.com";

/// Judged alone, with nothing known of the request but whose it is: a statement with further conditions is not the default one.
fn lets_its_own_account_publish(statement: &Statement, topic: &Address, account: &str) -> bool {
    if statement.surely_names_others_than(SES) {
        return false;
    }
    // What it lets in hangs on whose request it is: it asks for that in a condition, or names it by a variable.
    let asks_whose = statement.conditions().any(|asked| asked.key == "aws:sourceowner");
    let has_variables = || statement.resources().into_iter().flatten().any(|resource| resource.contains("${"));
    if !statement.allows() || !(asks_whose || has_variables()) {
        return false;
    }
    let alone = Document::alone(statement);
    let region = topic.region.as_ref().map_or("", |region| region.as_str());
    let arn =
        Arn::new(&topic.region.as_ref().map_or_else(Partition::default, Partition::of), "sns", region, topic.account.as_str(), &topic.name);
    let asks =
        |context| Request { caller: Caller::Service(SES.to_owned()), action: "sns:Publish".to_owned(), resource: arn.to_string(), context };
    let decision = |context| policy::evaluate(&[("topic policy", &alone)], &asks(context)).decision;
    let owned = Context::closed().with("aws:SourceOwner", [account]);
    decision(owned) == Decision::Allowed && decision(Context::closed()) != Decision::Allowed
}

#[cfg(feature = "aws")]
mod wire {
    use super::{NewTopic, Topic, Topics};
    use crate::aws::{Answer, Ask, AwsError, Remote, Session, Soon};
    use crate::core::change::Change;
    use crate::core::world::Done;

    impl Remote for Topics {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let attributes = ask.aws.memo.topic(&ask.aws.sns(ask.at).await?, ask.at).await?;
                Ok(Answer::of(attributes.map(|attributes| Topic {
                    owner: attributes.get("Owner").and_then(|owner| owner.parse().ok()).unwrap_or_else(|| ask.at.account.clone()),
                    key: attributes.get("KmsMasterKeyId").filter(|key| !key.is_empty()).cloned(),
                    fifo: attributes.get("FifoTopic").is_some_and(|fifo| fifo == "true"),
                })))
            })
        }

        fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
            Box::pin(async move {
                let new: NewTopic = serde_json::from_value(change.after.clone()).map_err(AwsError::malformed)?;
                aws.sns(&change.address).await?.create(&change.address.name, &new).await?;
                Ok(Done::Written)
            })
        }
    }
}
