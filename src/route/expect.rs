//! `tests:` of a plan: messages, and where they must end up.

use super::act::Act;
use super::message::Message;
use super::routing::Routing;
use super::trace::{Door, End, Trace, Way, doors, trace};
use crate::core::change::Finding;
use crate::core::problem::{Cause, Severity};
use crate::kinds::mail_manager::addon_name;
use crate::plan::choices::Choice;
use crate::plan::language::routes::{Expected, ExpectedAct, ExpectedEnd, RouteTest};
use crate::plan::language::{Placed, Plan};

/// The code of a test that fails.
pub const CODE: &str = "test-failed";

/// A finding for each test of the plan that does not hold.
#[must_use]
pub fn findings(plan: &Plan, routing: &Routing) -> Vec<Finding> {
    let failed = plan.tests.iter().enumerate().filter_map(|(at, test)| {
        let failure = failure(plan, routing, test)?;
        let name = test.name.as_ref().map_or_else(|| format!("number {}", at + 1), |name| format!("`{}`", name.value));
        let mut because = vec![plan.cause(&test.spot)];
        because.extend(failure.rules.iter().filter_map(|rule| line(plan, rule)));
        Some(Finding {
            code: CODE.to_owned(),
            severity: Severity::Error,
            message: format!("test {name}, mail to {}: {}", test.to.value, failure.message),
            because,
            doc: None,
            accepted: plan.accept.get(CODE).cloned(),
        })
    });
    failed.collect()
}

/// Why a test does not hold.
struct Failure {
    message: String,
    /// The rules that did something with the message.
    rules: Vec<String>,
}

fn failure(plan: &Plan, routing: &Routing, test: &RouteTest) -> Option<Failure> {
    let all = doors(routing);
    let mine = all.into_iter().filter(|door| match (&test.endpoint, door) {
        (Some(endpoint), Door::Endpoint(name)) => endpoint.value == *name,
        (None, Door::Receipt { .. }) => true,
        _ => false,
    });
    let message = message(plan, test);
    let traces: Vec<Trace> = mine.flat_map(|door| trace(routing, &door, &message)).collect();
    if traces.is_empty() {
        let message = match &test.endpoint {
            Some(endpoint) => format!("nothing is known of ingress endpoint {} here", endpoint.value),
            None => "no receipt rules are there to take it; name an `endpoint`".to_owned(),
        };
        return Some(Failure { message, rules: Vec::new() });
    }
    traces.iter().find_map(|trace| of_trace(trace, test))
}

/// What is left out of a test is unknown. A gate is taken to let the message in, unless the test is about that.
fn of_trace(trace: &Trace, test: &RouteTest) -> Option<Failure> {
    let about_the_gate = test.expect == Expected::End(ExpectedEnd::Blocked);
    let supposed = |way: &&Way| way.route.end == End::Blocked && !way.supposing.is_empty();
    let counting: Vec<&Way> = trace.ways.iter().filter(|way| about_the_gate || !supposed(way)).collect();
    let wrong = counting.iter().find(|way| !holds(way, test)).copied();
    if wrong.is_none() && !counting.is_empty() && trace.all {
        return None;
    }
    let Some(way) = wrong.or(trace.ways.first()) else {
        return Some(Failure { message: "there is no way for it".to_owned(), rules: Vec::new() });
    };
    let found = way.route.told().join(", ");
    let deciding: Vec<String> =
        way.route.steps.iter().filter(|step| step.outcome != "does not apply").map(|step| step.what.clone()).collect();
    let by = deciding.last().map(|step| format!(", by {step}")).unwrap_or_default();
    let supposing = if way.supposing.is_empty() { String::new() } else { format!(", if {}", way.supposing.join(" and ")) };
    let message = if wrong.is_some() {
        format!("expected {}, found {found}{by}{supposing}", shown(&test.expect))
    } else {
        "there are more ways than are gone: say more of the message".to_owned()
    };
    let rules = deciding.iter().filter_map(|step| step.strip_prefix("rule ").map(str::to_owned)).collect();
    Some(Failure { message, rules })
}

