//! S3 encrypts what SES writes with the key of the bucket's default encryption, in SES's name.

use super::{Actor, Grant, Purpose, Users};
use crate::core::address::AddressKind;
use crate::core::scene::{KeyRef, Scene};

/// Block P001-5: the page asks for `kms:Decrypt` "if you're using AWS KMS to send encrypted messages to an S3 bucket with server-side
/// encryption enabled". Which key is meant when rule key and bucket key differ is not said: the bucket's (assumed).
pub static PURPOSE: Purpose = Purpose {
    name: "UseBucketKey",
    about: "S3 encrypts the messages with the bucket's key in the name of SES; without it SES cannot write to the bucket",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-kms",
    users: Users::Rules,
};

const ACTIONS: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey*"];

/// The grants for the key of a bucket.
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, key: &KeyRef) -> Vec<Grant> {
    let Some(at) = key.address() else { return Vec::new() };
    match &actor.role {
        Some(role) => actor.role_uses_key(scene, role, key, None, &PURPOSE, &ACTIONS),
        None => vec![actor.at_resource(at.with_kind(AddressKind::KeyPolicy), &PURPOSE, &ACTIONS, "*")],
    }
}
