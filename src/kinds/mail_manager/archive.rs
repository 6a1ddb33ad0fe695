//! Archives: where rules keep messages for a time, to be searched and exported.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateArchive.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::ours::{self, Spec};
use super::{Names, names_address, word};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Flag, Phase};
use crate::core::desired::{Desired, State, Wanted};
use crate::core::draft::{Draft, Sketch};
use crate::core::live::Live;
use crate::core::origin::Origin;
use crate::core::scene::Scene;
use crate::kinds::{Kind, key};
use crate::plan::language::mail_manager::{Archive as Written, Body, Entry};

/// The members of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Archive {
    /// Its name.
    pub archive_name: String,
    /// How long messages are kept.
    pub retention: Retention,
    /// The customer's key; without one AWS encrypts with a key of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

/// `ArchiveRetention`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Retention {
    /// `SEVEN_YEARS` and such.
    RetentionPeriod(String),
}

impl Spec for Archive {
    const KIND: AddressKind = AddressKind::Archive;
    const WHAT: &'static str = "archive";
    const RENAMES: bool = true;
    const FAREWELL: Option<&'static str> =
        Some("with all messages in it; AWS keeps it for 30 days as PENDING_DELETION and gives nothing back");

    fn cannot_become(&self, have: &Self, live: &Live) -> Option<String> {
        let key = |archive: &Self| json!({"KmsKeyArn": archive.kms_key_arn});
        let moved = !super::normal::mean_the_same(&key(self), &key(have), live);
        moved.then(|| {
            "AWS cannot change the key of an archive: the old one is renamed, a new and empty one is made under its name, the rules that \
             archive are pointed to it, and then the old one goes with all messages in it. Mail is archived all the while"
                .to_owned()
        })
    }
}

/// The row of the table.
#[derive(Debug)]
pub struct Archives;

impl Kind for Archives {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Archive]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let archives = &scene.plan.mail_manager.archives;
        let aside = archives.iter().filter(|entry| is_written(entry)).flat_map(|entry| replaced_before(scene.live, &entry.name.value));
        ours::reads(scene, AddressKind::Archive, archives.iter().flat_map(ours::names).chain(aside), wanted);
        for archive in ours::written::<_, Archive>(scene, AddressKind::Archive, archives) {
            archive.kms_key_arn.iter().for_each(|arn| key::reads(scene, &scene.key(arn), wanted));
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        let archives = &scene.plan.mail_manager.archives;
        ours::desire(scene, desired, archives, |entry| entry.name.value.clone(), |name, archive| settle(scene, name, archive));
        for entry in archives.iter().filter(|entry| is_written(entry)) {
            for name in replaced_before(scene.live, &entry.name.value) {
                let because = vec![scene.plan.cause(&entry.name.spot)];
                desired.want(
                    scene.home().at(AddressKind::Archive, name),
                    Wanted { state: State::Absent, because, was: Vec::new(), adopt: false },
                );
            }
        }
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<Archive>(desired, live, draft);
        let replaced = |(index, sketch): (usize, &Sketch)| {
            let ours = sketch.at.kind == AddressKind::Archive && sketch.action == Action::Replace;
            ours.then(|| (index, sketch.at.clone(), sketch.before.clone(), sketch.because.clone()))
        };
        let replaced: Vec<_> = draft.sketches().iter().enumerate().filter_map(replaced).collect();
        for (index, at, before, because) in replaced {
            draft.push(remove_replaced(index, &at, before).because(&because));
        }
    }
}

/// Whether it is the plan's to make or to take away.
fn is_written(entry: &Entry<Written>) -> bool {
    !matches!(entry.body, Body::Existing { .. })
}

/// What stood under the name until now goes last, when no rule archives into it any more.
fn remove_replaced(index: usize, at: &Address, mut before: Value) -> Sketch {
    let id = before.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let aside = aside(&at.name, &id);
    before["ArchiveName"] = json!(aside);
    let old = Address { name: aside, ..at.clone() };
    let mut sketch = Sketch::new(old.clone(), Action::Delete, Phase::Remove, Value::Null, before).needing(Flag::AllowDelete);
    sketch.users = [Origin::Resource(old)].into();
    sketch.needs.insert(index);
    sketch.note(format!("`{}` as it was; {}", at.name, Archive::FAREWELL.unwrap_or_default()))
}

/// Six hex digits of the id make the name of what is replaced its own.
const ASIDE_DIGITS: usize = 6;
/// At most 64 characters: <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateArchive.html>
const LONGEST: usize = 64;
const REPLACED: &str = "-replaced-";

/// The name that an archive bears from its replacement until it is deleted: AWS may keep the name of a deleted archive for 30 days
/// (facts §2.2), so the name is given back before.
#[must_use]
pub fn aside(name: &str, id: &str) -> String {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(id.as_bytes()));
    format!("{}{}", aside_head(name), &hash[..ASIDE_DIGITS])
}

/// Whether an archive bears the name that one of this name gets while it is replaced.
#[must_use]
pub fn is_aside(name: &str, at: &Address) -> bool {
    at.name.starts_with(&aside_head(name))
}

fn aside_head(name: &str) -> String {
    let kept: String = name.chars().take(LONGEST - REPLACED.len() - ASIDE_DIGITS).collect();
    format!("{kept}{REPLACED}")
}

/// The archives that earlier runs replaced and did not live to delete.
fn replaced_before(live: &Live, name: &str) -> Vec<String> {
    let names: Names = live.get(&names_address(&live.home, AddressKind::Archive)).present().unwrap_or_default();
    let head = aside_head(name);
    let ours =
        names.items.into_iter().filter(|item| !item.is_leaving() && item.name == aside(name, &item.id) && item.name.starts_with(&head));
    ours.map(|item| item.name).collect()
}

fn settle(scene: &Scene<'_>, name: &str, archive: &Written) -> Archive {
    Archive {
        archive_name: name.to_owned(),
        retention: Retention::RetentionPeriod(word(archive.retention)),
        kms_key_arn: archive.kms_key.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home())),
    }
}

/// Whether this run makes the archive anew.
pub(super) fn is_replaced(scene: &Scene<'_>, name: &str) -> bool {
    let found = |name: &str| ours::seen::<Archive>(scene.live, &scene.home().at(AddressKind::Archive, name)).present();
    let entry: Option<&Entry<Written>> = scene.plan.mail_manager.archives.iter().find(|entry| entry.name.value == name);
    let Some((entry, spec)) = entry.and_then(|entry| Some((entry, entry.spec()?))).filter(|(entry, _)| !entry.protect) else {
        return false;
    };
    let have = ours::names(entry).find_map(|name| found(&name));
    have.is_some_and(|have| settle(scene, name, spec).cannot_become(&have.spec, scene.live).is_some())
}
