//! Who may need our statements: the live rules beside the plan's. What they use is read as if the plan named it, for no statement that
//! one of them needs is taken away, and a container that they point at may hold statements of ours (contract/language.md).

use std::collections::BTreeSet;

use super::{LiveSet, SetNames, all_sets_address, own_grants, rule_of, set_address, stays};
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::live::{PolicyText, Seen};
use crate::core::scene::Scene;
use crate::grants::statements::merge;
use crate::policy::Document;

/// The rules that our statements speak of.
#[derive(Default)]
struct Users {
    /// Set and rule; the rule may be `*`.
    named: BTreeSet<(String, String)>,
    /// A statement names no rule at all: any live rule may be its user.
    anybody: bool,
}

/// What must be read for their sake.
pub(super) fn reads(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    let users = Users::of(scene);
    wanted.extend(users.named.iter().map(|(set, _)| set_address(scene.home(), set)));
    if users.anybody {
        let list = all_sets_address(scene.home());
        let names: Option<SetNames> = scene.live.get(&list).present();
        wanted.insert(list);
        wanted.extend(names.into_iter().flat_map(|names| names.names).map(|set| set_address(scene.home(), &set)));
    }
    for at in scene.live.of_kind(AddressKind::ReceiptRuleSet) {
        let rules = scene.live.get::<LiveSet>(at).present().map(|set| set.rules).unwrap_or_default();
        for rule in rules.iter().filter(|rule| users.has(&at.name, &rule.name) && stays(scene, &at.name, &rule.name)) {
            rule.actions.iter().for_each(|action| action.reads(scene, wanted));
        }
    }
}

impl Users {
    fn of(scene: &Scene<'_>) -> Self {
        let mut users = Self::default();
        let mut nameless: Vec<(&Address, String)> = Vec::new();
        for at in scene.live.seen.keys() {
            let in_role = at.kind == AddressKind::RolePolicy;
            // Who uses what a role may do, its trust policy says, where that is ours, too.
            let trusted = || !source_arns(scene, &at.with_kind(AddressKind::RoleTrust)).is_empty();
            for (sid, arns) in source_arns(scene, at) {
                if arns.is_empty() && !(in_role && trusted()) {
                    nameless.push((at, sid));
                }
                let arns = arns.iter().filter_map(|arn| arn.parse::<Arn>().ok());
                users.named.extend(arns.filter_map(|arn| rule_of(scene.home(), &arn)));
            }
        }
        // One that the plan still wants stays, whoever else uses it: nobody need be looked for.
        if !nameless.is_empty() {
            let wanted = merge(scene, &own_grants(scene));
            users.anybody = nameless.iter().any(|(at, sid)| !wanted.get(*at).is_some_and(|statements| statements.contains_key(sid)));
        }
        users
    }

    fn has(&self, set: &str, rule: &str) -> bool {
        let named = |rule: &str| self.named.contains(&(set.to_owned(), rule.to_owned()));
        self.anybody || named(rule) || named("*")
    }
}

/// Of each statement of ours in a container, its Sid and the rules it names.
fn source_arns(scene: &Scene<'_>, at: &Address) -> Vec<(String, BTreeSet<String>)> {
    let Seen::Present(policy) = scene.live.get::<PolicyText>(at) else { return Vec::new() };
    let Ok(document) = Document::parse(&policy.text) else { return Vec::new() };
    let ours = document.statements().filter_map(|statement| Some((statement.sid()?.to_owned(), statement.source_arns())));
    ours.filter(|(sid, _)| scene.owner.owns_sid(sid)).collect()
}
