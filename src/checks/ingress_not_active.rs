//! An ingress endpoint is there and takes no mail, though nobody closed it.

use super::{Check, Found, Look, once};
use crate::core::address::AddressKind;
use crate::core::problem::Severity;
use crate::kinds::mail_manager::{Names, names_address};
use crate::plan::language::mail_manager::Body;

pub(super) static CHECK: Check = Check {
    code: "ingress-not-active",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_GetIngressPoint.html",
    about: "An ingress endpoint is there and takes no mail, though nobody closed it: it failed, or its VPC endpoint is gone.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let scene = look.scene;
    let names: Names = scene.live.get(&names_address(scene.home(), AddressKind::IngressEndpoint)).present().unwrap_or_default();
    let broken = |name: &str| {
        let state = names.living(name).next()?.state.as_deref()?;
        let help = match state {
            "FAILED" => "AWS could not make it",
            "ASSOCIATED_VPC_ENDPOINT_DOES_NOT_EXIST" => "the VPC endpoint that it is reached by is gone: name another one",
            _ => return None,
        };
        Some(format!("ingress endpoint `{name}` is {state} and takes no mail: {help}"))
    };
    let named = scene.plan.mail_manager.ingress_endpoints.iter().filter(|entry| !matches!(entry.body, Body::Absent { .. }));
    once(named.filter_map(|entry| Some((broken(&entry.name.value)?, scene.plan.cause(&entry.name.spot)))))
}
