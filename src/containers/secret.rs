//! Secret resource policies: one document a secret, put whole; a secret need not have one.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html>

use super::Container;
use crate::core::address::AddressKind;

/// The row of the table.
#[derive(Debug)]
pub struct SecretPolicy;

impl Container for SecretPolicy {
    fn kind(&self) -> AddressKind {
        AddressKind::SecretPolicy
    }
    /// 20,480 characters: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>
    fn limit(&self) -> usize {
        20_480
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::SecretPolicy;
    use crate::aws::{Ask, AwsError, Soon, Store};
    use crate::core::live::PolicyText;

    impl Store for SecretPolicy {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move { ask.aws.secrets(ask.at).await?.policy(&ask.at.name).await })
        }

        fn write<'a>(&'a self, ask: Ask<'a>, text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
            Box::pin(async move {
                let secrets = ask.aws.secrets(ask.at).await?;
                match text {
                    Some(text) => secrets.put_policy(&ask.at.name, text).await,
                    None => secrets.delete_policy(&ask.at.name).await,
                }
            })
        }
    }
}
