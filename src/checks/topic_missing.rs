//! A rule publishes to a topic that does not exist.

use super::{Check, Found, Look};
use crate::core::ids::Arn;
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::kinds::topic::Topic;
use crate::plan::language::mail_manager::MailAction;

pub(super) static CHECK: Check = Check {
    code: "topic-missing",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html",
    about: "A rule publishes to a topic that does not exist.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let say = |topic: &Arn| match look.scene.live.get::<Topic>(&look.scene.topic_address(topic)) {
        Seen::Absent => Some(format!("topic `{topic}` does not exist; make it, or correct its name")),
        Seen::Present(_) | Seen::Unreadable(_) | Seen::Unread => None,
    };
    let mut found = look.topics(|_, topic| say(topic));
    found.extend(look.each_of_mail_manager(|action| {
        let MailAction::PublishToSns { topic, .. } = action else { return None };
        say(&look.scene.topic_arn(&topic.value))
    }));
    found
}
