//! Mail Manager: what its eight kinds of resource have in common. Their ids are made by AWS; a name is found by listing.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/>

pub mod addon_instance;
pub mod addon_subscription;
pub mod address_list;
pub mod archive;
pub mod ingress_endpoint;
pub mod normal;
pub mod ours;
pub mod relay;
pub mod rule_set;
pub mod traffic_policy;
pub(crate) mod uses;
#[cfg(feature = "aws")]
mod wire;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Kind, secret};
use crate::containers;
use crate::core::address::{Address, AddressKind, Home};
use crate::core::change::Change;
use crate::core::deferred::Deferred;
use crate::core::desired::Desired;
use crate::core::ids::Arn;
use crate::core::live::{Live, Seen};
use crate::core::origin::Origin;
use crate::core::scene::{KeyRef, Scene};
use crate::grants::Grant;
use crate::plan::choices::Choice;
use crate::plan::language::mail_manager::{Addon, Body, Entry, MailManager};

/// The kinds, each with what its ARNs name it as.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservice-mailmanager.html>
pub const RESOURCE_TYPES: [(AddressKind, &str); 8] = [
    (AddressKind::TrafficPolicy, "mailmanager-traffic-policy"),
    (AddressKind::MailRuleSet, "mailmanager-rule-set"),
    (AddressKind::IngressEndpoint, "mailmanager-ingress-point"),
    (AddressKind::Relay, "mailmanager-smtp-relay"),
    (AddressKind::Archive, "mailmanager-archive"),
    (AddressKind::AddressList, "mailmanager-address-list"),
    (AddressKind::AddonSubscription, "addon-subscription"),
    (AddressKind::AddonInstance, "addon-instance"),
];

/// What a `List…` operation says of all resources of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// In the order of AWS.
    pub items: Vec<Named>,
}

/// One resource of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// AWS's.
    pub id: String,
    /// The account's; of an add-on, AWS's.
    pub name: String,
    /// Of an archive and an ingress endpoint: its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// What is on its way out: it cannot be changed, and to a plan it is not there (facts §2.2).
const LEAVING: [&str; 2] = ["PENDING_DELETION", "DEPROVISIONING"];

impl Named {
    /// Whether it is on its way out.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.state.as_ref().is_some_and(|state| LEAVING.contains(&state.as_str()))
    }
}

impl Names {
    /// Those of this name that are there to stay.
    pub fn living(&self, name: &str) -> impl Iterator<Item = &Named> {
        self.items.iter().filter(move |item| item.name == name && !item.is_leaving())
    }
}

/// The row of the table: the lists.
#[derive(Debug)]
pub struct Lists;

impl Kind for Lists {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::MailManagerNames]
    }

    /// The kinds that the plan names, and those that statements of ours name.
    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let kinds = named_kinds(&scene.plan.mail_manager).into_iter().chain(kinds_of_ours(scene));
        wanted.extend(kinds.map(|kind| names_address(scene.home(), kind)));
        uses::reads(scene, wanted);
    }

    fn reads_of_tenants(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        uses::reads_of_tenants(scene, wanted);
    }

    fn grants(&self, scene: &Scene<'_>) -> Vec<Grant> {
        uses::grants(scene)
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        desired.tenants.extend(uses::tenants(scene));
    }
}

fn named_kinds(plan: &MailManager) -> Vec<AddressKind> {
    let used = [
        (AddressKind::TrafficPolicy, plan.traffic_policies.is_empty()),
        (AddressKind::MailRuleSet, plan.rule_sets.is_empty()),
        (AddressKind::IngressEndpoint, plan.ingress_endpoints.is_empty()),
        (AddressKind::Relay, plan.relays.is_empty()),
        (AddressKind::Archive, plan.archives.is_empty()),
        (AddressKind::AddressList, plan.address_lists.is_empty()),
        (AddressKind::AddonSubscription, plan.addons.is_empty()),
        (AddressKind::AddonInstance, plan.addons.is_empty()),
    ];
    used.into_iter().filter(|(_, none)| !none).map(|(kind, _)| kind).collect()
}

/// Whether what they name lives decides whether a statement of ours may go.
fn kinds_of_ours(scene: &Scene<'_>) -> BTreeSet<AddressKind> {
    let texts = scene.live.seen.keys().filter(|at| containers::of(at.kind).is_some());
    let documents = texts.filter_map(|at| scene.live.document(at).present()?.ok());
    let mut kinds = BTreeSet::new();
    for document in documents {
        for statement in document.statements().filter(|have| have.sid().is_some_and(|sid| scene.owner.owns_sid(sid))) {
            let arns = statement.source_arns();
            let named = arns.iter().filter_map(|arn| resource_of(scene.home(), &arn.parse().ok()?));
            kinds.extend(named.map(|(kind, _)| kind));
        }
    }
    kinds
}

/// `mail-manager-names/KIND`.
#[must_use]
pub fn names_address(home: &Home, kind: AddressKind) -> Address {
    home.at(AddressKind::MailManagerNames, kind.name())
}

