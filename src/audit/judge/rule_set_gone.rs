//! A statement names rules of a rule set that is gone.

use std::collections::BTreeSet;

use super::rule_gone::{remedy, short};
use super::{Found, Judgement, Look, RECEIVING, listed};
use crate::audit::entries::LetsIn;
use crate::audit::scan;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "rule-set-gone",
    severity: Severity::Warning,
    doc: RECEIVING,
    about: "A statement names rules of a receipt rule set that no longer exists.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let arns = entry.statement.source_arns();
        let gone: BTreeSet<&str> = arns
            .iter()
            .filter(|arn| scan::set_is_gone(look.subject.live, arn))
            .map(|arn| short(arn).split(':').next().unwrap_or_default())
            .collect();
        let message = format!("there is no such rule set any more: {}", listed(&gone));
        (!gone.is_empty()).then(|| Found::of(entry, message, remedy(look, entry)))
    })
}
