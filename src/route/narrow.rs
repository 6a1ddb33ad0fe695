//! A rule set as one recipient sees it: the rules that take it. A full set is 200 rules of 100 recipients; going through all of them for
//! each of 20,000 recipients would take minutes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::message::Message;
use super::routing::Routing;
use super::trace::Door;
use crate::kinds::receipt_rule_set::rule::ReceiptRule;

/// The rules of a set by what they take.
#[derive(Debug)]
pub(super) struct Index<'a> {
    routing: &'a Routing,
    set: Option<(&'a str, &'a [ReceiptRule])>,
    by: BTreeMap<String, Vec<usize>>,
    all: Vec<usize>,
}

impl<'a> Index<'a> {
    /// Of the rules behind a way in; what is no receipt rule set stays as it is.
    pub(super) fn of(routing: &'a Routing, door: Option<&'a Door>) -> Self {
        let set = match door {
            Some(Door::Receipt { set: Some(set), .. }) => routing.sets.get(set).map(|rules| (set.as_str(), rules.as_slice())),
            _ => None,
        };
        let (mut by, mut all) = (BTreeMap::<String, Vec<usize>>::new(), Vec::new());
        for (at, rule) in set.iter().flat_map(|(_, rules)| rules.iter().enumerate()) {
            if rule.recipients.is_empty() {
                all.push(at);
            }
            for recipient in &rule.recipients {
                by.entry(recipient.to_lowercase()).or_default().push(at);
            }
        }
        Self { routing, set, by, all }
    }

    /// The routing with those rules alone that take one of these recipients.
    pub(super) fn narrowed(&self, message: &Message) -> Cow<'a, Routing> {
        let Some((set, rules)) = self.set else { return Cow::Borrowed(self.routing) };
        let mut taking: BTreeSet<usize> = self.all.iter().copied().collect();
        for key in message.to.iter().flat_map(|to| keys(to)) {
            taking.extend(self.by.get(&key).into_iter().flatten());
        }
        let rule = |at: &usize| {
            let rule = rules.get(*at)?;
            // Which of its conditions takes them is known by now.
            let recipients = if rule.recipients.is_empty() { Vec::new() } else { message.to.clone() };
            let ReceiptRule { name, enabled, tls_policy, scan_enabled, recipients: _, actions } = rule;
            let (name, tls_policy, actions) = (name.clone(), tls_policy.clone(), actions.clone());
            Some(ReceiptRule { name, enabled: *enabled, tls_policy, scan_enabled: *scan_enabled, recipients, actions })
        };
        let sets = BTreeMap::from([(set.to_owned(), taking.iter().filter_map(rule).collect())]);
        Cow::Owned(Routing { sets, active: self.routing.active.clone(), home: self.routing.home.clone(), ..Routing::default() })
    }
}

/// Every recipient condition that takes an address: `recipient.rs`, the other way round.
fn keys(address: &str) -> Vec<String> {
    let address = address.to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return Vec::new() };
    let unlabelled = local.split_once('+').map(|(head, _)| format!("{head}@{domain}"));
    let above = domain.match_indices('.').filter(|(at, _)| *at > 0).map(|(at, _)| domain[at..].to_owned());
    above.chain(unlabelled).chain([domain.to_owned()]).chain([address.clone()]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::recipient::taken_by;
    use super::keys;

    proptest! {
        #[test]
        fn the_keys_of_an_address_are_the_conditions_that_take_it(
            address in "[aB]{1,2}(\\+[ab]){0,2}@([aB]{1,2}\\.){0,3}[ab]",
            condition in "([aB]{1,2}(\\+[ab]){0,1}@|\\.)?([aB]{1,2}\\.){0,2}[ab]",
        ) {
            let taken = taken_by(std::slice::from_ref(&condition), &address).is_some();
            prop_assert_eq!(taken, keys(&address).contains(&condition.to_lowercase()));
        }
    }
}
