//! The two codes of a bounce disagree: a reply code that begins with 4 asks the sender to try again, one with 5 does not, and the status code
//! says the same in its first digit (RFC 3463, section 3.1).

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::kinds::receipt_rule_set::rule::ReceiptAction;
use crate::plan::language::mail_manager::MailAction;

pub(super) static CHECK: Check = Check {
    code: "bounce-codes-disagree",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-bounce.html",
    about: "The two codes of a bounce disagree on whether the sender shall try again.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let codes = |subject: &super::Subject| match &subject.action {
        ReceiptAction::BounceAction { smtp_reply_code, status_code: Some(status), .. } => vec![(smtp_reply_code.clone(), status.clone())],
        _ => Vec::new(),
    };
    let mut found = look.each(codes, |_, (reply, status)| disagreement(reply, status));
    found.extend(look.each_of_mail_manager(|action| match action {
        MailAction::Bounce { smtp_reply_code, status_code, .. } => disagreement(&smtp_reply_code.value, &status_code.value),
        _ => None,
    }));
    found
}

fn disagreement(reply: &str, status: &str) -> Option<String> {
    let differ = reply.chars().next() != status.chars().next();
    differ.then(|| format!("the bounce says `{reply}` and `{status}`: of the two only one asks the sender to try again"))
}
