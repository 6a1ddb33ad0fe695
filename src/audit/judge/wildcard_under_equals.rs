//! `StringEquals` takes a `*` for a character: what stands there never is a rule.

use super::{Found, Judgement, Look, listed};
use crate::audit::entries::LetsIn;
use crate::core::problem::Severity;
use crate::policy::How;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "wildcard-under-equals",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String",
    about: "A source condition compares with `StringEquals` and holds a wildcard, which never matches: SES is not let in by it.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let source = entry.statement.conditions().filter(|asked| asked.how == How::Exact && asked.key.starts_with("aws:source"));
        let dead: Vec<&String> = source.flat_map(|asked| asked.values).filter(|value| value.contains(['*', '?'])).collect();
        let message = format!("under StringEquals a wildcard is a character, and never matches: {}", listed(&dead));
        let remedy = "compare with `ArnLike`, or name each rule";
        (!dead.is_empty()).then(|| Found::of(entry, message, remedy))
    })
}
