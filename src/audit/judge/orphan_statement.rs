//! A statement with the mark of postroom that serves nothing any more: its plan is gone, or was never finished.

use super::{Found, Judgement, Look, RECEIVING};
use crate::audit::entries::{Entry, LetsIn, Whose};
use crate::audit::scan;
use crate::core::address::Scope;
use crate::core::problem::Severity;
use crate::policy::{Decision, Document, evaluate_with_delegation};

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "orphan-statement",
    severity: Severity::Warning,
    doc: RECEIVING,
    about: "A statement carries the mark of a postroom plan, not of one that was given, and nothing that lives is served by it.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let gone = entry.whose == Whose::AnotherPlan && serves_nothing(look, entry);
        let at = entry.at.seen_from(look.subject.home());
        let message = "it carries the mark of a postroom plan, and serves nothing that lives";
        let remedy = format!(
            "if its plan still is there, `postroom apply --prune` takes it away, or `retired: [{at}]` in that plan; else remove it"
        );
        gone.then(|| Found::of(entry, message, remedy))
    })
}

/// Each rule that it names is gone; or it names none, and no live rule asks for what it grants.
fn serves_nothing(look: &Look<'_>, entry: &Entry) -> bool {
    let arns = entry.statement.source_arns();
    if !arns.is_empty() {
        return arns.iter().all(|arn| scan::lives(look.subject.live, arn) == Some(false));
    }
    // Which region's rules it is for, nothing says: of a bucket or a role that may be another one.
    let one_region = entry.at.kind.scope() == Scope::Region;
    let alone = Document::alone(&entry.statement);
    let serves = |asked: &crate::policy::Request| evaluate_with_delegation(&[("", &alone)], asked).decision != Decision::ImplicitDeny;
    one_region && look.needs.complete && look.needs.mail_manager && !look.needs.of(&entry.at).any(|need| serves(&need.request))
}
