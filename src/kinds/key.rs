//! KMS keys that mail is encrypted with, and the aliases that name them. Only read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::live::{Live, PolicyText};
use crate::core::scene::{KeyRef, Scene};
use crate::policy::{self, Caller, Context, Decision, Document, Request};

/// `DescribeKey`.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its ARN.
    pub arn: Arn,
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: String,
    /// `CUSTOMER` or `AWS`: the policy of an AWS managed key cannot be edited.
    pub manager: String,
    /// `SYMMETRIC_DEFAULT` is the one that can encrypt mail.
    pub spec: String,
    /// `ENCRYPT_DECRYPT`.
    pub usage: String,
}

/// `ListAliases`: alias → key id.
pub type Aliases = BTreeMap<String, String>;

/// The row of the table.
#[derive(Debug)]
pub struct Keys;

impl Kind for Keys {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Key, AddressKind::KeyAliases]
    }
}

/// What to read of a key: its alias first, then the key and its policy.
pub(crate) fn reads(scene: &Scene<'_>, key: &KeyRef, wanted: &mut BTreeSet<Address>) {
    match key {
        // Whether the AWS managed key is there yet is worth saying; its policy is AWS's own.
        KeyRef::SesManaged(arn) => drop(wanted.insert(aliases_at(&scene.address_of(AddressKind::Key, arn, arn.resource())))),
        KeyRef::Pending { alias, .. } => drop(wanted.insert(aliases_at(alias))),
        KeyRef::Known { at, .. } => {
            wanted.insert(at.clone());
            wanted.insert(at.with_kind(AddressKind::KeyPolicy));
        }
    }
}

/// Where the aliases of a place stand: `key-aliases/all`.
#[must_use]
pub fn aliases_at(near: &Address) -> Address {
    Address { kind: AddressKind::KeyAliases, name: "all".to_owned(), ..near.clone() }
}

/// An alias that points to this key.
#[must_use]
pub fn alias_of(scene: &Scene<'_>, key: &KeyRef) -> Option<String> {
    aliases_of(scene, key)?.into_iter().next()
}

/// The aliases that point to this key, where they are known.
#[must_use]
pub fn aliases_of(scene: &Scene<'_>, key: &KeyRef) -> Option<Vec<String>> {
    let at = key.address()?;
    let aliases: Aliases = scene.live.get(&aliases_at(at)).present()?;
    Some(aliases.into_iter().filter(|(_, id)| *id == at.name).map(|(alias, _)| alias).collect())
}

/// The ARN of the key that an alias's ARN stands for now, where that is known: the two are one to who compares.
#[must_use]
pub fn behind_alias(text: &str, live: &Live) -> Option<String> {
    let arn: Arn = text.parse().ok().filter(|arn: &Arn| arn.service() == "kms" && arn.resource().starts_with("alias/"))?;
    let at = Address::new(AddressKind::Key, arn.resource(), arn.account_id()?, &arn.region_id()?);
    let aliases: Aliases = live.get(&aliases_at(&at)).present()?;
    let id = aliases.get(arn.resource())?;
    Some(text.replace(arn.resource(), &format!("key/{id}")))
}

/// Whether the key's policy leaves these actions to the policies of its own account, as the default key policy does. Not known is no:
/// a statement too many does no harm, one too few loses mail.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam>
#[must_use]
pub fn leaves_it_to_its_account(scene: &Scene<'_>, key: &Address, actions: &[&str]) -> bool {
    let Some(policy) = scene.live.get::<PolicyText>(&key.with_kind(AddressKind::KeyPolicy)).present() else { return false };
    let Ok(document) = Document::parse(&policy.text) else { return false };
    let allows = |action: &&str| {
        let request = Request {
            caller: Caller::AccountRoot(key.account.clone()),
            action: action.replace('*', ""),
            resource: scene.key(&key.name).arn_text(scene.home()),
            context: Context::closed(),
        };
        policy::evaluate(&[("key policy", &document)], &request).decision == Decision::Allowed
    };
    actions.iter().all(allows)
}

#[cfg(feature = "aws")]
mod wire {
    use super::Keys;
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};
    use crate::core::address::AddressKind;

    impl Remote for Keys {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let kms = ask.aws.kms(ask.at).await?;
                Ok(match ask.at.kind {
                    AddressKind::KeyAliases => Answer::of(Some(kms.aliases().await?)),
                    _ => Answer::of(kms.describe(&ask.at.name).await?),
                })
            })
        }
    }
}
