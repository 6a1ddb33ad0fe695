//! S3 buckets that rules write into: where they are, how they encrypt, whether Object Lock forbids what SES does. Those of `create:` are
//! made when they are missing.

mod new;
#[cfg(feature = "aws")]
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use new::{NewBucket, UNFINISHED};

use super::Kind;
use super::made::{self, Promises};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::ids::Region;
use crate::core::live::{Live, Seen};
use crate::core::scene::{KeyRef, Scene};

/// `HeadBucket`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Where it is.
    pub region: Region,
}

/// `GetBucketEncryption`, the rule for objects that say nothing themselves.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// As the bucket says it: an ARN, or a bare id or alias (which is a finding). None is `aws/s3`.
    pub key: Option<String>,
}

/// `GetObjectLockConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectLock {
    /// SES does not support buckets with a default retention (the S3 action page).
    pub default_retention: bool,
}

/// `GetBucketTagging`.
pub type Tags = BTreeMap<String, String>;

/// The row of the table.
#[derive(Debug)]
pub struct Buckets;

impl Kind for Buckets {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Bucket, AddressKind::BucketEncryption, AddressKind::BucketObjectLock, AddressKind::BucketTags]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        new::reads(scene, wanted);
    }

    fn promise(&self, scene: &Scene<'_>, promises: &mut Promises) {
        new::promise(scene, promises);
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        for bucket in &scene.plan.create.buckets {
            made::want(scene, desired, scene.bucket(&bucket.name.value), &bucket.name, &NewBucket::of(scene, bucket));
        }
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == AddressKind::Bucket) {
            let unfinished = new::is_unfinished(live, at, &desired.owner).then_some(new::AGAIN);
            made::diff(at, wanted, &live.get(at), unfinished, draft);
        }
    }
}

/// What to read of a bucket. With a role it may be in any region, so that is asked first; without one it is most likely here, and all is
/// asked at once.
pub(crate) fn reads(scene: &Scene<'_>, bucket: &Address, with_role: bool, wanted: &mut BTreeSet<Address>) {
    wanted.insert(bucket.clone());
    if with_role && !scene.live.has(bucket) {
        return;
    }
    if matches!(scene.live.get::<Bucket>(bucket), Seen::Absent) {
        return;
    }
    wanted.insert(bucket.with_kind(AddressKind::BucketPolicy));
    wanted.insert(bucket.with_kind(AddressKind::BucketEncryption));
    wanted.insert(bucket.with_kind(AddressKind::BucketObjectLock));
    if let Some(key) = key_of(scene, bucket) {
        super::key::reads(scene, &key, wanted);
    }
}

/// The customer managed key that the bucket encrypts with, as far as it is known.
#[must_use]
pub fn key_of(scene: &Scene<'_>, bucket: &Address) -> Option<KeyRef> {
    let encryption: Encryption = scene.live.get(&bucket.with_kind(AddressKind::BucketEncryption)).present()?;
    let key = encryption.key.filter(|_| encryption.algorithm.starts_with("aws:kms"))?;
    if key.ends_with("alias/aws/s3") {
        return None;
    }
    let region = scene.live.get::<Bucket>(bucket).present().map_or_else(|| scene.home().region.clone(), |found| found.region);
    Some(scene.key_of_resource(&key, &bucket.account, &region))
}
