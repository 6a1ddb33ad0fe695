//! An SNS action carries the message itself, of at most 150 KB with its headers; a larger one bounces.

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::kinds::receipt_rule_set::rule::ReceiptAction;

pub(super) static CHECK: Check = Check {
    code: "mail-size-150kb",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-sns.html",
    about: "An SNS action carries the message itself, of at most 150 KB with its headers; a larger one bounces.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.topics(|subject, topic| {
        let carries = matches!(subject.action, ReceiptAction::SnsAction { .. });
        carries.then(|| format!("messages published to `{}` are at most 150 KB with their headers; larger ones bounce", topic.resource()))
    })
}
