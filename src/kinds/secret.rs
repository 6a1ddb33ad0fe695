//! Secrets that ingress endpoints and relays log in with. Their values are never read.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::core::address::{Address, AddressKind};
use crate::core::deferred::Deferred;
use crate::core::ids::Arn;
use crate::core::scene::{KeyRef, Scene};

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

/// The row of the table.
#[derive(Debug)]
pub struct Secrets;

impl Kind for Secrets {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Secret]
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
    use super::Secrets;
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};

    impl Remote for Secrets {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move { Ok(Answer::of(ask.aws.secrets(ask.at).await?.describe(&ask.at.name).await?)) })
        }
    }
}
