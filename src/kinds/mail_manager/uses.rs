//! What Mail Manager resources use, as grants, and what must be read to know it.

use std::collections::BTreeSet;

use super::archive::Archive;
use super::ingress_endpoint::{Configuration, IngressEndpoint};
use super::ours::{self, Found};
use super::relay::{Authentication, Relay};
use super::rule_set::RuleSet;
use super::rule_set::action::{RuleAction, settle};
use super::{Names, archive_key, names_address, stays};
use crate::core::address::{Address, AddressKind};
use crate::core::origin::Origin;
use crate::core::problem::Cause;
use crate::core::scene::{KeyRef, RoleRef, Scene};
use crate::grants::{self, Actor, Grant, loose, ours_at, send_to_internet, use_archive_key};
use crate::kinds::{bucket, function, key, role, secret, topic};
use crate::plan::language::mail_manager::{Entry, IngressAccess, MailAction, MailRuleSet};

/// What an action uses that the API is not told: the permission alone speaks of it.
#[derive(Default)]
struct Untold {
    /// The identities to send as.
    identities: Vec<String>,
    configuration_sets: Vec<String>,
    /// The key of a Q Business application.
    application_key: Option<KeyRef>,
    /// The alias that the plan names an action's key by.
    alias: Option<String>,
}

