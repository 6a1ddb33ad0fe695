//! Ingress endpoints: where mail comes in. AWS makes, changes and removes them over minutes.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateIngressPoint.html>

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ours::{self, Spec};
use super::{reference, word};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::kinds::{Kind, key, secret};
use crate::plan::language::mail_manager::{IngressAccess, IngressEndpoint as Written, IngressNetwork, IngressTls};

/// The members of an ingress endpoint (the API says ingress point).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IngressEndpoint {
    /// Its name.
    pub ingress_point_name: String,
    /// `OPEN`, `AUTH` or `MTLS`.
    pub r#type: String,
    /// What happens to the mail it takes.
    pub rule_set_id: String,
    /// Whose mail it takes.
    pub traffic_policy_id: String,
    /// Who may hand in mail; none at an open one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress_point_configuration: Option<Configuration>,
    /// How it is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_configuration: Option<Network>,
    /// `REQUIRED`, `OPTIONAL` or `FIPS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_policy: Option<String>,
    /// As found, or `ACTIVE` or `CLOSED` where the plan says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// `IngressPointConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Configuration {
    /// A password that AWS keeps and never returns.
    SmtpPassword(Password),
    /// A password in a secret.
    SecretArn(String),
    /// Client certificates.
    #[serde(rename_all = "PascalCase")]
    TlsAuthConfiguration {
        /// Whose.
        trust_store: TrustStore,
    },
}

/// Where a password comes from. It is in no plan, no change and no output.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Password {
    /// The environment variable that holds it at apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_environment: Option<String>,
    /// AWS's version of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// It is sent although there is one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rotate: bool,
}

/// `TrustStore`. As found, the contents are digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrustStore {
    /// Certificates, or `sha256:…` of them.
    #[serde(rename = "CAContent")]
    pub ca_content: String,
    /// The revocation list, or `sha256:…` of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crl_content: Option<String>,
    /// The customer's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
}

/// `NetworkConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Network {
    /// From the internet.
    #[serde(rename_all = "PascalCase")]
    PublicNetworkConfiguration {
        /// `IPV4` or `DUAL_STACK`.
        ip_type: String,
    },
    /// From a VPC.
    #[serde(rename_all = "PascalCase")]
    PrivateNetworkConfiguration {
        /// `vpce-…`
        vpc_endpoint_id: String,
    },
}

/// AWS is at work: the state passes.
pub const PASSING: [&str; 2] = ["PROVISIONING", "UPDATING"];
/// What an endpoint of which the plan says no state comes to.
pub const SETTLED: &str = "ACTIVE or CLOSED";
/// AWS gave up making it.
pub const FAILED: &str = "FAILED";

impl Spec for IngressEndpoint {
    const KIND: AddressKind = AddressKind::IngressEndpoint;
    const WHAT: &'static str = "ingress endpoint";
    const RENAMES: bool = true;
    const FAREWELL: Option<&'static str> =
        Some("its A record goes with it: who delivers to it finds nobody, and tries again for days before giving up");

    fn leave_alone(&mut self, have: &Self) {
        // What an earlier run did not live to wait for is waited for; otherwise the state is left alone.
        let passes = have.status.as_deref().is_some_and(|status| PASSING.contains(&status) || status == FAILED);
        let left = if passes { Some(SETTLED.to_owned()) } else { have.status.clone() };
        self.status = self.status.take().or(left);
        if self.network_configuration.is_none() {
            self.network_configuration.clone_from(&have.network_configuration);
        }
    }

