//! A Mail Manager rule bounces a message, with its execution role.

use std::collections::BTreeMap;

use super::send_as::arn;
use super::{Actor, Grant, Purpose, Users};
use crate::core::scene::{RoleRef, Scene};

/// Block P003-7, for the role; the service model of the action names it (facts §3.1).
pub static PURPOSE: Purpose = Purpose {
    name: "SendBounce",
    about: "the rule's role sends the bounce; Mail Manager does not say so beforehand, the sender hears nothing",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html",
    users: Users::MailManager,
};

/// The permission of the role. Whether the address or its domain is the verified identity is the account's matter: both are named, and the
/// address alone may be the sender.
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, sender: &str) -> Vec<Grant> {
    let mut grant = actor.at_role(role, &PURPOSE, &["ses:SendBounce"], arn(scene, "identity", sender));
    grant.resources.extend(sender.rsplit_once('@').map(|(_, domain)| arn(scene, "identity", domain)));
    let only = BTreeMap::from([("ses:FromAddress".to_owned(), vec![sender.to_owned()])]);
    grant.conditions.insert("StringEquals".to_owned(), only);
    vec![grant]
}
