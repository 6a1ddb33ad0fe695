//! The requests of a grant, held against every live policy that has a say in them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::address::{Address, AddressKind};
use super::ids::Arn;
use super::permissions::Permissions;
use super::scene::Scene;
use crate::grants::asks::asks;
use crate::grants::{Grant, Principal};
use crate::kinds::secret;
use crate::policy::{Request, Verdict};

/// One request of a grant and its answer.
#[derive(Debug)]
pub struct Judged {
    /// The request.
    pub request: Request,
    /// The answer.
    pub verdict: Verdict,
    /// The policy that decides; the grant's own where none does.
    pub at: Address,
    /// The permissions boundary that surely does not allow it: then nothing that is granted helps.
    pub limited_by: Option<Address>,
}

/// Whether a policy that has a say in the grant's requests denies anything at all, or limits what others allow. What cannot be read may.
#[must_use]
pub fn may_be_denied(scene: &Scene<'_>, grant: &Grant) -> bool {
    // A role's requests are looked at by the policy of what it acts on, too.
    grant.principal == Principal::Identity || Permissions::at(scene.live, &grant.at).map_or(true, |permissions| permissions.may_deny())
}

/// Every request that the grant is for, with its answer.
///
/// A resource's own policy decides alone on a service. On a role decides everything that is on it, together with the policy of what it acts
/// on: in one account an Allow of either side is enough; across accounts only the other side's Denies count here, because that it allows is a
/// grant of its own.
///
/// # Errors
/// A policy that has a say could not be read.
pub fn judge(scene: &Scene<'_>, grant: &Grant) -> Result<Vec<Judged>, String> {
    let permissions = Permissions::at(scene.live, &grant.at)?;
    asks(scene, grant).into_iter().map(|request| judged(scene, grant, &permissions, request)).collect()
}

/// Those of them that are surely denied, or limited by a boundary: all others are left out, and cost little.
///
/// # Errors
/// A policy that has a say could not be read.
pub fn denied(scene: &Scene<'_>, grant: &Grant) -> Result<Vec<Judged>, String> {
    let permissions = Permissions::at(scene.live, &grant.at)?;
    let alone = grant.principal != Principal::Identity && permissions.boundary.is_none();
    let may_be = |request: &Request| !alone || permissions.surely_deny(request);
    asks(scene, grant).into_iter().filter(may_be).map(|request| judged(scene, grant, &permissions, request)).collect()
}

fn judged(scene: &Scene<'_>, grant: &Grant, own: &Permissions, request: Request) -> Result<Judged, String> {
    let other = (grant.principal == Principal::Identity).then(|| policy_of(scene, &request.resource)).flatten();
    let permissions = match &other {
        Some(other) => &own.beside(scene.live, other, other.account == grant.at.account)?,
        None => own,
    };
    let verdict = match grant.principal {
        // A key policy that leaves the matter to its account leaves it to the role's own policy, which is a request of its own here.
        Principal::Aws(_) => permissions.decide_with_delegation(&request),
        Principal::Ses { .. } | Principal::Identity => permissions.decide(&request),
    };
    let at = permissions.source(&verdict, &request).unwrap_or_else(|| grant.at.clone());
    let limited = permissions.boundary.as_ref().filter(|_| permissions.is_limited(&request));
    Ok(Judged { limited_by: limited.map(|(at, _)| at.clone()), at, request, verdict })
}

/// Where the policy of what a request is about stands.
fn policy_of(scene: &Scene<'_>, resource: &str) -> Option<Address> {
    let arn: Arn = resource.parse().ok()?;
    match arn.service() {
        "s3" => Some(scene.bucket(arn.resource().split('/').next()?).with_kind(AddressKind::BucketPolicy)),
        "sns" => Some(scene.topic_address(&arn).with_kind(AddressKind::TopicPolicy)),
        "kms" => scene.key(resource).address().map(|key| key.with_kind(AddressKind::KeyPolicy)),
        "secretsmanager" => Some(secret::address(scene, resource).with_kind(AddressKind::SecretPolicy)),
        _ => None,
    }
}
