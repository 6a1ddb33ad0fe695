//! Key policies: one document a key, put whole, never absent. KMS refuses a policy under which its writer could not write again.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>

use super::Container;
use crate::core::address::AddressKind;

/// The row of the table.
#[derive(Debug)]
pub struct KeyPolicy;

impl Container for KeyPolicy {
    fn kind(&self) -> AddressKind {
        AddressKind::KeyPolicy
    }
    /// 32 KB: <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
    fn limit(&self) -> usize {
        32 * 1024
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::KeyPolicy;
    use crate::aws::{Ask, AwsError, Lockout, Session, Soon, Store};
    use crate::core::address::Address;
    use crate::core::live::PolicyText;

    impl Store for KeyPolicy {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move { ask.aws.kms(ask.at).await?.policy(&ask.at.name).await })
        }

        fn write<'a>(&'a self, ask: Ask<'a>, text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
            Box::pin(async move {
                let Some(text) = text else { return Err(AwsError::refused("a key cannot be without a policy")) };
                ask.aws.kms(ask.at).await?.put_policy(&ask.at.name, text).await
            })
        }

        fn lockout(&self, aws: &Session, at: &Address) -> Option<Lockout> {
            let region = at.region.as_ref()?;
            let resource = format!("arn:{}:kms:{region}:{}:key/{}", aws.home.partition(), at.account, at.name);
            Some(Lockout { action: "kms:PutKeyPolicy", resource, needs_allow: true })
        }
    }
}
