//! Containers that the plan leaves to themselves (`manage: false`), each with the reason that stands above its line.

use std::collections::BTreeSet;

use super::Said;
use super::names::Names;
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change, ChangeSet};
use crate::core::judge::judge;
use crate::core::live::{Observed, PolicyText};
use crate::core::scene::Scene;
use crate::grants::Grant;
use crate::kinds::receipt_rule_set::rule_of;
use crate::policy::Decision;

/// Where a statement would be added, changed or taken away.
pub(super) fn by_statements(scene: &Scene<'_>, set: &ChangeSet, said: &mut Said) {
    let changed = |change: &&Change| change.statement.is_some() && !said.replace.contains_key(&change.address);
    let changes: Vec<&Change> = set.changes.iter().filter(changed).collect();
    if changes.is_empty() {
        return;
    }
    let needs = crate::kinds::grants(scene);
    for change in &changes {
        let here: Vec<&Change> = changes.iter().copied().filter(|other| other.address == change.address).collect();
        let at = &change.address;
        let name = || why(scene, &needs, at, &here);
        said.hands_off.entry(at.clone()).or_insert_with(name);
    }
}

fn why(scene: &Scene<'_>, needs: &[Grant], at: &Address, here: &[&Change]) -> String {
    if here.iter().any(|change| change.action != Action::Create) {
        return "postroom's own statements here differ from what the rules need now; without this line it brings them up to date"
            .to_owned();
    }
    let (mut users, mut keys, mut denied, mut actions) = (BTreeSet::new(), BTreeSet::new(), false, BTreeSet::new());
    for need in needs.iter().filter(|need| need.at == *at) {
        let judged = judge(scene, need).unwrap_or_default();
        let lacking: Vec<_> = judged.into_iter().filter(|judged| judged.verdict.decision != Decision::Allowed).collect();
        if !lacking.is_empty() {
            users.insert(user(scene, need));
        }
        denied |= lacking.iter().any(|judged| judged.verdict.decision == Decision::ExplicitDeny);
        actions.extend(lacking.iter().map(|judged| format!("`{}`", judged.request.action)));
        keys.extend(lacking.into_iter().flat_map(|judged| judged.verdict.on));
    }
    if users.is_empty() {
        users.extend(needs.iter().filter(|need| need.at == *at).map(|need| user(scene, need)));
    }
    let who = users.into_iter().collect::<Vec<_>>().join(", ");
    let actions = actions.into_iter().collect::<Vec<_>>().join(", ");
    let keys = keys.iter().map(|key| format!("`{}`", as_written(scene, at, key))).collect::<Vec<_>>().join(", ");
    let gone = guards(at.kind).is_some_and(|kind| matches!(scene.live.seen.get(&at.with_kind(kind)), Some(Observed::Absent)));
    let what = match (gone, denied, keys.is_empty()) {
        (true, ..) => format!("what it guards is not there; it is named by {who}"),
        (_, true, _) => format!("a Deny that stands here keeps SES out of {who}"),
        (_, _, false) => format!("what stands here serves {who} only where {keys} says so, which SES may or may not send"),
        (_, _, true) if actions.is_empty() => format!("what stands here is not seen to be enough for {who}"),
        (_, _, true) => format!("nothing that stands here grants {actions} for {who}"),
    };
    format!("{what}. Without this line postroom adds its own statement")
}

/// What a container guards.
fn guards(container: AddressKind) -> Option<AddressKind> {
    match container {
        AddressKind::BucketPolicy => Some(AddressKind::Bucket),
        AddressKind::KeyPolicy => Some(AddressKind::Key),
        AddressKind::TopicPolicy => Some(AddressKind::Topic),
        AddressKind::FunctionPolicy => Some(AddressKind::Function),
        _ => None,
    }
}

/// A condition key as the document has it: case means nothing to IAM, and something to a reader.
fn as_written(scene: &Scene<'_>, at: &Address, key: &str) -> String {
    let text = scene.live.get::<PolicyText>(at).present().map(|policy| policy.text).unwrap_or_default();
    let found = text.to_ascii_lowercase().find(&key.to_ascii_lowercase());
    found.and_then(|place| text.get(place..place + key.len())).unwrap_or(key).to_owned()
}

/// Whose need it is, as the plan names it.
fn user(scene: &Scene<'_>, need: &Grant) -> String {
    let rule = need.origin.rule().and_then(|arn| rule_of(scene.home(), arn));
    rule.map_or_else(|| format!("`{}`", need.origin), |(set, rule)| format!("rule `{set}/{rule}`"))
}

/// A bucket that is not this account's, and that its owner keeps from us, is its owner's: whose it is cannot be told from here.
pub(super) fn by_unreadable(scene: &Scene<'_>, set: &ChangeSet, said: &mut Said) {
    let names = Names::new(scene.live);
    for found in &set.unreadable {
        let at = &found.address;
        let is_of_bucket = matches!(
            at.kind,
            AddressKind::Bucket | AddressKind::BucketPolicy | AddressKind::BucketEncryption | AddressKind::BucketObjectLock
        );
        if is_of_bucket && names.owns_bucket(&at.name) == Some(false) {
            let why = format!("its owner keeps it from this account ({})", found.why);
            said.hands_off.entry(at.with_kind(AddressKind::BucketPolicy)).or_insert(why);
        }
    }
}
