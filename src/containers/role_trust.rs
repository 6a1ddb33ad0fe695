//! Role trust policies: who may assume a role. Put whole, never absent, and small.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html>

use serde_json::json;

use super::Container;
use crate::core::address::{Address, AddressKind};
use crate::policy::Document;

/// The Sid of the statement that stands alone in the trust policy of a role of ours which nothing uses any more: IAM wants at least one.
pub const NOBODY: &str = "PostroomNobodyMayAssume";

/// The row of the table.
#[derive(Debug)]
pub struct RoleTrust;

impl Container for RoleTrust {
    fn kind(&self) -> AddressKind {
        AddressKind::RoleTrust
    }
    /// 2,048 characters; an account can ask for up to 4,096, and which it has cannot be read.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    fn limit(&self) -> usize {
        2048
    }
    fn raised_limit(&self) -> usize {
        4096
    }
    /// IAM does not count white space.
    fn measure(&self, document: &Document) -> usize {
        document.size_without_whitespace()
    }
    fn bare(&self, _at: &Address) -> Option<Document> {
        let nobody = json!({
            "Version": "2012-10-17",
            "Statement": [{"Sid": NOBODY, "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]
        });
        Document::parse(&nobody.to_string()).ok()
    }
    /// A Deny for everybody would deny SES, too.
    fn stand_in(&self) -> Option<&'static str> {
        Some(NOBODY)
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::RoleTrust;
    use crate::aws::{Ask, AwsError, Soon, Store};
    use crate::core::live::PolicyText;

    impl Store for RoleTrust {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move {
                let role = ask.aws.memo.role(&ask.aws.iam(ask.at).await?, ask.at).await?;
                Ok(role.map(|role| PolicyText { text: role.trust, revision: None }))
            })
        }

        fn write<'a>(&'a self, ask: Ask<'a>, text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
            Box::pin(async move {
                let Some(text) = text else { return Err(AwsError::refused("a role cannot be without a trust policy")) };
                ask.aws.iam(ask.at).await?.put_trust(&ask.at.name, text).await
            })
        }
    }
}
