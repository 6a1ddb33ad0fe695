//! Mail Manager takes no spaces in tags, which everything else does: a default tag with one stops every thing that is made there.

use super::{Check, Found, Look};
use crate::core::problem::{Cause, Severity};
use crate::plan::language::Plan;
use crate::plan::language::mail_manager::{Body, Entry};

pub(super) static CHECK: Check = Check {
    code: "tag-with-space",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_Tag.html",
    about: "Mail Manager takes no spaces in tags, which everything else does: a default tag with one stops every thing that is made there.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let made = made(look.scene.plan);
    if made.is_empty() {
        return Vec::new();
    }
    let spaced = look.scene.plan.defaults.tags.iter().filter(|(key, value)| key.contains(' ') || value.contains(' '));
    let say = |(key, value): (&String, &String)| Found {
        message: format!("the default tag `{key}: {value}` holds a space, which Mail Manager does not take"),
        because: made.clone(),
    };
    spaced.map(say).collect()
}

/// What the plan makes in Mail Manager.
fn made(plan: &Plan) -> Vec<Cause> {
    fn ours<'a, T>(plan: &'a Plan, entries: &'a [Entry<T>]) -> impl Iterator<Item = Cause> + 'a {
        entries.iter().filter(|entry| matches!(entry.body, Body::Ours { .. })).map(|entry| plan.cause(&entry.spot))
    }
    let manager = &plan.mail_manager;
    ours(plan, &manager.address_lists)
        .chain(ours(plan, &manager.archives))
        .chain(ours(plan, &manager.relays))
        .chain(ours(plan, &manager.addons))
        .chain(ours(plan, &manager.traffic_policies))
        .chain(ours(plan, &manager.rule_sets))
        .chain(ours(plan, &manager.ingress_endpoints))
        .collect()
}
