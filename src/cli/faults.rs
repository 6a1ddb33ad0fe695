//! What AWS refused in a run, explained by the plan and the account.

use crate::core::address::{Address, AddressKind};
use crate::core::apply::{Applied, Status};
use crate::core::change::ChangeSet;
use crate::core::compile::compile;
use crate::core::desired::Desired;
use crate::core::fault::Fault;
use crate::core::problem::Cause;
use crate::core::scene::Scene;
use crate::permissions;
use crate::report::faults::{Explained, Refused, explain};

use super::input::Seen;

/// Why things could not be read.
pub(super) fn of_reads(seen: &Seen, set: &ChangeSet) -> Vec<Explained> {
    if set.unreadable.is_empty() {
        return Vec::new();
    }
    let desired = compile(&Scene::new(&seen.plan, &seen.live));
    let refused = set.unreadable.iter().filter_map(|it| {
        let fault: Fault = it.why.parse().ok()?;
        Some(Refused { because: because(&desired, &it.address), at: it.address.clone(), fault })
    });
    explained(seen, &refused.collect::<Vec<_>>())
}

/// Why changes could not be made.
pub(super) fn of_writes(seen: &Seen, set: &ChangeSet, applied: &Applied) -> Vec<Explained> {
    let refused = set.changes.iter().filter_map(|change| {
        let outcome = applied.outcomes.get(&change.id).filter(|outcome| matches!(outcome.status, Status::Failed | Status::Unknown))?;
        let fault: Fault = outcome.error.as_ref()?.parse().ok()?;
        Some(Refused { at: change.address.clone(), fault, because: change.because.clone() })
    });
    explained(seen, &refused.collect::<Vec<_>>())
}

fn explained(seen: &Seen, refused: &[Refused]) -> Vec<Explained> {
    let caller = seen.live.caller.as_ref().map(ToString::to_string);
    explain(refused, &seen.live.home, caller.as_deref(), |group| {
        permissions::missing(&seen.plan, &seen.live, group.iter().map(|one| (&one.fault, &one.at)))
    })
}

/// The plan lines that have to do with a thing: with itself, or with the policy that guards it.
fn because(desired: &Desired, at: &Address) -> Vec<Cause> {
    let name = at.name.split('/').next().unwrap_or_default();
    let same = |other: &Address| {
        let kept = policy_of(at.kind).unwrap_or(at.kind);
        other == at || (other.account == at.account && other.kind == kept && other.name.split('/').next() == Some(name))
    };
    let of_things = desired.resources.iter().filter(|(other, _)| same(other)).flat_map(|(_, wanted)| wanted.because.clone());
    let of_grants = desired.grants.iter().filter(|grant| same(&grant.at)).flat_map(|grant| grant.because.clone());
    let mut found: Vec<Cause> = of_things.chain(of_grants).collect();
    found.sort();
    found.dedup();
    found
}

/// Where the statements about a thing are kept.
fn policy_of(kind: AddressKind) -> Option<AddressKind> {
    Some(match kind {
        AddressKind::Bucket | AddressKind::BucketEncryption | AddressKind::BucketObjectLock | AddressKind::BucketTags => {
            AddressKind::BucketPolicy
        }
        AddressKind::Key => AddressKind::KeyPolicy,
        AddressKind::Topic => AddressKind::TopicPolicy,
        AddressKind::Function => AddressKind::FunctionPolicy,
        AddressKind::Secret => AddressKind::SecretPolicy,
        AddressKind::Role => AddressKind::RoleTrust,
        AddressKind::ReceiptRuleSet => AddressKind::ReceiptRule,
        _ => return None,
    })
}
