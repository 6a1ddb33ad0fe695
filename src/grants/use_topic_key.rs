//! SNS encrypts what SES publishes to an encrypted topic, in SES's name.

use super::{Actor, Grant, Principal, Purpose, Users};
use crate::core::address::AddressKind;
use crate::core::scene::{KeyRef, Scene};

/// Block P001-8. AWS documents no condition here, unlike for all its siblings, and whether SNS passes the source keys on to KMS is
/// unproven (facts §7): none is emitted, so that mail is not lost to a condition that can never hold.
pub static PURPOSE: Purpose = Purpose {
    name: "UseTopicKey",
    about: "SNS encrypts what SES publishes with the topic's key; AWS documents no source condition for this statement, so it has none",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-sns",
    users: Users::Both,
};

const ACTIONS: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];

/// The grants for the key of an encrypted topic.
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, key: &KeyRef) -> Vec<Grant> {
    let Some(at) = key.address() else { return Vec::new() };
    match &actor.role {
        Some(role) => actor.role_uses_key(scene, role, key, None, &PURPOSE, &ACTIONS),
        None => {
            let mut grant = actor.at_resource(at.with_kind(AddressKind::KeyPolicy), &PURPOSE, &ACTIONS, "*");
            grant.principal = Principal::Ses { guarded: false };
            vec![grant]
        }
    }
}
