//! A member of an address list has its `*` where Mail Manager takes none. Members are somebody's addresses: no message repeats one.
//!
//! One `*`: alone or behind 3 to 19 characters as the local part, or in front of a domain of 2 to 9 labels.

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;

pub(super) static CHECK: Check = Check {
    code: "list-member-pattern",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/address-lists.html",
    about: "A member of an address list has its `*` where Mail Manager takes none.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let lists = plan.mail_manager.address_lists.iter().filter_map(|entry| Some((entry, entry.spec()?.members.as_ref()?)));
    once(lists.flat_map(|(entry, members)| {
        let wrong = members.listed.iter().filter(|member| member.value.contains('*') && !is_pattern(&member.value));
        wrong.map(|member| {
            let message = format!(
                "a member of address list `{}` has a `*` where none may be: it stands alone or behind 3 to 19 characters before the `@`, or \
                 before a domain of 2 to 9 labels",
                entry.name.value
            );
            (message, plan.cause(&member.spot))
        })
    }))
}

fn is_pattern(member: &str) -> bool {
    let Some((local, domain)) = member.rsplit_once('@') else { return false };
    if member.matches('*').count() != 1 {
        return false;
    }
    match (local.strip_suffix('*'), domain.strip_prefix('*')) {
        (Some(begin), None) => begin.is_empty() || (3..=19).contains(&begin.chars().count()),
        (None, Some(rest)) => (2..=9).contains(&rest.trim_start_matches('.').split('.').filter(|label| !label.is_empty()).count()),
        _ => false,
    }
}
