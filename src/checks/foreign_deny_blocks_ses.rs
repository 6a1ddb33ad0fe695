//! Somebody else's Deny, or a permissions boundary, keeps SES from what a rule needs, whatever ours allows.

use super::{Check, Found, Look};
use crate::containers;
use crate::core::address::AddressKind;
use crate::core::judge::{Judged, denied, may_be_denied};
use crate::core::problem::Severity;
use crate::grants::Principal;
use crate::kinds::role;
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
    for grant in look.desired.grants.iter().filter(|grant| may_be_denied(look.scene, grant)) {
        // What could not be read is told elsewhere.
        for Judged { verdict, request, at, limited_by } in denied(look.scene, grant).unwrap_or_default() {
            let who = who(&grant.principal);
            let message = match (verdict.decision, verdict.deciding, limited_by) {
                (Decision::ExplicitDeny, Some(deciding), _) => {
                    if deciding.sid.is_some() && deciding.sid.as_deref() == containers::of(at.kind).and_then(|kind| kind.stand_in()) {
                        continue;
                    }
                    let statement = deciding.sid.unwrap_or_else(|| format!("number {}", deciding.index + 1));
                    let at = at.seen_from(look.scene.home());
                    format!(
                        "statement `{statement}` of {at} denies {} to {who}: no statement of ours can help; its owner must except {who}",
                        request.action
                    )
                }
                (_, _, Some(_)) if role::changes_boundary(look.scene, look.desired, &grant.at.with_kind(AddressKind::Role)) => continue,
                // What nothing allows yet, ours will; what the boundary does not allow, nothing can.
                (_, _, Some(boundary)) => format!(
                    "{}, the permissions boundary of the role, does not allow {}: no statement of ours can help",
                    boundary.seen_from(look.scene.home()),
                    request.action
                ),
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

fn who(principal: &Principal) -> &'static str {
    match principal {
        Principal::Ses { .. } => "SES",
        Principal::Aws(_) | Principal::Identity => "the role",
    }
}
