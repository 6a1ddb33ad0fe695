//! `receipt:`

use super::super::language::{Filter, FilterBody, Placed, Receipt, Rule, RuleBody, RuleSet, RuleSpec, Spot};
use super::super::words::{self, Reader};
use super::{action, nothing_beside, once};
use crate::core::ids::{PlanName, RuleName};

pub(super) fn receipt(written: words::Receipt, plan: Option<&Placed<PlanName>>, reader: &mut Reader<'_>) -> Receipt {
    let words::Receipt { given, active, filters, rule_sets, rules } = written;
    let active_none = active.and_then(|_| given.spot("active").cloned());
    let filters: Vec<_> = filters.unwrap_or_default().into_iter().filter_map(|(name, body)| filter(name, body, reader)).collect();
    once::names("filter", filters.iter().map(|(name, filter)| (name, filter.was.as_slice())), reader);
    let kept = filters.iter().filter(|(_, filter)| filter.body != FilterBody::Absent).map(|(_, filter)| &filter.spot);
    once::at_most(words::FILTERS, "filters", kept, reader);
    let mut sets: Vec<_> = rule_sets.unwrap_or_default().into_iter().map(|(name, set)| rule_set(name, set, reader)).collect();
    once::names("rule set", sets.iter().map(|(name, set)| (name, set.was.as_slice())), reader);
    let kept = sets.iter().filter(|(_, set)| !set.absent).map(|(_, set)| &set.spot);
    once::at_most(words::RULE_SETS, "rule sets", kept, reader);
    if let (Some(rules), Some(at)) = (rules, given.spot("rules")) {
        let rules = rules_of(rules, reader);
        // Every plan name is a rule set name too: shorter, and of fewer characters.
        if let Some(name) = plan.and_then(|plan| plan.value.as_str().parse().ok()) {
            let set = RuleSet { was: Vec::new(), active: Some(at.clone()), absent: false, other_rules: None, rules, spot: at.clone() };
            sets.push((Placed { value: name, spot: at.clone() }, set));
        }
    }
    one_active(active_none.as_ref(), &sets, given.spot("rules").is_some(), reader);
    Receipt { active_none, filters, rule_sets: sets }
}

fn one_active(none: Option<&Spot>, sets: &[(Placed<RuleName>, RuleSet)], short: bool, reader: &mut Reader<'_>) {
    let mut active = sets.iter().filter_map(|(_, set)| set.active.as_ref());
    let Some(first) = active.next() else { return };
    let place = reader.place(first);
    for second in active {
        let problem = reader.tell("contradiction", "two rule sets are `active`", second, "only one can receive");
        problem.also.push((place.clone(), "the first one".to_owned()));
    }
    if let Some(none) = none {
        let problem = reader.tell("contradiction", "`active: none` beside an active rule set", none, "this turns all receiving off");
        problem.also.push((place, "this one is active".to_owned()));
        problem.help = short.then(|| "the short `rules:` makes an active set; write `rule_sets:`, without `active`".to_owned());
    }
}

fn filter(name: Placed<RuleName>, written: words::Filter, reader: &mut Reader<'_>) -> Option<(Placed<RuleName>, Filter)> {
    let words::Filter { given, block, allow, was, existing, absent } = written;
    let body = if absent {
        nothing_beside("absent", &given, &["absent", "block", "allow", "existing"], "what shall not exist says nothing else", reader);
        FilterBody::Absent
    } else if existing {
        nothing_beside("existing", &given, &["existing", "block", "allow", "absent"], "somebody else's filter is only referred to", reader);
        FilterBody::Existing
    } else {
        match (block, allow) {
            (Some(block), _) => FilterBody::Block(block),
            (None, Some(allow)) => FilterBody::Allow(allow),
            (None, None) => {
                // `existing: false` alone; without any key at all it has been told.
                if given.spot("existing").or(given.spot("absent")).is_some() {
                    reader.tell("missing-key", format!("filter `{}` says nothing", name.value), &name.spot, "expected `block` or `allow`");
                }
                return None;
            }
        }
    };
    let was = was.unwrap_or_default();
    let spot = name.spot.clone();
    Some((name, Filter { body, was, spot }))
}

fn rule_set(name: Placed<RuleName>, written: words::RuleSet, reader: &mut Reader<'_>) -> (Placed<RuleName>, RuleSet) {
    let words::RuleSet { given, active, rules, other_rules, was, absent } = written;
    if absent {
        // A set goes when nothing is left in it: its rules may be named, each with `absent: true`.
        let emptied = rules.as_ref().is_some_and(|rules| !rules.is_empty() && rules.iter().all(|rule| rule.absent));
        let beside: &[&str] = if emptied { &["absent", "rules"] } else { &["absent"] };
        nothing_beside("absent", &given, beside, "what shall not exist says nothing else", reader);
    } else if given.spot("rules").is_none() && given.spot("absent").is_some() {
        reader.tell("missing-key", format!("rule set `{}` needs `rules`", name.value), &name.spot, "add `rules:` here");
    }
    let active = active.and_then(|()| given.spot("active").cloned());
    let rules = rules_of(rules.unwrap_or_default(), reader);
    let was = was.unwrap_or_default();
    let spot = name.spot.clone();
    (name, RuleSet { was, active, absent, other_rules, rules, spot })
}

fn rules_of(written: Vec<words::Rule>, reader: &mut Reader<'_>) -> Vec<Rule> {
    let names = written.iter().filter_map(|rule| rule.name.as_ref().map(|name| (name, rule.was.as_deref().unwrap_or_default())));
    once::names("rule", names, reader);
    let rules: Vec<_> = written.into_iter().filter_map(|written| rule(written, reader)).collect();
    let kept = rules.iter().filter(|rule| !matches!(rule.body, RuleBody::Absent)).map(|rule| &rule.spot);
    once::at_most(words::RULES, "rules in one set", kept, reader);
    rules
}

fn rule(written: words::Rule, reader: &mut Reader<'_>) -> Option<Rule> {
    let words::Rule { given, name, was, recipients, enabled, tls, scan, actions, existing, absent } = written;
    let tls_required = tls == words::Tls::Require;
    let body = if absent {
        nothing_beside("absent", &given, &["name", "absent"], "what shall not exist says nothing else", reader);
        RuleBody::Absent
    } else if existing {
        nothing_beside("existing", &given, &["name", "existing"], "somebody else's rule is only pinned in the order", reader);
        RuleBody::Existing
    } else {
        if given.spot("actions").is_none() && given.spot("existing").or(given.spot("absent")).is_some() {
            reader.tell("missing-key", "a rule needs `actions`", &given.at, "add `actions:` here");
        }
        let recipients = recipients.unwrap_or_default();
        once::once("recipient", &recipients, reader);
        let actions = action::actions(actions.unwrap_or_default(), reader);
        RuleBody::Ours(RuleSpec { recipients, enabled, tls_required, scan, actions })
    };
    let name = name?;
    let was = was.unwrap_or_default();
    Some(Rule { name, was, body, spot: given.at })
}
