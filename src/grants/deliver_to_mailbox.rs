//! A Mail Manager rule delivers a message to a WorkMail mailbox, with its execution role.

use super::{Actor, Grant, Purpose, Users};
use crate::core::scene::RoleRef;

/// Block P002-13, whose sample resource ends with a `>` that no ARN has.
pub static PURPOSE: Purpose = Purpose {
    name: "DeliverToMailbox",
    about: "the rule's role delivers to mailboxes of the organization; Mail Manager does not say so beforehand, the message is lost",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    users: Users::MailManager,
};

/// The permission of the role.
pub(crate) fn grants(actor: &Actor, role: &RoleRef, organization: &str) -> Vec<Grant> {
    vec![actor.at_role(role, &PURPOSE, &["workmail:DeliverToMailbox"], organization)]
}
