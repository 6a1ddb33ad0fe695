//! Managed policies: those that are attached to a role allow and deny as its inline policies do, and one that is its permissions boundary
//! allows nothing and limits everything. Only read: they are everybody's.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Kind;
use super::role::Role;
use crate::core::address::{Address, AddressKind};
use crate::core::live::Live;

/// `ListAttachedRolePolicies`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedPolicies {
    /// ARNs, of the account's own policies and of AWS's.
    pub arns: Vec<String>,
}

/// The row of the table.
#[derive(Debug)]
pub struct ManagedPolicies;

impl Kind for ManagedPolicies {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::AttachedPolicies, AddressKind::ManagedPolicy]
    }
}

/// `managed-policy/ARN`, as the account of a role sees it.
#[must_use]
pub fn policy_address(role: &Address, arn: &str) -> Address {
    Address { name: arn.to_owned(), ..role.with_kind(AddressKind::ManagedPolicy) }
}

/// What to read of a role: which policies are attached, then these and its boundary.
pub(crate) fn reads(live: &Live, role: &Address, wanted: &mut BTreeSet<Address>) {
    let list = role.with_kind(AddressKind::AttachedPolicies);
    let attached: AttachedPolicies = live.get(&list).present().unwrap_or_default();
    let boundary = live.get::<Role>(&role.with_kind(AddressKind::Role)).present().and_then(|role| role.permissions_boundary);
    wanted.insert(list);
    wanted.extend(attached.arns.iter().chain(&boundary).map(|arn| policy_address(role, arn)));
}

#[cfg(feature = "aws")]
mod wire {
    use super::{AttachedPolicies, ManagedPolicies};
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};
    use crate::core::address::AddressKind;

    impl Remote for ManagedPolicies {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let iam = ask.aws.iam(ask.at).await?;
                Ok(match ask.at.kind {
                    AddressKind::AttachedPolicies => {
                        Answer::of(iam.attached_policies(&ask.at.name).await?.map(|arns| AttachedPolicies { arns }))
                    }
                    _ => Answer::of(iam.managed_policy(&ask.at.name).await?),
                })
            })
        }
    }
}
