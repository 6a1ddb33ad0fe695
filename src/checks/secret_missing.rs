//! A relay or an ingress endpoint logs in with a secret that does not exist.

use super::{Check, Found, Look};
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::kinds::secret::Secret;

pub(super) static CHECK: Check = Check {
    code: "secret-missing",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html",
    about: "A relay or an ingress endpoint logs in with a secret that does not exist.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.secrets(|name, secret: Seen<Secret>| match secret {
        Seen::Absent => Some(format!("secret `{name}` does not exist; make it, or correct its name")),
        Seen::Present(_) | Seen::Unreadable(_) | Seen::Unread => None,
    })
}
