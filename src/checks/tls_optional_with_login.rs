//! An ingress endpoint with a login asks for TLS: `tls: optional` is for `type: open`, and for `type: auth` in a VPC, and never for `type: mtls`
//! (AWS's instructions for agents say so; docs/aws-behaviour.md).

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;
use crate::plan::language::mail_manager::{IngressAccess, IngressNetwork, IngressTls};

pub(super) static CHECK: Check = Check {
    code: "tls-optional-with-login",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateIngressPoint.html",
    about: "An ingress endpoint with a login asks for TLS: `tls: optional` is for `type: open`, and for `type: auth` in a VPC.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let refused = plan.mail_manager.ingress_endpoints.iter().filter_map(|entry| {
        let endpoint = entry.spec().filter(|endpoint| endpoint.tls == IngressTls::Optional)?;
        let public = matches!(endpoint.network, IngressNetwork::Public { .. });
        let kind = match &endpoint.access {
            IngressAccess::Open => return None,
            IngressAccess::Secret(_) | IngressAccess::PasswordFromEnv(_) if public => "auth` from the internet",
            IngressAccess::Secret(_) | IngressAccess::PasswordFromEnv(_) => return None,
            IngressAccess::TrustStore(_) => "mtls`",
        };
        let message = format!("`tls: optional` of ingress endpoint `{}`: `type: {kind} needs `tls: require`", entry.name.value);
        Some((message, plan.cause(&entry.spot)))
    });
    once(refused)
}
