//! An export of an archive goes to a bucket: SES writes it, in its own name and in the name of the user who started it.

use super::use_archives::for_identity;
use super::{Grant, Principal, Purpose, Users};
use crate::core::address::{Address, AddressKind};
use crate::core::problem::Cause;
use crate::core::scene::Scene;
use crate::plan::language::identities::ArchiveUser;

/// One statement of block P002-6 (identity) and of P002-7 (bucket policy).
pub static FIND: Purpose = Purpose {
    name: "FindExportBucket",
    about: "exports of archives find the bucket; AWS supports no source condition for them, so there is none",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::Entries,
};

/// The other one.
pub static WRITE: Purpose = Purpose {
    name: "WriteArchiveExports",
    about: "exports of archives are written into the bucket; AWS supports no source condition for them, so there is none",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::Entries,
};

const ON_BUCKET: [&str; 2] = ["s3:GetBucketLocation", "s3:ListBucket"];
const ON_OBJECTS: [&str; 4] = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"];

/// What the identity that starts exports needs: it is asked, too (a forward access session).
pub(crate) fn identity(scene: &Scene<'_>, user: &ArchiveUser, at: &Address, because: &[Cause]) -> Vec<Grant> {
    if user.export_to.is_empty() {
        return Vec::new();
    }
    let buckets: Vec<String> = user.export_to.iter().map(|bucket| scene.bucket(&bucket.value).name).collect();
    let objects = buckets.iter().map(|bucket| scene.s3_arn(&format!("{bucket}/*"))).collect();
    let buckets = buckets.iter().map(|bucket| scene.s3_arn(bucket)).collect();
    vec![for_identity(user, at, &FIND, &ON_BUCKET, buckets, because), for_identity(user, at, &WRITE, &ON_OBJECTS, objects, because)]
}

/// What the buckets must say. "aws:SourceAccount … are not supported" for exports: a condition would break them (the page, "Archive export").
pub(crate) fn buckets(scene: &Scene<'_>, user: &ArchiveUser, because: &[Cause]) -> Vec<Grant> {
    let of_bucket = |bucket: &crate::plan::language::Placed<String>| {
        let bucket = scene.bucket(&bucket.value);
        let at = bucket.with_kind(AddressKind::BucketPolicy);
        let (whole, objects) = (scene.s3_arn(&bucket.name), scene.s3_arn(&format!("{}/*", bucket.name)));
        let mut both = [
            for_identity(user, &at, &FIND, &ON_BUCKET, vec![whole], because),
            for_identity(user, &at, &WRITE, &ON_OBJECTS, vec![objects], because),
        ];
        both.iter_mut().for_each(|grant| grant.principal = Principal::Ses { guarded: false });
        both
    };
    user.export_to.iter().flat_map(of_bucket).collect()
}
