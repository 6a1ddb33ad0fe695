//! The message key must be in the region of the SES endpoint that receives the mail.

use super::{Check, Found, Look};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "key-region",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "The message key must be in the region of the SES endpoint that receives the mail.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let home = &look.scene.home().region;
    look.message_keys(|_, key| {
        let region = key.address()?.region.as_ref()?;
        (region != home)
            .then(|| format!("the message key is in {region}, but mail is received in {home}: SES takes keys of its own region only"))
    })
}
