//! SES encrypts each message itself, before it is stored, with the key of the action.

use super::{Actor, Grant, Purpose, Users};
use crate::core::address::AddressKind;
use crate::core::scene::{KeyRef, Scene};

/// Blocks P001-1 (role) and P001-4 (key policy).
pub static PURPOSE: Purpose = Purpose {
    name: "EncryptMessages",
    about: "SES encrypts the messages of the rule with this key before it stores them; without it the rule is refused",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-kms",
    users: Users::Rules,
};

const ACTIONS: [&str; 1] = ["kms:GenerateDataKey*"];
/// Block P000-3, the action list of 2019, which `actions: legacy` asks for.
const LEGACY_ACTIONS: [&str; 5] = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/// The grants for a message key. `alias` is its alias, where the plan names it by one.
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, key: &KeyRef, alias: Option<&str>) -> Vec<Grant> {
    let Some(at) = key.address() else { return Vec::new() };
    let policy = at.with_kind(AddressKind::KeyPolicy);
    let legacy = scene.exception(&policy).is_some_and(|exception| exception.legacy_actions);
    let actions: &[&'static str] = if legacy { &LEGACY_ACTIONS } else { &ACTIONS };
    match &actor.role {
        Some(role) => actor.role_uses_key(scene, role, key, alias, &PURPOSE, actions),
        None => vec![actor.at_resource(policy, &PURPOSE, actions, "*")],
    }
}
