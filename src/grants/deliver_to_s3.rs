//! SES writes each message into a bucket, and a setup object under the same prefix when the rule is saved.

use super::{Actor, Grant, Purpose, Users};
use crate::core::address::{Address, AddressKind};
use crate::core::scene::Scene;
use crate::plan::language::Scope;

/// Blocks P001-1 (role) and P001-3 (bucket policy).
pub static PURPOSE: Purpose = Purpose {
    name: "DeliverToS3",
    about: "SES writes the messages of the rule into the bucket; without it the rule is refused with `Could not write to bucket`",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-s3",
    users: Users::Rules,
};

/// Without a role the bucket lets SES in; with one the role may write, and the bucket need only say so when it is another account's: "for
/// cross-account usage, you'll need an additional bucket policy that allows the IAM role to 'PutObject' in the bucket"
/// (<https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-s3-iam-role>).
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, bucket: &Address, prefix: &str) -> Vec<Grant> {
    let prefix = match scene.plan.defaults.scope {
        // How wide it shall be is the plan's wish for its own rules; what others need is what they write.
        Scope::Bucket if !actor.because.is_empty() => "",
        Scope::Bucket | Scope::Prefix => prefix,
    };
    let objects = scene.s3_arn(&format!("{}/{prefix}*", bucket.name));
    let policy = bucket.with_kind(AddressKind::BucketPolicy);
    let mut grants = Vec::new();
    if let Some(role) = &actor.role {
        grants.push(actor.at_role(role, &PURPOSE, &["s3:PutObject"], &objects));
    }
    if actor.role.as_ref().is_none_or(|role| role.at.account != bucket.account) {
        grants.push(actor.at_resource(policy, &PURPOSE, &["s3:PutObject"], &objects));
    }
    grants
}
