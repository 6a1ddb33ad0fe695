//! The requests of a grant, held against every live policy that has a say in them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::address::{Address, AddressKind};
use super::ids::Arn;
use super::live::{PolicyText, Seen};
use super::scene::Scene;
use crate::grants::asks::asks;
use crate::grants::{Grant, Principal};
use crate::kinds::role::InlinePolicies;
use crate::policy::{self, Document, Request, Verdict};

/// One request of a grant and its answer.
#[derive(Debug)]
pub struct Judged {
    /// The request.
    pub request: Request,
    /// The answer.
    pub verdict: Verdict,
    /// The policy that decides; the grant's own where none does.
    pub at: Address,
}

/// A live policy, and where it stands.
#[derive(Debug)]
struct Policy {
    at: Address,
    label: String,
    document: Document,
}

/// Every request that the grant is for, with its answer.
///
/// A resource's own policy decides alone on a service. On a role decide all its inline policies, together with the policy of what it acts on:
/// in one account an Allow of either side is enough; across accounts only the other side's Denies count here, because that it allows is a
/// grant of its own.
///
/// # Errors
/// A policy that has a say could not be read.
pub fn judge(scene: &Scene<'_>, grant: &Grant) -> Result<Vec<Judged>, String> {
    let mut own = Vec::new();
    for at in own_policies(scene, grant) {
        own.extend(read(scene, at)?);
    }
    asks(scene, grant).into_iter().map(|request| judged(scene, grant, &own, request)).collect()
}

fn judged(scene: &Scene<'_>, grant: &Grant, own: &[Policy], request: Request) -> Result<Judged, String> {
    let other = match grant.principal {
        Principal::Identity => policy_of(scene, &request.resource).map_or(Ok(None), |at| read(scene, at))?,
        Principal::Ses { .. } | Principal::Role(_) => None,
    };
    let mut allowing: Vec<_> = own.iter().map(|policy| (policy.label.as_str(), &policy.document)).collect();
    let mut denying: Vec<_> = other.iter().map(|policy| (policy.label.as_str(), &policy.document)).collect();
    if other.as_ref().is_some_and(|policy| policy.at.account == grant.at.account) {
        allowing.append(&mut denying);
    }
    let verdict = match grant.principal {
        // A key policy that leaves the matter to its account leaves it to the role's own policy, which is a request of its own here.
        Principal::Role(_) => policy::evaluate_with_delegation(&allowing, &request),
        Principal::Ses { .. } | Principal::Identity => policy::evaluate_with_denials(&allowing, &denying, &request),
    };
    let deciding = verdict.deciding.as_ref().map(|deciding| deciding.document.as_str());
    let at = own.iter().chain(&other).find(|policy| Some(policy.label.as_str()) == deciding).map_or(&grant.at, |policy| &policy.at);
    Ok(Judged { at: at.clone(), request, verdict })
}

/// The policies whose Allow counts: a resource's own, or all inline policies of a role.
fn own_policies(scene: &Scene<'_>, grant: &Grant) -> Vec<Address> {
    let mut addresses = vec![grant.at.clone()];
    if grant.principal == Principal::Identity {
        let names: Option<InlinePolicies> = scene.live.get(&grant.at.with_kind(AddressKind::RolePolicies)).present();
        let others = names.into_iter().flat_map(|policies| policies.names).filter(|name| *name != scene.owner.inline_policy());
        addresses.extend(others.map(|name| Address { name: format!("{}/{name}", grant.at.name), ..grant.at.clone() }));
    }
    addresses
}

/// Where the policy of what a request is about stands.
fn policy_of(scene: &Scene<'_>, resource: &str) -> Option<Address> {
    let arn: Arn = resource.parse().ok()?;
    match arn.service() {
        "s3" => Some(scene.bucket(arn.resource().split('/').next()?).with_kind(AddressKind::BucketPolicy)),
        "sns" => Some(scene.topic_address(&arn).with_kind(AddressKind::TopicPolicy)),
        "kms" => scene.key(resource).address().map(|key| key.with_kind(AddressKind::KeyPolicy)),
        _ => None,
    }
}

/// A policy that is there. One that nobody has looked for is taken for none.
fn read(scene: &Scene<'_>, at: Address) -> Result<Option<Policy>, String> {
    match scene.live.get::<PolicyText>(&at) {
        Seen::Present(policy) => {
            let document = Document::parse(&policy.text).map_err(|error| error.to_string())?;
            Ok(Some(Policy { label: at.to_string(), at, document }))
        }
        Seen::Unreadable(why) => Err(why),
        Seen::Absent | Seen::Unread => Ok(None),
    }
}