/// The id of a resource, once it is known.
#[must_use]
pub fn id(live: &Live, at: &Address) -> Option<String> {
    let names: Names = live.get(&names_address(&live.home, at.kind)).present()?;
    names.living(&at.name).next().map(|item| item.id.clone())
}

/// The id that a resource keeps: under its name, or under an earlier one where AWS renames it. None when this run makes it, or makes it anew.
fn lasting_id(scene: &Scene<'_>, at: &Address) -> Option<String> {
    let replaced = match at.kind {
        AddressKind::Archive => archive::is_replaced(scene, &at.name),
        AddressKind::IngressEndpoint => ingress_endpoint::is_replaced(scene, &at.name),
        _ => false,
    };
    if replaced {
        return None;
    }
    let former = former_names(scene, at).into_iter().map(|name| Address { name, ..at.clone() });
    std::iter::once(at.clone()).chain(former).find_map(|at| id(scene.live, &at))
}

/// The names under which AWS may know a resource until it is renamed. Address lists and add-ons are never renamed, but made anew.
fn former_names(scene: &Scene<'_>, at: &Address) -> Vec<String> {
    fn of<T>(entries: &[Entry<T>], name: &str) -> Vec<String> {
        let entry = entries.iter().find(|entry| entry.name.value == name);
        entry.into_iter().flat_map(|entry| &entry.was).map(|was| was.value.clone()).collect()
    }
    let plan = &scene.plan.mail_manager;
    match at.kind {
        AddressKind::TrafficPolicy => of(&plan.traffic_policies, &at.name),
        AddressKind::MailRuleSet => of(&plan.rule_sets, &at.name),
        AddressKind::IngressEndpoint => of(&plan.ingress_endpoints, &at.name),
        AddressKind::Relay => of(&plan.relays, &at.name),
        AddressKind::Archive => of(&plan.archives, &at.name),
        _ => Vec::new(),
    }
}

/// The id of a resource, or the promise of it.
#[must_use]
pub fn id_text(scene: &Scene<'_>, at: &Address) -> String {
    let promise = || Deferred { of: at.seen_from(scene.home()), attribute: "id".to_owned() }.to_string();
    lasting_id(scene, at).unwrap_or_else(promise)
}

/// How a reference of the plan is written: a declared name as the id of what it names, an id or an ARN as it is.
fn reference<T>(scene: &Scene<'_>, kind: AddressKind, entries: &[Entry<T>], text: &str) -> String {
    if entries.iter().any(|entry| entry.name.value == text) { id_text(scene, &scene.home().at(kind, text)) } else { text.to_owned() }
}

/// How an archive is named in a rule: by its id. AWS takes no ARN there (docs/aws-behaviour.md).
fn archive_reference(scene: &Scene<'_>, text: &str) -> String {
    let by_arn = text.parse::<Arn>().ok().and_then(|arn| resource_of(scene.home(), &arn));
    by_arn.map_or_else(|| reference(scene, AddressKind::Archive, &scene.plan.mail_manager.archives, text), |(_, id)| id)
}

/// The same, as an ARN.
fn arn_reference<T>(scene: &Scene<'_>, kind: AddressKind, entries: &[Entry<T>], text: &str) -> String {
    if entries.iter().any(|entry| entry.name.value == text) { arn_text(scene, &scene.home().at(kind, text)) } else { text.to_owned() }
}

/// What AWS calls the add-on of an entry.
#[must_use]
pub fn addon_name(entry: &Entry<Addon>) -> String {
    match &entry.body {
        Body::Ours { spec, .. } => spec.addon.value.clone(),
        Body::Existing { addon } | Body::Absent { addon } => addon.as_ref().unwrap_or(&entry.name).value.clone(),
    }
}

/// The ARN of the instance of an add-on that the plan names.
fn analyzer(scene: &Scene<'_>, text: &str) -> String {
    let entry = scene.plan.mail_manager.addons.iter().find(|entry| entry.name.value == text);
    let at = |entry| scene.home().at(AddressKind::AddonInstance, addon_name(entry));
    entry.map_or_else(|| text.to_owned(), |entry| arn_text(scene, &at(entry)))
}

/// The ARN of a secret that is named by its name or its ARN.
fn secret_arn(scene: &Scene<'_>, text: &str) -> String {
    if text.parse::<Arn>().is_ok() { text.to_owned() } else { secret::arn_text(scene, &secret::address(scene, text)) }
}

/// A choice of the plan, as the API spells it.
fn word<T: Choice + PartialEq>(choice: T) -> String {
    T::ALL.iter().find(|(known, ..)| *known == choice).map_or_else(String::new, |(_, spelling, _)| spelling.to_ascii_uppercase())
}

/// The ARN of a resource, with the promise of its id while that is not known.
#[must_use]
pub fn arn_text(scene: &Scene<'_>, at: &Address) -> String {
    arn_with(scene.home(), at.kind, &id_text(scene, at))
}

