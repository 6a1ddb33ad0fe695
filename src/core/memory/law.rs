//! No live rule is ever without its grant.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::address::{Address, AddressKind};
use crate::core::live::Live;
use crate::core::permissions::Permissions;
use crate::core::scene::Scene;
use crate::grants::Grant;
use crate::grants::asks::asks;
use crate::kinds::receipt_rule_set::LiveSet;
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

/// `SET/RULE`, and the request in words.
type Need = (String, String);

impl Promises {
    /// What is allowed at this moment.
    pub(super) fn of(plan: &Plan, account: &Live) -> Self {
        let mut eyes = plan.clone();
        eyes.grants.clear();
        eyes.was.clear();
        eyes.defaults.role_keys = RoleKeys::Key;
        let mut promises = Self { eyes, kept: BTreeSet::new(), breaches: Vec::new() };
        promises.kept = promises
            .needs(account, |_| true)
            .into_iter()
            .filter(|(_, answer)| *answer == Decision::Allowed)
            .map(|(need, _)| need)
            .collect();
        promises
    }

    /// After a write: what was allowed still is, and what is allowed from now on is promised, too.
    pub(super) fn check(&mut self, account: &Live, after: &str) {
        let needs = self.needs(account, |_| true);
        for need in self.kept.iter().filter(|need| needs.get(*need).is_some_and(|answer| *answer != Decision::Allowed)) {
            self.breaches.push(format!("after {after}: live rule {} may not {}", need.0, need.1));
        }
        // Of a rule that is gone, or does something else by now, nothing is promised any more. What was just lost is told once.
        self.kept = needs.into_iter().filter(|(_, answer)| *answer == Decision::Allowed).map(|(need, _)| need).collect();
    }

    /// What SES finds out when it tests the targets of a rule that is being saved.
    pub(super) fn refuses(&self, account: &Live, rule: &str) -> Option<String> {
        let denied = |answer: &Decision| matches!(answer, Decision::ExplicitDeny | Decision::ImplicitDeny);
        self.needs(account, |name| name == rule).into_iter().find(|(_, answer)| denied(answer)).map(|((_, what), _)| what)
    }

    fn needs(&self, account: &Live, of: impl Fn(&str) -> bool) -> BTreeMap<Need, Decision> {
        let scene = Scene::new(&self.eyes, account);
        let mut needs = BTreeMap::new();
        let mut policies: BTreeMap<Address, Permissions> = BTreeMap::new();
        let here = |at: &&Address| at.account == account.home.account && at.region.as_ref() == Some(&account.home.region);
        for at in account.of_kind(AddressKind::ReceiptRuleSet).filter(here) {
            let rules = account.get::<LiveSet>(at).present().map(|set| set.rules).unwrap_or_default();
            for rule in rules {
                let name = format!("{}/{}", at.name, rule.name);
                if !of(&name) {
                    continue;
                }
                for grant in rule.grants(&scene, &at.name, |_| Vec::new()) {
                    for request in requests(&scene, &grant) {
                        let what = format!("{:?} {} {} at {}", request.caller, request.action, request.resource, grant.at);
                        let permissions = policies.entry(grant.at.clone());
                        let permissions = permissions.or_insert_with(|| Permissions::at(account, &grant.at).unwrap_or_default());
                        needs.insert((name.clone(), what), permissions.decide_with_delegation(&request).decision);
                    }
                }
            }
        }
        needs
    }
}

/// The requests of a grant, as SES made them in 2019, too.
fn requests(scene: &Scene<'_>, grant: &Grant) -> Vec<Request> {
    let mut requests = asks(scene, grant);
    for request in &mut requests {
        request.context = request.context.clone().with("aws:Referer", [scene.home().account.to_string()]);
    }
    requests
}
