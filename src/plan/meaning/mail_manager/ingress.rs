//! `ingress_endpoints:`

use super::super::super::language::mail_manager::{IngressAccess, IngressEndpoint, IngressNetwork, TrustStore};
use super::super::super::language::{Placed, Spot};
use super::super::super::words::mail_manager as words;
use super::super::super::words::{Given, IngressType, IpKind, Reader};
use super::file::Files;
use super::spelling;

pub(super) fn endpoint(
    written: words::IngressEndpoint,
    name: &Placed<String>,
    files: Files<'_>,
    reader: &mut Reader<'_>,
) -> Option<IngressEndpoint> {
    let words::IngressEndpoint { given, r#type, auth, trust_store, traffic_policy, rule_set, tls, ip, vpc_endpoint, status, .. } = written;
    let kind = r#type?;
    fitting(kind, &given, name, reader);
    let access = match kind {
        IngressType::Open => Some(IngressAccess::Open),
        IngressType::Auth => auth
            .and_then(|auth| auth.secret.map(IngressAccess::Secret).or_else(|| auth.password_from_env.map(IngressAccess::PasswordFromEnv))),
        IngressType::Mtls => trust_store.and_then(|store| self::trust_store(store, files, reader)).map(IngressAccess::TrustStore),
    };
    let network = match vpc_endpoint {
        Some(endpoint) => IngressNetwork::VpcEndpoint(endpoint),
        None => IngressNetwork::Public { dual_stack: ip == Some(IpKind::DualStack) },
    };
    Some(IngressEndpoint { access: access?, traffic_policy: traffic_policy?, rule_set: rule_set?, tls: tls?, network, status })
}

/// Each type has its own word beside it, and no other.
fn fitting(kind: IngressType, given: &Given, name: &Placed<String>, reader: &mut Reader<'_>) {
    let wanted = match kind {
        IngressType::Open => None,
        IngressType::Auth => Some("auth"),
        IngressType::Mtls => Some("trust_store"),
    };
    let spelled = spelling(kind);
    if let Some(wanted) = wanted.filter(|wanted| given.spot(wanted).is_none()) {
        let spot: &Spot = given.spot("type").unwrap_or(&name.spot);
        reader.tell("missing-key", format!("`type: {spelled}` needs `{wanted}`"), spot, format!("add `{wanted}:` beside it"));
    }
    for other in ["auth", "trust_store"].into_iter().filter(|word| Some(*word) != wanted) {
        let Some(spot) = given.spot(other) else { continue };
        let place = reader.place(given.spot("type").unwrap_or(&name.spot));
        let problem = reader.tell("contradiction", format!("`{other}` beside `type: {spelled}`"), spot, "not with this type");
        problem.also.push((place, "because of this".to_owned()));
        let fits = if other == "auth" { IngressType::Auth } else { IngressType::Mtls };
        problem.help = Some(format!("with `{other}` it is `type: {}`", spelling(fits)));
    }
}

fn trust_store(written: words::TrustStore, files: Files<'_>, reader: &mut Reader<'_>) -> Option<TrustStore> {
    let words::TrustStore { ca_file, crl_file, kms_key } = written;
    let ca = files.certificates(&ca_file, reader);
    let crl = crl_file.and_then(|file| files.certificates(&file, reader));
    Some(TrustStore { ca: ca?, crl, kms_key })
}
