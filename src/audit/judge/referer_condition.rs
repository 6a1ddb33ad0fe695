//! The condition of 2019 for buckets.

use super::{Found, Judgement, Look, RECEIVING, form};
use crate::audit::entries::LetsIn;
use crate::audit::guard;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "referer-condition",
    severity: Severity::Warning,
    doc: RECEIVING,
    about: "A statement tells whose mail it is by `aws:Referer` (block P000-1). The page asks for `aws:SourceAccount` and `aws:SourceArn` \
            now, and does not promise that SES still sends a Referer.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let asked = guard::asked_for(&entry.statement);
        let beside = asked.contains("aws:sourceaccount") || asked.contains("aws:sourcearn");
        let message = if beside {
            "it asks for `aws:Referer` as well: should SES not send one, it never holds".to_owned()
        } else {
            let now = "AWS asks for `aws:SourceAccount` and `aws:SourceArn` now";
            format!("only `aws:Referer` says for which account SES acts{}; {now}", form(entry))
        };
        (asked.contains("aws:referer") && entry.hole.is_none()).then(|| Found::of(entry, message, look.tighten(entry)))
    })
}