fn holds(way: &Way, test: &RouteTest) -> bool {
    match &test.expect {
        Expected::End(ExpectedEnd::Blocked) => way.route.end == End::Blocked,
        Expected::End(ExpectedEnd::Bounced) => way.route.end == End::Bounced,
        Expected::End(ExpectedEnd::Unmatched) => way.route.end == End::Unmatched,
        Expected::Acts(expected) => {
            // Headers and stops count where the test speaks of them.
            let quiet = expected.iter().any(|act| matches!(act.value.action, "add_header" | "stop"));
            let done: Vec<&Act> = way.route.acts.iter().filter(|act| quiet || act.moves()).collect();
            if test.exactly {
                return done.len() == expected.len() && done.iter().zip(expected).all(|(act, expected)| is(act, &expected.value));
            }
            let mut rest = done.into_iter();
            expected.iter().all(|expected| rest.any(|act| is(act, &expected.value)))
        }
    }
}

fn is(act: &Act, expected: &ExpectedAct) -> bool {
    let with = expected.with.as_deref();
    let named = |with: &str| act.with == with || (act.action == "add_header" && act.with.split(':').next() == Some(with));
    act.action == expected.action && with.is_none_or(named)
}

fn shown(expected: &Expected) -> String {
    match expected {
        Expected::End(end) => {
            ExpectedEnd::ALL.iter().find(|(known, ..)| known == end).map_or_else(String::new, |(_, spelling, _)| (*spelling).to_owned())
        }
        Expected::Acts(acts) => {
            let act = |Placed { value, .. }: &Placed<ExpectedAct>| match &value.with {
                Some(with) => format!("{} {with}", value.action),
                None => value.action.to_owned(),
            };
            acts.iter().map(act).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The message that a test describes.
fn message(plan: &Plan, test: &RouteTest) -> Message {
    fn text<C: Choice + PartialEq>(choice: Option<C>) -> Option<String> {
        C::ALL.iter().find(|(known, ..)| Some(*known) == choice).map(|(_, spelling, _)| (*spelling).to_owned())
    }
    let plain = |value: &Option<Placed<String>>| value.as_ref().map(|placed| placed.value.clone());
    let mut message = Message::to(&test.to.value);
    for (name, value) in &test.headers {
        message.headers.suppose(&name.to_ascii_lowercase(), value);
    }
    if let Some(subject) = &test.subject {
        message.headers.suppose("subject", &subject.value);
    }
    if let Some(from) = &test.from {
        message.sent_by(&from.value);
    }
    message.ip = plain(&test.ip).and_then(|ip| ip.parse().ok());
    message.helo = plain(&test.helo);
    message.tls = text(test.tls).and_then(|word| Message::versions(&word));
    (message.spf, message.dkim, message.dmarc) = (text(test.spf), text(test.dkim), text(test.dmarc));
    message.size = test.size.map(|size| size as u64);
    message.addons = test.addons.iter().map(|(name, answer)| (addon(plan, name), answer.clone())).collect();
    message
}

/// `ADDON.FIELD`, as AWS calls the add-on that the plan calls so.
#[must_use]
pub fn addon(plan: &Plan, name: &str) -> String {
    let (addon, field) = name.split_once('.').unwrap_or((name, ""));
    let entry = plan.mail_manager.addons.iter().find(|entry| entry.name.value.eq_ignore_ascii_case(addon));
    let addon = entry.map_or_else(|| addon.to_owned(), addon_name);
    let field = field.strip_prefix("addon.").unwrap_or(field);
    format!("{addon}.{field}").to_lowercase()
}

/// Where the plan has a rule of this name.
fn line(plan: &Plan, rule: &str) -> Option<Cause> {
    let receipt = plan.receipt.rule_sets.iter().flat_map(|(_, set)| &set.rules);
    let receipt = receipt.filter(|known| known.name.value.as_str() == rule).map(|known| &known.spot);
    let mail =
        plan.mail_manager.rules().filter(|known| known.name.as_ref().is_some_and(|name| name.value == rule)).map(|known| &known.spot);
    receipt.chain(mail).next().map(|spot| plan.cause(spot))
}
