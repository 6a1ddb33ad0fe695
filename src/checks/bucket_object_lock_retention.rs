//! SES does not support receipt rules that write into a bucket with an Object Lock default retention.

use super::{Check, Found, Look};
use crate::core::address::AddressKind;
use crate::core::problem::Severity;
use crate::kinds::bucket::ObjectLock;

pub(super) static CHECK: Check = Check {
    code: "bucket-object-lock-retention",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "SES does not support receipt rules that write into a bucket with an Object Lock default retention.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.buckets(|_, bucket| {
        let lock: ObjectLock = look.scene.live.get(&bucket.with_kind(AddressKind::BucketObjectLock)).present()?;
        let message =
            || format!("bucket `{}` has an Object Lock default retention, and SES does not write into such a bucket", bucket.name);
        lock.default_retention.then(message)
    })
}
