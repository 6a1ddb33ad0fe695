//! A rule encrypts with a key that does not exist.

use super::{Check, Found, Look, once};
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
    let say = |key: &KeyRef| match key {
        KeyRef::Pending { alias, absent: true } => {
            Some(format!("there is no key alias `{}`; make the key, or correct its name", alias.name))
        }
        KeyRef::Known { at, arn } if matches!(look.scene.live.get::<Key>(at), Seen::Absent) => Some(format!("there is no key `{arn}`")),
        KeyRef::Known { .. } | KeyRef::Pending { .. } | KeyRef::SesManaged(_) => None,
    };
    let mut found = look.message_keys(|_, key| say(key));
    let plan = look.scene.plan;
    let named = plan.mail_manager.keys();
    found.extend(once(named.filter_map(|named| Some((say(&look.scene.key(&named.value))?, plan.cause(&named.spot))))));
    found
}
