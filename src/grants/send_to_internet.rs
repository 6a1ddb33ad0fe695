//! A Mail Manager rule sends a message on to the internet, with its execution role.

use super::send_as::arn;
use super::{Actor, Grant, Purpose, Users};
use crate::core::scene::{RoleRef, Scene};

/// Block P002-14.
pub static PURPOSE: Purpose = Purpose {
    name: "SendToInternet",
    about: "the rule's role sends messages as the identity; Mail Manager does not say so beforehand, the message is lost",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

/// The permission of the role. An identity with a default configuration set needs that one, too (the page).
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, identities: &[String], configuration_sets: &[String]) -> Vec<Grant> {
    let mut resources: Vec<String> = identities.iter().map(|identity| arn(scene, "identity", identity)).collect();
    if resources.is_empty() {
        resources.push(arn(scene, "identity", "*"));
    }
    resources.extend(configuration_sets.iter().map(|set| arn(scene, "configuration-set", set)));
    let mut grant = actor.at_role(role, &PURPOSE, &["ses:SendEmail", "ses:SendRawEmail"], "");
    grant.resources = resources;
    vec![grant]
}
