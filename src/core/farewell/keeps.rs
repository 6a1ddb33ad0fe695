//! What of Mail Manager cannot be taken back: what is protected, what is not this plan's, and whatever one of these names. AWS refuses to
//! delete what is in use (facts §2.2), and what stays keeps its grants.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::core::address::Address;
use crate::core::change::Finding;
use crate::core::draft::names_id;
use crate::core::owner::OWNER_TAG;
use crate::core::problem::Severity;
use crate::core::scene::Scene;
use crate::kinds::mail_manager::{addon_name, is_resource};
use crate::plan::language::mail_manager::{Addon, Body, Entry, MailManager};

/// Why something stays: the code and the sentence.
pub(crate) type Why = (&'static str, String);

/// The resources that the last version of a plan would take away and cannot.
pub(crate) fn keeps(scene: &Scene<'_>) -> BTreeMap<Address, Why> {
    let leaving = leaving(&scene.plan.mail_manager, scene);
    let found = scene.live.seen.keys().filter(|at| is_resource(at.kind) && at.account == scene.home().account);
    let found: Vec<(&Address, Value)> = found.filter_map(|at| Some((at, scene.live.get::<Value>(at).present()?))).collect();
    let mut keeps = BTreeMap::new();
    for (at, have) in &found {
        let Some(protect) = leaving.get(*at) else { continue };
        let tag = have.pointer(&format!("/Tags/{}", OWNER_TAG.replace('/', "~1"))).and_then(Value::as_str);
        if !tag.is_some_and(|tag| scene.owner.made(tag)) {
            keeps.insert((*at).clone(), ("not-ours", "it is not this plan's".to_owned()));
        } else if *protect {
            keeps.insert((*at).clone(), ("protected", "it is protected (`protect: false` in its entry lets it go)".to_owned()));
        }
    }
    // As often as one keeps another: a rule set that an endpoint names keeps the archive that it names.
    loop {
        let stays = |at: &Address| keeps.contains_key(at) || !leaving.contains_key(at);
        let user = |id: &str| found.iter().find(|(at, have)| stays(at) && names_id(have, id)).map(|(at, _)| at.seen_from(scene.home()));
        let next = found.iter().filter(|(at, _)| !stays(at)).find_map(|(at, have)| Some(((*at).clone(), user(have.get("Id")?.as_str()?)?)));
        let Some((at, user)) = next else { return keeps };
        keeps.insert(at, ("resource-in-use", format!("{user} names it, which stays")));
    }
}

/// What shall be absent, and whether it is protected.
fn leaving(plan: &MailManager, scene: &Scene<'_>) -> BTreeMap<Address, bool> {
    use crate::core::address::AddressKind as Kind;
    let MailManager { address_lists, archives, relays, addons, traffic_policies, rule_sets, ingress_endpoints } = plan;
    let mut leaving = BTreeMap::new();
    let mut add = |kind: Kind, name: String, protect: bool| {
        leaving.insert(scene.home().at(kind, name), protect);
    };
    named(address_lists).for_each(|(name, protect)| add(Kind::AddressList, name, protect));
    named(archives).for_each(|(name, protect)| add(Kind::Archive, name, protect));
    named(relays).for_each(|(name, protect)| add(Kind::Relay, name, protect));
    named(traffic_policies).for_each(|(name, protect)| add(Kind::TrafficPolicy, name, protect));
    named(rule_sets).for_each(|(name, protect)| add(Kind::MailRuleSet, name, protect));
    named(ingress_endpoints).for_each(|(name, protect)| add(Kind::IngressEndpoint, name, protect));
    for entry in addons.iter().filter(|entry| is_absent(entry)) {
        add(Kind::AddonSubscription, addon_name(entry), entry.protect);
        add(Kind::AddonInstance, addon_name(entry), entry.protect);
    }
    leaving
}

fn is_absent<T>(entry: &Entry<T>) -> bool {
    matches!(entry.body, Body::Absent { .. })
}

fn named<T>(entries: &[Entry<T>]) -> impl Iterator<Item = (String, bool)> {
    entries.iter().filter(|entry| is_absent(entry)).map(|entry| (entry.name.value.clone(), entry.protect))
}

/// The plan, which only refers to what stays.
pub(crate) fn refer_to(kept: &BTreeMap<Address, Why>, plan: &mut MailManager) {
    use crate::core::address::AddressKind as Kind;
    let MailManager { address_lists, archives, relays, addons, traffic_policies, rule_sets, ingress_endpoints } = plan;
    let is = |kind: Kind, name: &str| kept.keys().any(|at| at.kind == kind && at.name == name);
    existing(address_lists, |name| is(Kind::AddressList, name));
    existing(archives, |name| is(Kind::Archive, name));
    existing(relays, |name| is(Kind::Relay, name));
    existing(traffic_policies, |name| is(Kind::TrafficPolicy, name));
    existing(rule_sets, |name| is(Kind::MailRuleSet, name));
    existing(ingress_endpoints, |name| is(Kind::IngressEndpoint, name));
    let stays = |entry: &&mut Entry<Addon>| {
        let name = addon_name(entry);
        is(Kind::AddonSubscription, &name) || is(Kind::AddonInstance, &name)
    };
    addons.iter_mut().filter(stays).for_each(stay);
}

fn existing<T>(entries: &mut [Entry<T>], stays: impl Fn(&str) -> bool) {
    entries.iter_mut().filter(|entry| stays(&entry.name.value)).for_each(stay);
}

fn stay<T>(entry: &mut Entry<T>) {
    if let Body::Absent { addon } = &entry.body {
        entry.body = Body::Existing { addon: addon.clone() };
    }
}

/// What stays is told, and is no failure.
pub(crate) fn told(code: &str, message: String) -> Finding {
    Finding { code: code.to_owned(), severity: Severity::Info, message, because: Vec::new(), doc: None, accepted: None }
}
