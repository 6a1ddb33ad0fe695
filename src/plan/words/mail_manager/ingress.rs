//! `ingress_endpoints:`

use super::super::choice::{IngressType, IpKind, OneOf};
use super::super::common::Opt;
use super::super::demand::Demand;
use super::super::macros::{entry, mapping};
use super::super::texts::{EnvName, IngressName, Key, PlanFile, PolicyReference, RuleSetReference, Secret, VpcEndpoint};
use crate::plan::language::mail_manager::{IngressStatus, IngressTls};

entry! {
    /// An ingress endpoint: where mail comes in.
    IngressEndpoint, was IngressName, needs &["type", "traffic_policy", "rule_set", "tls"],
    Demand::AtMostOne(&["ip", "vpc_endpoint"]) => {
        /// Who may hand in mail. It cannot be changed later.
        r#type: Opt<OneOf<IngressType>>,
        /// With `type: auth`: what the password is.
        auth: Opt<IngressAuth>,
        /// With `type: mtls`: whose certificates are trusted.
        trust_store: Opt<TrustStore>,
        /// The traffic policy, by its name or id.
        traffic_policy: Opt<PolicyReference>,
        /// The rule set, by its name or id.
        rule_set: Opt<RuleSetReference>,
        /// Whether mail must come over TLS.
        tls: Opt<OneOf<IngressTls>>,
        /// From the internet: by which kind of address. It cannot be changed later.
        ip: Opt<OneOf<IpKind>>,
        /// From a VPC: the endpoint's id. It cannot be changed later.
        vpc_endpoint: Opt<VpcEndpoint>,
        /// Whether it takes mail; left alone when left out.
        status: Opt<OneOf<IngressStatus>>,
    }
}

mapping! {
    /// What the password of an ingress endpoint is.
    IngressAuth [Demand::ExactlyOne(&["secret", "password_from_env"])] {
        /// The secret with the password: its name or its ARN.
        secret: Opt<Secret>,
        /// The environment variable with the password, which is sent when the endpoint is made.
        password_from_env: Opt<EnvName>,
    }
}

mapping! {
    /// Whose certificates are trusted.
    TrustStore {
        /// A file of the plan's folder with the certificates of the authorities.
        ca_file: PlanFile,
        /// A file of the plan's folder with the list of revoked certificates.
        crl_file: Opt<PlanFile>,
        /// The key that the trust store is encrypted with: ARN, id or `alias/…`.
        kms_key: Opt<Key>,
    }
}
