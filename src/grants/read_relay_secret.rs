//! A relay reads user name and password for the server it hands mail to from a secret.

use super::secrets::{Use, grants as both};
use super::{Grant, Purpose, Users};
use crate::core::address::Address;
use crate::core::problem::Cause;
use crate::core::scene::Scene;

/// Block P002-3, which asks for one action more than the one for ingress endpoints.
pub static READ: Purpose = Purpose {
    name: "ReadRelaySecret",
    about: "the relay reads the secret; without it no mail is relayed",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

/// Block P002-4, likewise.
pub static DECRYPT: Purpose = Purpose {
    name: "DecryptRelaySecret",
    about: "the relay decrypts the secret with its key; without it no mail is relayed",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

const USE: Use = Use {
    read: (&READ, &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]),
    decrypt: (&DECRYPT, &["kms:Decrypt", "kms:DescribeKey"]),
};

/// The statements of the secret and of its key.
pub(crate) fn grants(scene: &Scene<'_>, relay: &Address, secret: &Address, because: &[Cause]) -> Vec<Grant> {
    both(scene, &USE, relay, secret, because)
}
