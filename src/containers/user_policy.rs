//! Our inline policy of a user, named after the plan and the region. Inline policies of others are read and never written.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html>

use super::Container;
use crate::core::address::AddressKind;
use crate::policy::Document;

/// The row of the table.
#[derive(Debug)]
pub struct UserPolicy;

impl Container for UserPolicy {
    fn kind(&self) -> AddressKind {
        AddressKind::UserPolicy
    }
    /// 2,048 characters for all inline policies of a user together.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    fn limit(&self) -> usize {
        2048
    }
    /// IAM does not count white space.
    fn measure(&self, document: &Document) -> usize {
        document.size_without_whitespace()
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::UserPolicy;
    use crate::aws::{Ask, AwsError, Soon, Store};
    use crate::core::live::PolicyText;

    impl Store for UserPolicy {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move {
                let (user, policy) = super::super::inline_parts(ask.at, &ask.aws.inline_policy);
                ask.aws.iam(ask.at).await?.user_policy(user, policy).await
            })
        }

        fn write<'a>(&'a self, ask: Ask<'a>, text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
            Box::pin(async move {
                let (user, policy) = super::super::inline_parts(ask.at, &ask.aws.inline_policy);
                let iam = ask.aws.iam(ask.at).await?;
                match text {
                    Some(text) => iam.put_user_policy(user, policy, text).await,
                    None => iam.delete_user_policy(user, policy).await,
                }
            })
        }
    }
}
