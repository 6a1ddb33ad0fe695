//! A relay or an ingress endpoint logs in with a secret that is scheduled for deletion: nobody can read it any more.

use super::{Check, Found, Look};
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::kinds::secret::Secret;

pub(super) static CHECK: Check = Check {
    code: "secret-deleted",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
    about: "A relay or an ingress endpoint logs in with a secret that is scheduled for deletion: nobody can read it any more.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.secrets(|name, secret: Seen<Secret>| match secret {
        Seen::Present(secret) if secret.deleted => {
            Some(format!("secret `{name}` is scheduled for deletion and cannot be read: restore it"))
        }
        Seen::Present(_) | Seen::Absent | Seen::Unreadable(_) | Seen::Unread => None,
    })
}
