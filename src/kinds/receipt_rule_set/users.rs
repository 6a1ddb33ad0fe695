//! Who may need our statements: the live rules beside the plan's. What they use is read as if the plan named it, for no statement that
//! one of them needs is taken away, and a container that they point at may hold statements of ours (contract/language.md).

use std::collections::BTreeSet;

use super::{LiveSet, SetNames, all_sets_address, rule_of, set_address, stays};
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::scene::Scene;
use crate::grants::{self, loose};

/// The rules that our statements speak of.
#[derive(Default)]
struct Users {
    /// Set and rule; the rule may be `*`.
    named: BTreeSet<(String, String)>,
    /// A statement that is not wanted as it is does not say which rules it is for: any live rule may be its user.
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
        for at in scene.live.seen.keys() {
            for statement in grants::ours_at(scene, at) {
                let arns = statement.source_arns();
                let named = arns.iter().filter_map(|arn| arn.parse::<Arn>().ok());
                users.named.extend(named.filter_map(|arn| rule_of(scene.home(), &arn)));
            }
        }
        users.anybody = loose(scene).into_iter().any(grants::Users::are_rules);
        users
    }

    fn has(&self, set: &str, rule: &str) -> bool {
        let named = |rule: &str| self.named.contains(&(set.to_owned(), rule.to_owned()));
        self.anybody || named(rule) || named("*")
    }
}
