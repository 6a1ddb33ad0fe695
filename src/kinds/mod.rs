//! One file per kind of resource: on top the pure half (what it is compared as, what it needs, what differs), below it the wire half.
//!
//! A new kind is a file here, its `mod` line and its line in [`KINDS`]; reading, comparing, rendering and applying go over the table.

pub mod bucket;
pub mod bucket_acl;
pub mod function;
pub mod identity;
pub mod inventory;
pub mod key;
pub mod made;
pub mod mail_manager;
pub mod managed_policy;
pub mod receipt_filter;
pub mod receipt_rule_set;
pub mod role;
pub mod secret;
pub mod topic;

use std::collections::BTreeSet;

use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::grants::Grant;

/// A sort of AWS resource. Every method is pure.
pub trait Kind: Sync {
    /// The addresses that are its.
    fn handles(&self) -> &'static [AddressKind];

    /// What must be read to decide about it, as far as the plan and what was already read tell. Called again after each wave.
    fn reads(&self, _scene: &Scene<'_>, _wanted: &mut BTreeSet<Address>) {}

    /// What must be read besides, once all that decides about the plan's own is known: whoever else may need a statement of ours that is
    /// not wanted as it is.
    fn reads_of_tenants(&self, _scene: &Scene<'_>, _wanted: &mut BTreeSet<Address>) {}

    /// The grants that what the plan wants of it asks for.
    fn grants(&self, _scene: &Scene<'_>) -> Vec<Grant> {
        Vec::new()
    }

    /// What the plan wants of it.
    fn desire(&self, _scene: &Scene<'_>, _desired: &mut Desired) {}

    /// What will be true once it has made what the plan's `create:` names and the account lacks.
    fn promise(&self, _scene: &Scene<'_>, _promises: &mut made::Promises) {}

    /// What must be done. Statements are not its matter.
    fn diff(&self, _desired: &Desired, _live: &Live, _draft: &mut Draft) {}
}

/// Every grant that the plan asks for.
pub(crate) fn grants(scene: &Scene<'_>) -> Vec<Grant> {
    KINDS.iter().flat_map(|kind| kind.grants(scene)).collect()
}

macro_rules! table {
    ($($kind:expr),* $(,)?) => {
        /// Every kind, sorted by its first address.
        pub static KINDS: &[&dyn Kind] = &[$(&$kind),*];

        /// The same, with their wire halves.
        #[cfg(feature = "aws")]
        pub static REMOTES: &[&dyn crate::aws::Remote] = &[$(&$kind),*];
    };
}

table![
    role::Roles,
    receipt_rule_set::ReceiptRuleSets,
    receipt_filter::ReceiptFilters,
    mail_manager::traffic_policy::TrafficPolicies,
    mail_manager::rule_set::RuleSets,
    mail_manager::ingress_endpoint::IngressEndpoints,
    mail_manager::relay::Relays,
    mail_manager::archive::Archives,
    mail_manager::address_list::AddressLists,
    mail_manager::addon_subscription::AddonSubscriptions,
    mail_manager::addon_instance::AddonInstances,
    mail_manager::Lists,
    bucket::Buckets,
    key::Keys,
    topic::Topics,
    function::Functions,
    secret::Secrets,
    identity::Identities,
    managed_policy::ManagedPolicies,
    bucket_acl::BucketAcls,
    inventory::Inventory,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_no_address_has_two_kinds() {
        let firsts: Vec<_> = KINDS.iter().map(|kind| kind.handles().first().copied()).collect();
        assert!(firsts.is_sorted());
        let all: Vec<_> = KINDS.iter().flat_map(|kind| kind.handles()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn every_file_of_this_folder_is_in_the_table() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kinds");
        // mod.rs is the table, mail_manager a folder whose mod.rs is the row of its lists; ours.rs, normal.rs, uses.rs and wire.rs are what
        // its kinds share; made.rs is what the kinds of `create:` share.
        let shared = ["mod.rs", "made.rs", "normal.rs", "ours.rs", "uses.rs", "wire.rs"];
        let files = |folder: &std::path::Path| {
            let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names.filter(|name| !shared.contains(&name.as_str())).count()
        };
        assert_eq!(files(&folder) + files(&folder.join("mail_manager")), KINDS.len());
    }
}
