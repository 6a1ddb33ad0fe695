//! SES invokes a Lambda function. Lambda keeps one statement per permission: a statement is for one rule.

use super::{Actor, Grant, Purpose, Users};
use crate::core::address::AddressKind;
use crate::core::ids::Arn;
use crate::core::scene::Scene;

/// Block P001-6.
pub static PURPOSE: Purpose = Purpose {
    name: "InvokeFunction",
    about: "SES invokes the function for each message of the rule; without it the rule is refused with `Could not invoke Lambda function`",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html#receiving-email-permissions-lambda",
    users: Users::Rules,
};

/// The permission on the function, or on the qualifier that the rule names: a permission on the one is none on the other.
/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
pub(crate) fn grants(scene: &Scene<'_>, actor: &Actor, function: &Arn) -> Vec<Grant> {
    let at = scene.function_address(function).with_kind(AddressKind::FunctionPolicy);
    // A Lambda action takes no role: it is always SES that invokes.
    let actor = Actor { role: None, ..actor.clone() };
    vec![actor.at_resource(at, &PURPOSE, &["lambda:InvokeFunction"], function.as_str())]
}
