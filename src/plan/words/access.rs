//! `accounts:`

use super::common::{Flag, List, Opt};
use super::demand::Demand;
use super::macros::mapping;
use super::texts::{BucketName, ExternalId, RoleArn, RolePathName, Text};

mapping! {
    /// How one other account is reached, and whether it is ours to write.
    Access, given [Demand::AtMostOne(&["role", "role_arn", "profile"])] {
        /// A role of this name (with its path, if it has one) in that account.
        role: Opt<RolePathName>,
        /// A role by its ARN.
        role_arn: Opt<RoleArn>,
        /// A profile of the AWS configuration files.
        profile: Opt<Text>,
        /// The external id that the role asks for.
        external_id: Opt<ExternalId>,
        /// Buckets that this account owns: the account of a bucket is in no ARN.
        owns: Opt<List<BucketName>>,
        /// `false`: not ours to write; the statement that it needs is printed for its owner.
        manage: Flag = true,
    }
}
