//! One file per place where statements are kept: which resource it guards, what it holds, what it is when nothing is left in it, and how
//! it is read and written.
//!
//! A new container is a file here, its `mod` line and its line in [`CONTAINERS`].

pub mod bucket;
pub mod function;
pub mod group_policy;
pub mod key;
pub mod role_policy;
pub mod role_trust;
pub mod secret;
pub mod topic;
pub mod user_policy;

use crate::core::address::{Address, AddressKind};
use crate::policy::Document;

/// A place where statements are kept. Every method is pure.
pub trait Container: Sync {
    /// Its address kind.
    fn kind(&self) -> AddressKind;

    /// How much fits, in the unit of [`Container::measure`].
    fn limit(&self) -> usize;

    /// How much AWS would let an account hold that asked for more. Between the two it cannot be told whether a document fits.
    fn raised_limit(&self) -> usize {
        self.limit()
    }

    /// How many statements it holds at most, where AWS counts them.
    fn most_statements(&self) -> Option<usize> {
        None
    }

    /// How much a document takes of it.
    fn measure(&self, document: &Document) -> usize {
        document.size()
    }

    /// What the service keeps when no statement is left: `None` where the policy is deleted.
    fn bare(&self, _at: &Address) -> Option<Document> {
        None
    }

    /// The Sid of a statement of [`Container::bare`] that goes when another one comes.
    fn stand_in(&self) -> Option<&'static str> {
        None
    }
}

macro_rules! table {
    ($($container:expr),* $(,)?) => {
        /// Every container, sorted by its address kind.
        pub static CONTAINERS: &[&dyn Container] = &[$(&$container),*];

        /// The same, with their wire halves.
        #[cfg(feature = "aws")]
        pub static STORES: &[&dyn crate::aws::Store] = &[$(&$container),*];
    };
}

table![
    bucket::BucketPolicy,
    key::KeyPolicy,
    topic::TopicPolicy,
    function::FunctionPolicy,
    secret::SecretPolicy,
    role_trust::RoleTrust,
    role_policy::RolePolicy,
    user_policy::UserPolicy,
    group_policy::GroupPolicy,
];

/// The container of an address kind.
#[must_use]
pub fn of(kind: AddressKind) -> Option<&'static dyn Container> {
    CONTAINERS.iter().copied().find(|container| container.kind() == kind)
}

/// Whether a container is an inline policy of an IAM identity: `NAME` is ours, `NAME/POLICY` somebody else's.
#[must_use]
pub fn is_inline(kind: AddressKind) -> bool {
    names_of_inline(kind).is_some()
}

/// Where the names of all inline policies of an identity stand.
#[must_use]
pub fn names_of_inline(kind: AddressKind) -> Option<AddressKind> {
    match kind {
        AddressKind::RolePolicy => Some(AddressKind::RolePolicies),
        AddressKind::UserPolicy => Some(AddressKind::UserPolicies),
        AddressKind::GroupPolicy => Some(AddressKind::GroupPolicies),
        _ => None,
    }
}

/// Whether an address is an inline policy of somebody else: `role-policy/ROLE/NAME`. It is read, and never written.
#[must_use]
pub fn is_foreign_inline(at: &Address) -> bool {
    is_inline(at.kind) && at.name.contains('/')
}

/// The identity and the name of the policy on it; `ours` is the name of ours.
#[must_use]
pub fn inline_parts<'a>(at: &'a Address, ours: &'a str) -> (&'a str, &'a str) {
    at.name.split_once('/').unwrap_or((&at.name, ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_file_of_this_folder_is_in_it() {
        let kinds: Vec<_> = CONTAINERS.iter().map(|container| container.kind()).collect();
        assert!(kinds.is_sorted());
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/containers");
        // mod.rs is the table.
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), CONTAINERS.len() + 1);
    }
}
