//! The change as the mail sees it: which routes are not what they were.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::atom::range;
use super::message::Message;
use super::named::{Named, named};
use super::narrow::Index;
use super::routing::{Active, Routing};
use super::trace::{Door, Route, run};
use super::ways::{Oracle, every};
use super::why::{Rules, Side, why};
use super::{condensed, gate};
use crate::core::address::AddressKind;
use crate::core::change::{ChangeSet, Moved};
use crate::core::live::Live;

/// How many lines are told of one side.
const TOLD: usize = 20;
/// How many ways of one side are told one by one.
const FEW: usize = 3;

/// Says of a change set what it does to mail.
pub fn tell(set: &mut ChangeSet, live: &Live) {
    let have = Routing::of_live(live);
    let want = have.after(&set.changes, live);
    set.mail = moved(&have, &want, &renamed(set));
}

/// What is renamed in place: kind and new name to the former one.
fn renamed(set: &ChangeSet) -> BTreeMap<(AddressKind, String), String> {
    let members = [(AddressKind::IngressEndpoint, "IngressPointName"), (AddressKind::MailRuleSet, "RuleSetName")];
    let of = |change: &crate::core::change::Change| {
        let (kind, member) = members.iter().find(|(kind, _)| *kind == change.address.kind)?;
        let former = change.before.get(*member)?.as_str().filter(|former| *former != change.address.name)?;
        (!change.after.is_null()).then(|| ((*kind, change.address.name.clone()), former.to_owned()))
    };
    set.changes.iter().filter_map(of).collect()
}

/// Every route that is another after the change than before, and no other.
#[must_use]
pub fn moved(have: &Routing, want: &Routing, renamed: &BTreeMap<(AddressKind, String), String>) -> Vec<Moved> {
    let mut all = by_filters(have, want);
    // Who is blocked is told by filters alone: a route is that of somebody who is let in.
    let (have, want) = (&unfiltered(have), &unfiltered(want));
    for (before, after) in pairs(have, want, renamed) {
        let (before, after) = (before.as_ref(), after.as_ref());
        if before.is_some() == after.is_some() && parts(have, before) == parts(want, after) && have.lists == want.lists {
            continue;
        }
        let (of_have, of_want) = (Index::of(have, before), Index::of(want, after));
        let (rules_before, rules_after) = (Rules::behind(have, before), Rules::behind(want, after));
        for Named { shown, before: message, after: later } in named((have, before), (want, after)) {
            let (seen, foreseen) = (of_have.narrowed(&message), of_want.narrowed(&later));
            let was = |oracle: &mut Oracle| go(&seen, before, &message, oracle);
            let will = |oracle: &mut Oracle| go(&foreseen, after, &later, oracle);
            let (ways, whole) = every(|oracle| (was(oracle).told(), will(oracle).told()));
            let same = ways.iter().all(|(_, (was, will))| was == will);
            if same && (whole || parts(have, before) == parts(want, after)) {
                continue;
            }
            let (was, will) = (every(was).0, every(will).0);
            all.push(Moved {
                to: shown,
                via: after.or(before).map(Door::name).unwrap_or_default(),
                why: why(
                    Side { routing: have, door: before, rules: &rules_before, ways: &was },
                    Side { routing: want, door: after, rules: &rules_after, ways: &will },
                ),
                have: told(was),
                want: told(will),
            });
        }
    }
    all
}

fn unfiltered(routing: &Routing) -> Routing {
    Routing { filters: BTreeMap::new(), ..routing.clone() }
}

fn go(routing: &Routing, door: Option<&Door>, message: &Message, oracle: &mut Oracle) -> Route {
    let nowhere = Door::Receipt { set: None, sure: true };
    run(routing, door.unwrap_or(&nowhere), message, oracle)
}

/// The ways in, each as it was and as it will be.
fn pairs(have: &Routing, want: &Routing, renamed: &BTreeMap<(AddressKind, String), String>) -> Vec<(Option<Door>, Option<Door>)> {
    let mut pairs = Vec::new();
    let receipt = |routing: &Routing, set: Option<&String>| {
        set.map(|set| Door::Receipt { set: Some(set.clone()), sure: routing.active != Active::Unknown })
    };
    let set = |routing: &Routing| if let Active::Set(set) = &routing.active { receipt(routing, Some(set)) } else { None };
    if have.active == Active::Unknown && want.active == Active::Unknown {
        let sets: BTreeSet<&String> = have.sets.keys().chain(want.sets.keys()).collect();
        let of = |routing: &Routing, name: &String| receipt(routing, routing.sets.contains_key(name).then_some(name));
        pairs.extend(sets.into_iter().map(|name| (of(have, name), of(want, name))));
    } else {
        pairs.push((set(have), set(want)));
    }
    let is_former = |kind, name: &str| renamed.iter().any(|((of, _), former)| *of == kind && former == name);
    let former = |kind, name: &String| renamed.get(&(kind, name.clone())).cloned().unwrap_or_else(|| name.clone());
    let endpoints: BTreeSet<&String> = have.endpoints.keys().chain(want.endpoints.keys()).collect();
    for name in endpoints.into_iter().filter(|name| want.endpoints.contains_key(*name) || !is_former(AddressKind::IngressEndpoint, name)) {
        let was = former(AddressKind::IngressEndpoint, name);
        let was = have.endpoints.contains_key(&was).then_some(Door::Endpoint(was));
        pairs.push((was, want.endpoints.contains_key(name).then(|| Door::Endpoint(name.clone()))));
    }
    // A rule set that an endpoint leads to is looked at from there.
    let led_to = |routing: &Routing, set: &str| routing.endpoints.values().any(|endpoint| endpoint.rule_set_id == *set);
    let sets: BTreeSet<&String> = have.rule_sets.keys().chain(want.rule_sets.keys()).collect();
    for name in sets.into_iter().filter(|name| want.rule_sets.contains_key(*name) || !is_former(AddressKind::MailRuleSet, name)) {
        let was = former(AddressKind::MailRuleSet, name);
        // One that is made or goes has had, or will have, nobody who leads mail there.
        if have.rule_sets.contains_key(&was) && want.rule_sets.contains_key(name) && !led_to(have, &was) && !led_to(want, name) {
            pairs.push((Some(Door::RuleSet(was)), Some(Door::RuleSet(name.clone()))));
        }
    }
    pairs
}

