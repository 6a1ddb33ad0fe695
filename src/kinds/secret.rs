//! Secrets that hold the passwords of ingress endpoints and relays. What is in them is never read.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Kind, key};
use crate::core::address::{Address, AddressKind};
use crate::core::deferred::Deferred;
use crate::core::ids::Arn;
use crate::core::scene::{KeyRef, Scene};

/// `DescribeSecret`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// Its ARN, which ends in six characters that Secrets Manager adds to the name.
    pub arn: Arn,
    /// As the secret says it: an ARN, an id or an alias. None is `aws/secretsmanager`, the AWS managed key.
    pub key: Option<String>,
    /// It is to be deleted, and its value cannot be had any more.
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

/// Secrets Manager adds a dash and six characters to the name of a secret:
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#secret_name>
const SUFFIX: usize = 7;

/// `secret/NAME` of a secret named by its name or ARN.
#[must_use]
pub fn address(scene: &Scene<'_>, text: &str) -> Address {
    let Ok(arn) = text.parse::<Arn>() else { return scene.home().at(AddressKind::Secret, text) };
    let resource = arn.resource().strip_prefix("secret:").unwrap_or(arn.resource());
    let head = resource.len().checked_sub(SUFFIX).and_then(|end| resource.split_at_checked(end));
    let name = head.filter(|(_, suffix)| suffix.starts_with('-')).map_or(resource, |(name, _)| name);
    scene.address_of(AddressKind::Secret, &arn, name)
}

/// The ARN that is written to AWS; a promise of it while the secret is not there.
#[must_use]
pub fn arn_text(scene: &Scene<'_>, text: &str) -> String {
    if text.parse::<Arn>().is_ok() {
        return text.to_owned();
    }
    let at = address(scene, text);
    let found: Option<Secret> = scene.live.get(&at).present();
    found.map_or_else(
        || Deferred { of: at.seen_from(scene.home()), attribute: "arn".to_owned() }.to_string(),
        |secret| secret.arn.to_string(),
    )
}

/// The customer managed key that the secret is encrypted with, as far as it is known.
#[must_use]
pub fn key_of(scene: &Scene<'_>, secret: &Address) -> Option<KeyRef> {
    let key = scene.live.get::<Secret>(secret).present()?.key.filter(|key| !key.ends_with(AWS_MANAGED))?;
    Some(scene.key_of_resource(&key, &secret.account, secret.region.as_ref().unwrap_or(&scene.home().region)))
}

/// The key that a secret has when it is given none.
pub const AWS_MANAGED: &str = "alias/aws/secretsmanager";

/// What to read of a secret: itself, its policy, and its key.
pub(crate) fn reads(scene: &Scene<'_>, text: &str, wanted: &mut BTreeSet<Address>) {
    let at = address(scene, text);
    wanted.insert(at.with_kind(AddressKind::SecretPolicy));
    if let Some(key) = key_of(scene, &at) {
        key::reads(scene, &key, wanted);
    }
    wanted.insert(at);
}
