//! The condition of 2019 for topics.

use super::{Found, Judgement, Look, form};
use crate::audit::entries::LetsIn;
use crate::audit::guard;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "source-owner-condition",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
    about: "A statement tells whose mail it is by `AWS:SourceOwner` alone (block P000-5): legacy, though it keeps other accounts out. The SES \
            page asks for `aws:SourceAccount` and `aws:SourceArn` now.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let asked = guard::asked_for(&entry.statement);
        let only = asked.contains("aws:sourceowner") && !asked.contains("aws:sourceaccount") && !asked.contains("aws:sourcearn");
        let open = entry.hole.is_some();
        let message = format!("`AWS:SourceOwner` alone says for which account SES acts{}: legacy, account-scoped", form(entry));
        (only && !open).then(|| Found::of(entry, message, look.tighten(entry)))
    })
}
