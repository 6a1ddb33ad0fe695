//! Our inline policy of a role, named after the plan and the region. Inline policies of others are read and never written.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>

use super::Container;
use crate::core::address::AddressKind;
use crate::policy::Document;

/// The row of the table.
#[derive(Debug)]
pub struct RolePolicy;

impl Container for RolePolicy {
    fn kind(&self) -> AddressKind {
        AddressKind::RolePolicy
    }
    /// 10,240 characters for all inline policies of a role together.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    fn limit(&self) -> usize {
        10_240
    }
    /// IAM does not count white space.
    fn measure(&self, document: &Document) -> usize {
        document.size_without_whitespace()
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::RolePolicy;
    use crate::aws::{Ask, AwsError, Soon, Store};
    use crate::core::live::PolicyText;

    impl Store for RolePolicy {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move {
                let (role, policy) = super::super::inline_parts(ask.at, &ask.aws.inline_policy);
                ask.aws.iam(ask.at).await?.role_policy(role, policy).await
            })
        }

        fn write<'a>(&'a self, ask: Ask<'a>, text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
            Box::pin(async move {
                let (role, policy) = super::super::inline_parts(ask.at, &ask.aws.inline_policy);
                let iam = ask.aws.iam(ask.at).await?;
                match text {
                    Some(text) => iam.put_role_policy(role, policy, text).await,
                    None => iam.delete_role_policy(role, policy).await,
                }
            })
        }
    }
}
