//! Who may need our statements: the live rules beside the plan's. What they use is read as if the plan named it, for no statement that
//! one of them needs is taken away, and a container that they point at may hold statements of ours (contract/language.md).

use std::collections::BTreeSet;

use super::{LiveSet, SetNames, all_sets_address, own_grants, rule_of, set_address, stays};
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::live::{PolicyText, Seen};
use crate::core::scene::Scene;
use crate::grants::statements::merge;
use crate::policy::{Document, Statement};

/// The rules that our statements speak of.
#[derive(Default)]
struct Users {
    /// Set and rule; the rule may be `*`.
    named: BTreeSet<(String, String)>,
    /// A statement that is not wanted as it is names no rule at all: any live rule may be its user.
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
        let mut nameless: Vec<(&Address, Statement)> = Vec::new();
        for at in scene.live.seen.keys() {
            for statement in of_ours(scene, at) {
                let arns = statement.source_arns();
                let named = arns.iter().filter_map(|arn| arn.parse::<Arn>().ok());
                users.named.extend(named.filter_map(|arn| rule_of(scene.home(), &arn)));
                if arns.is_empty() {
                    nameless.push((at, statement));
                }
            }
        }
        // One that the plan wants as it is stays, whoever else uses it: nobody need be looked for.
        if !nameless.is_empty() {
            let wanted = merge(scene, &own_grants(scene));
            let want = |at: &Address, statement: &Statement| wanted.get(at).zip(statement.sid()).and_then(|(wanted, sid)| wanted.get(sid));
            let stays = |at: &Address, have: &Statement| want(at, have).is_some_and(|want| want.statement.means_the_same(have));
            users.anybody = nameless.iter().any(|(at, statement)| !stays(at, statement));
        }
        users
    }

    fn has(&self, set: &str, rule: &str) -> bool {
        let named = |rule: &str| self.named.contains(&(set.to_owned(), rule.to_owned()));
        self.anybody || named(rule) || named("*")
    }
}

/// The statements of ours in a container.
fn of_ours(scene: &Scene<'_>, at: &Address) -> Vec<Statement> {
    let Seen::Present(policy) = scene.live.get::<PolicyText>(at) else { return Vec::new() };
    let Ok(document) = Document::parse(&policy.text) else { return Vec::new() };
    let ours = document.statements().filter(|statement| statement.sid().is_some_and(|sid| scene.owner.owns_sid(sid)));
    ours.cloned().collect()
}
