//! `message_kms_key` is client-side encryption: whoever reads the objects needs the S3 encryption client.

use super::{Check, Found, Look};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "client-side-encryption",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "`message_kms_key` is client-side encryption: whoever reads the objects needs the S3 encryption client.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.message_keys(|subject, _| {
        let bucket = subject.bucket(look.scene)?;
        Some(format!(
            "messages in `{}` are encrypted by SES before they are stored: reading them takes the S3 encryption client, not just the key",
            bucket.name
        ))
    })
}
