//! Everything but the bucket must be in the region where mail is received.

use super::{Check, Found, Look, Subject};
use crate::core::ids::Arn;
use crate::core::problem::Severity;
use crate::kinds::receipt_rule_set::rule::ReceiptAction;

pub(super) static CHECK: Check = Check {
    code: "wrong-region",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html",
    about: "Everything but the bucket must be in the region where mail is received.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let home = &look.scene.home().region;
    let regional = |subject: &Subject| {
        let function = match &subject.action {
            ReceiptAction::LambdaAction { function_arn, .. } => Some(function_arn.as_str()),
            _ => None,
        };
        let topic = subject.action.topic().map(|arn| ("topic", arn));
        topic.into_iter().chain(function.map(|arn| ("function", arn))).map(|(what, arn)| (what, arn.to_owned())).collect()
    };
    look.each(regional, |_, (what, arn)| {
        let region = arn.parse::<Arn>().ok()?.region_id()?;
        (region != *home)
            .then(|| format!("{what} `{arn}` is in {region}, but mail is received in {home}: SES takes {what}s of its own region only"))
    })
}
