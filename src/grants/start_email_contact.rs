//! SES hands each message to Amazon Connect as an email contact, with a role.

use super::{Actor, Grant, Purpose, Users};
use crate::core::ids::Arn;
use crate::core::scene::RoleRef;

/// In no SES page; the service model of `ConnectAction.IAMRoleARN` names the action (facts §3.1).
pub static PURPOSE: Purpose = Purpose {
    name: "StartEmailContact",
    about: "SES starts an email contact in the Connect instance with this role",
    doc: "https://docs.aws.amazon.com/ses/latest/APIReference/API_ConnectAction.html",
    users: Users::Rules,
};

/// The permission of the role.
pub(crate) fn grants(actor: &Actor, role: &RoleRef, instance: &Arn) -> Vec<Grant> {
    vec![actor.at_role(role, &PURPOSE, &["connect:StartEmailContact"], instance.as_str())]
}
