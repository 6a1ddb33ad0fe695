//! A Mail Manager rule writes messages into a bucket, with its execution role.

use super::{Actor, Grant, Purpose, Users};
use crate::core::address::{Address, AddressKind};
use crate::core::scene::{KeyRef, RoleRef, Scene};
use crate::plan::language::Scope;

/// One statement of block P002-11.
pub static WRITE: Purpose = Purpose {
    name: "WriteToS3",
    about: "the rule's role writes messages into the bucket; Mail Manager does not say so beforehand, the message is lost",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

/// The other one.
pub static LIST: Purpose = Purpose {
    name: "ListBucket",
    about: "the rule's role looks whether the bucket is there before it writes",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

/// Block P002-12.
pub static ENCRYPT: Purpose = Purpose {
    name: "EncryptObjects",
    about: "S3 encrypts what the rule writes with this key, in the name of the rule's role",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

/// The permissions of the role, and what a bucket of another account must say: access across accounts is granted on both sides
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>).
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, bucket: &Address, prefix: &str) -> Vec<Grant> {
    let prefix = match scene.plan.defaults.scope {
        Scope::Bucket => "",
        Scope::Prefix => prefix,
    };
    let (whole, objects) = (scene.s3_arn(&bucket.name), scene.s3_arn(&format!("{}/{prefix}*", bucket.name)));
    let mut grants = vec![actor.at_role(role, &WRITE, &["s3:PutObject"], &objects), actor.at_role(role, &LIST, &["s3:ListBucket"], &whole)];
    if bucket.account != role.at.account {
        let policy = bucket.with_kind(AddressKind::BucketPolicy);
        grants.push(actor.at_resource(policy.clone(), &WRITE, &["s3:PutObject"], objects));
        grants.push(actor.at_resource(policy, &LIST, &["s3:ListBucket"], whole));
    }
    grants
}

/// What the role needs of the key that the objects are encrypted with: the action's, else the bucket's. `alias` is its alias, where the
/// plan names it by one.
pub(crate) fn encrypt(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, key: &KeyRef, alias: Option<&str>) -> Vec<Grant> {
    actor.role_uses_key(scene, role, key, alias, &ENCRYPT, &["kms:GenerateDataKey*"])
}
