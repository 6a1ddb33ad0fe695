//! Why a route is not what it was: what changed of that which it meets.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::routing::Routing;
use super::trace::{Door, Route};

/// Ways, each with what it supposes.
type Ways<'a> = &'a [(Vec<String>, Route)];

/// One side: all that decides, the way in, and the ways.
pub(super) type Side<'a> = (&'a Routing, Option<&'a Door>, Ways<'a>);

/// In a sentence.
pub(super) fn why(have: Side<'_>, want: Side<'_>) -> String {
    let mut reasons = ways_in(have, want);
    let met: BTreeSet<&str> = have.2.iter().chain(want.2).flat_map(|(_, route)| met(route)).collect();
    // Of another set all rules are others: that it is another says it.
    if reasons.is_empty() || matches!(want.1, Some(Door::Endpoint(_))) {
        reasons.extend(rules(&of_door(have), &of_door(want), &met));
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
    match (have.1, want.1) {
        (None, Some(door)) => vec![opened(door)],
        (Some(door), None) => vec![closed(door)],
        (Some(Door::Receipt { set: was, .. }), Some(Door::Receipt { set: will, .. })) if was != will => {
            vec![
                will.as_ref()
                    .map_or_else(|| "no rule set is active any more".to_owned(), |set| format!("rule set {set} becomes the active one")),
            ]
        }
        (Some(Door::Endpoint(was)), Some(Door::Endpoint(will))) => endpoint((have.0, was, have.2), (want.0, will, want.2)),
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

/// The rules behind a way in: each by its name and as it is.
fn of_door((routing, door, _): Side<'_>) -> Vec<(String, serde_json::Value)> {
    let set = match door {
        Some(Door::Receipt { set: Some(set), .. }) => {
            let rules = routing.sets.get(set).into_iter().flatten();
            return rules.map(|rule| (rule.name.clone(), serde_json::json!(rule.clone().normalised()))).collect();
        }
        Some(Door::Endpoint(name)) => routing.endpoints.get(name).map(|endpoint| endpoint.rule_set_id.as_str()),
        Some(Door::RuleSet(set)) => Some(set.as_str()),
        Some(Door::Receipt { set: None, .. }) | None => None,
    };
    let rules = set.and_then(|set| routing.rule_sets.get(set)).into_iter().flat_map(|set| &set.rules).enumerate();
    rules.map(|(at, rule)| (rule.name.clone().unwrap_or_else(|| format!("number {}", at + 1)), serde_json::json!(rule))).collect()
}

/// What changed of the rules that are met: new, gone, changed, moved.
fn rules(have: &[(String, serde_json::Value)], want: &[(String, serde_json::Value)], met: &BTreeSet<&str>) -> Vec<String> {
    if have.is_empty() || want.is_empty() {
        return Vec::new();
    }
    let of = |side: &[(String, serde_json::Value)]| -> Vec<String> {
        side.iter().map(|(name, _)| name.clone()).filter(|name| met.contains(name.as_str())).collect()
    };
    let find =
        |side: &[(String, serde_json::Value)], name: &str| side.iter().find(|(known, _)| known == name).map(|(_, rule)| rule.clone());
    let mut reasons = Vec::new();
    for name in of(want) {
        match find(have, &name) {
            None => reasons.push(format!("rule {name} is new")),
            Some(was) if find(want, &name).as_ref() != Some(&was) => reasons.push(format!("rule {name} changed")),
            Some(_) => {}
        }
    }
    reasons.extend(of(have).into_iter().filter(|name| find(want, name).is_none()).map(|name| format!("rule {name} goes")));
    let in_both = |names: Vec<String>, other: &[(String, serde_json::Value)]| -> Vec<String> {
        names.into_iter().filter(|name| find(other, name).is_some()).collect()
    };
    reasons.extend(order(&in_both(of(have), want), &in_both(of(want), have)));
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
    let names: BTreeSet<&String> = have.0.lists.keys().chain(want.0.lists.keys()).collect();
    let other = names.into_iter().filter(|name| alone && have.0.lists.get(*name) != want.0.lists.get(*name));
    other.map(|name| format!("members of list {name} changed")).collect()
}
