//! Bucket policies: one document a bucket, put whole, no revision token.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>

use super::Container;
use crate::core::address::AddressKind;

/// The row of the table.
#[derive(Debug)]
pub struct BucketPolicy;

impl Container for BucketPolicy {
    fn kind(&self) -> AddressKind {
        AddressKind::BucketPolicy
    }
    /// 20 KB: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html>
    fn limit(&self) -> usize {
        20 * 1024
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::BucketPolicy;
    use crate::aws::{Ask, AwsError, Lockout, Session, Soon, Store};
    use crate::core::address::Address;
    use crate::core::live::PolicyText;

    impl Store for BucketPolicy {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move { ask.aws.s3(ask.at).await?.policy(&ask.at.name).await })
        }

        fn write<'a>(&'a self, ask: Ask<'a>, text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
            Box::pin(async move {
                let s3 = ask.aws.s3(ask.at).await?;
                match text {
                    Some(text) => s3.put_policy(&ask.at.name, text).await,
                    None => s3.delete_policy(&ask.at.name).await,
                }
            })
        }

        fn lockout(&self, aws: &Session, at: &Address) -> Option<Lockout> {
            Some(Lockout {
                action: "s3:PutBucketPolicy",
                resource: format!("arn:{}:s3:::{}", aws.home.partition(), at.name),
                needs_allow: false,
            })
        }
    }
}
