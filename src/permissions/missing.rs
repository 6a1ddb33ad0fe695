//! What was missing when a call was refused: the policy that gives just that.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::document;
use super::{Gather, Need, calls};
use crate::core::address::Address;
use crate::core::fault::Fault;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::policy::Conditions;

/// The policy that allows what was refused, each call about one thing; none when it is not known what it takes. Where AWS names another
/// permission than those that the call takes (`iam:PassRole`, `kms:Decrypt`, `sts:AssumeRole`), that one is missing and the others are not.
pub fn missing<'a>(plan: &Plan, live: &Live, refused: impl Iterator<Item = (&'a Fault, &'a Address)>) -> Option<Value> {
    let scene = Scene::new(plan, live);
    let mut gather = Gather { scene: &scene, facts: live, found: BTreeSet::new() };
    for (fault, at) in refused {
        let takes = calls::of(&fault.call).map(|row| row.takes).unwrap_or_default();
        match (fault.action(), fault.resource()) {
            (Some(action), resource) if !takes.iter().any(|(taken, _)| taken.eq_ignore_ascii_case(action)) => {
                gather.need(&at.account, action, resource.unwrap_or("*").to_owned(), Conditions::new(), false);
            }
            _ => gather.call(&fault.call, at, false),
        }
    }
    let needs: BTreeSet<Need> = gather.found.into_iter().map(|need| Need { maybe: false, ..need }).collect();
    (!needs.is_empty()).then(|| document(&needs))
}
