//! A secret is encrypted with the AWS managed key, whose policy cannot let SES in: SES takes the name of the secret and fails silently when mail comes.

use super::{Check, Found, Look};
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::kinds::secret::Secret;

pub(super) static CHECK: Check = Check {
    code: "secret-key-aws-managed",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    about: "A secret is encrypted with the AWS managed key, whose policy cannot let SES in: SES takes the name of the secret and fails silently when mail comes.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.secrets(|name, secret: Seen<Secret>| match secret {
        Seen::Present(secret) if secret.key.as_deref().is_none_or(|key| key.ends_with("alias/aws/secretsmanager")) => Some(format!(
            "secret `{name}` is encrypted with `aws/secretsmanager`, which SES cannot use: encrypt it with a customer managed key"
        )),
        Seen::Present(_) | Seen::Absent | Seen::Unreadable(_) | Seen::Unread => None,
    })
}
