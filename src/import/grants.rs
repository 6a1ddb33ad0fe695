//! What stands in the policies: theirs is accepted where it grants what the rules need, taken over where that is wished, and what neither
//! grants nor can be added without a change is left to itself.

use std::collections::BTreeSet;

use super::{Draft, Said, Wishes};
use crate::audit::Subject;
use crate::audit::entries::{Entry, LetsIn, Whose, entries};
use crate::core::address::Address;
use crate::core::scene::Scene;
use crate::grants::Grant;
use crate::grants::asks::asks;
use crate::plan::write::{Item, Map};
use crate::policy::{Decision, Document, evaluate_with_delegation};

/// `defaults:`
pub(super) fn defaults(draft: &Draft<'_>) -> Item {
    let mut item = Item::from(Map::of_lines().with("foreign_grants", "accept"));
    item = item.note("statements that were there are enough where they grant what the rules need; `beside` adds postroom's own");
    if !draft.said.hints.is_empty() {
        item = item.note("`postroom audit` says of them:");
    }
    for hint in &draft.said.hints {
        item = item.note(format!("* {hint}"));
    }
    item
}

/// `grants:`
pub(super) fn exceptions(draft: &Draft<'_>) -> Option<Item> {
    let mut grants = Map::of_lines();
    let containers: BTreeSet<&Address> = draft.said.hands_off.keys().chain(draft.said.replace.keys()).collect();
    for at in containers {
        let name = draft.names.container(at);
        match (draft.said.replace.get(at), draft.said.hands_off.get(at)) {
            (_, Some(why)) => grants.put(&name, Item::from(Map::default().with("manage", false)).note(why)),
            (Some(names), None) => grants.put(&name, Map::default().with("replace", names.clone())),
            (None, None) => {}
        }
    }
    (!grants.is_empty()).then(|| Item::from(grants))
}

/// Finds the statements of others that ours can take the place of: they let SES in alone, and grant something that the plan needs.
pub(super) fn take_over(scene: &Scene<'_>, wishes: &Wishes, said: &mut Said) {
    if !wishes.take_over || said.took_over {
        return;
    }
    said.took_over = true;
    let needs = crate::kinds::grants(scene);
    let (found, _) = entries(&Subject { live: scene.live, eyes: scene.plan, planned: true });
    let theirs = found.iter().filter(|entry| entry.lets_in == LetsIn::Ses && entry.whose == Whose::Somebody && is_for_ses_alone(entry));
    for entry in theirs.filter(|entry| scene.may_write(&entry.at)) {
        let mut here = needs.iter().filter(|grant| grant.at == entry.at);
        if here.any(|grant| grants_it(scene, entry, grant)) {
            // A Sid that two statements bear names both.
            let twice = found.iter().filter(|other| other.at == entry.at && other.name == entry.name).count() > 1;
            let name = if twice { entry.statement.digest() } else { entry.name.clone() };
            said.replace.entry(entry.at.clone()).or_default().push(name);
        }
    }
}

/// A statement that lets others in beside SES is not ours to take away.
fn is_for_ses_alone(entry: &Entry) -> bool {
    let value = entry.statement.value();
    let service = value.pointer("/Principal/Service");
    let only = value.get("Principal").and_then(|principal| principal.as_object()).is_some_and(|kinds| kinds.len() == 1);
    let ses = |name: &serde_json::Value| name.as_str() == Some("ses.amazonaws.com");
    only && service.is_some_and(|service| ses(service) || service.as_array().is_some_and(|all| all.len() == 1 && all.iter().all(ses)))
}

fn grants_it(scene: &Scene<'_>, entry: &Entry, grant: &Grant) -> bool {
    let alone = Document::alone(&entry.statement);
    let met = |request| {
        let decision = evaluate_with_delegation(&[("", &alone)], request).decision;
        matches!(decision, Decision::Allowed | Decision::Depends)
    };
    asks(scene, grant).iter().any(met)
}