/// What decides behind a way in, to be compared where there are more ways than are gone.
fn parts(routing: &Routing, door: Option<&Door>) -> serde_json::Value {
    match door {
        Some(Door::Receipt { set: Some(set), .. }) => serde_json::json!(routing.sets.get(set)),
        Some(Door::Endpoint(name)) => routing.endpoints.get(name).map_or(serde_json::Value::Null, |endpoint| {
            let (policy, rules) = (routing.policies.get(&endpoint.traffic_policy_id), routing.rule_sets.get(&endpoint.rule_set_id));
            serde_json::json!([endpoint.tls_policy, endpoint.status, policy, rules.map(|set| &set.rules)])
        }),
        Some(Door::RuleSet(set)) => serde_json::json!(routing.rule_sets.get(set).map(|set| &set.rules)),
        Some(Door::Receipt { set: None, .. }) | None => serde_json::Value::Null,
    }
}

/// The ways of one side: where there is one, what is done; where there are few, each with what it supposes; else all of them as one.
fn told(ways: Vec<(Vec<String>, Route)>) -> Vec<String> {
    let mut groups: Vec<(Vec<String>, Vec<&Vec<String>>)> = Vec::new();
    for (supposing, route) in &ways {
        let told = route.told();
        match groups.iter_mut().find(|(known, _)| *known == told) {
            Some((_, cases)) => cases.push(supposing),
            None => groups.push((told, vec![supposing])),
        }
    }
    if let [(told, _)] = groups.as_mut_slice() {
        return std::mem::take(told);
    }
    // What is left after the others is told as that.
    let (last, others) = groups.split_last().map_or((None, &groups[..]), |(last, others)| (Some(last), others));
    let few = groups.len() <= FEW && others.iter().all(|(_, cases)| cases.len() == 1);
    let Some(last) = last.filter(|_| few) else {
        let mut lines = condensed::told(ways.iter().map(|(_, route)| route));
        let count = lines.len();
        if count > TOLD {
            lines.truncate(TOLD);
            lines.push(format!("and {} more", count - TOLD));
        }
        return lines;
    };
    let case = |(told, cases): &(Vec<String>, Vec<&Vec<String>>)| match cases.as_slice() {
        [one] => format!("{}: {}", one.join(" and "), told.join(", ")),
        _ => format!("else: {}", told.join(", ")),
    };
    others.iter().chain([last]).map(case).collect()
}

/// Ranges of senders whom filters treat in another way.
fn by_filters(have: &Routing, want: &Routing) -> Vec<Moved> {
    let names: BTreeSet<&String> = have.filters.keys().chain(want.filters.keys()).collect();
    let mut all: Vec<Moved> = Vec::new();
    for name in names.into_iter().filter(|name| have.filters.get(*name) != want.filters.get(*name)) {
        let ranges = [have, want].map(|routing| routing.filters.get(name).map(|filter| filter.cidr.clone()));
        let ranges: BTreeSet<String> = ranges.into_iter().flatten().collect();
        for cidr in ranges {
            let to = format!("*, sent from {cidr}");
            let Some(ip) = one_of(&cidr, [have, want]) else { continue };
            let passes = |routing: &Routing| gate::filters(&routing.filters, Some(ip), &mut Oracle::default(), &mut Vec::new());
            let (was, will) = (passes(have), passes(want));
            if was == will || all.iter().any(|known| known.to == to) {
                continue;
            }
            let word = |passes| vec![if passes { "let in" } else { "blocked" }.to_owned()];
            let why = match (have.filters.contains_key(name), want.filters.contains_key(name)) {
                (false, _) => format!("filter {name} is new"),
                (_, false) => format!("filter {name} goes"),
                _ => format!("filter {name} changed"),
            };
            all.push(Moved { to, via: format!("receipt-filter/{name}"), have: word(was), want: word(will), why });
        }
    }
    all
}

/// An address of a range that no narrower filter is about, where there is one.
fn one_of(cidr: &str, sides: [&Routing; 2]) -> Option<IpAddr> {
    let net = range(cidr)?;
    let filters = sides.into_iter().flat_map(|routing| routing.filters.values());
    let narrower: Vec<_> =
        filters.filter_map(|filter| range(&filter.cidr)).filter(|other| *other != net && net.contains(&other.network())).collect();
    let free = |ip: &IpAddr| net.contains(ip) && !narrower.iter().any(|other| other.prefix_len() > net.prefix_len() && other.contains(ip));
    let points = narrower.iter().chain([&net]).flat_map(super::facts::edges);
    points.into_iter().find(free)
}
