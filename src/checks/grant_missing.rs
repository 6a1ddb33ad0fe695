//! A container that is not ours to write lacks what a rule needs: its owner must add it, and here is the statement.

use super::{Check, Found, Look};
use crate::core::live::{PolicyText, Seen};
use crate::core::permissions::Permissions;
use crate::core::problem::Severity;
use crate::grants::asks::asks;
use crate::policy::{Decision, Document};

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
        let (document, known) = match look.scene.live.get::<PolicyText>(at) {
            Seen::Present(policy) => Document::parse(&policy.text).map_or_else(|_| (Document::empty(), false), |document| (document, true)),
            Seen::Absent => (Document::empty(), true),
            Seen::Unreadable(_) => (Document::empty(), false),
            // Nobody has looked: there is nothing to say.
            Seen::Unread => continue,
        };
        for (sid, want) in &container.statements {
            let granted = document.statement(sid).is_some_and(|have| have.means_the_same(&want.statement));
            let permissions = Permissions::at(look.scene.live, at);
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
