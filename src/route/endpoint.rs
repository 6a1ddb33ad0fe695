//! The way through Mail Manager: an ingress endpoint, its traffic policy, its rule set, for one recipient.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/eb-rules.html>, <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_Rule.html>

use super::act::Act;
use super::atom::{Atom, Literal};
use super::condition::{Answer, Passing};
use super::gate;
use super::message::Message;
use super::routing::Routing;
use super::trace::{End, Route, Step};
use super::ways::Oracle;
use crate::kinds::mail_manager::rule_set::Rule;
use crate::kinds::mail_manager::rule_set::action::RuleAction;

/// One way through an endpoint. Who must log in there is taken to have done so.
pub(super) fn run(routing: &Routing, name: &str, message: &Message, oracle: &mut Oracle) -> Route {
    let mut route = Route::default();
    let passing = Passing { routing, message: message.clone() };
    let Some(endpoint) = routing.endpoints.get(name) else {
        route.steps.push(Step::new(format!("ingress endpoint {name}"), "not there", "it takes no mail".to_owned()));
        return route.ended(End::Closed);
    };
    if endpoint.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("CLOSED")) {
        route.steps.push(Step::new(format!("ingress endpoint {name}"), "closed", "it takes no mail".to_owned()));
        return route.ended(End::Closed);
    }
    // What is not said is the default of AWS: required, or FIPS in some regions (docs/aws-behaviour.md).
    if !endpoint.tls_policy.as_deref().is_some_and(|policy| policy.eq_ignore_ascii_case("OPTIONAL")) {
        let safe = match passing.has_tls(&["1.2", "1.3"]) {
            Answer::Known(safe) => safe,
            Answer::Open(literal) => oracle.holds(literal),
        };
        if !safe {
            let why = "it asks for TLS, and the mail comes without".to_owned();
            route.steps.push(Step::new(format!("ingress endpoint {name}"), "refused", why));
            return route.ended(End::Blocked);
        }
    }
    let policy = &endpoint.traffic_policy_id;
    let let_in = match routing.policies.get(policy) {
        Some(found) => gate::policy(policy, found, &passing, oracle, &mut route.steps),
        None => {
            let words =
                Atom::Words { yes: format!("traffic policy {policy} lets it in"), no: format!("traffic policy {policy} blocks it") };
            let let_in = oracle.holds(Literal::yes(words));
            route.steps.push(Step::new(format!("traffic policy {policy}"), "not known", "it was not read".to_owned()));
            let_in
        }
    };
    if !let_in {
        return route.ended(End::Blocked);
    }
    rules(routing, &endpoint.rule_set_id, passing, oracle, route)
}

/// One way through a rule set that is reached by an endpoint which is not known.
pub(super) fn run_rules(routing: &Routing, set: &str, message: &Message, oracle: &mut Oracle) -> Route {
    rules(routing, set, Passing { routing, message: message.clone() }, oracle, Route::default())
}

fn rules(routing: &Routing, set: &str, mut passing: Passing<'_>, oracle: &mut Oracle, mut route: Route) -> Route {
    let Some(found) = routing.rule_sets.get(set) else {
        route.steps.push(Step::new(format!("rule set {set}"), "not known", "it was not read".to_owned()));
        return route.ended(End::Unknown);
    };
    let mut any = false;
    for (at, rule) in found.rules.iter().enumerate() {
        let name = rule.name.clone().unwrap_or_else(|| format!("number {}", at + 1));
        let why = match applies(rule, &name, &passing, oracle) {
            Ok(why) => why,
            Err(why) => {
                route.steps.push(Step::new(format!("rule {name}"), "does not apply", why));
                continue;
            }
        };
        any = true;
        let mut acts = Vec::new();
        let mut dropped = false;
        for (place, action) in rule.actions.iter().enumerate() {
            acts.push(Act::of_mail_manager(action, (&name, place), routing.home.as_ref()));
            match action {
                // What comes after sees the message as it is by then (assumed).
                RuleAction::AddHeader { header_name, header_value } => passing.message.headers.add(header_name, header_value),
                RuleAction::ReplaceRecipient { replace_with } => {
                    passing.message.to.clone_from(replace_with);
                    passing.message.in_lists.retain(|(attribute, _), _| attribute != "RECIPIENT");
                }
                // "Rules processing stops" for this recipient.
                RuleAction::Drop {} => dropped = true,
                // That a bounce or a delivery ended the evaluation is not documented: what comes after is done, too (assumed).
                _ => {}
            }
            if dropped {
                break;
            }
        }
        route.acts.extend(acts.iter().cloned());
        route.steps.push(Step { acts, ..Step::new(format!("rule {name}"), "applies", why) });
        if dropped {
            return route.ended(End::Dropped);
        }
    }
    let bounced = route.acts.iter().any(|act| act.action == "bounce");
    route.ended(if bounced {
        End::Bounced
    } else if any {
        End::Done
    } else {
        End::Unmatched
    })
}

/// Why a rule applies: all of `when` hold, and none of `unless`. Or why not.
fn applies(rule: &Rule, name: &str, passing: &Passing<'_>, oracle: &mut Oracle) -> Result<String, String> {
    let when = rule.conditions.iter().enumerate().map(|(at, condition)| (format!("condition {}", at + 1), passing.rule(condition)));
    let unless = rule.unless.iter().enumerate().map(|(at, condition)| (format!("exception {}", at + 1), passing.rule(condition).not()));
    let mut open = Vec::new();
    for (which, answer) in when.chain(unless) {
        match answer {
            Answer::Known(true) => {}
            Answer::Known(false) => {
                return Err(if which.starts_with("condition") { format!("{which} does not hold") } else { format!("{which} holds") });
            }
            Answer::Open(literal) => open.push(literal),
        }
    }
    if open.is_empty() {
        let all = if rule.conditions.is_empty() && rule.unless.is_empty() { "it takes all mail" } else { "its conditions hold" };
        return Ok(all.to_owned());
    }
    let applies = oracle.all(open, &format!("rule {name}"));
    match (applies, oracle.on.as_str()) {
        (true, "") => Ok("that follows".to_owned()),
        (false, "") => Err("that cannot be".to_owned()),
        (true, on) => Ok(format!("if {on}")),
        (false, on) => Err(format!("unless {on}")),
    }
}