/// The ARN of an archive that is named by its name or its ARN.
#[must_use]
pub fn archive_arn(scene: &Scene<'_>, text: &str) -> String {
    if text.starts_with("arn:") { text.to_owned() } else { arn_text(scene, &scene.home().at(AddressKind::Archive, text)) }
}

/// The archive that is named by its name or its ARN, by its name; one that is only known by its id has none.
#[must_use]
pub fn archive_address(scene: &Scene<'_>, text: &str) -> Option<Address> {
    match text.parse::<Arn>() {
        Ok(arn) => named_by(scene.live, &arn),
        Err(_) => Some(scene.home().at(AddressKind::Archive, text)),
    }
}

/// The customer managed key of an archive: as the plan says, else as it is.
#[must_use]
pub fn archive_key(scene: &Scene<'_>, archive: &Address) -> Option<KeyRef> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Live {
        kms_key_arn: Option<String>,
    }
    let entry = scene.plan.mail_manager.archives.iter().find(|entry| entry.name.value == archive.name);
    match entry.and_then(Entry::spec) {
        Some(spec) => spec.kms_key.as_ref().map(|key| scene.key(&key.value)),
        None => scene.live.get::<Live>(archive).present()?.kms_key_arn.map(|arn| scene.key(&arn)),
    }
}

/// The pattern of the ARNs of every resource of a kind in this account and region.
#[must_use]
pub fn arn_of_any(home: &Home, kind: AddressKind) -> String {
    arn_with(home, kind, "*")
}

fn arn_with(home: &Home, kind: AddressKind, id: &str) -> String {
    let resource_type = RESOURCE_TYPES.iter().find(|(known, _)| *known == kind).map_or("", |(_, name)| name);
    Arn::new(&home.partition(), "ses", home.region.as_str(), home.account.as_str(), &format!("{resource_type}/{id}")).to_string()
}

/// Whether addresses of this kind are of Mail Manager resources.
#[must_use]
pub fn is_resource(kind: AddressKind) -> bool {
    RESOURCE_TYPES.iter().any(|(known, _)| *known == kind)
}

/// The kind and the id that an ARN of this account and region names.
#[must_use]
pub fn resource_of(home: &Home, arn: &Arn) -> Option<(AddressKind, String)> {
    if arn.service() != "ses" || arn.account() != home.account.as_str() || arn.region() != home.region.as_str() {
        return None;
    }
    let (resource_type, id) = arn.resource().split_once('/')?;
    let (kind, _) = RESOURCE_TYPES.iter().find(|(_, name)| *name == resource_type)?;
    Some((*kind, id.to_owned()))
}

/// The resource that an ARN names, by its name, once that is known.
#[must_use]
pub fn named_by(live: &Live, arn: &Arn) -> Option<Address> {
    let (kind, id) = resource_of(&live.home, arn)?;
    let names: Names = live.get(&names_address(&live.home, kind)).present()?;
    names.items.into_iter().find(|item| item.id == id).map(|item| live.home.at(kind, item.name))
}

/// Whether a resource lives: `None` when it cannot be said.
#[must_use]
pub fn lives(live: &Live, arn: &Arn) -> Option<bool> {
    let (kind, id) = resource_of(&live.home, arn)?;
    match live.get::<Names>(&names_address(&live.home, kind)) {
        Seen::Present(names) => Some(names.items.iter().any(|item| item.id == id)),
        Seen::Absent => Some(false),
        Seen::Unreadable(_) | Seen::Unread => None,
    }
}

/// Whether AWS has yet to make the id that a statement for this origin names.
#[must_use]
pub fn is_pending(scene: &Scene<'_>, origin: &Origin) -> bool {
    matches!(origin, Origin::Resource(at) if lasting_id(scene, at).is_none())
}

/// Whether a change of a resource brings tags, and nothing else.
#[must_use]
pub fn is_of_tags(change: &Change, live: &Live) -> bool {
    let bare = |spec: &serde_json::Value| {
        let mut spec = spec.clone();
        if let Some(members) = spec.as_object_mut() {
            members.shift_remove("Tags");
        }
        spec
    };
    normal::mean_the_same(&bare(&change.after), &bare(&change.before), live)
}

/// Whether a live resource stays beside what the plan does: in no entry of the plan, or in one that only refers to it.
#[must_use]
pub fn stays(scene: &Scene<'_>, at: &Address) -> bool {
    let plan = &scene.plan.mail_manager;
    !match at.kind {
        AddressKind::IngressEndpoint => writes(&plan.ingress_endpoints, &at.name),
        AddressKind::MailRuleSet => writes(&plan.rule_sets, &at.name),
        AddressKind::Relay => writes(&plan.relays, &at.name),
        AddressKind::Archive => writes(&plan.archives, &at.name),
        _ => false,
    }
}

/// Whether an entry writes what has this name, or had it before.
fn writes<T>(entries: &[Entry<T>], name: &str) -> bool {
    let ours = entries.iter().filter(|entry| !matches!(entry.body, Body::Existing { .. }));
    ours.flat_map(|entry| std::iter::once(&entry.name).chain(&entry.was)).any(|known| known.value == name)
}
