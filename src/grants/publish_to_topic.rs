//! SES publishes to a topic: the message itself, or the news that an action was done.

use super::{Actor, Grant, Purpose, Users};
use crate::core::address::AddressKind;
use crate::core::ids::Arn;
use crate::core::scene::Scene;

/// Blocks P001-1 (role) and P001-7 (topic policy).
pub static PURPOSE: Purpose = Purpose {
    name: "PublishToTopic",
    about: "SES publishes to the topic; without it the rule is refused with `Could not publish to SNS topic`",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-sns",
    users: Users::Both,
};

/// In its own account a topic needs nothing while its default statement stands (P001-7: "no extra setup"); in another account, or with
/// that statement gone, it must name SES.
///
/// A role publishes by its own policy. A topic of another account must let the role in as well: access across accounts is granted on both
/// sides (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>).
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, topic: &Arn) -> Vec<Grant> {
    let at = scene.topic_address(topic);
    let policy = at.with_kind(AddressKind::TopicPolicy);
    let actions = ["sns:Publish"];
    let mut grants = Vec::new();
    let topic_must_say_so = match &actor.role {
        Some(role) => {
            grants.push(actor.at_role(role, &PURPOSE, &actions, topic.as_str()));
            at.account != role.at.account
        }
        None => {
            let elsewhere = at.account != scene.home().account;
            elsewhere || scene.every_need || !crate::kinds::topic::default_statement_stands(scene, &policy)
        }
    };
    if topic_must_say_so {
        grants.push(actor.at_resource(policy, &PURPOSE, &actions, topic.as_str()));
    }
    grants
}
