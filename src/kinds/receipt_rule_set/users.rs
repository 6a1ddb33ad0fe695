//! Who may need our statements: the live rules beside the plan's. What they use is read as if the plan named it, for no statement that
//! one of them needs is taken away, and a container that they point at may hold statements of ours (contract/language.md).

use std::collections::BTreeSet;

use super::{LiveSet, SetNames, all_sets_address, rule_of, set_address, stays};
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Arn;
use crate::core::scene::Scene;
use crate::grants::{self, loose};

/// What the rules use that our statements name; of a set that is named as a whole, all of its rules.
pub(super) fn named(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for statement in scene.live.seen.keys().flat_map(|at| grants::ours_at(scene, at)) {
        let arns = statement.source_arns();
        let arns = arns.iter().filter_map(|arn| arn.parse::<Arn>().ok());
        named.extend(arns.filter_map(|arn| rule_of(scene.home(), &arn)));
    }
    wanted.extend(named.iter().map(|(set, _)| set_address(scene.home(), set)));
    let is_named = |set: &str, rule: &str| [rule, "*"].iter().any(|rule| named.contains(&(set.to_owned(), (*rule).to_owned())));
    of_rules(scene, is_named, wanted);
}

/// What all rules use, where a statement that is not wanted as it is does not say which rules it is for: any of them may be its user. For one
/// of others that ours take over, the rules themselves say it mostly.
pub(super) fn anybody(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    let (ours, theirs) = (loose(scene).into_iter().any(grants::Users::are_rules), grants::looks(scene));
    if !ours && !theirs.rules {
        return;
    }
    let list = all_sets_address(scene.home());
    let names: Option<SetNames> = scene.live.get(&list).present();
    wanted.insert(list);
    wanted.extend(names.into_iter().flat_map(|names| names.names).map(|set| set_address(scene.home(), &set)));
    if ours || theirs.facts {
        of_rules(scene, |_, _| true, wanted);
    }
}

/// What live rules use that stay beside the plan's.
fn of_rules(scene: &Scene<'_>, which: impl Fn(&str, &str) -> bool, wanted: &mut BTreeSet<Address>) {
    for at in scene.live.of_kind(AddressKind::ReceiptRuleSet) {
        let rules = scene.live.get::<LiveSet>(at).present().map(|set| set.rules).unwrap_or_default();
        for rule in rules.iter().filter(|rule| which(&at.name, &rule.name) && stays(scene, &at.name, &rule.name)) {
            rule.actions.iter().for_each(|action| action.reads(scene, wanted));
        }
    }
}
