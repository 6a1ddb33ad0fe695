//! A traffic policy denies by default and has no statement that allows: the ingress endpoints that use it take no mail at all.

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "traffic-policy-lets-nothing-in",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-filters.html",
    about: "A traffic policy denies by default and has no statement that allows: the ingress endpoints that use it take no mail at all.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let shut = plan.mail_manager.traffic_policies.iter().filter(|entry| {
        entry.spec().is_some_and(|policy| !policy.allow_by_default && policy.statements.iter().all(|statement| !statement.allow))
    });
    once(shut.map(|entry| {
        let message = format!("traffic policy `{}` denies by default and allows nothing: no mail comes in by it", entry.name.value);
        (message, plan.cause(&entry.spot))
    }))
}
