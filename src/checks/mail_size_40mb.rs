//! Mail over 40 MB is not stored in a bucket and not handed to Connect. It is so for every plan that does either, so `validate` alone says it.

use std::collections::BTreeMap;

use super::{Check, Found, Look};
use crate::core::problem::{Cause, Severity};
use crate::kinds::receipt_rule_set::rule::ReceiptAction;

pub(super) static CHECK: Check = Check {
    code: "mail-size-40mb",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "Mail over 40 MB is not stored in a bucket and not handed to Connect.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let mut places: BTreeMap<&str, Vec<Cause>> = BTreeMap::new();
    for subject in &look.actions {
        let what = match &subject.action {
            ReceiptAction::S3Action { .. } => "stored in a bucket",
            ReceiptAction::ConnectAction { .. } => "handed to Connect",
            _ => continue,
        };
        places.entry(what).or_default().push(subject.because.clone());
    }
    let say = |(what, because): (&str, Vec<Cause>)| Found { message: format!("mail over 40 MB is not {what}"), because };
    places.into_iter().map(say).collect()
}
