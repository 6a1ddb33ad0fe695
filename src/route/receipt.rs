//! The way through receipt rules.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html>: IP filters, then whether any rule takes a recipient, then all
//! rules of the active set in their order.

use super::act::Act;
use super::atom::{Atom, Literal, tls};
use super::gate;
use super::message::Message;
use super::recipient::taken_by;
use super::routing::Routing;
use super::trace::{End, Route, Step};
use super::ways::Oracle;
use crate::kinds::receipt_rule_set::rule::{ReceiptAction, ReceiptRule};

/// One way through a rule set, for all recipients at once: a rule is applied once when it takes any of them.
pub(super) fn run(routing: &Routing, set: &str, message: &Message, oracle: &mut Oracle) -> Route {
    let mut route = Route::default();
    if !gate::filters(&routing.filters, message.ip, oracle, &mut route.steps) {
        return route.ended(End::Blocked);
    }
    let Some(rules) = routing.sets.get(set) else {
        route.steps.push(Step::new(format!("rule set {set}"), "not known", "it was not read".to_owned()));
        return route.ended(End::Unmatched);
    };
    let met: Vec<Result<String, String>> = rules.iter().map(|rule| takes(rule, message, oracle)).collect();
    if !met.iter().any(Result::is_ok) {
        let of_rule = |(rule, why): (&ReceiptRule, &Result<String, String>)| not_met(rule, why.as_ref().err());
        route.steps.extend(rules.iter().zip(&met).map(of_rule));
        route.steps.push(Step::new(format!("rule set {set}"), "refused", "no rule takes a recipient, and SES refuses the mail".to_owned()));
        return route.ended(End::Unmatched);
    }
    if !is_safe_enough(rules, &met, message, oracle, &mut route.steps) {
        return route.ended(End::Blocked);
    }
    for (rule, met) in rules.iter().zip(&met) {
        let why = match met {
            Ok(why) => why.clone(),
            Err(why) => {
                route.steps.push(not_met(rule, Some(why)));
                continue;
            }
        };
        let mut acts = Vec::new();
        let mut end = None;
        for (at, action) in rule.actions.iter().enumerate() {
            acts.push(Act::of_receipt(action, (&rule.name, at), routing.home.as_ref()));
            end = match action {
                ReceiptAction::StopAction { .. } => Some(End::Done),
                // It swallows the mail (contract/language.md); that the page calls it a rejection is all that is documented.
                ReceiptAction::BounceAction { .. } => Some(End::Bounced),
                _ => None,
            };
            if end.is_some() {
                break;
            }
        }
        route.acts.extend(acts.iter().cloned());
        route.steps.push(Step { acts, ..Step::new(format!("rule {}", rule.name), "applies", why) });
        if let Some(end) = end {
            return route.ended(end);
        }
    }
    route.ended(End::Done)
}

fn not_met(rule: &ReceiptRule, why: Option<&String>) -> Step {
    Step::new(format!("rule {}", rule.name), "does not apply", why.cloned().unwrap_or_default())
}

/// Why a rule applies, or why not.
fn takes(rule: &ReceiptRule, message: &Message, oracle: &mut Oracle) -> Result<String, String> {
    if !rule.enabled {
        return Err("it is not enabled".to_owned());
    }
    if rule.recipients.is_empty() {
        return Ok("it takes all mail".to_owned());
    }
    if message.to.is_empty() {
        let name = &rule.name;
        let words = Atom::Words { yes: format!("rule {name} takes a recipient"), no: format!("rule {name} takes no recipient") };
        return if oracle.holds(Literal::yes(words)) { Ok("as is supposed".to_owned()) } else { Err("as is supposed".to_owned()) };
    }
    let found = message.to.iter().find_map(|to| Some(format!("`{}` takes {to}", taken_by(&rule.recipients, to)?)));
    found.ok_or_else(|| format!("it takes {}", some(&rule.recipients)))
}

/// The first few of many.
fn some(recipients: &[String]) -> String {
    let first = recipients.iter().take(3).map(|recipient| format!("`{recipient}`")).collect::<Vec<_>>().join(", ");
    if recipients.len() > 3 { format!("{first} and {} more", recipients.len() - 3) } else { first }
}

/// "Amazon SES will bounce emails that are not received over TLS"
/// (<https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptRule.html>): before anything is done, when any rule that takes a
/// recipient asks for it (assumed).
fn is_safe_enough(
    rules: &[ReceiptRule],
    met: &[Result<String, String>],
    message: &Message,
    oracle: &mut Oracle,
    steps: &mut Vec<Step>,
) -> bool {
    let asks = |rule: &ReceiptRule| rule.tls_policy.eq_ignore_ascii_case("Require");
    let Some((rule, _)) = rules.iter().zip(met).find(|(rule, met)| met.is_ok() && asks(rule)) else { return true };
    let safe = match &message.tls {
        Some(versions) => !versions.contains(&"none"),
        None => oracle.holds(Literal::yes(tls(&["1.2", "1.3"]))),
    };
    if !safe {
        steps.push(Step::new(format!("rule {}", rule.name), "refused", "it asks for TLS, and the mail comes without".to_owned()));
    }
    safe
}
