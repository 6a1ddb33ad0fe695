//! A bucket encrypts with the AWS managed key `aws/s3`, whose policy cannot be edited to let SES in (assumed: the page speaks of customer managed keys only).

use super::{Check, Found, Look};
use crate::core::address::AddressKind;
use crate::core::problem::Severity;
use crate::kinds::bucket::Encryption;

pub(super) static CHECK: Check = Check {
    code: "bucket-key-aws-managed",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A bucket encrypts with the AWS managed key `aws/s3`, whose policy cannot be edited to let SES in (assumed: the page speaks of customer managed keys only).",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.buckets(|_, bucket| {
        let encryption: Encryption = look.scene.live.get(&bucket.with_kind(AddressKind::BucketEncryption)).present()?;
        let managed = encryption.key.as_ref().is_none_or(|key| key.ends_with("alias/aws/s3"));
        let message = || {
            format!(
                "bucket `{}` encrypts with the AWS managed key, whose policy nobody can edit to let SES in; \
                 use a customer managed key, or SSE-S3",
                bucket.name
            )
        };
        (encryption.algorithm.starts_with("aws:kms") && managed).then(message)
    })
}
