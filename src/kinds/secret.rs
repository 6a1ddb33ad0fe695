//! Secrets that ingress endpoints and relays log in with. Their values are never read; those of `create:` are made when they are missing.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Kind;
use super::made::{self, Promises};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change};
use crate::core::deferred::Deferred;
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::ids::Arn;
use crate::core::live::{Live, Seen};
use crate::core::scene::{KeyRef, Scene};
use crate::plan::language::create::{NewSecret as Written, SecretValue};

/// `DescribeSecret`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// Its ARN, which ends with six characters that AWS makes.
    pub arn: String,
    /// `KmsKeyId`: id, ARN or alias; none is `aws/secretsmanager`.
    pub key: Option<String>,
    /// It is scheduled for deletion.
    pub deleted: bool,
}

/// A secret as it is made, in one call.
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewSecret {
    /// The ARN of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where its value comes from; the value itself is in no plan, no change and no output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_string: Option<ValueFrom>,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// Where a value is read at apply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ValueFrom {
    /// An environment variable.
    FromEnvironment(String),
    /// A file of the plan's folder.
    FromFile(String),
}

impl NewSecret {
    fn of(scene: &Scene<'_>, written: &Written) -> Self {
        Self {
            kms_key_id: written.kms_key.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home())),
            description: written.description.as_ref().map(|text| text.value.clone()),
            secret_string: written.value.as_ref().map(|value| match value {
                SecretValue::Env(name) => ValueFrom::FromEnvironment(name.value.clone()),
                SecretValue::File(path) => ValueFrom::FromFile(path.value.clone()),
            }),
            tags: made::tags(scene, &written.tags),
        }
    }
}

/// Where the value of a secret comes from that a change makes.
#[must_use]
pub fn value_named(change: &Change) -> Option<ValueFrom> {
    let makes = change.address.kind == AddressKind::Secret && change.action == Action::Create;
    let new: Option<NewSecret> = makes.then(|| serde_json::from_value(change.after.clone()).ok()).flatten();
    new.and_then(|new| new.secret_string)
}

/// The row of the table.
#[derive(Debug)]
pub struct Secrets;

impl Kind for Secrets {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Secret]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        for secret in &scene.plan.create.secrets {
            let at = address(scene, &secret.name.value);
            let missing = matches!(scene.live.get::<Secret>(&at), Seen::Absent);
            wanted.insert(at);
            if let Some(key) = secret.kms_key.as_ref().filter(|_| missing) {
                super::key::reads(scene, &scene.key(&key.value), wanted);
            }
        }
    }

    fn promise(&self, scene: &Scene<'_>, promises: &mut Promises) {
        for secret in &scene.plan.create.secrets {
            let at = address(scene, &secret.name.value);
            if made::is_missing(scene.live, &at) {
                promises.make(&at);
                let found = Secret { arn: arn_text(scene, &at), key: NewSecret::of(scene, secret).kms_key_id, deleted: false };
                promises.fact(at, &found);
            }
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        for secret in &scene.plan.create.secrets {
            made::want(scene, desired, address(scene, &secret.name.value), &secret.name, &NewSecret::of(scene, secret));
        }
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == AddressKind::Secret) {
            made::diff(at, wanted, &live.get(at), None, draft);
        }
    }
}

/// `secret/NAME` of a secret that is named by its name or its ARN.
#[must_use]
pub fn address(scene: &Scene<'_>, text: &str) -> Address {
    let Ok(arn) = text.parse::<Arn>() else { return scene.home().at(AddressKind::Secret, text) };
    let name = arn.resource().strip_prefix("secret:").unwrap_or(arn.resource());
    // "Secrets Manager automatically adds a hyphen and six random characters after the secret name at the end of the ARN."
    // <https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html>
    let made = |tail: &str| tail.len() == 6 && tail.bytes().all(|b| b.is_ascii_alphanumeric());
    let name = name.rsplit_once('-').filter(|(_, tail)| made(tail)).map_or(name, |(name, _)| name);
    scene.address_of(AddressKind::Secret, &arn, name)
}

/// The ARN of a secret, or the promise of it.
#[must_use]
pub fn arn_text(scene: &Scene<'_>, at: &Address) -> String {
    let found: Option<Secret> = scene.live.get(at).present();
    found.map_or_else(|| Deferred { of: at.seen_from(scene.home()), attribute: "arn".to_owned() }.to_string(), |secret| secret.arn)
}

/// What to read of a secret.
pub(crate) fn reads(scene: &Scene<'_>, secret: &Address, wanted: &mut BTreeSet<Address>) {
    wanted.insert(secret.clone());
    wanted.insert(secret.with_kind(AddressKind::SecretPolicy));
    if let Some(key) = key_of(scene, secret) {
        super::key::reads(scene, &key, wanted);
    }
}

/// The customer managed key that the secret is encrypted with, as far as it is known.
#[must_use]
pub fn key_of(scene: &Scene<'_>, secret: &Address) -> Option<KeyRef> {
    let key = scene.live.get::<Secret>(secret).present()?.key?;
    if key.ends_with("alias/aws/secretsmanager") {
        return None;
    }
    let region = secret.region.clone().unwrap_or_else(|| scene.home().region.clone());
    Some(scene.key_of_resource(&key, &secret.account, &region))
}

#[cfg(feature = "aws")]
mod wire {
    use std::collections::BTreeMap;

    use super::{NewSecret, Secrets};
    use crate::aws::{Answer, Ask, AwsError, Remote, Session, Soon};
    use crate::core::change::Change;
    use crate::core::world::Done;

    impl Remote for Secrets {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move { Ok(Answer::of(ask.aws.secrets(ask.at).await?.describe(&ask.at.name).await?)) })
        }

        fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
            Box::pin(async move {
                let new: NewSecret = serde_json::from_value(change.after.clone()).map_err(AwsError::malformed)?;
                let value = new.secret_string.as_ref().map(|from| aws.value(from)).transpose()?;
                let secrets = aws.secrets(&change.address).await?;
                let arn = aws.until_seen(|| secrets.create(&change.address.name, &new, value.as_ref())).await?;
                Ok(Done::Made(BTreeMap::from([("arn".to_owned(), arn)])))
            })
        }
    }
}
