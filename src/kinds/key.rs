//! KMS keys that mail is encrypted with, and the aliases that name them. Those of `create:` are made when their alias is missing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use serde_json::{Value, json};

use super::Kind;
use super::made::{self, Promises};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::ids::Arn;
use crate::core::live::{Live, Observed, Seen};
use crate::core::scene::{KeyRef, Scene};
use crate::plan::language::create::NewKey as Written;
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

/// A key as it is made. Its alias comes last: a key without one is not there yet, and the next run finds it by its tags.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewKey {
    /// What it is for.
    pub description: String,
    /// The policy that KMS gives a key of which nothing is said.
    pub policy: Value,
    /// `EnableKeyRotation`.
    pub rotation: bool,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// The tag that says which alias a key is made for.
pub const ALIAS_TAG: &str = "postroom:alias";

impl NewKey {
    fn of(scene: &Scene<'_>, written: &Written) -> Self {
        let said = written.description.as_ref().map(|text| text.value.clone());
        let mut tags = made::tags(scene, &written.tags);
        tags.insert(ALIAS_TAG.to_owned(), written.alias.value.clone());
        Self {
            description: said.unwrap_or_else(|| format!("{} of the postroom plan {}", written.alias.value, scene.plan.name)),
            policy: default_policy(scene),
            rotation: true,
            tags,
        }
    }
}

/// The account may do everything, by the policies of its users and roles; nobody else may do anything.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn default_policy(scene: &Scene<'_>) -> Value {
    let root = Arn::new(&scene.home().partition(), "iam", "", scene.home().account.as_str(), "root");
    json!({
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": { "AWS": root.to_string() },
            "Action": "kms:*",
            "Resource": "*",
        }],
    })
}

/// The id of the key that an alias points at. It is looked up where it stands: an account may have thousands of aliases, and a plan name as
/// many keys.
#[must_use]
pub fn behind(live: &Live, alias: &Address) -> Seen<String> {
    let list = aliases_at(alias);
    if let Some(Observed::Present(Value::Object(aliases))) = live.seen.get(&list) {
        match aliases.get(&alias.name) {
            Some(Value::String(id)) => return Seen::Present(id.clone()),
            None => return Seen::Absent,
            // What a reader does not write says below what it is.
            Some(_) => {}
        }
    }
    match live.get::<Aliases>(&list) {
        Seen::Present(_) | Seen::Absent => Seen::Absent,
        Seen::Unreadable(why) => Seen::Unreadable(why),
        Seen::Unread => Seen::Unread,
    }
}

/// Whether an alias is there.
fn state(live: &Live, at: &Address) -> Seen<Value> {
    match behind(live, at) {
        Seen::Present(id) => Seen::Present(json!(id)),
        Seen::Absent => Seen::Absent,
        Seen::Unreadable(why) => Seen::Unreadable(why),
        Seen::Unread => Seen::Unread,
    }
}

/// The row of the table.
#[derive(Debug)]
pub struct Keys;

impl Kind for Keys {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Key, AddressKind::KeyAliases]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let keys = &scene.plan.create.keys;
        wanted.extend(keys.iter().map(|key| aliases_at(&scene.home().at(AddressKind::Key, key.alias.value.as_str()))));
    }

    fn promise(&self, scene: &Scene<'_>, promises: &mut Promises) {
        for key in &scene.plan.create.keys {
            let at = scene.home().at(AddressKind::Key, key.alias.value.as_str());
            if matches!(state(scene.live, &at), Seen::Absent | Seen::Unread) {
                promises.make(&at);
                if let Ok(document) = Document::parse(&default_policy(scene).to_string()) {
                    promises.policy(at.with_kind(AddressKind::KeyPolicy), &document);
                }
            }
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        for key in &scene.plan.create.keys {
            let at = scene.home().at(AddressKind::Key, key.alias.value.as_str());
            made::want(scene, desired, at, &key.alias, &NewKey::of(scene, key));
        }
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == AddressKind::Key) {
            made::diff(at, wanted, &state(live, at), None, draft);
        }
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
    let Some(Observed::Present(Value::Object(aliases))) = scene.live.seen.get(&aliases_at(at)) else { return None };
    let mut found: Vec<String> = aliases.iter().filter(|(_, id)| **id == *at.name).map(|(alias, _)| alias.clone()).collect();
    found.sort();
    Some(found)
}

/// The ARN of the key that an alias's ARN stands for now, where that is known: the two are one to who compares.
#[must_use]
pub fn behind_alias(text: &str, live: &Live) -> Option<String> {
    let arn: Arn = text.parse().ok().filter(|arn: &Arn| arn.service() == "kms" && arn.resource().starts_with("alias/"))?;
    let at = Address::new(AddressKind::Key, arn.resource(), arn.account_id()?, &arn.region_id()?);
    let id = behind(live, &at).present()?;
    Some(text.replace(arn.resource(), &format!("key/{id}")))
}

/// Whether the key's policy leaves these actions to the policies of its own account, as the default key policy does. Not known is no:
/// a statement too many does no harm, one too few loses mail.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam>
#[must_use]
pub fn leaves_it_to_its_account(scene: &Scene<'_>, key: &Address, actions: &[&str]) -> bool {
    let Some(Ok(document)) = scene.live.document(&key.with_kind(AddressKind::KeyPolicy)).present() else { return false };
    let allows = |action: &&str| {
        let request = Request {
            caller: Caller::AccountRoot(key.account.clone()),
            action: action.replace('*', ""),
            resource: scene.key(&key.name).arn_text(scene.home()),
            context: Context::closed(),
        };
        policy::evaluate(&[("key policy", document)], &request).decision == Decision::Allowed
    };
    actions.iter().all(allows)
}

#[cfg(feature = "aws")]
mod wire {
    use std::collections::BTreeMap;

    use super::{Keys, NewKey};
    use crate::aws::{Answer, Ask, AwsError, Remote, Session, Soon};
    use crate::core::address::AddressKind;
    use crate::core::change::Change;
    use crate::core::world::Done;

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

        fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
            Box::pin(make(aws, change))
        }
    }

    /// The key, unless an earlier run began one; its rotation; and last its alias, by which it is there.
    async fn make(aws: &Session, change: &Change) -> Result<Done, AwsError> {
        let new: NewKey = serde_json::from_value(change.after.clone()).map_err(AwsError::malformed)?;
        let kms = aws.kms(&change.address).await?;
        let (id, arn) = match kms.begun(&new).await? {
            Some(begun) => begun,
            None => kms.create(&new).await?,
        };
        if new.rotation {
            aws.until_seen(|| kms.rotate(&id)).await?;
        }
        let made = |id: String, arn: String| Done::Made(BTreeMap::from([("id".to_owned(), id), ("arn".to_owned(), arn)]));
        if aws.until_seen(|| kms.name(&change.address.name, &id)).await? {
            return Ok(made(id, arn));
        }
        // Somebody else gave another key this alias meanwhile: that one is meant now.
        let named = kms.named(&change.address.name).await?;
        named.map(|(id, arn)| made(id, arn)).ok_or_else(|| AwsError::refused("the alias is taken, and points to no key"))
    }
}
