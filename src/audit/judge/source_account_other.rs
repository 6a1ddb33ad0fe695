//! A statement lets SES act for another account: a colleague's, a former one, or a sample's from a page.

use super::{CONFUSED_DEPUTY, Found, Judgement, Look, listed};
use crate::audit::entries::LetsIn;
use crate::audit::guard;
use crate::core::ids::AccountId;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "source-account-other",
    severity: Severity::Warning,
    doc: CONFUSED_DEPUTY,
    about: "A statement lets SES act for an account that is not this one. Info where the plan that was given speaks of it (`accounts:`).",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let accounts = guard::accounts(&entry.statement);
        let own = look.subject.home().account.as_str();
        let others: Vec<&String> = accounts.iter().filter(|account| account.as_str() != own).collect();
        if others.is_empty() {
            return None;
        }
        let speaks = |id: &AccountId| look.subject.eyes.accounts.by_id.contains_key(id);
        let known = others.iter().all(|account| account.parse().is_ok_and(|id| speaks(&id)));
        let no_account: Vec<&&String> = others.iter().filter(|account| account.parse::<AccountId>().is_err()).collect();
        let message = if no_account.is_empty() {
            format!("it lets SES act for another account: {}", listed(&others))
        } else {
            format!("it asks for an account that is none: {}", listed(no_account))
        };
        let remedy = "if that account shall not use what is here, take its name out; whether its rules live cannot be seen from this one";
        let found = Found::of(entry, message, remedy);
        Some(if known { found.weighing(Severity::Info) } else { found })
    })
}
