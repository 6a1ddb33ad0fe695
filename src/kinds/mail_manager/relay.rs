//! SMTP relays: the servers that a rule may hand mail to.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateRelay.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ours::{self, Spec};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::kinds::{Kind, secret};
use crate::plan::language::mail_manager::Relay as Written;

/// The members of a relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Relay {
    /// Its name.
    pub relay_name: String,
    /// Host name or address.
    pub server_name: String,
    /// TCP port.
    pub server_port: u16,
    /// How SES proves itself to it.
    pub authentication: Authentication,
}

/// `RelayAuthentication`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authentication {
    /// User name and password in a secret.
    SecretArn(String),
    /// Not at all.
    NoAuthentication {},
}

impl Spec for Relay {
    const KIND: AddressKind = AddressKind::Relay;
    const WHAT: &'static str = "relay";
    const RENAMES: bool = true;
}

/// The row of the table.
#[derive(Debug)]
pub struct Relays;

impl Kind for Relays {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Relay]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let relays = &scene.plan.mail_manager.relays;
        ours::reads(scene, AddressKind::Relay, relays.iter().flat_map(ours::names), wanted);
        for relay in ours::written::<_, Relay>(scene, AddressKind::Relay, relays) {
            if let Authentication::SecretArn(arn) = relay.authentication {
                secret::reads(scene, &secret::address(scene, &arn), wanted);
            }
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        let relays = &scene.plan.mail_manager.relays;
        ours::desire(scene, desired, relays, |entry| entry.name.value.clone(), |name, relay| settle(scene, name, relay));
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<Relay>(desired, live, draft);
    }
}

fn settle(scene: &Scene<'_>, name: &str, relay: &Written) -> Relay {
    let secret = relay.secret.as_ref().map(|named| super::secret_arn(scene, &named.value));
    Relay {
        relay_name: name.to_owned(),
        server_name: relay.server.value.clone(),
        server_port: relay.port,
        authentication: secret.map_or(Authentication::NoAuthentication {}, Authentication::SecretArn),
    }
}
