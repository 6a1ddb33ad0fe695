//! Buckets that are made: closed to the public, owned by the account alone, reached over TLS only, encrypted.
//!
//! S3 has no way to make all of that in one call, and a run may end between two of them. A bucket is born with its owner's tag and with
//! [`UNFINISHED`], which goes last: while it is there the next apply goes on, and where it is gone nobody touches the bucket any more.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html> (`Tags`)

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Bucket, Encryption, ObjectLock, Tags};
use crate::core::address::{Address, AddressKind};
use crate::core::live::{Live, Seen};
use crate::core::owner::{OWNER_TAG, Owner};
use crate::core::scene::Scene;
use crate::kinds::key;
use crate::kinds::made::{self, Promises};
use crate::plan::language::create::NewBucket as Written;
use crate::policy::{Document, Edits, Statement};

/// The tag of a bucket that is not whole yet.
pub const UNFINISHED: &str = "postroom:unfinished";

/// Why a bucket that is there is written all the same.
pub(super) const AGAIN: &str = "an earlier run made it and did not live to finish it";

/// A bucket as it is made, in the words of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewBucket {
    /// `PutPublicAccessBlock`: all four.
    pub public_access_block: PublicAccessBlock,
    /// `PutBucketOwnershipControls`: access control lists decide nothing.
    pub object_ownership: String,
    /// `PutBucketEncryption`: `AES256` is S3's own.
    #[serde(rename = "SSEAlgorithm")]
    pub sse_algorithm: String,
    /// The ARN of the key, never its alias: data could be encrypted with a key of that name in the requester's account (the S3 action page).
    #[serde(rename = "KMSMasterKeyID", default, skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
    /// `PutBucketVersioning`, where the plan asks for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub versioning: bool,
    /// The one statement that its policy begins with.
    pub policy_statement: Value,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicAccessBlock {
    /// Public access control lists are refused,
    pub block_public_acls: bool,
    /// and those that are there ignored;
    pub ignore_public_acls: bool,
    /// public bucket policies are refused,
    pub block_public_policy: bool,
    /// and let nobody in but AWS services and the account.
    pub restrict_public_buckets: bool,
}

impl NewBucket {
    /// What the plan's entry becomes.
    pub(super) fn of(scene: &Scene<'_>, written: &Written) -> Self {
        let key = written.encryption.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home()));
        Self {
            public_access_block: PublicAccessBlock {
                block_public_acls: true,
                ignore_public_acls: true,
                block_public_policy: true,
                restrict_public_buckets: true,
            },
            object_ownership: "BucketOwnerEnforced".to_owned(),
            sse_algorithm: if key.is_some() { "aws:kms" } else { "AES256" }.to_owned(),
            kms_master_key_id: key,
            versioning: written.versioning,
            policy_statement: tls_only(scene, &written.name.value),
            tags: made::tags(scene, &written.tags),
        }
    }
}

/// "use the `aws:SecureTransport` condition … to allow only encrypted connections over HTTPS (TLS)". SES comes by TLS; that no grant of the
/// plan is denied by it is checked like every other Deny (`foreign-deny-blocks-ses`).
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>
fn tls_only(scene: &Scene<'_>, bucket: &str) -> Value {
    json!({
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [scene.s3_arn(bucket), scene.s3_arn(&format!("{bucket}/*"))],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    })
}

pub(super) fn reads(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    for bucket in &scene.plan.create.buckets {
        let at = scene.bucket(&bucket.name.value);
        wanted.insert(at.with_kind(AddressKind::BucketTags));
        super::reads(scene, &at, false, wanted);
        let missing = matches!(scene.live.get::<Bucket>(&at), Seen::Absent) || is_unfinished(scene.live, &at, &scene.owner);
        if let Some(key) = bucket.encryption.as_ref().filter(|_| missing) {
            key::reads(scene, &scene.key(&key.value), wanted);
        }
    }
}

/// Whether this plan made it and was kept from finishing it. Tags that cannot be read are told as such.
pub(super) fn is_unfinished(live: &Live, at: &Address, owner: &Owner) -> bool {
    let tags: Option<Tags> = live.get(&at.with_kind(AddressKind::BucketTags)).present();
    tags.is_some_and(|tags| tags.contains_key(UNFINISHED) && tags.get(OWNER_TAG).is_some_and(|tag| owner.made(tag)))
}

pub(super) fn promise(scene: &Scene<'_>, promises: &mut Promises) {
    for bucket in &scene.plan.create.buckets {
        let at = scene.bucket(&bucket.name.value);
        let missing = made::is_missing(scene.live, &at);
        if !missing && !is_unfinished(scene.live, &at, &scene.owner) {
            continue;
        }
        let new = NewBucket::of(scene, bucket);
        promises.make(&at);
        promises.fact(at.clone(), &Bucket { region: scene.home().region.clone() });
        let encryption = Encryption { algorithm: new.sse_algorithm, key: new.kms_master_key_id };
        promises.fact(at.with_kind(AddressKind::BucketEncryption), &encryption);
        if missing {
            promises.fact(at.with_kind(AddressKind::BucketObjectLock), &ObjectLock { default_retention: false });
            let put = Statement::from_value(new.policy_statement).into_iter().collect();
            let document = Document::empty().splice(&Edits { put, ..Edits::default() });
            promises.policy(at.with_kind(AddressKind::BucketPolicy), &document);
        }
    }
}
