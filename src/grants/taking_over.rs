//! What live rules would lose were statements of others taken away and ours put in their place (`grants.<container>.replace`): each request
//! is tried on the document as it is and as it would be, whatever form the statements have.

use std::collections::{BTreeMap, BTreeSet};

use super::asks::asks;
use super::tenants::{names_each_user, others_on_role};
use super::{Grant, Principal};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::{Container, Desired};
use crate::core::live::{PolicyText, Seen};
use crate::core::scene::Scene;
use crate::kinds::receipt_rule_set::{LiveSet, SetNames, all_sets_address};
use crate::policy::{Decision, Document, Edits, Request, Statement, evaluate_with_delegation};

/// By the name under which a statement is replaced: who needs it and is not served by ours. Exact ARNs are looked at by who compares.
pub(crate) fn loses(scene: &Scene<'_>, desired: &Desired, at: &Address, container: &Container) -> BTreeMap<String, BTreeSet<String>> {
    let mut lost: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let replaced = replaced(scene, at, &container.replace);
    let Some(before) = document(scene, at).filter(|_| !replaced.is_empty()) else { return lost };
    let ours = container.statements.values().map(|wanted| wanted.until.as_ref().unwrap_or(&wanted.statement).clone());
    let edits = Edits { drop: replaced.iter().map(|(name, _)| name.clone()).collect(), put: ours.collect() };
    let after = before.splice(&edits);
    let beside = others_on_role(scene, at);
    let answer = |own: &Document, request: &Request| {
        let all: Vec<(&str, &Document)> = std::iter::once(own).chain(&beside).map(|document| ("", document)).collect();
        evaluate_with_delegation(&all, request).decision
    };
    for need in desired.grants.iter().chain(&desired.tenants).filter(|need| need.at == *at) {
        for request in requests(scene, need) {
            if rank(answer(&after, &request)) >= rank(answer(&before, &request)) {
                continue;
            }
            let allows = |statement: &Statement| rank(answer(&alone(statement), &request)) > 0;
            let by: Vec<&String> = replaced.iter().filter(|(_, statement)| allows(statement)).map(|(name, _)| name).collect();
            let by = if by.is_empty() { replaced.iter().map(|(name, _)| name).collect() } else { by };
            for name in by {
                lost.entry(name.clone()).or_default().insert(need.origin.in_account());
            }
        }
    }
    for (name, _) in replaced.iter().filter(|(_, statement)| !names_each_user(statement)) {
        let unknown = sets_unread(scene).into_iter().map(|set| format!("whatever is in {}", set.seen_from(scene.home())));
        lost.entry(name.clone()).or_default().extend(unknown);
    }
    lost.retain(|_, users| !users.is_empty());
    lost
}

/// Whether somebody must be looked for before a statement goes that the plan wants replaced: it does not name each of its users.
pub(super) fn is_loose(scene: &Scene<'_>, at: &Address) -> bool {
    let names =
        || scene.exception(at).into_iter().flat_map(|exception| &exception.replace).map(|name| name.value.clone()).collect::<Vec<_>>();
    replaced(scene, at, &names()).iter().any(|(_, statement)| !names_each_user(statement))
}

fn document(scene: &Scene<'_>, at: &Address) -> Option<Document> {
    Document::parse(&scene.live.get::<PolicyText>(at).present()?.text).ok()
}

/// The statements of others that these names name, each under its Sid, else its digest.
fn replaced(scene: &Scene<'_>, at: &Address, names: &[String]) -> Vec<(String, Statement)> {
    let Some(document) = document(scene, at).filter(|_| !names.is_empty()) else { return Vec::new() };
    let foreign = document.statements().filter(|have| !have.sid().is_some_and(|sid| scene.owner.owns_sid(sid)));
    let named = foreign.filter(|have| names.iter().any(|name| have.sid() == Some(name) || have.digest() == *name));
    named.map(|have| (have.sid().map_or_else(|| have.digest(), str::to_owned), have.clone())).collect()
}

/// What SES asks, and with it the account as `aws:Referer`, as it said it in 2019: a rule may live by that.
fn requests(scene: &Scene<'_>, need: &Grant) -> Vec<Request> {
    let mut requests = asks(scene, need);
    if need.at.kind == AddressKind::BucketPolicy && matches!(need.principal, Principal::Ses { .. }) {
        for request in &mut requests {
            request.context = request.context.clone().with("aws:Referer", [scene.home().account.as_str()]);
        }
    }
    requests
}

fn alone(statement: &Statement) -> Document {
    Document::empty().splice(&Edits { put: vec![statement.clone()], ..Edits::default() })
}

fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::ExplicitDeny | Decision::ImplicitDeny => 0,
        Decision::Depends => 1,
        Decision::Allowed => 2,
    }
}

/// The rule sets of which it is not known what is in them.
fn sets_unread(scene: &Scene<'_>) -> Vec<Address> {
    let list = all_sets_address(scene.home());
    match scene.live.get::<SetNames>(&list) {
        Seen::Present(sets) => {
            let known = |set: &Address| matches!(scene.live.get::<LiveSet>(set), Seen::Present(_) | Seen::Absent);
            sets.names.iter().map(|set| scene.home().at(AddressKind::ReceiptRuleSet, set.as_str())).filter(|set| !known(set)).collect()
        }
        Seen::Absent => Vec::new(),
        Seen::Unreadable(_) | Seen::Unread => vec![list],
    }
}
