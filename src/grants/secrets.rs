//! What every use of a secret asks for: a statement in its policy, and one in the policy of the customer managed key that it must have.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Grant, Principal, Purpose};
use crate::core::address::{Address, AddressKind};
use crate::core::origin::Origin;
use crate::core::problem::Cause;
use crate::core::scene::Scene;
use crate::kinds::secret;

/// The actions of the two statements.
pub(super) struct Use {
    pub(super) read: (&'static Purpose, &'static [&'static str]),
    pub(super) decrypt: (&'static Purpose, &'static [&'static str]),
}

/// Both statements; the second once it is known which key it is.
pub(super) fn grants(scene: &Scene<'_>, used: &Use, user: &Address, secret: &Address, because: &[Cause]) -> Vec<Grant> {
    let grant = |at: Address, (purpose, actions): (&'static Purpose, &'static [&'static str])| Grant {
        at,
        purpose,
        principal: Principal::Ses { guarded: true },
        actions: actions.iter().map(|action| Cow::Borrowed(*action)).collect(),
        resources: vec!["*".to_owned()],
        conditions: BTreeMap::new(),
        origin: Origin::Resource(user.clone()),
        because: because.to_vec(),
    };
    let mut grants = vec![grant(secret.with_kind(AddressKind::SecretPolicy), used.read)];
    let key = secret::key_of(scene, secret);
    if let Some(at) = key.as_ref().and_then(|key| key.address()) {
        let mut decrypt = grant(at.with_kind(AddressKind::KeyPolicy), used.decrypt);
        let region = secret.region.as_ref().unwrap_or(&scene.home().region);
        // The suffix outside of `aws` is not documented (assumed to be the same).
        let via = BTreeMap::from([("kms:ViaService".to_owned(), vec![format!("secretsmanager.{region}.amazonaws.com")])]);
        decrypt.conditions.insert("StringEquals".to_owned(), via);
        grants.push(decrypt);
    }
    grants
}
