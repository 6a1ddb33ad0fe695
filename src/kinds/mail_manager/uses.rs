//! What Mail Manager resources use, as grants, and what must be read to know it.

use std::collections::BTreeSet;

use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::origin::Origin;
use crate::core::problem::Cause;
use crate::core::scene::{KeyRef, RoleRef, Scene};
use crate::grants::{self, Actor, Grant, use_archive_key};
use crate::kinds::{bucket, function, key, role, secret, topic};
use crate::plan::language::mail_manager::{Body, Entry, IngressAccess, IngressEndpoint, MailAction, MailRuleSet};

/// What all entries of the plan need.
pub(super) fn grants(scene: &Scene<'_>) -> Vec<Grant> {
    let plan = &scene.plan.mail_manager;
    let mut grants = Vec::new();
    for (entry, action, cause) in plan.rule_sets.iter().flat_map(|entry| actions(scene, entry)) {
        let Some(role) = action.role().and_then(|role| scene.role(&role.value)) else { continue };
        let origin = Origin::Resource(at(scene, AddressKind::MailRuleSet, entry));
        let actor = Actor { origin, role: Some(role.clone()), because: vec![cause] };
        grants.extend(of_action(scene, &actor, &role, action));
    }
    for (entry, secret) in plan.ingress_endpoints.iter().filter_map(|entry| Some((entry, ingress_secret(scene, entry.spec()?)?))) {
        let because = [scene.plan.cause(&entry.spot)];
        grants.extend(grants::read_ingress_secret::grants(scene, &at(scene, AddressKind::IngressEndpoint, entry), &secret, &because));
    }
    for entry in &plan.relays {
        let Some(secret) = entry.spec().and_then(|relay| relay.secret.as_ref()) else { continue };
        let (because, secret) = ([scene.plan.cause(&entry.spot)], secret::address(scene, &secret.value));
        grants.extend(grants::read_relay_secret::grants(scene, &at(scene, AddressKind::Relay, entry), &secret, &because));
    }
    for entry in plan.archives.iter().filter(|entry| entry.spec().is_some()) {
        let archive = at(scene, AddressKind::Archive, entry);
        let key = super::archive_key(scene, &archive);
        grants.extend(key.and_then(|key| use_archive_key::service(&archive, &key, &[scene.plan.cause(&entry.spot)])));
    }
    grants
}

/// What archives need that live on beside the plan's, as far as they were read: their key's statement names none of them, and cannot be
/// told by itself from one that nobody uses.
pub(super) fn tenants(scene: &Scene<'_>) -> Vec<Grant> {
    let stays = |at: &&Address| {
        let entry = scene.plan.mail_manager.archives.iter().find(|entry| entry.name.value == at.name);
        entry.is_none_or(|entry| match entry.body {
            Body::Ours { .. } => false,
            Body::Existing { .. } => true,
            Body::Absent { .. } => entry.protect,
        })
    };
    let live = scene.live.of_kind(AddressKind::Archive).filter(stays);
    live.filter_map(|archive| use_archive_key::service(archive, &super::archive_key(scene, archive)?, &[])).collect()
}

