//! `create:` makes a secret without a value, and something of the plan logs in with it.

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::kinds::secret;
use crate::plan::language::create::NewSecret;
use crate::plan::language::mail_manager::{Entry, IngressAccess};

pub(super) static CHECK: Check = Check {
    code: "secret-without-value",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
    about: "`create:` makes a secret without a value, and something of the plan logs in with it: until somebody puts a value in, nobody can.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let manager = &look.scene.plan.mail_manager;
    let relays = manager.relays.iter().filter_map(Entry::spec).filter_map(|relay| relay.secret.as_ref());
    let endpoints = manager.ingress_endpoints.iter().filter_map(Entry::spec).filter_map(|endpoint| match &endpoint.access {
        IngressAccess::Secret(secret) => Some(secret),
        IngressAccess::Open | IngressAccess::PasswordFromEnv(_) | IngressAccess::TrustStore(_) => None,
    });
    let used: Vec<_> = relays.chain(endpoints).map(|secret| secret::address(look.scene, &secret.value)).collect();
    let empty = |new: &&NewSecret| {
        let at = secret::address(look.scene, &new.name.value);
        new.value.is_none() && look.scene.making.contains(&at) && used.contains(&at)
    };
    let found = |new: &NewSecret| Found {
        message: format!(
            "secret `{}` is made without a value: say `value_from_env` or `value_from_file`, or put one in before mail comes",
            new.name.value
        ),
        because: vec![look.scene.plan.cause(&new.name.spot)],
    };
    look.scene.plan.create.secrets.iter().filter(empty).map(found).collect()
}
