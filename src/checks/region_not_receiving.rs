//! The plan has receipt rules in a region where SES is not known to receive mail. The list is a hint, to which AWS adds: no error.

use super::bucket_region_needs_role::RECEIVING;
use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::plan::language::RuleBody;

pub(super) static CHECK: Check = Check {
    code: "region-not-receiving",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/regions.html#region-receive-email",
    about: "The plan has receipt rules in a region where SES is not known to receive mail. The list is a hint, to which AWS adds.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let region = look.scene.home().region.as_str();
    let rules = plan.receipt.rule_sets.iter().flat_map(|(_, set)| &set.rules);
    let first = rules.filter(|rule| matches!(rule.body, RuleBody::Ours(_))).map(|rule| plan.cause(&rule.spot)).next();
    let Some(first) = first.filter(|_| !RECEIVING.contains(&region)) else { return Vec::new() };
    let because = plan.region.as_ref().map_or(first, |region| plan.cause(&region.spot));
    let message = format!("SES is not known to receive mail by receipt rules in {region}: choose another region, or Mail Manager");
    vec![Found { message, because: vec![because] }]
}
