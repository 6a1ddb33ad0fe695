//! A rule encrypts with a key that cannot be used now.

use super::{Check, Found, Look};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "key-disabled",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A rule encrypts with a key that cannot be used now.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.message_keys(|_, key| {
        let facts = look.scene.key_facts(key)?;
        (facts.state != "Enabled").then(|| format!("key `{}` is {}: SES cannot encrypt with it", facts.arn, facts.state))
    })
}
