//! SES publishes to standard topics (Mail Manager's model excludes FIFO names; for receipt rules assumed).

use super::{Check, Found, Look};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "fifo-topic",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html",
    about: "SES publishes to standard topics (Mail Manager's model excludes FIFO names; for receipt rules assumed).",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.topics(|_, topic| {
        let fifo = topic.resource().ends_with(".fifo");
        fifo.then(|| format!("topic `{}` is a FIFO topic; SES publishes to standard topics", topic.resource()))
    })
}
