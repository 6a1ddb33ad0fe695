//! Each action of a route with what `check` answers of it: would AWS let it be done?

use super::act::Act;
use super::routing::Routing;
use super::trace::Door;
use crate::core::check::Checked;
use crate::plan::language::{Plan, RuleBody};

/// The requests that an action leads to, each with its answer. Of a rule that is in no line of the plan there are none.
pub fn answers<'a>(plan: &Plan, routing: &Routing, door: &Door, act: &Act, checked: &'a [Checked]) -> Vec<&'a Checked> {
    // What is live may have another action in the place where the plan has one.
    let same = |path: &&str| path.ends_with(&format!(".{}", act.action));
    let Some(path) = path(plan, routing, door, act).filter(same) else { return Vec::new() };
    checked.iter().filter(|row| row.because.iter().any(|cause| cause.path == path)).collect()
}

/// Where the plan has the action.
fn path<'a>(plan: &'a Plan, routing: &Routing, door: &Door, act: &Act) -> Option<&'a str> {
    match door {
        Door::Receipt { set, .. } => {
            let (_, body) = plan.receipt.rule_sets.iter().find(|(name, _)| Some(name.value.as_str()) == set.as_deref())?;
            let rule = body.rules.iter().find(|rule| rule.name.value.as_str() == act.rule)?;
            let RuleBody::Ours(spec) = &rule.body else { return None };
            spec.actions.get(act.at).map(|action| action.spot.path.as_str())
        }
        Door::Endpoint(_) | Door::RuleSet(_) => {
            let set = match door {
                Door::Endpoint(name) => routing.endpoints.get(name)?.rule_set_id.as_str(),
                Door::RuleSet(set) => set.as_str(),
                Door::Receipt { .. } => return None,
            };
            let entry = plan.mail_manager.rule_sets.iter().find(|entry| entry.name.value == set)?;
            let rules = entry.spec()?.rules.iter().enumerate();
            let name = |at: usize, name: Option<&str>| name.map_or_else(|| format!("number {}", at + 1), str::to_owned);
            let mut mine = rules.filter(|(at, rule)| name(*at, rule.name.as_ref().map(|name| name.value.as_str())) == act.rule);
            mine.next().and_then(|(_, rule)| rule.actions.get(act.at)).map(|action| action.spot.path.as_str())
        }
    }
}
