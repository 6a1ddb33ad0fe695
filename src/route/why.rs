//! Why a route is not what it was: what changed of that which it meets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::routing::Routing;
use super::trace::{Door, Route};
use crate::kinds::mail_manager::rule_set::Rule as MailRule;
use crate::kinds::receipt_rule_set::rule::ReceiptRule;

/// Ways, each with what it supposes.
type Ways<'a> = &'a [(Vec<String>, Route)];

/// One side.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// All that decides.
    pub(super) routing: &'a Routing,
    /// The way in.
    pub(super) door: Option<&'a Door>,
    /// What stands behind it.
    pub(super) rules: &'a Rules<'a>,
    /// The ways.
    pub(super) ways: Ways<'a>,
}

/// In a sentence.
pub(super) fn why(have: Side<'_>, want: Side<'_>) -> String {
    let mut reasons = ways_in(have, want);
    let met: BTreeSet<&str> = have.ways.iter().chain(want.ways).flat_map(|(_, route)| met(route)).collect();
    // Of another set all rules are others: that it is another says it.
    if reasons.is_empty() || matches!(want.door, Some(Door::Endpoint(_))) {
        reasons.extend(rules(have.rules, want.rules, &met));
    }
    reasons.extend(lists(have, want, reasons.is_empty()));
    if reasons.is_empty() { "what it meets changed".to_owned() } else { reasons.join("; ") }
}

/// The rules that apply on some way, or refuse.
fn met(route: &Route) -> impl Iterator<Item = &str> {
    let deciding = route.steps.iter().filter(|step| matches!(step.outcome, "applies" | "refused"));
    deciding.filter_map(|step| step.what.strip_prefix("rule "))
}

fn ways_in(have: Side<'_>, want: Side<'_>) -> Vec<String> {
    match (have.door, want.door) {
        (None, Some(door)) => vec![opened(door)],
        (Some(door), None) => vec![closed(door)],
        (Some(Door::Receipt { set: was, .. }), Some(Door::Receipt { set: will, .. })) if was != will => {
            vec![
                will.as_ref()
                    .map_or_else(|| "no rule set is active any more".to_owned(), |set| format!("rule set {set} becomes the active one")),
            ]
        }
        (Some(Door::Endpoint(was)), Some(Door::Endpoint(will))) => {
            endpoint((have.routing, was, have.ways), (want.routing, will, want.ways))
        }
        _ => Vec::new(),
    }
}

fn opened(door: &Door) -> String {
    match door {
        Door::Receipt { set: Some(set), sure: true } => format!("rule set {set} becomes the active one"),
        Door::Receipt { set, .. } => format!("rule set {} is new", set.as_deref().unwrap_or_default()),
        Door::Endpoint(name) => format!("ingress endpoint {name} is new"),
        Door::RuleSet(name) => format!("rule set {name} is new"),
    }
}

fn closed(door: &Door) -> String {
    match door {
        Door::Receipt { sure: true, .. } => "no rule set is active any more".to_owned(),
        Door::Receipt { set, .. } => format!("rule set {} goes", set.as_deref().unwrap_or_default()),
        Door::Endpoint(name) => format!("ingress endpoint {name} goes"),
        Door::RuleSet(name) => format!("rule set {name} goes"),
    }
}

fn endpoint(have: (&Routing, &str, Ways<'_>), want: (&Routing, &str, Ways<'_>)) -> Vec<String> {
    let (Some(was), Some(will)) = (have.0.endpoints.get(have.1), want.0.endpoints.get(want.1)) else { return Vec::new() };
    let name = want.1;
    let mut reasons = Vec::new();
    if was.status != will.status {
        reasons.extend(will.status.as_ref().map(|status| format!("ingress endpoint {name} becomes {}", status.to_lowercase())));
    }
    if was.tls_policy != will.tls_policy {
        reasons.push(format!("ingress endpoint {name} treats TLS in another way"));
    }
    let same_set =
        have.0.rule_sets.get(&was.rule_set_id).map(|set| &set.rules) == want.0.rule_sets.get(&will.rule_set_id).map(|set| &set.rules);
    if was.rule_set_id != will.rule_set_id && !same_set {
        reasons.push(format!("ingress endpoint {name} leads to rule set {}", will.rule_set_id));
    }
    let policy = |routing: &Routing, policy: &str| {
        routing.policies.get(policy).cloned().map(|mut policy| {
            policy.traffic_policy_name.clear();
            policy
        })
    };
    let judged = |ways: Ways<'_>| -> BTreeSet<(String, String)> {
        let steps = ways.iter().flat_map(|(supposing, route)| route.steps.iter().map(move |step| (supposing, step)));
        let steps = steps.filter(|(_, step)| step.what.starts_with("traffic policy"));
        steps.map(|(supposing, step)| (supposing.join(","), step.outcome.to_owned())).collect()
    };
    if policy(have.0, &was.traffic_policy_id) != policy(want.0, &will.traffic_policy_id) && judged(have.2) != judged(want.2) {
        reasons.push(if was.traffic_policy_id == will.traffic_policy_id {
            format!("traffic policy {} changed", will.traffic_policy_id)
        } else {
            format!("ingress endpoint {name} has traffic policy {}", will.traffic_policy_id)
        });
    }
    reasons
}

