//! What an account holds, as lists: an audit looks at everything, and no plan does. Each list is one address, named `all`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::core::address::{Address, AddressKind, Home};
use crate::core::ids::Region;

/// `ListBuckets`: name → region, where S3 says it.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>
pub type Buckets = BTreeMap<String, Option<Region>>;

/// `ListKeys`, `ListTopics`, `ListSecrets`, `ListReceiptFilters`, `ListAccountAliases`, and `ListAliases` of a function: ids or names.
pub type Names = BTreeSet<String>;

/// `ListFunctions` of all versions: name → published versions.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>
pub type Functions = BTreeMap<String, BTreeSet<String>>;

/// `ListRoles`: by name. It gives neither tags nor boundaries, and it gives the trust policies.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>
pub type Roles = BTreeMap<String, ListedRole>;

/// One role of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRole {
    /// Its ARN.
    pub arn: String,
    /// `/` or `/…/`. Roles of AWS's own, which nobody can edit, live under `/aws-service-role/`.
    pub path: String,
    /// Its trust policy.
    pub trust: String,
}

/// `GetAccountAuthorizationDetails` of users, groups and roles, less what the policies say: a page of it holds a thousand.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identities {
    /// By name.
    pub roles: BTreeMap<String, ListedIdentity>,
    /// By name, the names of their inline policies.
    pub users: BTreeMap<String, Names>,
    /// The same of groups.
    pub groups: BTreeMap<String, Names>,
}

/// One role among all identities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedIdentity {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its trust policy.
    pub trust: String,
    /// The names of its inline policies.
    pub policies: Names,
}

/// The row of the table.
#[derive(Debug)]
pub struct Inventory;

/// The lists of a whole account and region.
pub const LISTS: [AddressKind; 6] =
    [AddressKind::Buckets, AddressKind::Keys, AddressKind::Topics, AddressKind::Functions, AddressKind::Secrets, AddressKind::Roles];

impl Kind for Inventory {
    fn handles(&self) -> &'static [AddressKind] {
        &[
            AddressKind::Buckets,
            AddressKind::Keys,
            AddressKind::Topics,
            AddressKind::Functions,
            AddressKind::FunctionAliases,
            AddressKind::Secrets,
            AddressKind::Roles,
            AddressKind::Identities,
            AddressKind::AccountAliases,
        ]
    }
}

/// `topics/all` and its like.
#[must_use]
pub fn list_address(home: &Home, kind: AddressKind) -> Address {
    home.at(kind, "all")
}

#[cfg(feature = "aws")]
mod wire {
    use super::Inventory;
    use crate::aws::{Answer, Ask, AwsError, Remote, Soon};
    use crate::core::address::AddressKind;

    impl Remote for Inventory {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let Ask { aws, at } = ask;
                Ok(match at.kind {
                    AddressKind::Buckets => {
                        let buckets = aws.s3(at).await?.buckets().await?;
                        for (name, region) in &buckets {
                            if let Some(region) = region {
                                // So that what is asked of it next is asked where it is.
                                aws.located(name, region).await;
                            }
                        }
                        Answer::of(Some(buckets))
                    }
                    AddressKind::Keys => Answer::of(Some(aws.kms(at).await?.keys().await?)),
                    AddressKind::Topics => Answer::of(Some(aws.sns(at).await?.topics().await?)),
                    AddressKind::Functions => Answer::of(Some(aws.lambda(at).await?.functions().await?)),
                    AddressKind::FunctionAliases => Answer::of(aws.lambda(at).await?.aliases(&at.name).await?),
                    AddressKind::Secrets => Answer::of(Some(aws.secrets(at).await?.names().await?)),
                    AddressKind::Identities => Answer::of(Some(aws.iam(at).await?.identities().await?)),
                    AddressKind::AccountAliases => Answer::of(Some(aws.iam(at).await?.account_aliases().await?)),
                    _ => Answer::of(Some(aws.iam(at).await?.roles().await?)),
                })
            })
        }
    }
}
