//! What changes make of a routing: the account as mail will find it.

use serde_json::Value;

use super::routing::{Active, Routing, by_names};
use crate::core::address::AddressKind;
use crate::core::change::{Action, Change};
use crate::core::live::Live;
use crate::core::order;
use crate::kinds::receipt_rule_set::rule::ReceiptRule;

impl Routing {
    /// With these changes made, in their order. `live` tells the names behind ids.
    #[must_use]
    pub fn after(&self, changes: &[Change], live: &Live) -> Self {
        let mut next = self.clone();
        let here = changes.iter().filter(|change| change.statement.is_none() && change.address.account == live.home.account);
        for change in here {
            next.make(change, live);
        }
        next
    }

    fn make(&mut self, change: &Change, live: &Live) {
        let name = change.address.name.clone();
        let gone = change.action == Action::Delete;
        match (change.address.kind, change.action) {
            (AddressKind::ReceiptFilter, _) => put(&mut self.filters, name, gone, change, live),
            (AddressKind::ReceiptRule, _) => self.rule(change, live),
            (AddressKind::ReceiptRuleSet, Action::Create) => drop(self.sets.entry(name).or_default()),
            (AddressKind::ReceiptRuleSet, Action::Delete) => drop(self.sets.remove(&name)),
            (AddressKind::ReceiptRuleSet, Action::Activate) => self.active = Active::Set(name),
            (AddressKind::ReceiptRuleSet, Action::Deactivate) => self.active = Active::None,
            (AddressKind::ReceiptRuleSet, Action::Reorder) => self.reorder(&name, &change.after),
            (AddressKind::TrafficPolicy, _) => put(&mut self.policies, name, gone, change, live),
            (AddressKind::MailRuleSet, _) => put(&mut self.rule_sets, name, gone, change, live),
            (AddressKind::IngressEndpoint, _) => put(&mut self.endpoints, name, gone, change, live),
            (AddressKind::AddressList, _) => match change.after.get("Members") {
                _ if gone => drop(self.lists.remove(&name)),
                Some(members) => {
                    let members = serde_json::from_value(members.clone()).unwrap_or_default();
                    self.lists.insert(name, members);
                }
                // A list that is made and of which the plan says no members is empty.
                None if change.action == Action::Create => drop(self.lists.insert(name, Vec::new())),
                None => {}
            },
            _ => {}
        }
        self.forget_former(change);
    }

    fn rule(&mut self, change: &Change, live: &Live) {
        let Some((set, name)) = change.address.name.split_once('/') else { return };
        let rules = self.sets.entry(set.to_owned()).or_default();
        let place = rules.iter().position(|rule| rule.name == name);
        if change.action == Action::Delete {
            rules.retain(|rule| rule.name != name);
            return;
        }
        let Some(rule) = by_names::<ReceiptRule>(&change.after, live) else { return };
        match place {
            Some(place) => rules[place] = rule,
            None => {
                let after = change.after.get("After").and_then(Value::as_str);
                let behind = after.and_then(|after| rules.iter().position(|rule| rule.name == after));
                rules.insert(behind.map_or(0, |place| place + 1), rule);
            }
        }
    }

    fn reorder(&mut self, set: &str, wanted: &Value) {
        let wanted: Vec<String> = serde_json::from_value(wanted.clone()).unwrap_or_default();
        let Some(rules) = self.sets.get_mut(set) else { return };
        let names: Vec<String> = rules.iter().map(|rule| rule.name.clone()).collect();
        if let Some(next) = order::permutation(&wanted, &names) {
            rules.sort_by_key(|rule| next.iter().position(|name| *name == rule.name));
        }
    }

    /// What was renamed in place is no longer there under its former name; what names it goes by the new one.
    fn forget_former(&mut self, change: &Change) {
        let member = match change.address.kind {
            AddressKind::TrafficPolicy => "TrafficPolicyName",
            AddressKind::MailRuleSet => "RuleSetName",
            AddressKind::IngressEndpoint => "IngressPointName",
            _ => return,
        };
        let name = &change.address.name;
        let Some(former) = change.before.get(member).and_then(Value::as_str).filter(|former| former != name) else { return };
        if change.action == Action::Delete {
            return;
        }
        match change.address.kind {
            AddressKind::TrafficPolicy => drop(self.policies.remove(former)),
            AddressKind::MailRuleSet => drop(self.rule_sets.remove(former)),
            _ => drop(self.endpoints.remove(former)),
        }
        for endpoint in self.endpoints.values_mut() {
            let reference = match change.address.kind {
                AddressKind::TrafficPolicy => &mut endpoint.traffic_policy_id,
                _ => &mut endpoint.rule_set_id,
            };
            if reference == former && change.address.kind != AddressKind::IngressEndpoint {
                reference.clone_from(name);
            }
        }
    }
}

fn put<T: serde::de::DeserializeOwned>(
    all: &mut std::collections::BTreeMap<String, T>,
    name: String,
    gone: bool,
    change: &Change,
    live: &Live,
) {
    if gone {
        all.remove(&name);
    } else if let Some(value) = by_names(&change.after, live) {
        all.insert(name, value);
    }
}
