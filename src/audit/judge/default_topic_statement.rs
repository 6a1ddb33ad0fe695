//! Every new topic carries a statement that lets everybody publish who belongs to its account, and so SES when it acts for that account.

use super::{Found, Judgement, Look};
use crate::audit::entries::{Entry, LetsIn};
use crate::audit::guard;
use crate::core::address::AddressKind;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "default-topic-statement",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
    about: "A topic's policy lets everybody of its own account publish (`AWS:SourceOwner`), as that of every new topic does: SES, too.",
    look: |look: &Look<'_>| look.each(LetsIn::Everybody, |entry| is_default(entry).then(|| found(entry))),
};

/// By its meaning, whatever its Sid: nobody but the topic's own account is let in.
pub(super) fn is_default(entry: &Entry) -> bool {
    let own: Vec<String> = guard::accounts(&entry.statement).into_iter().collect();
    entry.at.kind == AddressKind::TopicPolicy
        && guard::asked_for(&entry.statement).contains("aws:sourceowner")
        && own == [entry.at.account.to_string()]
        && entry.hole.is_none()
}

fn found(entry: &Entry) -> Found {
    Found::of(entry, "it lets everybody of the topic's own account publish, as every new topic does", "nothing need be done")
}
