//! A topic is encrypted with the AWS managed key `aws/sns`, whose policy cannot be edited to let SES in.

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::kinds::topic::{self, Topic};

pub(super) static CHECK: Check = Check {
    code: "topic-key-aws-managed",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A topic is encrypted with the AWS managed key `aws/sns`, whose policy cannot be edited to let SES in.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.topics(|_, topic| {
        let key = look.scene.live.get::<Topic>(&look.scene.topic_address(topic)).present()?.key?;
        let facts = topic::key_of(look.scene, topic).and_then(|key| look.scene.key_facts(&key));
        let managed = key.ends_with("alias/aws/sns") || facts.is_some_and(|facts| facts.manager == "AWS");
        let message = || {
            format!(
                "topic `{}` is encrypted with an AWS managed key (`{key}`), which cannot let SES in: encrypt it with a customer managed key",
                topic.resource()
            )
        };
        managed.then(message)
    })
}
