//! An IAM identity sends through SES, as identities of the account and under the conditions of the plan.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Grant, Principal, Purpose, Users};
use crate::core::address::Address;
use crate::core::origin::Origin;
use crate::core::problem::Cause;
use crate::core::scene::Scene;
use crate::plan::language::Placed;
use crate::plan::language::identities::Sender;

/// Blocks P003-1 to P003-9.
pub static PURPOSE: Purpose = Purpose {
    name: "SendAs",
    about: "the user, group or role may use these actions of SES under these conditions; without it SES answers AccessDenied",
    doc: "https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html",
    users: Users::Entries,
};

/// What the names of actions that do not send begin with, in all three APIs that share the prefix `ses`. The page asks for "an explicit list of
/// the permitted non-email-sending APIs"; all of them is the list of their verbs.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html>
const NOT_SENDING: [&str; 20] = [
    "ses:Batch*",
    "ses:Cancel*",
    "ses:Clone*",
    "ses:Create*",
    "ses:Delete*",
    "ses:Deregister*",
    "ses:Describe*",
    "ses:Get*",
    "ses:List*",
    "ses:Put*",
    "ses:Register*",
    "ses:Reorder*",
    "ses:Set*",
    "ses:Start*",
    "ses:Stop*",
    "ses:Tag*",
    "ses:Test*",
    "ses:Untag*",
    "ses:Update*",
    "ses:Verify*",
];

/// What a sender's policy says. Where it names identities, actions that send are about these, and all others are about `*`, for they take no
/// other resource.
pub(crate) fn grants(scene: &Scene<'_>, sender: &Sender, at: &Address, because: &[Cause]) -> Vec<Grant> {
    let named = |action: &Placed<String>| Cow::Owned(format!("ses:{}", action.value));
    let Some(identities) = &sender.identities else {
        return vec![grant(sender, at, because, sender.actions.iter().map(named).collect(), vec!["*".to_owned()])];
    };
    let (mut sending, mut others): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    for action in &sender.actions {
        match action.value.as_str() {
            "*" => {
                sending.push(Cow::Borrowed("ses:Send*"));
                others.extend(NOT_SENDING.map(Cow::Borrowed));
            }
            name if name.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case("send")) => sending.push(named(action)),
            _ => others.push(named(action)),
        }
    }
    let mut resources: Vec<String> = identities.iter().map(|identity| arn(scene, "identity", &identity.value)).collect();
    resources.extend(sender.configuration_sets.iter().map(|set| arn(scene, "configuration-set", &set.value)));
    // A template is a resource of its own that must be allowed, too. Actions that need one are marked so in the service authorization
    // reference; `SendEmail` may go without.
    // <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html>
    let names = |words: &[&str]| sending.iter().any(|action| words.iter().any(|word| action.contains(word)));
    if names(&["Templated", "Bulk", "*"]) {
        resources.push(arn(scene, "template", "*"));
    }
    if names(&["CustomVerification", "*"]) {
        resources.push(arn(scene, "custom-verification-email-template", "*"));
    }
    let mut grants = Vec::new();
    if !others.is_empty() {
        grants.push(grant(sender, at, because, others, vec!["*".to_owned()]));
    }
    if !sending.is_empty() {
        grants.push(grant(sender, at, because, sending, resources));
    }
    grants
}

fn grant(sender: &Sender, at: &Address, because: &[Cause], actions: Vec<Cow<'static, str>>, resources: Vec<String>) -> Grant {
    let mut conditions: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for only in &sender.only {
        conditions.entry(only.operator.clone()).or_default().entry(only.key.clone()).or_default().extend(only.values.iter().cloned());
    }
    Grant {
        at: at.clone(),
        purpose: &PURPOSE,
        principal: Principal::Identity,
        actions,
        resources,
        conditions,
        origin: Origin::Entry(format!("senders.{}", sender.name.value)),
        because: because.to_vec(),
    }
}

/// An identity or another thing of SES by its name, or its ARN as it is.
pub(super) fn arn(scene: &Scene<'_>, kind: &str, name: &str) -> String {
    if name.starts_with("arn:") { name.to_owned() } else { scene.home_arn("ses", &format!("{kind}/{name}")).to_string() }
}
