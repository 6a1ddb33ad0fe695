//! All that decides where mail goes, in the API's words; what AWS names by ids and ARNs is named by its name.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::core::address::{Address, AddressKind, Home};
use crate::core::compile::{compile, reads};
use crate::core::deferred::Deferred;
use crate::core::diff::diff;
use crate::core::ids::Arn;
use crate::core::live::{Live, Observed};
use crate::core::scene::Scene;
use crate::kinds::mail_manager::address_list::ListMembers;
use crate::kinds::mail_manager::ingress_endpoint::IngressEndpoint;
use crate::kinds::mail_manager::rule_set::RuleSet;
use crate::kinds::mail_manager::traffic_policy::TrafficPolicy;
use crate::kinds::mail_manager::{Names, named_by, names_address};
use crate::kinds::receipt_filter::IpFilter;
use crate::kinds::receipt_rule_set::rule::ReceiptRule;
use crate::kinds::receipt_rule_set::{LiveSet, Pointer, pointer_address};
use crate::plan::language::mail_manager::{Body, Entry};
use crate::plan::language::{Plan, RuleBody};

/// Which rule set receives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Active {
    /// It was not read, and the plan says nothing of it.
    #[default]
    Unknown,
    /// None: nothing is received.
    None,
    /// This one.
    Set(String),
}

/// All that decides where mail goes, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Routing {
    /// IP filters, by name.
    pub filters: BTreeMap<String, IpFilter>,
    /// Which rule set receives.
    pub active: Active,
    /// Receipt rule sets by name: their rules in evaluation order.
    pub sets: BTreeMap<String, Vec<ReceiptRule>>,
    /// Ingress endpoints, by name.
    pub endpoints: BTreeMap<String, IngressEndpoint>,
    /// Traffic policies, by name.
    pub policies: BTreeMap<String, TrafficPolicy>,
    /// Mail Manager rule sets, by name.
    pub rule_sets: BTreeMap<String, RuleSet>,
    /// The members of address lists, by the name of the list.
    pub lists: BTreeMap<String, Vec<String>>,
    /// What is somebody else's and was not read, as addresses.
    pub unread: BTreeSet<String>,
    /// Whose names need no ARN.
    pub home: Option<Home>,
}

impl Routing {
    /// As the account has it.
    #[must_use]
    pub fn of_live(live: &Live) -> Self {
        let mut routing = Self { home: Some(live.home.clone()), ..Self::default() };
        for at in live.seen.keys().filter(|at| at.account == live.home.account) {
            let name = at.name.clone();
            match at.kind {
                AddressKind::ReceiptFilter => drop(read(live, at).map(|filter| routing.filters.insert(name, filter))),
                AddressKind::ReceiptRuleSet => {
                    drop(read::<LiveSet>(live, at).map(|set| routing.sets.insert(name, set.rules)));
                }
                AddressKind::IngressEndpoint => drop(read(live, at).map(|it| routing.endpoints.insert(name, it))),
                AddressKind::TrafficPolicy => drop(read(live, at).map(|it| routing.policies.insert(name, it))),
                AddressKind::MailRuleSet => drop(read(live, at).map(|it| routing.rule_sets.insert(name, it))),
                AddressKind::AddressListMembers => {
                    drop(read::<ListMembers>(live, at).map(|list| routing.lists.insert(name, list.members)));
                }
                _ => {}
            }
        }
        routing.active = match live.seen.get(&pointer_address(&live.home)) {
            Some(Observed::Absent) => Active::None,
            Some(Observed::Present(_)) => {
                let pointer: Option<Pointer> = live.get(&pointer_address(&live.home)).present();
                pointer.map_or(Active::Unknown, |pointer| pointer.active.map_or(Active::None, Active::Set))
            }
            Some(Observed::Unreadable(_)) | None => Active::Unknown,
        };
        routing
    }

