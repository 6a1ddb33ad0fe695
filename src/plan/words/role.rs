//! `roles:`

use super::common::{Flag, List, Names, Opt};
use super::demand::Demand;
use super::macros::mapping;
use super::texts::{IamPath, PolicyArn, RoleName, TagKey, TagValue};

mapping! {
    /// A role that actions use. `{}` is a role of ours.
    Role, given [Demand::AtMostOne(&["existing", "adopt", "absent"])] {
        /// IAM path; `/` when left out.
        path: Opt<IamPath>,
        /// The ARN of a managed policy that bounds it.
        permissions_boundary: Opt<PolicyArn>,
        /// Tags beside those of `defaults`.
        tags: Opt<Names<TagKey, TagValue>>,
        /// Earlier names.
        was: Opt<List<RoleName>>,
        /// Somebody else's: one inline policy and one trust statement of ours, nothing more.
        existing: Flag = false,
        /// There already, and ours from now on: no change but the tag.
        adopt: Flag = false,
        /// It shall not exist.
        absent: Flag = false,
    }
}
