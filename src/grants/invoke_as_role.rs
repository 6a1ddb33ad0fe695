//! A Mail Manager rule invokes a Lambda function, with its execution role.

use super::{Actor, Grant, Purpose, Users};
use crate::core::address::AddressKind;
use crate::core::ids::Arn;
use crate::core::scene::{RoleRef, Scene};

/// In no block; the service model of the action names it (facts §3.1).
pub static PURPOSE: Purpose = Purpose {
    name: "InvokeAsRole",
    about: "the rule's role invokes the function; Mail Manager does not say so beforehand, the message is lost",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-rules.html",
    users: Users::MailManager,
};

/// The permission of the role. A function of another account must let the role in as well: access across accounts is granted on both sides
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>).
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, function: &Arn) -> Vec<Grant> {
    let at = scene.function_address(function).with_kind(AddressKind::FunctionPolicy);
    let actions = ["lambda:InvokeFunction"];
    let mut grants = vec![actor.at_role(role, &PURPOSE, &actions, function.as_str())];
    if at.account != role.at.account {
        grants.push(actor.at_resource(at, &PURPOSE, &actions, function.as_str()));
    }
    grants
}
