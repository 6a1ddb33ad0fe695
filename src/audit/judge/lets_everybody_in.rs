//! A statement for everybody is one for SES, too, whoever it acts for.

use super::{CONFUSED_DEPUTY, Found, Judgement, Look, default_topic_statement, keys};
use crate::audit::entries::LetsIn;
use crate::audit::guard::Hole;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "lets-everybody-in",
    severity: Severity::Error,
    doc: CONFUSED_DEPUTY,
    about: "A statement with Principal `*` lets everybody in, SES among them, for whomever it acts. Info where it hangs on conditions \
            of which SES is not known to meet them.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Everybody, |entry| {
        if default_topic_statement::is_default(entry) {
            return None;
        }
        let remedy = "name who shall be let in, or close it with `aws:SourceAccount`; SES needs a statement of its own then";
        match entry.hole.clone()? {
            Hole::Open => Some(Found::of(entry, "it lets everybody in, and so SES for any account", remedy)),
            Hole::HangsOn(on) => {
                let message = format!("it lets everybody in where {} fits; whether that lets SES in is not known", keys(on));
                Some(Found::of(entry, message, remedy).weighing(Severity::Info))
            }
        }
    })
}
