//! A recipient of a rule that another one of the same rule takes already: in other letters, or by its domain. SES compares without regard to
//! case (assumed).

use super::rule_never_reached::takes;
use super::{Check, Found, Look, once};
use crate::core::problem::Severity;
use crate::plan::language::RuleBody;

pub(super) static CHECK: Check = Check {
    code: "duplicate-recipient",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html",
    about: "A recipient of a rule that another one of the same rule takes already: in other letters, or by its domain.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let rules = plan.receipt.rule_sets.iter().flat_map(|(set, rules)| rules.rules.iter().map(move |rule| (set, rule)));
    let said = rules.flat_map(|(set, rule)| {
        let recipients = match &rule.body {
            RuleBody::Ours(spec) => spec.recipients.as_slice(),
            RuleBody::Existing | RuleBody::Absent => &[],
        };
        recipients.iter().enumerate().filter_map(move |(at, narrow)| {
            // Of two that are the same the second one is told.
            let taken = |(other, wide): &(usize, &crate::plan::language::Placed<String>)| {
                *other != at && takes(&wide.value, &narrow.value) && (*other < at || !takes(&narrow.value, &wide.value))
            };
            let (_, wide) = recipients.iter().enumerate().find(taken)?;
            let (set, rule) = (&set.value, &rule.name.value);
            let message =
                format!("recipient `{}` of rule `{set}/{rule}` is taken by `{}` already: leave one of them out", narrow.value, wide.value);
            Some((message, plan.cause(&narrow.spot)))
        })
    });
    once(said)
}
