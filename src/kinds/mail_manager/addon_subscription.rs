//! Add-on subscriptions: a third party's analysis of mail, at a price.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateAddonSubscription.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::addon_name;
use super::ours::{self, Spec};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::kinds::Kind;

/// The members of a subscription. AWS changes none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddonSubscription {
    /// What AWS calls the add-on.
    pub addon_name: String,
}

impl Spec for AddonSubscription {
    const KIND: AddressKind = AddressKind::AddonSubscription;
    const WHAT: &'static str = "add-on subscription";
    const RENAMES: bool = false;
}

/// The row of the table.
#[derive(Debug)]
pub struct AddonSubscriptions;

impl Kind for AddonSubscriptions {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::AddonSubscription]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        ours::reads(scene, AddressKind::AddonSubscription, scene.plan.mail_manager.addons.iter().map(addon_name), wanted);
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        let addons = &scene.plan.mail_manager.addons;
        ours::desire(scene, desired, addons, addon_name, |name, _| AddonSubscription { addon_name: name.to_owned() });
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<AddonSubscription>(desired, live, draft);
    }
}
