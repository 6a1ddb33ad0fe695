//! Mail is encrypted with a symmetric encryption key that a customer manages.

use super::{Check, Found, Look};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "key-wrong-spec",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "Mail is encrypted with a symmetric encryption key that a customer manages.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.message_keys(|_, key| {
        let facts = look.scene.key_facts(key)?;
        if facts.manager == "AWS" {
            return Some(format!(
                "key `{}` is managed by AWS, and its policy cannot be edited: use `aws/ses` or a key of your own",
                facts.arn
            ));
        }
        let fits = facts.spec == "SYMMETRIC_DEFAULT" && facts.usage == "ENCRYPT_DECRYPT";
        (!fits).then(|| {
            format!("key `{}` is {} for {}; mail takes a SYMMETRIC_DEFAULT key for ENCRYPT_DECRYPT", facts.arn, facts.spec, facts.usage)
        })
    })
}
