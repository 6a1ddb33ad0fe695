//! `targets:`

use super::common::{Names, Opt};
use super::demand::Demand;
use super::macros::mapping;
use super::texts::{AccountId, AnyText, ExternalId, Literal, Region, RoleArn, RolePathName, TargetName, Text, VarName};

/// The whole section.
pub(crate) type Targets = Names<TargetName, Target>;

mapping! {
    /// One account and region that the plan is for.
    Target, given [Demand::AtMostOne(&["role", "role_arn", "profile"])] {
        /// The account; else that of the plan. Any other is refused before anything is read.
        account: Opt<Literal<AccountId>>,
        /// The SES region; else that of the plan.
        region: Opt<Literal<Region>>,
        /// A role of this name (with its path, if it has one) in the account.
        role: Opt<Literal<RolePathName>>,
        /// A role by its ARN.
        role_arn: Opt<Literal<RoleArn>>,
        /// A profile of the AWS configuration files.
        profile: Opt<Literal<Text>>,
        /// The external id that the role asks for.
        external_id: Opt<Literal<ExternalId>>,
        /// Variables of this target; they override those of the plan.
        vars: Opt<Names<VarName, AnyText>>,
    }
}
