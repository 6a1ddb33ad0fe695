//! SNS topics that rules publish to or notify. Only read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::core::address::{Address, AddressKind};
use crate::core::ids::{AccountId, Arn, Partition};
use crate::core::live::PolicyText;
use crate::core::scene::{KeyRef, Scene};
use crate::policy::{self, Caller, Context, Decision, Document, Edits, Request, Statement};

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

/// The row of the table.
#[derive(Debug)]
pub struct Topics;

impl Kind for Topics {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Topic]
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

/// Whether the statement that every new topic carries still stands, by its meaning: everybody may publish whose request comes from the
/// topic's own account (`AWS:SourceOwner`). It is what "no extra setup" rests on for a topic of the same account (block P001-7, facts §4.1).
#[must_use]
pub fn default_statement_stands(scene: &Scene<'_>, policy: &Address) -> bool {
    let Some(text) = scene.live.get::<PolicyText>(policy).present() else {
        // Not read yet or not readable: the topic of the same account is taken to be as SNS made it.
        return true;
    };
    let Ok(document) = Document::parse(&text.text) else { return false };
    let account = scene.home().account.as_str();
    let mut foreign = document.statements().filter(|statement| statement.sid().is_none_or(|sid| !scene.owner.owns_sid(sid)));
    foreign.any(|statement| lets_its_own_account_publish(statement, policy, account))
}

/// Judged alone, with nothing known of the request but whose it is: a statement with further conditions is not the default one.
fn lets_its_own_account_publish(statement: &Statement, topic: &Address, account: &str) -> bool {
    let alone = Document::empty().splice(&Edits { put: vec![statement.clone()], ..Edits::default() });
    let region = topic.region.as_ref().map_or("", |region| region.as_str());
    let arn =
        Arn::new(&topic.region.as_ref().map_or_else(Partition::default, Partition::of), "sns", region, topic.account.as_str(), &topic.name);
    let asks = |context| Request {
        caller: Caller::Service("ses.amazonaws.com".to_owned()),
        action: "sns:Publish".to_owned(),
        resource: arn.to_string(),
        context,
    };
    let decision = |context| policy::evaluate(&[("topic policy", &alone)], &asks(context)).decision;
    let owned = Context::closed().with("aws:SourceOwner", [account]);
    decision(owned) == Decision::Allowed && decision(Context::closed()) != Decision::Allowed
}

#[cfg(feature = "aws")]
mod wire {
    use super::{Topic, Topics};
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};

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
    }
}
