//! Somebody else's Deny, or a permissions boundary, keeps SES from what a rule needs, whatever ours allows.

use super::{Check, Found, Look};
use crate::containers;
use crate::core::permissions::Permissions;
use crate::core::problem::Severity;
use crate::grants::asks::asks;
use crate::policy::Decision;

pub(super) static CHECK: Check = Check {
    code: "foreign-deny-blocks-ses",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    about: "Somebody else's Deny keeps SES from what a rule needs, whatever ours allows. Only a Deny that surely applies is reported. A permissions \
            boundary that does not allow it denies it, too.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for grant in &look.desired.grants {
        let Ok(permissions) = Permissions::at(look.scene.live, &grant.at) else { continue };
        for request in asks(look.scene, grant) {
            let verdict = permissions.decide(&request);
            let source = permissions.source(&verdict, &request).unwrap_or_else(|| grant.at.clone());
            let at = source.seen_from(look.scene.home());
            let who = if grant.principal == crate::grants::Principal::Identity { "the role" } else { "SES" };
            let message = match (verdict.decision, verdict.deciding) {
                (Decision::ExplicitDeny, Some(deciding)) => {
                    if deciding.sid.is_some() && deciding.sid.as_deref() == containers::of(grant.at.kind).and_then(|kind| kind.stand_in()) {
                        continue;
                    }
                    let statement = deciding.sid.unwrap_or_else(|| format!("number {}", deciding.index + 1));
                    format!(
                        "statement `{statement}` of {at} denies {} to {who}: no statement of ours can help; its owner must except SES",
                        request.action
                    )
                }
                // What nothing allows yet, ours will; what the boundary does not allow, nothing can.
                _ if permissions.is_limited(&request) => {
                    let boundary = permissions.boundary.as_ref().map(|(at, _)| at.seen_from(look.scene.home())).unwrap_or_default();
                    format!(
                        "{boundary}, the permissions boundary of the role, does not allow {}: no statement of ours can help",
                        request.action
                    )
                }
                _ => continue,
            };
            match found.iter_mut().find(|known| known.message == message) {
                Some(known) => known.because.extend(grant.because.clone()),
                None => found.push(Found { message, because: grant.because.clone() }),
            }
        }
    }
    found
}