    fn cannot_become(&self, have: &Self, _live: &Live) -> Option<String> {
        let fips = |spec: &Self| spec.tls_policy.as_deref() == Some("FIPS");
        let what = if have.status.as_deref() == Some(FAILED) {
            "AWS could not make this endpoint"
        } else if self.r#type != have.r#type {
            "AWS cannot change the type of an endpoint"
        } else if self.network_configuration != have.network_configuration {
            "AWS cannot change how an endpoint is reached"
        } else if fips(self) != fips(have) {
            "AWS cannot change the TLS policy of an endpoint from or to FIPS"
        } else {
            return None;
        };
        Some(format!(
            "{what}: it is deleted and made again, which takes minutes, and gets a new A record. Who delivers to the old one finds nobody, \
             and tries again for days; mail comes in again when MX names the new one"
        ))
    }

    fn note(&self, have: &Self) -> Option<String> {
        let status = have.status.as_deref().filter(|status| PASSING.contains(status))?;
        Some(format!("AWS has it {status}, from an earlier run perhaps: that is waited for"))
    }
}

/// The row of the table.
#[derive(Debug)]
pub struct IngressEndpoints;

impl Kind for IngressEndpoints {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::IngressEndpoint]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let endpoints = &scene.plan.mail_manager.ingress_endpoints;
        ours::reads(scene, AddressKind::IngressEndpoint, endpoints.iter().flat_map(ours::names), wanted);
        for endpoint in ours::written::<_, IngressEndpoint>(scene, AddressKind::IngressEndpoint, endpoints) {
            if let Some(Configuration::SecretArn(arn)) = endpoint.ingress_point_configuration {
                secret::reads(scene, &secret::address(scene, &arn), wanted);
            }
        }
        for endpoint in endpoints.iter().filter_map(|entry| entry.spec()) {
            if let IngressAccess::TrustStore(store) = &endpoint.access {
                store.kms_key.iter().for_each(|named| key::reads(scene, &scene.key(&named.value), wanted));
            }
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        let endpoints = &scene.plan.mail_manager.ingress_endpoints;
        ours::desire(scene, desired, endpoints, |entry| entry.name.value.clone(), |name, endpoint| settle(scene, name, endpoint));
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<IngressEndpoint>(desired, live, draft);
    }
}

fn settle(scene: &Scene<'_>, name: &str, endpoint: &Written) -> IngressEndpoint {
    let plan = &scene.plan.mail_manager;
    let (kind, configuration) = match &endpoint.access {
        IngressAccess::Open => ("OPEN", None),
        IngressAccess::Secret(named) => ("AUTH", Some(Configuration::SecretArn(super::secret_arn(scene, &named.value)))),
        IngressAccess::PasswordFromEnv(variable) => {
            let password = Password { from_environment: Some(variable.value.clone()), ..Password::default() };
            ("AUTH", Some(Configuration::SmtpPassword(password)))
        }
        IngressAccess::TrustStore(store) => {
            let trust_store = TrustStore {
                ca_content: store.ca.value.clone(),
                crl_content: store.crl.as_ref().map(|crl| crl.value.clone()),
                kms_key_arn: store.kms_key.as_ref().map(|key| scene.key(&key.value).arn_text(scene.home())),
            };
            ("MTLS", Some(Configuration::TlsAuthConfiguration { trust_store }))
        }
    };
    let network = match &endpoint.network {
        IngressNetwork::Public { dual_stack } => {
            Network::PublicNetworkConfiguration { ip_type: if *dual_stack { "DUAL_STACK" } else { "IPV4" }.to_owned() }
        }
        IngressNetwork::VpcEndpoint(id) => Network::PrivateNetworkConfiguration { vpc_endpoint_id: id.value.clone() },
    };
    let tls = match endpoint.tls {
        IngressTls::Require => "REQUIRED",
        IngressTls::Optional => "OPTIONAL",
        IngressTls::Fips => "FIPS",
    };
    IngressEndpoint {
        ingress_point_name: name.to_owned(),
        r#type: kind.to_owned(),
        rule_set_id: reference(scene, AddressKind::MailRuleSet, &plan.rule_sets, &endpoint.rule_set.value),
        traffic_policy_id: reference(scene, AddressKind::TrafficPolicy, &plan.traffic_policies, &endpoint.traffic_policy.value),
        ingress_point_configuration: configuration,
        network_configuration: Some(network),
        tls_policy: Some(tls.to_owned()),
        status: endpoint.status.map(word),
    }
}

