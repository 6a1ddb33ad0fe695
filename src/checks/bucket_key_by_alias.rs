//! A bucket names its key by alias or id: data may be encrypted with a key of that name in the requester's account.

use super::{Check, Found, Look};
use crate::core::address::AddressKind;
use crate::core::deferred::Deferred;
use crate::core::ids::Arn;
use crate::core::problem::Severity;
use crate::kinds::bucket::Encryption;

pub(super) static CHECK: Check = Check {
    code: "bucket-key-by-alias",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A bucket names its key by alias or id: data may be encrypted with a key of that name in the requester's account.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.buckets(|_, bucket| {
        let encryption: Encryption = look.scene.live.get(&bucket.with_kind(AddressKind::BucketEncryption)).present()?;
        let key = encryption.key?;
        // What is about to be made promises an ARN.
        let by_arn = key.parse::<Arn>().is_ok_and(|arn| arn.resource().starts_with("key/")) || key.parse::<Deferred>().is_ok();
        let message = || {
            format!(
                "the default encryption of bucket `{}` names its key as `{key}`; name it by its full ARN, or mail may be encrypted with a key \
                 of the requester's account",
                bucket.name
            )
        };
        (encryption.algorithm.starts_with("aws:kms") && !by_arn && !key.ends_with("alias/aws/s3")).then(message)
    })
}
