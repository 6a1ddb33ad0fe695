//! SES publishes to standard topics (Mail Manager's model excludes FIFO names; for receipt rules assumed).

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::plan::language::mail_manager::MailAction;

pub(super) static CHECK: Check = Check {
    code: "fifo-topic",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html",
    about: "SES publishes to standard topics (Mail Manager's model excludes FIFO names; for receipt rules assumed).",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let say = |name: &str| name.ends_with(".fifo").then(|| format!("topic `{name}` is a FIFO topic; SES publishes to standard topics"));
    let mut found = look.topics(|_, topic| say(topic.resource()));
    found.extend(look.each_of_mail_manager(|action| {
        let MailAction::PublishToSns { topic, .. } = action else { return None };
        say(topic.value.rsplit(':').next().unwrap_or_default())
    }));
    found
}