/// The environment variable whose password a change sends: at creation, where there was none before, and when it is asked for.
#[must_use]
pub fn password_variable(change: &Change) -> Option<&str> {
    let password = change.after.pointer("/IngressPointConfiguration/SmtpPassword")?;
    let has_one = change.before.pointer("/IngressPointConfiguration/SmtpPassword").is_some() && change.action != Action::Replace;
    let sent = !has_one || password.get("Rotate").is_some();
    password.get("FromEnvironment").and_then(Value::as_str).filter(|_| sent)
}

/// What AWS has decided about the endpoints of the plan that are there.
#[must_use]
pub fn outputs(desired: &Desired, live: &Live) -> BTreeMap<String, BTreeMap<String, String>> {
    let of = |at: &Address| {
        let found = ours::seen::<IngressEndpoint>(live, at).present()?;
        let record = found.a_record.map(|record| ("a_record".to_owned(), record));
        let members = [("id".to_owned(), found.id)].into_iter().chain(record).collect();
        Some((at.seen_from(&live.home), members))
    };
    desired.resources.keys().filter(|at| at.kind == AddressKind::IngressEndpoint).filter_map(of).collect()
}

/// Whether this run makes the endpoint anew.
pub(super) fn is_replaced(scene: &Scene<'_>, name: &str) -> bool {
    let entry = scene.plan.mail_manager.ingress_endpoints.iter().find(|entry| entry.name.value == name);
    let Some((entry, spec)) = entry.and_then(|entry| Some((entry, entry.spec()?))).filter(|(entry, _)| !entry.protect) else {
        return false;
    };
    let found = |name: String| ours::seen::<IngressEndpoint>(scene.live, &scene.home().at(AddressKind::IngressEndpoint, name)).present();
    ours::names(entry).find_map(found).is_some_and(|have| settle(scene, name, spec).cannot_become(&have.spec, scene.live).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::address::Home;

    fn endpoint() -> IngressEndpoint {
        IngressEndpoint {
            ingress_point_name: "mx-in".to_owned(),
            r#type: "OPEN".to_owned(),
            rule_set_id: "rs-1".to_owned(),
            traffic_policy_id: "tp-1".to_owned(),
            ingress_point_configuration: None,
            network_configuration: Some(Network::PublicNetworkConfiguration { ip_type: "IPV4".to_owned() }),
            tls_policy: Some("REQUIRED".to_owned()),
            status: Some("ACTIVE".to_owned()),
        }
    }

    #[test]
    fn what_aws_cannot_change_is_made_anew_and_the_rest_is_not() {
        let live = Live::new(Home { account: "111122223333".parse().unwrap(), region: "us-east-1".parse().unwrap() });
        let is_anew = |change: fn(&mut IngressEndpoint)| {
            let mut want = endpoint();
            change(&mut want);
            let both = [want.cannot_become(&endpoint(), &live).is_some(), endpoint().cannot_become(&want, &live).is_some()];
            assert_eq!(both[0], both[1], "forth and back");
            both[0]
        };
        assert!(is_anew(|it| it.tls_policy = Some("FIPS".to_owned())));
        assert!(is_anew(|it| it.r#type = "AUTH".to_owned()));
        assert!(is_anew(
            |it| it.network_configuration = Some(Network::PrivateNetworkConfiguration { vpc_endpoint_id: "vpce-0".to_owned() })
        ));
        assert!(!is_anew(|it| it.tls_policy = Some("OPTIONAL".to_owned())));
        assert!(!is_anew(|it| it.status = Some("CLOSED".to_owned())));
        assert!(!is_anew(|it| it.rule_set_id = "rs-2".to_owned()));
    }
}
