//! `compile(Plan, Live) -> Desired`: everything the plan asks for. It sees what is live because what is needed depends on it: a topic that
//! is encrypted needs a key statement, a rule with a role needs no bucket statement, a default topic policy may be enough.

use std::collections::BTreeSet;

use super::address::{Address, AddressKind};
use super::desired::Desired;
use super::scene::Scene;
use crate::grants::statements;
use crate::kinds::KINDS;
use crate::kinds::made::Promises;
use crate::{checks, containers};

/// What must be read to decide about the plan, as far as what was already read tells. Asked again after every wave, until it asks for
/// nothing new.
#[must_use]
pub fn reads(scene: &Scene<'_>) -> BTreeSet<Address> {
    let mut wanted = BTreeSet::new();
    for kind in KINDS {
        kind.reads(scene, &mut wanted);
    }
    for text in scene.plan.retired.iter().chain(scene.plan.grants.iter().map(|(at, _)| at)) {
        named_container(scene, &text.value, &mut wanted);
    }
    // Which statements are not wanted as they are can only be said when everything is known that they hang on.
    if scene.live.missing(&wanted).is_empty() {
        for kind in KINDS {
            kind.reads_of_tenants(scene, &mut wanted);
        }
    }
    wanted
}

/// A container that the plan names by its address: its policy, and first the alias that names a key.
fn named_container(scene: &Scene<'_>, text: &str, wanted: &mut BTreeSet<Address>) {
    let Some(at) = scene.container_address(text) else { return };
    if at.kind == AddressKind::KeyPolicy && at.name.starts_with("alias/") {
        wanted.insert(crate::kinds::key::aliases_at(&at));
    } else if containers::of(at.kind).is_some() {
        wanted.insert(at);
    }
}

/// The whole of what is wanted.
#[must_use]
pub fn compile(scene: &Scene<'_>) -> Desired {
    let Some(promises) = Promises::of(scene) else { return compile_seen(scene) };
    let mut desired = compile_seen(&scene.promised(&promises));
    desired.begins = promises.begins;
    desired
}

fn compile_seen(scene: &Scene<'_>) -> Desired {
    let mut desired = Desired::new(scene.home().clone(), scene.owner.clone());
    desired.grants = crate::kinds::grants(scene);
    for kind in KINDS {
        kind.desire(scene, &mut desired);
    }
    statements::gather(scene, &mut desired);
    for text in &scene.plan.retired {
        if let Some(at) = scene.container_address(&text.value).filter(|at| containers::of(at.kind).is_some()) {
            desired.containers.entry(at).or_default();
        }
    }
    desired.accept.clone_from(&scene.plan.accept);
    let accounts = &scene.plan.accounts.by_id;
    desired.not_ours = accounts.iter().filter(|(_, access)| !access.manage).map(|(id, _)| id.clone()).collect();
    desired.findings = checks::run(scene, &desired);
    desired
}
