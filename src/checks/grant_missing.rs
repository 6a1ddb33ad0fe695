//! A container that is not ours to write lacks what a rule needs: its owner must add it, and here is the statement.

use super::{Check, Found, Look};
use crate::core::live::Seen;
use crate::core::permissions::Permissions;
use crate::core::problem::Severity;
use crate::grants::asks::asks;
use crate::policy::Decision;

pub(super) static CHECK: Check = Check {
    code: "grant-missing",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html",
    about: "A container that is not ours to write (`manage: false`) does not grant what a rule needs; its owner must add the statement.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let hands_off = look.desired.containers.iter().filter(|(_, container)| container.hands_off);
    let mut found = Vec::new();
    for (at, container) in hands_off {
        let (document, known) = match look.scene.live.document(at) {
            Seen::Present(read) => (read.ok(), read.is_ok()),
            Seen::Absent => (None, true),
            Seen::Unreadable(_) => (None, false),
            // Nobody has looked: there is nothing to say.
            Seen::Unread => continue,
        };
        let permissions = Permissions::at(look.scene.live, at);
        for (sid, want) in &container.statements {
            let have = document.and_then(|document| document.statement(sid));
            let granted = have.is_some_and(|have| have.means_the_same(&want.statement));
            let allowed = || {
                let Ok(permissions) = &permissions else { return false };
                let requests: Vec<_> = want.grants.iter().flat_map(|grant| asks(look.scene, grant)).collect();
                !requests.is_empty()
                    && requests.iter().all(|request| permissions.decide_with_delegation(request).decision == Decision::Allowed)
            };
            if granted || allowed() {
                continue;
            }
            let name = at.seen_from(look.scene.home());
            let lacks = if known { "does not grant what a rule needs; its owner must add" } else { "could not be read; it must hold" };
            let message = format!("{name} is not ours to write, and {lacks}: {}", want.statement.text());
            found.push(Found { message, because: want.because.clone() });
        }
    }
    found
}
