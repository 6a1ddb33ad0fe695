//! Add-on instances: what traffic policies and rules ask. One to a subscription.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateAddonInstance.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ours::{self, Spec};
use super::{addon_name, id_text};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::kinds::Kind;

/// The members of an instance. AWS changes none of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddonInstance {
    /// What AWS calls the add-on.
    pub addon_name: String,
    /// The subscription that it is an instance of.
    pub addon_subscription_id: String,
}

impl Spec for AddonInstance {
    const KIND: AddressKind = AddressKind::AddonInstance;
    const WHAT: &'static str = "add-on instance";
    const RENAMES: bool = false;

    fn cannot_become(&self, have: &Self, _live: &Live) -> Option<String> {
        let moved = self.addon_subscription_id != have.addon_subscription_id;
        moved.then(|| "AWS cannot move an instance to another subscription: it is deleted and made again, and in between what asks it gets no answer".to_owned())
    }
}

/// The row of the table.
#[derive(Debug)]
pub struct AddonInstances;

impl Kind for AddonInstances {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::AddonInstance]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        ours::reads(scene, AddressKind::AddonInstance, scene.plan.mail_manager.addons.iter().map(addon_name), wanted);
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        let settle = |name: &str| {
            let subscription = scene.home().at(AddressKind::AddonSubscription, name);
            AddonInstance { addon_name: name.to_owned(), addon_subscription_id: id_text(scene, &subscription) }
        };
        ours::desire(scene, desired, &scene.plan.mail_manager.addons, addon_name, |name, _| settle(name));
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<AddonInstance>(desired, live, draft);
    }
}
