//! What a secret says is never read: whether its JSON has the keys that Mail Manager looks for is only seen when mail comes.
//!
//! The page says that the SMTP credentials of a relay are stored there, and not under which keys. `username` and `password` are what
//! Terraform's tests write, `password` for an ingress endpoint is assumed.

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;
use crate::plan::language::mail_manager::{Entry, IngressAccess};

pub(super) static CHECK: Check = Check {
    code: "secret-json-unchecked",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RelayAuthentication.html",
    about: "What a secret says is never read: whether its JSON has the keys that Mail Manager looks for is only seen when mail comes.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let relays = plan.mail_manager.relays.iter().filter_map(Entry::spec).filter_map(|relay| relay.secret.as_ref());
    let endpoints = plan.mail_manager.ingress_endpoints.iter().filter_map(Entry::spec).filter_map(|endpoint| match &endpoint.access {
        IngressAccess::Secret(secret) => Some(secret),
        IngressAccess::Open | IngressAccess::PasswordFromEnv(_) | IngressAccess::TrustStore(_) => None,
    });
    let wanted = relays.map(|secret| (secret, "`username` and `password`")).chain(endpoints.map(|secret| (secret, "`password`")));
    once(wanted.map(|(secret, keys)| {
        let message = format!("secret `{}` is not read: make sure that it is JSON with {keys}", secret.value);
        (message, plan.cause(&secret.spot))
    }))
}
