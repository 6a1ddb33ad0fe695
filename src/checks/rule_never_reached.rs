//! A rule that no mail comes to: one before it takes all of its mail and ends the evaluation, or its own conditions exclude each other.
//!
//! Only what is certain is told: of receipt rules a `stop`, of Mail Manager a `drop` (whose page says that it ends the evaluation), of traffic
//! policies the first statement that holds (assumed). A bounce is not taken for an end.

use super::{Check, Found, Look};
use crate::core::address::AddressKind;
use crate::core::desired::State;
use crate::core::problem::Severity;
use crate::kinds::mail_manager::rule_set::{Rule as MailRule, RuleSet, action::RuleAction};
use crate::kinds::mail_manager::traffic_policy::{PolicyStatement, TrafficPolicy};
use crate::plan::language::mail_manager::{Entry, MailRuleSet, TrafficPolicy as WrittenPolicy};
use crate::plan::language::{Action, Placed, Rule, RuleBody, RuleSpec};

pub(super) static CHECK: Check = Check {
    code: "rule-never-reached",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html",
    about: "A rule that no mail comes to: one before it takes all of its mail and ends the evaluation, or its own conditions exclude each other.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let mut found = receipt(look);
    found.extend(mail_manager(look));
    found.extend(traffic(look));
    found
}

fn receipt(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let mut found = Vec::new();
    for (set, rules) in &plan.receipt.rule_sets {
        let mut ends: Vec<(&Rule, &RuleSpec)> = Vec::new();
        for rule in &rules.rules {
            let RuleBody::Ours(spec) = &rule.body else { continue };
            if !spec.enabled {
                continue;
            }
            if let Some(taker) = taker(spec, &ends) {
                let (set, rule_name, first) = (&set.value, &rule.name.value, &taker.name.value);
                found.push(Found {
                    message: format!(
                        "rule `{set}/{rule_name}` is never reached: `{first}` before it takes all of its mail and stops; move it before `{first}`"
                    ),
                    because: vec![plan.cause(&rule.spot), plan.cause(&taker.spot)],
                });
            }
            if matches!(spec.actions.last().map(|action| &action.value), Some(Action::Stop { .. })) {
                ends.push((rule, spec));
            }
        }
    }
    found
}

/// Where all recipients of a rule are taken by rules that stop: the first of these.
fn taker<'a>(spec: &RuleSpec, ends: &[(&'a Rule, &RuleSpec)]) -> Option<&'a Rule> {
    let all = ends.iter().find(|(_, end)| end.recipients.is_empty()).map(|(rule, _)| *rule);
    if spec.recipients.is_empty() {
        return all;
    }
    let taken = |recipient: &Placed<String>| {
        let by =
            ends.iter().find(|(_, end)| end.recipients.is_empty() || end.recipients.iter().any(|one| takes(&one.value, &recipient.value)));
        by.map(|(rule, _)| *rule)
    };
    let takers: Option<Vec<_>> = spec.recipients.iter().map(taken).collect();
    takers?.into_iter().next()
}

/// Whether all mail for `narrow` is mail for `wide`: an address, a domain, or the subdomains of one.
/// <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html>
pub(super) fn takes(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (wide.to_lowercase(), narrow.to_lowercase());
    if wide == narrow {
        return true;
    }
    let domain = narrow.rsplit_once('@').map_or(narrow.as_str(), |(_, domain)| domain);
    match wide.strip_prefix('.') {
        // `.b` takes `x.b` and `.x.b`; `b` itself is no subdomain of it.
        Some(_) => domain.ends_with(&wide) && domain.len() > wide.len(),
        None => !wide.contains('@') && domain == wide,
    }
}

fn mail_manager(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let mut found = Vec::new();
    for entry in &plan.mail_manager.rule_sets {
        let Some((spec, set)) = entry.spec().zip(wanted::<MailRuleSet, RuleSet>(look, AddressKind::MailRuleSet, entry)) else { continue };
        for (at, rule) in set.rules.iter().enumerate() {
            let Some(written) = spec.rules.get(at) else { continue };
            let name = written.name.as_ref().map_or_else(|| format!("number {}", at + 1), |name| format!("`{}`", name.value));
            if rule.conditions.iter().any(|condition| rule.unless.contains(condition)) {
                let message =
                    format!("rule {name} of `{}` is never reached: it asks for a condition and for its absence", entry.name.value);
                found.push(Found { message, because: vec![plan.cause(&written.spot)] });
                continue;
            }
            let taker = set.rules.iter().take(at).zip(&spec.rules).find(|(earlier, _)| ends(earlier) && takes_all(earlier, rule));
            if let Some((_, earlier)) = taker {
                let message =
                    format!("rule {name} of `{}` is never reached: a rule before it takes all of its mail and drops it", entry.name.value);
                found.push(Found { message, because: vec![plan.cause(&written.spot), plan.cause(&earlier.spot)] });
            }
        }
    }
    found
}

/// What an entry of the plan is in the API's words.
fn wanted<T, S: serde::de::DeserializeOwned>(look: &Look<'_>, kind: AddressKind, entry: &Entry<T>) -> Option<S> {
    let here = look.desired.resources.iter().find(|(at, _)| at.kind == kind && at.name == entry.name.value);
    let (_, wanted) = here?;
    let State::Present(spec) = &wanted.state else { return None };
    serde_json::from_value(spec.clone()).ok()
}

/// <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleAction.html>: "This action terminates the evaluation of rules in the
/// rule set."
fn ends(rule: &MailRule) -> bool {
    rule.actions.iter().any(|action| matches!(action, RuleAction::Drop {}))
}

/// Whether each condition of `wide` is one of `narrow` too, so that what `narrow` takes, `wide` takes.
fn takes_all(wide: &MailRule, narrow: &MailRule) -> bool {
    wide.conditions.iter().all(|one| narrow.conditions.contains(one)) && wide.unless.iter().all(|one| narrow.unless.contains(one))
}

fn traffic(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let mut found = Vec::new();
    for entry in &plan.mail_manager.traffic_policies {
        let policy = wanted::<WrittenPolicy, TrafficPolicy>(look, AddressKind::TrafficPolicy, entry);
        let Some((spec, policy)) = entry.spec().zip(policy) else { continue };
        let takes = |wide: &PolicyStatement, narrow: &PolicyStatement| wide.conditions.iter().all(|one| narrow.conditions.contains(one));
        for (at, statement) in policy.policy_statements.iter().enumerate() {
            if policy.policy_statements.iter().take(at).any(|earlier| takes(earlier, statement)) {
                let message = format!(
                    "statement {} of traffic policy `{}` is never reached: one before it holds whenever it does",
                    at + 1,
                    entry.name.value
                );
                let place = spec.statements.get(at).and_then(|statement| statement.conditions.first());
                found.push(Found { message, because: vec![plan.cause(place.map_or(&entry.spot, |condition| &condition.spot))] });
            }
        }
    }
    found
}
