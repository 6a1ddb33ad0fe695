//! Any rule of the account may use it, not only the one that it is for.

use super::{Found, Judgement, Look, RECEIVING, form};
use crate::audit::entries::LetsIn;
use crate::audit::guard;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "source-account-only",
    severity: Severity::Info,
    doc: RECEIVING,
    about: "A statement names the account and no rule (block P000-4, the form of 2019 for functions): any rule of the account may use it, \
            and nobody else's.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let asked = guard::asked_for(&entry.statement);
        let own = guard::accounts(&entry.statement).iter().all(|account| account == look.subject.home().account.as_str());
        let only = own && asked.contains("aws:sourceaccount") && !asked.contains("aws:sourcearn");
        let open = entry.hole.is_some();
        let message = format!("it names the account and no rule{}: any rule of the account may use it", form(entry));
        (only && !open).then(|| Found::of(entry, message, look.tighten(entry)))
    })
}
