//! A receipt rule without actions does nothing with its mail.

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;
use crate::plan::language::RuleBody;

pub(super) static CHECK: Check = Check {
    code: "rule-without-actions",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptRule.html",
    about: "A receipt rule without actions does nothing with its mail.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let rules = plan.receipt.rule_sets.iter().flat_map(|(set, rules)| rules.rules.iter().map(move |rule| (set, rule)));
    let idle = rules.filter(|(_, rule)| matches!(&rule.body, RuleBody::Ours(spec) if spec.actions.is_empty()));
    once(idle.map(|(set, rule)| {
        let message = format!("rule `{}/{}` has no actions: nothing happens to its mail", set.value, rule.name.value);
        (message, plan.cause(&rule.spot))
    }))
}
