//! A rule, or something that `create:` makes, encrypts with a key that does not exist.

use super::{Check, Found, Look, once};
use crate::core::live::Seen;
use crate::core::problem::{Cause, Severity};
use crate::core::scene::KeyRef;
use crate::kinds::key::Key;
use crate::kinds::secret;

pub(super) static CHECK: Check = Check {
    code: "key-missing",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A rule, or something that `create:` makes, encrypts with a key that does not exist.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let mut found = look.message_keys(|_, key| missing(look, key));
    let plan = look.scene.plan;
    let named = plan.mail_manager.keys().map(|named| (look.scene.key(&named.value), plan.cause(&named.spot)));
    let named = named.chain(keys_of_what_is_made(look));
    found.extend(once(named.filter_map(|(key, because)| Some((missing(look, &key)?, because)))));
    found
}

fn missing(look: &Look<'_>, key: &KeyRef) -> Option<String> {
    match key {
        KeyRef::Pending { alias, absent: true } => {
            Some(format!("there is no key alias `{}`; make the key, or correct its name", alias.name))
        }
        KeyRef::Known { at, arn } if matches!(look.scene.live.get::<Key>(at), Seen::Absent) => Some(format!("there is no key `{arn}`")),
        KeyRef::Known { .. } | KeyRef::Pending { .. } | KeyRef::SesManaged(_) => None,
    }
}

/// Of what is there already nobody asks whether its key is the plan's.
fn keys_of_what_is_made<'a>(look: &'a Look<'_>) -> impl Iterator<Item = (KeyRef, Cause)> + 'a {
    let (scene, create) = (look.scene, &look.scene.plan.create);
    let buckets = create.buckets.iter().map(|bucket| (scene.bucket(&bucket.name.value), &bucket.encryption));
    let topics = create.topics.iter().map(|topic| (scene.topic_address(&scene.topic_arn(&topic.name.value)), &topic.kms_key));
    let secrets = create.secrets.iter().map(|secret| (secret::address(scene, &secret.name.value), &secret.kms_key));
    let made = buckets.chain(topics).chain(secrets).filter(|(at, _)| scene.making.contains(at));
    made.filter_map(|(_, key)| key.as_ref().map(|key| (scene.key(&key.value), scene.plan.cause(&key.spot))))
}
