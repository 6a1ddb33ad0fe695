//! SES takes the role of an action before it acts.

use super::{Actor, Grant, Principal, Purpose, Users};
use crate::core::address::AddressKind;
use crate::core::scene::RoleRef;

/// Block P001-2.
pub static PURPOSE: Purpose = Purpose {
    name: "AssumeExecutionRole",
    about: "SES assumes the role for the rule; without it the rule is refused with `Could not assume the provided IAM Role`",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-s3-iam-role-trust",
    users: Users::Both,
};

/// The trust statement of a role.
pub(crate) fn grants(actor: &Actor, role: &RoleRef) -> Vec<Grant> {
    let at = role.at.with_kind(AddressKind::RoleTrust);
    vec![actor.grant(at, &PURPOSE, Principal::Ses { guarded: true }, &["sts:AssumeRole"], Vec::new())]
}