impl Untold {
    fn of(scene: &Scene<'_>, action: &MailAction) -> Self {
        let values = |placed: &[crate::plan::language::Placed<String>]| placed.iter().map(|placed| placed.value.clone()).collect();
        match action {
            MailAction::Send { identities, configuration_sets, .. } => {
                Self { identities: values(identities), configuration_sets: values(configuration_sets), ..Self::default() }
            }
            MailAction::DeliverToQBusiness { kms_key: Some(named), .. } => {
                Self { application_key: Some(scene.key(&named.value)), ..Self::default() }
            }
            MailAction::WriteToS3 { sse_kms_key: Some(named), .. } => {
                Self { alias: Some(named.value.clone()).filter(|name| name.starts_with("alias/")), ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

/// What all entries of the plan need.
pub(super) fn grants(scene: &Scene<'_>) -> Vec<Grant> {
    let plan = &scene.plan.mail_manager;
    let mut grants = Vec::new();
    for (entry, action, cause) in plan.rule_sets.iter().flat_map(|entry| actions(scene, entry)) {
        let set = at(scene, AddressKind::MailRuleSet, entry);
        grants.extend(of_action(scene, &set, &settle(scene, action), &Untold::of(scene, action), vec![cause]));
    }
    for entry in &plan.ingress_endpoints {
        let Some(IngressAccess::Secret(secret)) = entry.spec().map(|endpoint| &endpoint.access) else { continue };
        let (because, secret) = ([scene.plan.cause(&entry.spot)], secret::address(scene, &secret.value));
        grants.extend(grants::read_ingress_secret::grants(scene, &at(scene, AddressKind::IngressEndpoint, entry), &secret, &because));
    }
    for entry in &plan.relays {
        let Some(secret) = entry.spec().and_then(|relay| relay.secret.as_ref()) else { continue };
        let (because, secret) = ([scene.plan.cause(&entry.spot)], secret::address(scene, &secret.value));
        grants.extend(grants::read_relay_secret::grants(scene, &at(scene, AddressKind::Relay, entry), &secret, &because));
    }
    for entry in plan.archives.iter().filter(|entry| entry.spec().is_some()) {
        let archive = at(scene, AddressKind::Archive, entry);
        let key = archive_key(scene, &archive);
        grants.extend(key.and_then(|key| use_archive_key::service(&archive, &key, &[scene.plan.cause(&entry.spot)])));
    }
    grants
}

/// What must be read for their sake.
pub(super) fn reads(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    let plan = &scene.plan.mail_manager;
    for (_, action, _) in plan.rule_sets.iter().flat_map(|entry| actions(scene, entry)) {
        reads_of_action(scene, &settle(scene, action), wanted);
        let key = Untold::of(scene, action).application_key;
        key.iter().for_each(|key| key::reads(scene, key, wanted));
    }
    let of_endpoints = plan.ingress_endpoints.iter().filter_map(|entry| match &entry.spec()?.access {
        IngressAccess::Secret(secret) => Some(secret::address(scene, &secret.value)),
        IngressAccess::Open | IngressAccess::PasswordFromEnv(_) | IngressAccess::TrustStore(_) => None,
    });
    let of_relays = plan.relays.iter().filter_map(|entry| Some(secret::address(scene, &entry.spec()?.secret.as_ref()?.value)));
    of_endpoints.chain(of_relays).for_each(|found| secret::reads(scene, &found, wanted));
    let keys = plan.archives.iter().filter_map(|entry| entry.spec()?.kms_key.as_ref());
    keys.for_each(|named| key::reads(scene, &scene.key(&named.value), wanted));
}

/// The kinds whose resources may use a statement of ours.
pub(crate) const USERS: [AddressKind; 4] =
    [AddressKind::MailRuleSet, AddressKind::IngressEndpoint, AddressKind::Relay, AddressKind::Archive];

/// What must be read before a statement goes that does not say whose it is: everything that lives beside the plan, and what it uses.
pub(super) fn reads_of_tenants(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    if loose(scene).into_iter().any(grants::Users::are_mail_manager) || grants::looks(scene).mail_manager {
        reads_of_all(scene, wanted);
    }
}

/// Everything that lives beside the plan and may be let in somewhere, with what it uses.
pub(crate) fn reads_of_all(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    for kind in USERS {
        let list = names_address(scene.home(), kind);
        let names: Names = scene.live.get(&list).present().unwrap_or_default();
        wanted.insert(list);
        let beside = names.items.iter().filter(|item| !item.is_leaving()).map(|item| scene.home().at(kind, item.name.as_str()));
        wanted.extend(beside.filter(|at| stays(scene, at)));
    }
    for action in tenant_sets(scene).iter().flat_map(|(_, set)| &set.rules).flat_map(|rule| &rule.actions) {
        reads_of_action(scene, action, wanted);
    }
}

fn tenant_sets(scene: &Scene<'_>) -> Vec<(Address, RuleSet)> {
    of_tenants(scene, AddressKind::MailRuleSet).collect()
}

/// What lives beside the plan and was read.
fn of_tenants<'a, S: ours::Spec>(scene: &'a Scene<'_>, kind: AddressKind) -> impl Iterator<Item = (Address, S)> + 'a {
    let beside = scene.live.of_kind(kind).filter(|at| stays(scene, at)).cloned();
    beside.filter_map(|at| Some((at.clone(), scene.live.get::<Found<S>>(&at).present()?.spec)))
}

/// What lives beside the plan needs as much as what the plan makes: no statement of ours that it uses is taken away.
pub(crate) fn tenants(scene: &Scene<'_>) -> Vec<Grant> {
    let mut grants = Vec::new();
    for (at, set) in tenant_sets(scene) {
        for action in set.rules.iter().flat_map(|rule| &rule.actions) {
            let role = action.role().and_then(|role| scene.role(role));
            // As whom it sends is said nowhere but in the permission: it may be everything that ours allows.
            let identities = role.iter().flat_map(|role| sends_as(scene, role)).collect();
            grants.extend(of_action(scene, &at, action, &Untold { identities, ..Untold::default() }, Vec::new()));
        }
    }
    for (at, endpoint) in of_tenants::<IngressEndpoint>(scene, AddressKind::IngressEndpoint) {
        let Some(Configuration::SecretArn(arn)) = &endpoint.ingress_point_configuration else { continue };
        grants.extend(grants::read_ingress_secret::grants(scene, &at, &secret::address(scene, arn), &[]));
    }
    for (at, relay) in of_tenants::<Relay>(scene, AddressKind::Relay) {
        let Authentication::SecretArn(arn) = &relay.authentication else { continue };
        grants.extend(grants::read_relay_secret::grants(scene, &at, &secret::address(scene, arn), &[]));
    }
    for (at, archive) in of_tenants::<Archive>(scene, AddressKind::Archive) {
        let key = archive.kms_key_arn.map(|arn| scene.key(&arn));
        grants.extend(key.and_then(|key| use_archive_key::service(&at, &key, &[])));
    }
    grants
}

/// What our statement on a role lets it send as.
fn sends_as(scene: &Scene<'_>, role: &RoleRef) -> Vec<String> {
    let policy = role.at.with_kind(AddressKind::RolePolicy);
    let sends = ours_at(scene, &policy).filter(|have| have.sid().and_then(grants::purpose_of) == Some(&send_to_internet::PURPOSE));
    let resources = sends.filter_map(|have| have.value().get("Resource").cloned());
    let texts = resources.flat_map(|resource| match resource {
        serde_json::Value::Array(list) => list,
        one => vec![one],
    });
    texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Every action of a rule set of the plan, with its place.
fn actions<'a>(scene: &Scene<'a>, entry: &'a Entry<MailRuleSet>) -> Vec<(&'a Entry<MailRuleSet>, &'a MailAction, Cause)> {
    let rules = entry.spec().map(|set| set.rules.as_slice()).unwrap_or_default();
    let actions = rules.iter().flat_map(|rule| &rule.actions);
    actions.map(|action| (entry, &action.value, scene.plan.cause(&action.spot))).collect()
}

fn at<T>(scene: &Scene<'_>, kind: AddressKind, entry: &Entry<T>) -> Address {
    scene.home().at(kind, entry.name.value.as_str())
}

fn reads_of_action(scene: &Scene<'_>, action: &RuleAction, wanted: &mut BTreeSet<Address>) {
    if let Some(role) = action.role().and_then(|role| scene.role(role)) {
        role::reads(scene, &role.at, wanted);
    }
    if let Some(bucket) = action.bucket(scene) {
        bucket::reads(scene, &bucket, true, wanted);
    }
    if let Some(key) = object_key(scene, action) {
        key::reads(scene, &key, wanted);
    }
    if let Some(topic) = action.topic() {
        topic::reads(scene, &topic, wanted);
    }
    if let Some(function) = action.function() {
        function::reads(scene, &function, wanted);
    }
}

/// The key that the action names for its objects.
fn object_key(scene: &Scene<'_>, action: &RuleAction) -> Option<KeyRef> {
    let RuleAction::WriteToS3 { s3_sse_kms_key_id: Some(key), .. } = action else { return None };
    Some(crate::kinds::receipt_rule_set::rule::key_named(scene, key))
}

/// What one action needs. Its role is assumed for the rule set; Mail Manager uses it and nothing else.
fn of_action(scene: &Scene<'_>, set: &Address, action: &RuleAction, untold: &Untold, because: Vec<Cause>) -> Vec<Grant> {
    let Some(role) = action.role().and_then(|role| scene.role(role)) else { return Vec::new() };
    let actor = &Actor { origin: Origin::Resource(set.clone()), role: Some(role.clone()), because };
    let role = &role;
    let mut found = grants::assume_execution_role::grants(actor, role);
    match action {
        RuleAction::WriteToS3 { s3_bucket, s3_prefix, .. } => {
            let bucket = scene.bucket(s3_bucket);
            found.extend(grants::write_to_s3::grants(scene, actor, role, &bucket, s3_prefix.as_deref().unwrap_or_default()));
            if let Some(key) = object_key(scene, action).or_else(|| bucket::key_of(scene, &bucket)) {
                let alias = untold.alias.clone().or_else(|| key::alias_of(scene, &key));
                found.extend(grants::write_to_s3::encrypt(scene, actor, role, &key, alias.as_deref()));
            }
        }
        RuleAction::Send { .. } => {
            found.extend(send_to_internet::grants(scene, actor, role, &untold.identities, &untold.configuration_sets));
        }
        RuleAction::DeliverToMailbox { mailbox_arn, .. } => {
            found.extend(grants::deliver_to_mailbox::grants(actor, role, mailbox_arn));
        }
        RuleAction::DeliverToQBusiness { application_id, index_id, .. } => {
            found.extend(grants::deliver_to_q_business::grants(scene, actor, role, application_id, index_id));
            let key = untold.application_key.iter();
            found.extend(key.flat_map(|key| grants::deliver_to_q_business::encrypt(scene, actor, role, key)));
        }
        RuleAction::PublishToSns { .. } => {
            let Some(topic) = action.topic() else { return found };
            found.extend(grants::publish_to_topic::grants(scene, actor, &topic));
            if let Some(key) = topic::key_of(scene, &topic) {
                found.extend(grants::use_topic_key::grants(scene, actor, &key));
            }
        }
        RuleAction::Bounce { sender, .. } => found.extend(grants::send_bounce::grants(scene, actor, role, sender)),
        RuleAction::InvokeLambda { .. } => {
            let function = action.function();
            found.extend(function.iter().flat_map(|function| grants::invoke_as_role::grants(scene, actor, role, function)));
        }
        RuleAction::Drop {}
        | RuleAction::Relay { .. }
        | RuleAction::Archive { .. }
        | RuleAction::AddHeader { .. }
        | RuleAction::ReplaceRecipient { .. } => {}
    }
    found
}