/// What must be read for their sake.
pub(super) fn reads(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    let plan = &scene.plan.mail_manager;
    for (_, action, _) in plan.rule_sets.iter().flat_map(|entry| actions(scene, entry)) {
        if let Some(role) = action.role().and_then(|role| scene.role(&role.value)) {
            role::reads(scene, &role.at, wanted);
        }
        match action {
            MailAction::WriteToS3 { bucket: name, sse_kms_key, .. } => {
                bucket::reads(scene, &scene.bucket(&name.value), true, wanted);
                sse_kms_key.iter().for_each(|named| key::reads(scene, &scene.key(&named.value), wanted));
            }
            MailAction::PublishToSns { topic: name, .. } => topic::reads(scene, &scene.topic_arn(&name.value), wanted),
            MailAction::InvokeLambda { function: name, .. } => function::reads(scene, &scene.function_arn(&name.value), wanted),
            MailAction::DeliverToQBusiness { kms_key: Some(named), .. } => key::reads(scene, &scene.key(&named.value), wanted),
            _ => {}
        }
    }
    let secrets = plan.ingress_endpoints.iter().filter_map(|entry| ingress_secret(scene, entry.spec()?));
    let of_relays = plan.relays.iter().filter_map(|entry| Some(secret::address(scene, &entry.spec()?.secret.as_ref()?.value)));
    secrets.chain(of_relays).for_each(|found| secret::reads(scene, &found, wanted));
    let keys = plan.archives.iter().filter_map(|entry| entry.spec()?.kms_key.as_ref());
    keys.for_each(|named| key::reads(scene, &scene.key(&named.value), wanted));
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

fn ingress_secret(scene: &Scene<'_>, endpoint: &IngressEndpoint) -> Option<Address> {
    match &endpoint.access {
        IngressAccess::Secret(secret) => Some(secret::address(scene, &secret.value)),
        IngressAccess::Open | IngressAccess::PasswordFromEnv(_) | IngressAccess::TrustStore(_) => None,
    }
}

/// What one action needs. Its role is assumed for the rule set; Mail Manager uses it and nothing else.
fn of_action(scene: &Scene<'_>, actor: &Actor, role: &RoleRef, action: &MailAction) -> Vec<Grant> {
    let mut found = grants::assume_execution_role::grants(actor, role);
    match action {
        MailAction::WriteToS3 { bucket: name, prefix, sse_kms_key, .. } => {
            let bucket = scene.bucket(&name.value);
            let prefix = prefix.as_ref().map_or("", |prefix| prefix.value.as_str());
            found.extend(grants::write_to_s3::grants(scene, actor, role, &bucket, prefix));
            let key = sse_kms_key.as_ref().map(|key| scene.key(&key.value)).or_else(|| bucket::key_of(scene, &bucket));
            if let Some(key) = key {
                let named = sse_kms_key.as_ref().map(|key| key.value.as_str()).filter(|name| name.starts_with("alias/"));
                let alias = named.map(str::to_owned).or_else(|| key::alias_of(scene, &key));
                found.extend(grants::write_to_s3::encrypt(scene, actor, role, &key, alias.as_deref()));
            }
        }
        MailAction::Send { identities, configuration_sets, .. } => {
            found.extend(grants::send_to_internet::grants(scene, actor, role, identities, configuration_sets));
        }
        MailAction::DeliverToMailbox { organization, .. } => {
            let arn = organization_arn(scene, &organization.value);
            found.extend(grants::deliver_to_mailbox::grants(actor, role, arn.as_str()));
        }
        MailAction::DeliverToQBusiness { application, index, kms_key, .. } => {
            found.extend(grants::deliver_to_q_business::grants(scene, actor, role, &application.value, &index.value));
            let key: Option<KeyRef> = kms_key.as_ref().map(|key| scene.key(&key.value));
            found.extend(key.into_iter().flat_map(|key| grants::deliver_to_q_business::encrypt(scene, actor, role, &key)));
        }
        MailAction::PublishToSns { topic: name, .. } => {
            let topic = scene.topic_arn(&name.value);
            found.extend(grants::publish_to_topic::grants(scene, actor, &topic));
            if let Some(key) = topic::key_of(scene, &topic) {
                found.extend(grants::use_topic_key::grants(scene, actor, &key));
            }
        }
        MailAction::Bounce { sender, .. } => found.extend(grants::send_bounce::grants(scene, actor, role, &sender.value)),
        MailAction::InvokeLambda { function, .. } => {
            found.extend(grants::invoke_as_role::grants(scene, actor, role, &scene.function_arn(&function.value)));
        }
        MailAction::Drop
        | MailAction::Relay { .. }
        | MailAction::Archive { .. }
        | MailAction::AddHeader { .. }
        | MailAction::ReplaceRecipient { .. } => {}
    }
    found
}

/// The ARN of a WorkMail organization that is named by its id or its ARN.
pub(super) fn organization_arn(scene: &Scene<'_>, text: &str) -> Arn {
    text.parse().unwrap_or_else(|_| scene.home_arn("workmail", &format!("organization/{text}")))
}
