//! `accept:` names a code that no finding has: what was meant to be accepted is not.

use super::{CHECKS, COMPARING, Check, Found, LESSONS, Look};
use crate::audit::judge::FINDINGS;
use crate::core::problem::{Cause, Severity};

pub(super) static CHECK: Check = Check {
    code: "accept-unknown",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email.html",
    about: "`accept:` names a code that no finding has: what was meant to be accepted is not.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let known = |code: &str| {
        CHECKS.iter().chain(LESSONS).any(|check| check.code == code)
            || COMPARING.iter().any(|(other, _)| *other == code)
            || FINDINGS.iter().any(|judgement| judgement.code == code)
    };
    let file = &plan.source.name;
    let unknown = plan.accept.keys().filter(|code| !known(code));
    let say = |code: &String| {
        // The places of what is accepted are not kept: its line is looked for.
        let line = plan.source.text.lines().position(|line| line.contains(&format!("{code}:"))).map_or(1, |at| at + 1);
        let because = vec![Cause { file: file.clone(), line, column: 1, path: format!("accept.{code}") }];
        Found { message: format!("no finding has the code `{code}`: nothing is accepted by it"), because }
    };
    unknown.map(say).collect()
}
