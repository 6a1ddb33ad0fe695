//! An action of Mail Manager stands behind `drop`, which ends the evaluation: it is never done.

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;
use crate::plan::language::mail_manager::MailAction;

pub(super) static CHECK: Check = Check {
    code: "action-never-reached",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleAction.html",
    about: "An action of Mail Manager stands behind `drop`, which ends the evaluation: it is never done.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let behind = plan.mail_manager.rules().flat_map(|rule| {
        let mut after = rule.actions.iter().skip_while(|action| !matches!(action.value, MailAction::Drop));
        after.next();
        after
    });
    once(behind.map(|action| {
        let message = "an action behind `drop` is never done: put it before, or leave one of them out".to_owned();
        (message, plan.cause(&action.spot))
    }))
}
