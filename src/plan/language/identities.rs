//! `senders:` and `archive_users:` as values: what users, groups and roles may do with SES.

use std::collections::BTreeMap;

use super::super::choices::choices;
use super::{Placed, Spot};

/// An IAM identity that an inline policy is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// `user: NAME`
    User(Placed<String>),
    /// `group: NAME`
    Group(Placed<String>),
    /// `role: NAME`
    Role(Placed<String>),
}

impl Identity {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Placed<String> {
        match self {
            Self::User(name) | Self::Group(name) | Self::Role(name) => name,
        }
    }
}

/// One entry of `senders:`.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Its name in the plan.
    pub name: Placed<String>,
    /// Whose policy it becomes.
    pub attach_to: Vec<Identity>,
    /// SES action names without their prefix, or the one `*`.
    pub actions: Vec<Placed<String>>,
    /// The identities to send as; `None` = all.
    pub identities: Option<Vec<Placed<String>>>,
    /// The configuration sets to send with.
    pub configuration_sets: Vec<Placed<String>>,
    /// Under which conditions: operator → key → values.
    pub only: Vec<Only>,
    /// Where it stands.
    pub spot: Spot,
}

/// One word of `only:`, as the condition that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Only {
    /// `StringEquals`, …
    pub operator: String,
    /// `ses:FromAddress`, …
    pub key: String,
    /// Values as IAM takes them.
    pub values: Vec<String>,
    /// Where the word stands.
    pub spot: Spot,
}

/// One entry of `archive_users:`.
#[derive(Debug, Clone)]
pub struct ArchiveUser {
    /// Its name in the plan.
    pub name: Placed<String>,
    /// Whose policy it becomes.
    pub attach_to: Vec<Identity>,
    /// Archives by name, id or ARN; `None` = all of the account and region.
    pub archives: Option<Vec<Placed<String>>>,
    /// What of them is allowed.
    pub allow: Vec<Placed<ArchiveUse>>,
    /// Condition of `create`: tag → values.
    pub create_with_tags: BTreeMap<String, Vec<String>>,
    /// Buckets that exports may go to.
    pub export_to: Vec<Placed<String>>,
    /// Who stands in the policy of an archive's key: `user/NAME`, `role/NAME` or an ARN; a group cannot.
    pub key_principals: Vec<Placed<String>>,
    /// Where it stands.
    pub spot: Spot,
}

choices! {
    /// What an archive is used for.
    pub ArchiveUse {
        /// `Get`.
        View = "view",
        /// Making new ones.
        Create = "create",
        /// `Get`, `Update`, `Delete`.
        Manage = "manage",
        /// Searching.
        Search = "search",
        /// Reading messages.
        Read = "read",
        /// Exporting to a bucket.
        Export = "export",
        /// Listing and taking away tags.
        Tag = "tag",
    }
}
