//! KMS keys that mail is encrypted with, and the aliases that name them. Only read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::live::PolicyText;
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

/// One entry of `ListAliases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The key it points to.
    pub key_id: String,
}

/// The row of the table.
#[derive(Debug)]
pub struct Keys;

impl Kind for Keys {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Key]
    }
}

/// What to read of a key: its alias first, then the key and its policy.
pub(crate) fn reads(scene: &Scene<'_>, key: &KeyRef, wanted: &mut BTreeSet<Address>) {
    match key {
        // Whether the AWS managed key is there yet is worth saying; its policy is AWS's own.
        KeyRef::SesManaged(arn) => drop(wanted.insert(scene.address_of(AddressKind::Key, arn, arn.resource()))),
        KeyRef::Pending { alias, .. } => drop(wanted.insert(alias.clone())),
        KeyRef::Known { at, .. } => {
            wanted.insert(at.clone());
            wanted.insert(at.with_kind(AddressKind::KeyPolicy));
        }
    }
}

/// An alias that was read and points to this key.
#[must_use]
pub fn alias_of(scene: &Scene<'_>, key: &KeyRef) -> Option<String> {
    let at = key.address()?;
    let points_here = |alias: &&Address| {
        let same_place = alias.account == at.account && alias.region == at.region;
        same_place && scene.live.get::<Alias>(alias).present().is_some_and(|found| found.key_id == at.name)
    };
    scene.live.of_kind(AddressKind::Key).filter(|key| key.name.starts_with("alias/")).find(points_here).map(|alias| alias.name.clone())
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
    use super::{Alias, Keys};
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};

    impl Remote for Keys {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let kms = ask.aws.kms(ask.at).await?;
                if ask.at.name.starts_with("alias/") {
                    let key_id = ask.aws.memo.aliases(&kms, ask.at).await?.get(&ask.at.name).cloned();
                    return Ok(Answer::of(key_id.map(|key_id| Alias { key_id })));
                }
                Ok(Answer::of(kms.describe(&ask.at.name).await?))
            })
        }
    }
}
