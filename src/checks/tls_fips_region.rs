//! Ingress endpoints have FIPS-validated TLS in the US and Canada alone.

use super::{Check, Found, Look, once};
use crate::core::problem::Severity;
use crate::plan::language::mail_manager::{Entry, IngressTls};

pub(super) static CHECK: Check = Check {
    code: "tls-fips-region",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateIngressPoint.html",
    about: "Ingress endpoints have FIPS-validated TLS in the US and Canada alone.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let (plan, region) = (look.scene.plan, look.scene.home().region.as_str());
    if ["us-", "ca-"].iter().any(|place| region.starts_with(place)) {
        return Vec::new();
    }
    let fips =
        plan.mail_manager.ingress_endpoints.iter().filter(|entry| entry.spec().is_some_and(|endpoint| endpoint.tls == IngressTls::Fips));
    once(fips.map(|entry: &Entry<_>| {
        let message = format!("`tls: fips` of ingress endpoint `{}`: {region} is not in the US or Canada", entry.name.value);
        (message, plan.cause(&entry.spot))
    }))
}
