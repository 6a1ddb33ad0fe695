//! Something of Mail Manager is declared, and nothing of the plan names it. Archives are left out: what sends mail may use them.

use std::collections::BTreeSet;

use super::{Check, Found, Look};
use crate::core::problem::{Cause, Severity};
use crate::plan::language::Plan;
use crate::plan::language::mail_manager::{Body, Entry, MailAction, MailCondition, TrafficCondition};

pub(super) static CHECK: Check = Check {
    code: "not-used",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb.html",
    about: "Something of Mail Manager is declared, and nothing of the plan names it.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let used = used(plan);
    let manager = &plan.mail_manager;
    let mut found = Vec::new();
    found.extend(unused(plan, "address list", "condition", &manager.address_lists, &used.lists));
    found.extend(unused(plan, "relay", "action", &manager.relays, &used.relays));
    found.extend(unused(plan, "add-on", "condition", &manager.addons, &used.addons));
    found.extend(unused(plan, "traffic policy", "ingress endpoint", &manager.traffic_policies, &used.policies));
    found.extend(unused(plan, "rule set", "ingress endpoint", &manager.rule_sets, &used.sets));
    found
}

/// What the plan names, kind by kind.
#[derive(Default)]
struct Used<'a> {
    lists: BTreeSet<&'a str>,
    relays: BTreeSet<&'a str>,
    addons: BTreeSet<&'a str>,
    policies: BTreeSet<&'a str>,
    sets: BTreeSet<&'a str>,
}

fn used(plan: &Plan) -> Used<'_> {
    let (manager, mut used) = (&plan.mail_manager, Used::default());
    let statements = manager.traffic_policies.iter().filter_map(Entry::spec).flat_map(|policy| &policy.statements);
    for condition in statements.flat_map(|statement| &statement.conditions) {
        match &condition.value {
            TrafficCondition::AnalysisText(analysis, _) | TrafficCondition::AnalysisFlag(analysis, _) => {
                used.addons.insert(analysis.addon.value.as_str());
            }
            TrafficCondition::InAddressList { list, .. } => {
                used.lists.insert(list.value.as_str());
            }
            _ => {}
        }
    }
    for condition in manager.rules().flat_map(|rule| rule.when.iter().chain(&rule.unless)) {
        match &condition.value {
            MailCondition::AnalysisText(analysis, _)
            | MailCondition::AnalysisVerdict(analysis, ..)
            | MailCondition::AnalysisFlag(analysis, _) => {
                used.addons.insert(analysis.addon.value.as_str());
            }
            MailCondition::InAddressList { list, .. } => {
                used.lists.insert(list.value.as_str());
            }
            _ => {}
        }
    }
    for action in manager.actions() {
        if let MailAction::Relay { relay, .. } = &action.value {
            used.relays.insert(relay.value.as_str());
        }
    }
    for endpoint in manager.ingress_endpoints.iter().filter_map(Entry::spec) {
        used.policies.insert(endpoint.traffic_policy.value.as_str());
        used.sets.insert(endpoint.rule_set.value.as_str());
    }
    used
}

/// What is ours, or only referred to, and named by nothing.
fn unused<T>(plan: &Plan, what: &str, by: &str, entries: &[Entry<T>], used: &BTreeSet<&str>) -> Vec<Found> {
    let idle = entries.iter().filter(|entry| !matches!(entry.body, Body::Absent { .. }) && !used.contains(entry.name.value.as_str()));
    let say = |entry: &Entry<T>| {
        let because: Vec<Cause> = vec![plan.cause(&entry.spot)];
        Found { message: format!("{what} `{}` is declared, and no {by} of the plan names it", entry.name.value), because }
    };
    idle.map(say).collect()
}
