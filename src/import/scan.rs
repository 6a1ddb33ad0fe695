//! What must be read for an import: the lists of the account, what is in them, then what the plan made of it would read. Asked again after
//! each wave, as [`crate::core::compile::reads`] is for a plan.

use std::collections::BTreeSet;

use super::{Said, Wishes, readable, settled};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{ChangeSet, Unreadable};
use crate::core::compile;
use crate::core::live::{Live, Observed};
use crate::core::scene::Scene;
use crate::core::world::World;
use crate::kinds::inventory::Names as Listed;
use crate::kinds::mail_manager::{Names, RESOURCE_TYPES, names_address};
use crate::kinds::receipt_rule_set::rule::ReceiptAction;
use crate::kinds::receipt_rule_set::{LiveSet, SetNames, all_sets_address, pointer_address};

/// More rounds than any account takes.
const ROUNDS: usize = 12;

/// Everything that its plan would look at. What other accounts own is asked for with the caller's own credentials, as that plan does.
pub async fn observe(world: &impl World, wishes: &Wishes, mut live: Live) -> Live {
    for _ in 0..ROUNDS {
        let missing = live.missing(&reads(&live, wishes));
        if missing.is_empty() {
            break;
        }
        let answers = world.read(&missing).await;
        if answers.is_empty() {
            let lost = || Observed::Unreadable("no answer could be had".to_owned());
            live.seen.extend(missing.into_iter().map(|at| (at, lost())));
        } else {
            live.seen.add(answers);
        }
    }
    live
}

/// What must be read, as far as what was already read tells.
#[must_use]
pub fn reads(live: &Live, wishes: &Wishes) -> BTreeSet<Address> {
    let home = &live.home;
    let mut wanted = lists(live, wishes);
    wanted.insert(pointer_address(home));
    wanted.insert(home.at(AddressKind::KeyAliases, "all"));
    let sets = live.get::<SetNames>(&all_sets_address(home)).present().map(|sets| sets.names).unwrap_or_default();
    wanted.extend(sets.into_iter().map(|set| home.at(AddressKind::ReceiptRuleSet, set)));
    let filters: Listed = live.get(&home.at(AddressKind::ReceiptFilters, "all")).present().unwrap_or_default();
    wanted.extend(filters.into_iter().map(|filter| home.at(AddressKind::ReceiptFilter, filter)));
    for (kind, _) in RESOURCE_TYPES {
        let names: Names = live.get(&names_address(home, kind)).present().unwrap_or_default();
        for item in names.items.iter().filter(|item| !item.is_leaving() && names.living(&item.name).count() == 1) {
            let at = home.at(kind, item.name.as_str());
            if kind == AddressKind::AddressList {
                wanted.insert(at.with_kind(AddressKind::AddressListMembers));
            }
            wanted.insert(at);
        }
    }
    if writes_to_buckets(live) {
        wanted.insert(home.at(AddressKind::Buckets, "all"));
    }
    // What is made of things that were not read yet would ask for the wrong ones.
    if live.missing(&wanted).is_empty() {
        let mut said = Said::default();
        said.before(live, wishes);
        if let Ok((_, plan)) = readable(live, wishes, &mut said) {
            wanted.extend(compile::reads(&Scene::new(&plan, live)));
        }
    }
    // What is said in another way may be looked at in another way.
    if live.missing(&wanted).is_empty() {
        wanted.extend(settled(live, wishes).plan.iter().flat_map(|plan| compile::reads(&Scene::new(plan, live))));
    }
    wanted
}

/// The lists that say what is there, of what was asked for. Receipt rules and Mail Manager name nothing of each other; within the latter one
/// thing names the other.
fn lists(live: &Live, wishes: &Wishes) -> BTreeSet<Address> {
    let (home, mut lists) = (&live.home, BTreeSet::new());
    if RESOURCE_TYPES.iter().any(|(kind, _)| wishes.may_want(*kind)) {
        lists.extend(RESOURCE_TYPES.iter().map(|(kind, _)| names_address(home, *kind)));
    }
    if [AddressKind::ReceiptRuleSet, AddressKind::ReceiptRule, AddressKind::ActiveReceiptRuleSet]
        .into_iter()
        .any(|kind| wishes.may_want(kind))
    {
        lists.insert(all_sets_address(home));
    }
    if wishes.may_want(AddressKind::ReceiptFilter) {
        lists.insert(home.at(AddressKind::ReceiptFilters, "all"));
    }
    lists
}

/// In whose account a bucket is decides how it is said.
fn writes_to_buckets(live: &Live) -> bool {
    let sets = live.of_kind(AddressKind::ReceiptRuleSet).filter_map(|at| live.get::<LiveSet>(at).present());
    sets.flat_map(|set| set.rules).flat_map(|rule| rule.actions).any(|action| matches!(action, ReceiptAction::S3Action { .. }))
}

/// What the plan may lack because it could not be read: lists and their items, and what the comparison cannot do without.
pub(super) fn unreadable(live: &Live, wishes: &Wishes, set: Option<&ChangeSet>) -> Vec<Unreadable> {
    // What helps to say things well, and of which the plan lacks nothing.
    let helps = |found: &&Unreadable| matches!(found.address.kind, AddressKind::Buckets | AddressKind::AccountAliases);
    let mut found: BTreeSet<Unreadable> = set.into_iter().flat_map(|set| &set.unreadable).filter(|found| !helps(found)).cloned().collect();
    for at in lists(live, wishes).into_iter().filter(|at| !live.has(at)) {
        found.insert(Unreadable { address: at, why: "the snapshot does not hold it".to_owned() });
    }
    for (at, observed) in &live.seen {
        let is_item = mail_manager_or_receipt(at.kind);
        if let (Observed::Unreadable(why), true) = (observed, is_item) {
            found.insert(Unreadable { address: at.clone(), why: why.clone() });
        }
    }
    found.into_iter().collect()
}

fn mail_manager_or_receipt(kind: AddressKind) -> bool {
    const OTHERS: [AddressKind; 7] = [
        AddressKind::ReceiptRuleSets,
        AddressKind::ReceiptRuleSet,
        AddressKind::ReceiptFilters,
        AddressKind::ReceiptFilter,
        AddressKind::ActiveReceiptRuleSet,
        AddressKind::MailManagerNames,
        AddressKind::AddressListMembers,
    ];
    OTHERS.contains(&kind) || RESOURCE_TYPES.iter().any(|(known, _)| *known == kind)
}
