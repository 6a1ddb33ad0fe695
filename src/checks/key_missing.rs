//! A rule encrypts with a key that does not exist.

use super::{Check, Found, Look};
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::core::scene::KeyRef;
use crate::kinds::key::Key;

pub(super) static CHECK: Check = Check {
    code: "key-missing",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A rule encrypts with a key that does not exist.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.message_keys(|_, key| match key {
        KeyRef::Pending { alias, absent: true } => {
            Some(format!("there is no key alias `{}`; make the key, or correct its name", alias.name))
        }
        KeyRef::Known { at, arn } if matches!(look.scene.live.get::<Key>(at), Seen::Absent) => Some(format!("there is no key `{arn}`")),
        KeyRef::Known { .. } | KeyRef::Pending { .. } | KeyRef::SesManaged(_) => None,
    })
}