    /// As the plan alone has it: what it would come to in an account where nothing is.
    #[must_use]
    pub fn of_plan(plan: &Plan, home: &Home) -> Self {
        let mut live = Live::new(home.clone());
        loop {
            let missing = live.missing(&reads(&Scene::new(plan, &live)));
            if missing.is_empty() {
                break;
            }
            for at in missing {
                match at.kind {
                    AddressKind::MailManagerNames => live.put(at, &Names::default()),
                    _ => drop(live.seen.insert(at, Observed::Absent)),
                }
            }
        }
        let set = diff(&compile(&Scene::new(plan, &live)), &live);
        let mut routing = Self::of_live(&live).after(&set.changes, &live);
        let says = plan.receipt.active_none.is_some() || plan.receipt.rule_sets.iter().any(|(_, set)| set.active.is_some());
        if !says {
            routing.active = Active::Unknown;
        }
        routing.unread = unread(plan, home);
        routing
    }
}

/// What the plan only refers to: its contents are the account's to tell.
fn unread(plan: &Plan, home: &Home) -> BTreeSet<String> {
    fn of<T>(kind: AddressKind, entries: &[Entry<T>]) -> impl Iterator<Item = (AddressKind, String)> {
        let existing = entries.iter().filter(|entry| matches!(entry.body, Body::Existing { .. }));
        existing.map(move |entry| (kind, entry.name.value.clone()))
    }
    let mail = &plan.mail_manager;
    let pinned = plan.receipt.rule_sets.iter().flat_map(|(set, body)| {
        let existing = body.rules.iter().filter(|rule| matches!(rule.body, RuleBody::Existing));
        existing.map(|rule| (AddressKind::ReceiptRule, format!("{}/{}", set.value, rule.name.value)))
    });
    let all = pinned
        .chain(of(AddressKind::IngressEndpoint, &mail.ingress_endpoints))
        .chain(of(AddressKind::TrafficPolicy, &mail.traffic_policies))
        .chain(of(AddressKind::MailRuleSet, &mail.rule_sets))
        .chain(of(AddressKind::AddressList, &mail.address_lists));
    all.map(|(kind, name)| home.at(kind, name).seen_from(home)).collect()
}

fn read<T: DeserializeOwned>(live: &Live, at: &Address) -> Option<T> {
    let Some(Observed::Present(value)) = live.seen.get(at) else { return None };
    by_names(value, live)
}

/// A spec in which what is named by an id or an ARN is named by its name.
pub(super) fn by_names<T: DeserializeOwned>(value: &Value, live: &Live) -> Option<T> {
    let mut value = value.clone();
    walk(&mut value, live);
    serde_json::from_value(value).ok()
}

fn walk(value: &mut Value, live: &Live) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, live)),
        Value::Object(members) => {
            for (member, value) in members {
                let kind = match member.as_str() {
                    "RuleSetId" => Some(AddressKind::MailRuleSet),
                    "TrafficPolicyId" => Some(AddressKind::TrafficPolicy),
                    "Relay" => Some(AddressKind::Relay),
                    "TargetArchive" => Some(AddressKind::Archive),
                    "Analyzer" => Some(AddressKind::AddonInstance),
                    "AddressLists" => Some(AddressKind::AddressList),
                    _ => None,
                };
                match (kind, &mut *value) {
                    (Some(kind), Value::String(text)) => *text = name_of(live, kind, text),
                    (Some(kind), Value::Array(items)) => {
                        for item in items {
                            if let Value::String(text) = item {
                                *text = name_of(live, kind, text);
                            }
                        }
                    }
                    _ => walk(value, live),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The name behind an id, an ARN, or the promise of one.
fn name_of(live: &Live, kind: AddressKind, text: &str) -> String {
    if let Some(promise) = text.find("${after:").and_then(|start| text.get(start..)?.parse::<Deferred>().ok()) {
        return promise.of.split_once('/').map_or(promise.of.clone(), |(_, name)| name.to_owned());
    }
    if let Some(at) = text.parse::<Arn>().ok().and_then(|arn| named_by(live, &arn)) {
        return at.name;
    }
    let names: Option<Names> = live.get(&names_address(&live.home, kind)).present();
    let found = names.into_iter().flat_map(|names| names.items).find(|item| item.id == text);
    found.map_or_else(|| text.to_owned(), |item| item.name)
}
