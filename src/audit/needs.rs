//! What the live rules of the account ask for, whoever wrote them: the measure of what may be taken away.

use std::collections::BTreeSet;

use super::Subject;
use super::scan;
use crate::core::address::{Address, AddressKind};
use crate::core::ids::Region;
use crate::core::live::{Live, Observed};
use crate::core::scene::Scene;
use crate::grants::asks::asks;
use crate::kinds::inventory::Names;
use crate::kinds::mail_manager;
use crate::kinds::receipt_rule_set::{LiveSet, SetNames};
use crate::plan::language::mail_manager::MailManager;
use crate::plan::language::{Plan, RoleKeys};
use crate::policy::Request;

/// One request that a live rule will make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// `SET/RULE`, and the region where it is another one.
    pub rule: String,
    /// Whose policy is asked.
    pub at: Address,
    /// What is asked.
    pub request: Request,
}

/// All of them.
#[derive(Debug)]
pub struct Needs {
    /// In the order of the rules.
    pub all: Vec<Need>,
    /// Regions whose rules are known.
    pub regions: BTreeSet<Region>,
    /// Buckets that a live rule writes into.
    pub buckets: BTreeSet<Address>,
    /// The rules of the region could be read, every one.
    pub complete: bool,
    /// All of Mail Manager that may be let in somewhere could be read.
    pub mail_manager: bool,
}

impl Needs {
    /// What is asked of one container.
    pub fn of<'a>(&'a self, container: &'a Address) -> impl Iterator<Item = &'a Need> {
        self.all.iter().filter(move |need| need.at == *container)
    }
}

/// Derives them from what is live alone: the plan only says whose bucket is whose.
#[must_use]
pub fn needs(subject: &Subject<'_>) -> Needs {
    let live = subject.live;
    let mut eyes: Plan = subject.eyes.clone();
    eyes.grants.clear();
    eyes.was.clear();
    // What the plan makes of Mail Manager lives beside it as everything else does.
    eyes.mail_manager = MailManager::default();
    eyes.defaults.role_keys = RoleKeys::Key;
    let mut needs = Needs { all: Vec::new(), regions: known_regions(live), buckets: BTreeSet::new(), complete: false, mail_manager: false };
    needs.complete = needs.regions.contains(&live.home.region);
    needs.mail_manager = mail_manager_is_known(live);
    let mut scene = Scene::new(&eyes, live);
    scene.every_need = true;
    for grant in mail_manager::uses::tenants(&scene) {
        let requests = asks(&scene, &grant).into_iter();
        needs.all.extend(requests.map(|request| Need { rule: grant.origin.in_account(), at: grant.at.clone(), request }));
    }
    let regions: BTreeSet<Region> = live.of_kind(AddressKind::ReceiptRuleSet).filter_map(|set| set.region.clone()).collect();
    for region in regions {
        let there = scan::in_region(live, &region);
        let mut scene = Scene::new(&eyes, &there);
        scene.every_need = true;
        let here = |set: &&Address| set.region.as_ref() == Some(&region) && set.account == live.home.account;
        for set in there.of_kind(AddressKind::ReceiptRuleSet).filter(here) {
            let rules = there.get::<LiveSet>(set).present().map(|set| set.rules).unwrap_or_default();
            for rule in &rules {
                needs.buckets.extend(rule.actions.iter().filter_map(|action| scan::bucket_of(&scene, action)));
                let name = if region == live.home.region {
                    format!("{}/{}", set.name, rule.name)
                } else {
                    format!("{}/{} in {region}", set.name, rule.name)
                };
                for grant in rule.grants(&scene, &set.name, |_| Vec::new()) {
                    let requests = asks(&scene, &grant).into_iter();
                    needs.all.extend(requests.map(|request| Need { rule: name.clone(), at: grant.at.clone(), request }));
                }
            }
        }
    }
    needs
}

/// Whether each list was read, and everything on it.
fn mail_manager_is_known(live: &Live) -> bool {
    mail_manager::uses::USERS.into_iter().all(|kind| {
        let names: Option<mail_manager::Names> = live.get(&mail_manager::names_address(&live.home, kind)).present();
        let read = |name: &str| matches!(live.seen.get(&live.home.at(kind, name)), Some(Observed::Present(_) | Observed::Absent));
        names.is_some_and(|names| names.items.iter().filter(|item| !item.is_leaving()).all(|item| read(&item.name)))
    })
}

/// The regions whose list of rule sets was read, and each set of it.
fn known_regions(live: &Live) -> BTreeSet<Region> {
    let known = |list: &Address| {
        let names: Names = live.get::<SetNames>(list).present()?.names.into_iter().collect();
        let set = |name: String| Address { kind: AddressKind::ReceiptRuleSet, name, ..list.clone() };
        let all = names.into_iter().all(|name| matches!(live.seen.get(&set(name)), Some(Observed::Present(_) | Observed::Absent)));
        list.region.clone().filter(|_| all)
    };
    live.of_kind(AddressKind::ReceiptRuleSets).filter_map(known).collect()
}
