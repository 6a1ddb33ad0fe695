//! Access control lists of buckets, as far as they let the public in. What a bucket policy keeps closed, such a list may open.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::core::address::AddressKind;

/// `GetBucketAcl`, less what it says of accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAcl {
    /// What it grants to everybody or to every AWS account.
    pub public: Vec<PublicGrant>,
    /// `IgnorePublicAcls` of the bucket's public access block: then none of it counts.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
    pub ignored: bool,
}

/// One grant to a public group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicGrant {
    /// `AllUsers` or `AuthenticatedUsers`.
    pub group: String,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

/// The row of the table.
#[derive(Debug)]
pub struct BucketAcls;

impl Kind for BucketAcls {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::BucketAcl]
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::{BucketAcls, PublicAcl, PublicGrant};
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};

    impl Remote for BucketAcls {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let s3 = ask.aws.s3(ask.at).await?;
                let Some(grants) = s3.public_grants(&ask.at.name).await? else { return Ok(Answer::absent()) };
                let public: Vec<_> = grants.into_iter().map(|(group, permission)| PublicGrant { group, permission }).collect();
                // Only where something is open does it matter whether something else closes it.
                let ignored = !public.is_empty() && s3.ignores_public_acls(&ask.at.name).await?;
                Ok(Answer::of(Some(PublicAcl { public, ignored })))
            })
        }
    }
}
