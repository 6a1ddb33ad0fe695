//! SES is let in whoever it acts for: somebody else's rule may write here.

use super::{CONFUSED_DEPUTY, Found, Judgement, Look, form, keys};
use crate::audit::entries::LetsIn;
use crate::audit::guard::{self, Hole};
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "no-source-condition",
    severity: Severity::Error,
    doc: CONFUSED_DEPUTY,
    about: "A statement lets SES in for any account: no condition says whose mail it is (the forms of 2019 for keys, P000-2 and P000-3, say \
            nothing), or what they say lets a stranger in as well. A warning where it hangs on keys that do not say for whom SES acts.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        if entry.exception.is_some() {
            return None;
        }
        let hole = entry.hole.clone()?;
        let asked = guard::asked_for(&entry.statement);
        Some(match hole {
            Hole::Open if asked.is_empty() => {
                let message = format!("no condition says for which account SES may act{}: anybody's rule may use it", form(entry));
                Found::of(entry, message, look.tighten(entry))
            }
            Hole::Open => {
                let message = format!("what it says of {} lets SES in for any account: anybody's rule may use it", keys(asked));
                Found::of(entry, message, look.tighten(entry))
            }
            Hole::HangsOn(on) => {
                let message = format!("no condition says for which account SES may act; it hangs on {}, which do not tell", keys(on));
                Found::of(entry, message, look.tighten(entry)).weighing(Severity::Warning)
            }
        })
    })
}