/// The rules behind a way in, found by their names: each of many routes meets a few of them.
pub(super) struct Rules<'a> {
    rules: Vec<(String, Rule<'a>)>,
    by_name: BTreeMap<String, Vec<usize>>,
}

enum Rule<'a> {
    Receipt(&'a ReceiptRule),
    Mail(&'a MailRule),
}

impl<'a> Rules<'a> {
    pub(super) fn behind(routing: &'a Routing, door: Option<&Door>) -> Self {
        let set = match door {
            Some(Door::Receipt { set: Some(set), .. }) => {
                let rules = routing.sets.get(set).into_iter().flatten();
                return rules.map(|rule| (rule.name.clone(), Rule::Receipt(rule))).collect();
            }
            Some(Door::Endpoint(name)) => routing.endpoints.get(name).map(|endpoint| endpoint.rule_set_id.as_str()),
            Some(Door::RuleSet(set)) => Some(set.as_str()),
            Some(Door::Receipt { set: None, .. }) | None => None,
        };
        let rules = set.and_then(|set| routing.rule_sets.get(set)).into_iter().flat_map(|set| &set.rules).enumerate();
        let name = |at, rule: &MailRule| rule.name.clone().unwrap_or_else(|| format!("number {}", at + 1));
        rules.map(|(at, rule)| (name(at, rule), Rule::Mail(rule))).collect()
    }

    /// Those of these names, in their order: each by its name and as it is.
    fn of(&self, names: &BTreeSet<&str>) -> Vec<(&str, Value)> {
        let at: BTreeSet<usize> = names.iter().filter_map(|name| self.by_name.get(*name)).flatten().copied().collect();
        let met = at.iter().filter_map(|at| self.rules.get(*at));
        met.map(|(name, rule)| (name.as_str(), rule.value())).collect()
    }
}

impl<'a> FromIterator<(String, Rule<'a>)> for Rules<'a> {
    fn from_iter<I: IntoIterator<Item = (String, Rule<'a>)>>(rules: I) -> Self {
        let rules: Vec<_> = rules.into_iter().collect();
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, (name, _)) in rules.iter().enumerate() {
            by_name.entry(name.clone()).or_default().push(at);
        }
        Self { rules, by_name }
    }
}

impl Rule<'_> {
    fn value(&self) -> Value {
        match self {
            Self::Receipt(rule) => json!((*rule).clone().normalised()),
            Self::Mail(rule) => json!(rule),
        }
    }
}

/// What changed of the rules that are met: new, gone, changed, moved.
fn rules(have: &Rules<'_>, want: &Rules<'_>, met: &BTreeSet<&str>) -> Vec<String> {
    if have.rules.is_empty() || want.rules.is_empty() {
        return Vec::new();
    }
    let (have, want) = (have.of(met), want.of(met));
    let find = |side: &[(&str, Value)], name: &str| side.iter().find(|(known, _)| *known == name).map(|(_, rule)| rule.clone());
    let mut reasons = Vec::new();
    for (name, _) in &want {
        match find(&have, name) {
            None => reasons.push(format!("rule {name} is new")),
            Some(was) if find(&want, name).as_ref() != Some(&was) => reasons.push(format!("rule {name} changed")),
            Some(_) => {}
        }
    }
    reasons.extend(have.iter().filter(|(name, _)| find(&want, name).is_none()).map(|(name, _)| format!("rule {name} goes")));
    let in_both = |one: &[(&str, Value)], other: &[(&str, Value)]| -> Vec<String> {
        one.iter().map(|(name, _)| *name).filter(|name| find(other, name).is_some()).map(str::to_owned).collect()
    };
    reasons.extend(order(&in_both(&have, &want), &in_both(&want, &have)));
    reasons
}

/// The fewest rules that were moved, and before which.
fn order(have: &[String], want: &[String]) -> Vec<String> {
    let ops = capture_diff_slices(Algorithm::Myers, have, want);
    let come = ops.iter().filter(|op| matches!(op.tag(), DiffTag::Insert | DiffTag::Replace)).flat_map(|op| op.new_range());
    let moved = come.filter_map(|at| {
        let name = want.get(at)?;
        Some(match (want.get(at + 1), at.checked_sub(1).and_then(|at| want.get(at))) {
            (Some(next), _) => format!("rule {name} moved before {next}"),
            (None, Some(last)) => format!("rule {name} moved behind {last}"),
            (None, None) => format!("rule {name} moved"),
        })
    });
    moved.collect()
}

/// Lists of which the members changed, where nothing else did.
fn lists(have: Side<'_>, want: Side<'_>, alone: bool) -> Vec<String> {
    let (have, want) = (&have.routing.lists, &want.routing.lists);
    let names: BTreeSet<&String> = have.keys().chain(want.keys()).collect();
    let other = names.into_iter().filter(|name| alone && have.get(*name) != want.get(*name));
    other.map(|name| format!("members of list {name} changed")).collect()
}
