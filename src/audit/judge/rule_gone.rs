//! A statement names rules that are gone: whoever makes one of that name gets what it grants.

use super::{Found, Judgement, Look, RECEIVING, listed};
use crate::audit::entries::{Entry, LetsIn, Whose};
use crate::audit::scan;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "rule-gone",
    severity: Severity::Warning,
    doc: RECEIVING,
    about: "A statement names a receipt rule that no longer exists in its rule set, a pattern that no live rule fits, or a resource of Mail \
            Manager that is gone.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let live = look.subject.live;
        let arns = entry.statement.source_arns();
        let gone: Vec<&str> = arns.iter().copied().filter(|arn| is_gone(look, arn) && !scan::set_is_gone(live, arn)).collect();
        let message = format!("nothing lives that it names: {}", listed(gone.iter().map(|arn| short(arn))));
        let message =
            if gone.len() < arns.len() { message.replace("nothing lives that it names", "it names what is gone") } else { message };
        (!gone.is_empty()).then(|| Found::of(entry, message, remedy(look, entry)))
    })
}

/// Of this account, and known not to live.
fn is_gone(look: &Look<'_>, arn: &str) -> bool {
    let ours = arn.contains(&format!(":{}:", look.subject.home().account));
    ours && scan::lives(look.subject.live, arn) == Some(false)
}

/// The part that people know: the set and the rule.
pub(super) fn short(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}

/// What to do about a name that is gone.
pub(super) fn remedy(look: &Look<'_>, entry: &Entry) -> String {
    match entry.whose {
        Whose::Ours => "`postroom apply` takes it away".to_owned(),
        Whose::AnotherPlan => "the next `postroom apply` of its plan takes it away".to_owned(),
        Whose::Somebody => format!("take the names out, or the whole statement: {} is its place", entry.at.seen_from(look.subject.home())),
    }
}
