//! What live rules would lose were statements of others taken away and ours put in their place (`grants.<container>.replace`): each request
//! is tried on the document as it is and as it would be, whatever form the statements have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::asks::asks;
use super::tenants::{names_each_user, others_on_role};
use super::{Grant, Principal};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::{Container, Desired};
use crate::core::live::Observed;
use crate::core::scene::Scene;
use crate::kinds::mail_manager::uses::USERS;
use crate::kinds::mail_manager::{Names, names_address};
use crate::kinds::receipt_rule_set::{SetNames, all_sets_address};
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
        let all: Vec<(&str, &Document)> =
            std::iter::once(own).chain(beside.iter().map(Arc::as_ref)).map(|document| ("", document)).collect();
        evaluate_with_delegation(&all, request).decision
    };
    for need in desired.grants.iter().chain(&desired.tenants).filter(|need| need.at == *at) {
        for request in requests(scene, need) {
            if rank(answer(&after, &request)) >= rank(answer(before, &request)) {
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
        let unknown = unread(scene, at.kind).into_iter().map(|unread| format!("whatever is in {}", unread.seen_from(scene.home())));
        lost.entry(name.clone()).or_default().extend(unknown);
    }
    lost.retain(|_, users| !users.is_empty());
    lost
}

/// Who must be looked for before the statements go that the plan wants replaced.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Looks {
    /// Every receipt rule.
    pub(crate) rules: bool,
    /// And what they use: whose key a bucket encrypts with is no matter of the rule alone.
    pub(crate) facts: bool,
    /// All of Mail Manager.
    pub(crate) mail_manager: bool,
}

/// Of a statement that names each of its users nobody need be looked for.
pub(crate) fn looks(scene: &Scene<'_>) -> Looks {
    let mut looks = Looks::default();
    for at in scene.live.seen.keys().filter(|at| is_loose(scene, at)) {
        looks.rules |= is_for_rules(at.kind);
        looks.facts |= at.kind == AddressKind::KeyPolicy;
        looks.mail_manager |= is_for_mail_manager(at.kind);
    }
    looks
}

/// Buckets, topics and functions are used by SES itself for receipt rules alone, secrets for Mail Manager alone (the pages of
/// [`super::PURPOSES`]).
fn is_for_rules(container: AddressKind) -> bool {
    container != AddressKind::SecretPolicy
}

fn is_for_mail_manager(container: AddressKind) -> bool {
    matches!(container, AddressKind::SecretPolicy | AddressKind::KeyPolicy | AddressKind::RoleTrust)
}

/// Where there is no document nothing is known of the statement.
fn is_loose(scene: &Scene<'_>, at: &Address) -> bool {
    let names: Vec<String> =
        scene.exception(at).into_iter().flat_map(|exception| &exception.replace).map(|name| name.value.clone()).collect();
    let loose = || replaced(scene, at, &names).iter().any(|(_, statement)| !names_each_user(statement));
    !names.is_empty() && (document(scene, at).is_none() || loose())
}

fn document<'a>(scene: &Scene<'a>, at: &Address) -> Option<&'a Document> {
    scene.live.document(at).present()?.ok().map(Arc::as_ref)
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
    Document::alone(statement)
}

fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::ExplicitDeny | Decision::ImplicitDeny => 0,
        Decision::Depends => 1,
        Decision::Allowed => 2,
    }
}

/// Those of which it is not known what they need of such a container.
fn unread(scene: &Scene<'_>, container: AddressKind) -> Vec<Address> {
    let known = |at: &Address| matches!(scene.live.seen.get(at), Some(Observed::Present(_) | Observed::Absent));
    let mut lists: Vec<(Address, Vec<Address>)> = Vec::new();
    if is_for_rules(container) {
        let list = all_sets_address(scene.home());
        let sets = scene.live.get::<SetNames>(&list).present().map(|sets| sets.names).unwrap_or_default();
        lists.push((list, sets.into_iter().map(|set| scene.home().at(AddressKind::ReceiptRuleSet, set)).collect()));
    }
    for kind in USERS.into_iter().filter(|_| is_for_mail_manager(container)) {
        let list = names_address(scene.home(), kind);
        let names: Names = scene.live.get(&list).present().unwrap_or_default();
        let items = names.items.iter().filter(|item| !item.is_leaving()).map(|item| scene.home().at(kind, item.name.as_str()));
        lists.push((list, items.collect()));
    }
    lists.into_iter().flat_map(|(list, items)| std::iter::once(list).chain(items)).filter(|at| !known(at)).collect()
}
