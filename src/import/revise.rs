//! What must be said in another way: what the language does not take, and what would plan a change.

use super::{Said, hands_off};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change, ChangeSet, Finding};
use crate::core::live::Live;
use crate::core::problem::{Cause, Problem};
use crate::core::scene::Scene;
use crate::kinds::mail_manager;
use crate::plan::write::Written;

const TOO_LARGE: &str = "policy-too-large";

/// Says less of what did not read. No means: there is nothing left to say less of.
pub(super) fn by_problems(problems: &[Problem], written: &Written, said: &mut Said) -> bool {
    let before = said.clone();
    for problem in problems {
        let why = format!("the plan language cannot say it as it is: {}", problem.message);
        less(written.around(problem.place.start), &why, said);
    }
    *said != before
}

/// The innermost thing that can be said more shortly is; what is said as shortly as can be is left out.
fn less<'a>(around: impl Iterator<Item = &'a Address>, why: &str, said: &mut Said) {
    for at in around {
        let can_stand_aside = !matches!(at.kind, AddressKind::ReceiptRuleSet | AddressKind::ActiveReceiptRuleSet);
        if can_stand_aside && !said.aside.contains_key(at) {
            said.aside.insert(at.clone(), why.to_owned());
            return;
        }
        let can_be_left_out = !matches!(at.kind, AddressKind::ReceiptRule | AddressKind::Role);
        if can_be_left_out && !said.left_out.contains_key(at) {
            said.left_out.insert(at.clone(), why.to_owned());
            return;
        }
    }
}

/// Takes back what would plan a change, and accepts what is wrong with the account as it is.
pub(super) fn by_changes(scene: &Scene<'_>, set: &ChangeSet, written: &Written, said: &mut Said) {
    if lost_replacements(set, said) || too_large_replacements(scene, set, said) {
        // What is planned now is planned for lack of what is taken back.
        return;
    }
    hands_off::by_statements(scene, set, said);
    hands_off::by_unreadable(scene, set, said);
    for change in &set.changes {
        if change.statement.is_none() && !is_adoption(change, scene.live) {
            let why = format!("`plan` would {} it: postroom says it in another form than AWS has it", verb(change.action));
            take_back(change, &why, said);
        }
    }
    for finding in set.errors() {
        by_error(finding, written, said);
    }
}

/// A replacement that the comparison does not plan is not safe: theirs stays.
fn lost_replacements(set: &ChangeSet, said: &mut Said) -> bool {
    if !set.errors().any(|finding| finding.code == "replace-uncovered") {
        return false;
    }
    let before = said.replace.clone();
    said.replace.retain(|at, names| {
        let goes = |name: &&String| set.changes.iter().any(|change| change.address == *at && change.statement.as_ref() == Some(*name));
        *names = names.iter().filter(goes).cloned().collect();
        !names.is_empty()
    });
    before != said.replace
}

/// Where ours would not fit beside what stays, theirs stays, too.
fn too_large_replacements(scene: &Scene<'_>, set: &ChangeSet, said: &mut Said) -> bool {
    let before = said.replace.len();
    let is_full = |at: &Address| {
        let begins = format!("{} would be ", at.seen_from(scene.home()));
        set.errors().any(|finding| finding.code == TOO_LARGE && finding.message.starts_with(&begins))
    };
    said.replace.retain(|at, _| !is_full(at));
    before != said.replace.len()
}

/// Whether nothing but a tag changes.
fn is_adoption(change: &Change, live: &Live) -> bool {
    match change.action {
        Action::Adopt if change.address.kind == AddressKind::Role => {
            let of = |spec: &serde_json::Value| (spec.get("Path").cloned(), spec.get("PermissionsBoundary").cloned());
            of(&change.before) == of(&change.after)
        }
        Action::Adopt => mail_manager::is_of_tags(change, live),
        _ => false,
    }
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "make",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Reorder => "put the rules of",
        Action::Activate | Action::Deactivate => "activate",
        Action::Update | Action::Adopt | Action::None => "change",
    }
}

fn take_back(change: &Change, why: &str, said: &mut Said) {
    let at = &change.address;
    match (at.kind, change.action) {
        (AddressKind::ReceiptRuleSet | AddressKind::ActiveReceiptRuleSet, Action::Activate | Action::Deactivate) => {
            said.left_out
                .insert(Address { kind: AddressKind::ActiveReceiptRuleSet, name: "active".to_owned(), ..at.clone() }, why.to_owned());
        }
        // A subscription and its instance are one entry.
        (AddressKind::AddonSubscription, _) => less(std::iter::once(&at.with_kind(AddressKind::AddonInstance)), why, said),
        _ => less(std::iter::once(at), why, said),
    }
}

/// What another plan owns, or what is not there, is said more shortly; anything else is wrong with the account, and stays so.
fn by_error(finding: &Finding, written: &Written, said: &mut Said) {
    const OF_OURS: [&str; 6] = ["not-ours", "existing-missing", "name-not-unique", "protected", "role-path-fixed", "replace-uncovered"];
    // Nothing is too large that is not written.
    if finding.code == "replace-uncovered" || finding.code == TOO_LARGE {
        return;
    }
    let here: Vec<&Address> = finding.because.iter().flat_map(|cause| written.around(byte_of(cause, &written.text))).collect();
    if OF_OURS.contains(&finding.code.as_str()) && !here.is_empty() {
        less(here.into_iter(), &finding.message, said);
    } else {
        said.accept.entry(finding.code.clone()).or_insert_with(|| format!("found by import: {}", finding.message));
    }
}

fn byte_of(cause: &Cause, text: &str) -> usize {
    let line: usize = text.split_inclusive('\n').take(cause.line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(line..).unwrap_or_default();
    line + rest.char_indices().nth(cause.column.saturating_sub(1)).map_or(0, |(at, _)| at)
}
