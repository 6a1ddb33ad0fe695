//! An ingress endpoint reads the password of its users from a secret.

use super::secrets::{Use, grants as both};
use super::{Grant, Purpose, Users};
use crate::core::address::Address;
use crate::core::problem::Cause;
use crate::core::scene::Scene;

/// Block P002-1.
pub static READ: Purpose = Purpose {
    name: "ReadIngressSecret",
    about: "the ingress endpoint reads the secret; without it nobody can log in there",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

/// Block P002-2.
pub static DECRYPT: Purpose = Purpose {
    name: "DecryptIngressSecret",
    about: "the ingress endpoint decrypts the secret with its key; without it nobody can log in there",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

const USE: Use = Use { read: (&READ, &["secretsmanager:GetSecretValue"]), decrypt: (&DECRYPT, &["kms:Decrypt"]) };

/// The statements of the secret and of its key.
pub(crate) fn grants(scene: &Scene<'_>, endpoint: &Address, secret: &Address, because: &[Cause]) -> Vec<Grant> {
    both(scene, &USE, endpoint, secret, because)
}
