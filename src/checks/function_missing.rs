//! A rule invokes a function that does not exist.

use super::{Check, Found, Look};
use crate::core::ids::Arn;
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::kinds::function::Function;
use crate::kinds::receipt_rule_set::rule::ReceiptAction;
use crate::plan::language::mail_manager::MailAction;

pub(super) static CHECK: Check = Check {
    code: "function-missing",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html",
    about: "A rule invokes a function that does not exist.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let function = |action: &ReceiptAction| match action {
        ReceiptAction::LambdaAction { function_arn, .. } => function_arn.parse::<Arn>().ok(),
        _ => None,
    };
    let say = |arn: &Arn| match look.scene.live.get::<Function>(&look.scene.function_address(arn)) {
        Seen::Absent => Some(format!("function `{}` does not exist; make it, or correct its name or qualifier", arn.resource())),
        Seen::Present(_) | Seen::Unreadable(_) | Seen::Unread => None,
    };
    let mut found = look.each(|subject| function(&subject.action).into_iter().collect(), |_, arn| say(arn));
    found.extend(look.each_of_mail_manager(|action| {
        let MailAction::InvokeLambda { function, .. } = action else { return None };
        say(&look.scene.function_arn(&function.value))
    }));
    found
}
