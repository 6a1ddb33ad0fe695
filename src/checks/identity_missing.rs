//! A user, group or role that shall get a policy is not there.

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::kinds::identity;

pub(super) static CHECK: Check = Check {
    code: "identity-missing",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id.html",
    about: "A user, group or role that `senders:` or `archive_users:` is about does not exist; postroom does not make it.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let found = identity::missing(look.scene).into_iter().map(|(at, spot)| {
        let what = at.kind.name().trim_end_matches("-policy");
        let message = format!("there is no {what} `{}` in account {}; make it first, or correct the name", at.name, at.account);
        Found { message, because: vec![look.scene.plan.cause(&spot)] }
    });
    found.collect()
}
