//! A condition of the plan's own compares with `StringEquals` and holds a wildcard, which is taken as it stands and matches nothing.

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "wildcard-under-equals",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String",
    about: "A condition compares with `StringEquals` and holds a wildcard, which is taken as it stands and matches nothing.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let grants = plan.grants.iter().flat_map(|(_, grant)| {
        let tests = grant.conditions.iter().flat_map(|(operator, keys)| keys.iter().map(move |(key, values)| (operator, key, values)));
        tests.map(|(operator, key, values)| (operator.as_str(), key.as_str(), values, plan.cause(&grant.spot)))
    });
    let senders = plan.senders.iter().flat_map(|sender| {
        sender.only.iter().map(|only| (only.operator.as_str(), only.key.as_str(), &only.values, plan.cause(&only.spot)))
    });
    once(grants.chain(senders).filter(|(operator, ..)| is_literal(operator)).flat_map(|(operator, key, values, because)| {
        values.iter().filter(|value| value.contains(['*', '?'])).map(move |value| {
            let like = operator.replace("StringEquals", "StringLike");
            (format!("`{value}` under `{operator}` with `{key}` never matches as a pattern: write `{like}`"), because.clone())
        })
    }))
}

/// `StringEquals`, of any or all values, and where the key may be missing. `StringEqualsIgnoreCase` has no sibling that knows wildcards, and a
/// `StringNotEquals` with a star holds always, which somebody may mean.
fn is_literal(operator: &str) -> bool {
    let operator = operator.strip_suffix("IfExists").unwrap_or(operator);
    operator.rsplit(':').next() == Some("StringEquals")
}
