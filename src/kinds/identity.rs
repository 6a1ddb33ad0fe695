//! IAM users, groups and roles that `senders:` and `archive_users:` speak of. They are somebody else's: never made, only given a policy of ours.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>

use std::collections::BTreeSet;

use serde_json::Value;

use super::Kind;
use super::role::{self, InlinePolicies};
use crate::core::address::{Address, AddressKind};
use crate::core::scene::{KeyRef, Scene};
use crate::grants::{Grant, export_archives, send_as, use_archive_key, use_archives};
use crate::kinds::{key, mail_manager};
use crate::plan::language::identities::{ArchiveUser, Identity};

/// The row of the table.
#[derive(Debug)]
pub struct Identities;

impl Kind for Identities {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::UserPolicies, AddressKind::GroupPolicies]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        for identity in named(scene) {
            let policy = policy_address(scene, identity);
            if policy.kind == AddressKind::RolePolicy {
                role::reads(scene, &policy.with_kind(AddressKind::Role), wanted);
                continue;
            }
            let names = names_address(&policy);
            let others: InlinePolicies = scene.live.get(&names).present().unwrap_or_default();
            let others = others.names.into_iter().filter(|name| *name != scene.owner.inline_policy());
            wanted.extend(others.map(|name| Address { name: format!("{}/{name}", policy.name), ..policy.clone() }));
            wanted.extend([names, policy]);
        }
        for user in &scene.plan.archive_users {
            archive_keys(scene, user).iter().for_each(|found| key::reads(scene, found, wanted));
            let buckets = user.export_to.iter().map(|bucket| scene.bucket(&bucket.value));
            wanted.extend(buckets.flat_map(|bucket| [bucket.with_kind(AddressKind::BucketPolicy), bucket]));
            let roles = user.key_principals.iter().filter_map(|principal| principal.value.strip_prefix("role/"));
            // Its ARN holds its path.
            wanted.extend(roles.map(|role| scene.home().at(AddressKind::Role, role)));
        }
    }

    fn grants(&self, scene: &Scene<'_>) -> Vec<Grant> {
        let mut grants = Vec::new();
        for sender in &scene.plan.senders {
            let because = [scene.plan.cause(&sender.spot)];
            for identity in &sender.attach_to {
                grants.extend(send_as::grants(scene, sender, &policy_address(scene, identity), &because));
            }
        }
        for user in &scene.plan.archive_users {
            let because = [scene.plan.cause(&user.spot)];
            let keys = archive_keys(scene, user);
            for identity in &user.attach_to {
                let at = policy_address(scene, identity);
                grants.extend(use_archives::grants(scene, user, &at, &because));
                grants.extend(export_archives::identity(scene, user, &at, &because));
                grants.extend(use_archive_key::identity(scene, user, &at, &keys, &because));
            }
            grants.extend(export_archives::buckets(scene, user, &because));
            grants.extend(use_archive_key::principals(scene, user, &keys, &because));
        }
        grants
    }
}

/// Everybody whom the plan gives a policy.
fn named<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Identity> {
    let senders = scene.plan.senders.iter().flat_map(|sender| &sender.attach_to);
    senders.chain(scene.plan.archive_users.iter().flat_map(|user| &user.attach_to))
}

/// Where our inline policy of an identity is kept.
#[must_use]
pub fn policy_kind(identity: &Identity) -> AddressKind {
    match identity {
        Identity::User(_) => AddressKind::UserPolicy,
        Identity::Group(_) => AddressKind::GroupPolicy,
        Identity::Role(_) => AddressKind::RolePolicy,
    }
}

/// Our inline policy of an identity.
#[must_use]
pub fn policy_address(scene: &Scene<'_>, identity: &Identity) -> Address {
    scene.home().at(policy_kind(identity), identity.name().value.as_str())
}

/// The identities that the plan gives a policy and that are not there, with their place in the plan.
#[must_use]
pub fn missing(scene: &Scene<'_>) -> Vec<(Address, crate::plan::language::Spot)> {
    let absent = |identity: &&Identity| {
        let policy = policy_address(scene, identity);
        let shows = if policy.kind == AddressKind::RolePolicy { AddressKind::Role } else { names_address(&policy).kind };
        matches!(scene.live.get::<Value>(&policy.with_kind(shows)), crate::core::live::Seen::Absent)
            // A role that the plan makes is there by then.
            && !(shows == AddressKind::Role && scene.role(&policy.name).is_some_and(|role| role.ours_to_write))
    };
    named(scene).filter(absent).map(|identity| (policy_address(scene, identity), identity.name().spot.clone())).collect()
}

/// Whether the plan gives a role a policy by `attach_to`.
#[must_use]
pub fn gives_policy_to(scene: &Scene<'_>, role: &str) -> bool {
    named(scene).any(|identity| matches!(identity, Identity::Role(name) if name.value == role))
}

fn names_address(policy: &Address) -> Address {
    policy.with_kind(crate::containers::names_of_inline(policy.kind).unwrap_or(policy.kind))
}

/// The customer managed keys of the archives that a user may use: as the plan says, else as they are.
fn archive_keys(scene: &Scene<'_>, user: &ArchiveUser) -> Vec<KeyRef> {
    let named: Vec<Address> = match &user.archives {
        Some(archives) => archives.iter().filter_map(|archive| mail_manager::archive_address(scene, &archive.value)).collect(),
        None => {
            scene.plan.mail_manager.archives.iter().map(|entry| scene.home().at(AddressKind::Archive, entry.name.value.as_str())).collect()
        }
    };
    let mut keys = Vec::new();
    for archive in named {
        let key = mail_manager::archive_key(scene, &archive);
        keys.extend(key.filter(|key| !keys.contains(key)));
    }
    keys
}

#[cfg(feature = "aws")]
mod wire {
    use super::{Identities, InlinePolicies};
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};
    use crate::core::address::AddressKind;

    impl Remote for Identities {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let iam = ask.aws.iam(ask.at).await?;
                let names = match ask.at.kind {
                    AddressKind::GroupPolicies => iam.group_policy_names(&ask.at.name).await?,
                    _ => iam.user_policy_names(&ask.at.name).await?,
                };
                Ok(Answer::of(names.map(|names| InlinePolicies { names })))
            })
        }
    }
}
