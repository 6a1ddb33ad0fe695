//! No live rule is ever without its grant, and nothing else of SES that uses something.

use std::collections::{BTreeMap, BTreeSet};

use super::mail_manager::listed;
use crate::core::address::{Address, AddressKind};
use crate::core::live::Live;
use crate::core::permissions::Permissions;
use crate::core::scene::Scene;
use crate::grants::Grant;
use crate::grants::asks::asks;
use crate::kinds::mail_manager;
use crate::kinds::receipt_rule_set::LiveSet;
use crate::plan::language::mail_manager::MailManager;
use crate::plan::language::{Plan, RoleKeys};
use crate::policy::{Decision, Request};

/// What live rules have been allowed.
#[derive(Debug)]
pub(super) struct Promises {
    /// Needs are derived from what is live alone: this plan only says whose bucket is whose.
    eyes: Plan,
    kept: BTreeSet<Need>,
    pub(super) breaches: Vec<String>,
}

/// `SET/RULE` or the address of what lives in Mail Manager, and the request in words.
type Need = (String, String);

impl Promises {
    /// What is allowed at this moment.
    pub(super) fn of(plan: &Plan, account: &Live) -> Self {
        let mut eyes = plan.clone();
        eyes.grants.clear();
        eyes.was.clear();
        eyes.mail_manager = MailManager::default();
        eyes.defaults.role_keys = RoleKeys::Key;
        let mut promises = Self { eyes, kept: BTreeSet::new(), breaches: Vec::new() };
        promises.kept =
            promises.needs(account, None).into_iter().filter(|(_, answer)| *answer == Decision::Allowed).map(|(need, _)| need).collect();
        promises
    }

    /// After a write: what was allowed still is, and what is allowed from now on is promised, too.
    pub(super) fn check(&mut self, account: &Live, after: &str) {
        let needs = self.needs(account, None);
        for need in self.kept.iter().filter(|need| needs.get(*need).is_some_and(|answer| *answer != Decision::Allowed)) {
            self.breaches.push(format!("after {after}: {} lives and may not {}", need.0, need.1));
        }
        // Of a rule that is gone, or does something else by now, nothing is promised any more. What was just lost is told once.
        self.kept = needs.into_iter().filter(|(_, answer)| *answer == Decision::Allowed).map(|(need, _)| need).collect();
    }

    /// What SES finds out when it tests the targets of a rule that is being saved.
    pub(super) fn refuses(&self, account: &Live, rule: &str) -> Option<String> {
        let denied = |answer: &Decision| matches!(answer, Decision::ExplicitDeny | Decision::ImplicitDeny);
        self.needs(account, Some(rule)).into_iter().find(|(_, answer)| denied(answer)).map(|((_, what), _)| what)
    }

    /// Of one receipt rule, or of everything.
    fn needs(&self, account: &Live, of: Option<&str>) -> BTreeMap<Need, Decision> {
        let account = &listed(account);
        let scene = Scene::new(&self.eyes, account);
        let mut grants = of_rules(&scene, of);
        if of.is_none() {
            let tenants = mail_manager::uses::tenants(&scene).into_iter();
            grants.extend(tenants.map(|grant| (grant.origin.in_account(), grant)));
        }
        let mut needs = BTreeMap::new();
        let mut policies: BTreeMap<Address, Permissions> = BTreeMap::new();
        for (name, grant) in grants {
            for request in requests(&scene, &grant) {
                let what = format!("{:?} {} {} at {}", request.caller, request.action, request.resource, grant.at);
                let permissions = policies.entry(grant.at.clone());
                let permissions = permissions.or_insert_with(|| Permissions::at(account, &grant.at).unwrap_or_default());
                needs.insert((name.clone(), what), permissions.decide_with_delegation(&request).decision);
            }
        }
        needs
    }
}

/// What the live receipt rules need, under their names.
fn of_rules(scene: &Scene<'_>, of: Option<&str>) -> Vec<(String, Grant)> {
    let account = scene.live;
    let here = |at: &&Address| at.account == account.home.account && at.region.as_ref() == Some(&account.home.region);
    let mut grants = Vec::new();
    for at in account.of_kind(AddressKind::ReceiptRuleSet).filter(here) {
        let rules = account.get::<LiveSet>(at).present().map(|set| set.rules).unwrap_or_default();
        for rule in rules {
            let name = format!("{}/{}", at.name, rule.name);
            if of.is_none_or(|of| of == name) {
                grants.extend(rule.grants(scene, &at.name, |_| Vec::new()).into_iter().map(|grant| (name.clone(), grant)));
            }
        }
    }
    grants
}

/// The requests of a grant, as SES made them in 2019, too.
fn requests(scene: &Scene<'_>, grant: &Grant) -> Vec<Request> {
    let mut requests = asks(scene, grant);
    for request in &mut requests {
        request.context = request.context.clone().with("aws:Referer", [scene.home().account.to_string()]);
    }
    requests
}
