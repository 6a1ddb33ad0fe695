//! Whether a policy document has room for what is put into it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::address::Address;
use super::change::Phase;
use super::deferred;
use super::desired::{Container, Desired};
use super::draft::Draft;
use super::live::Live;
use super::problem::Severity;
use crate::containers;
use crate::policy::{Document, Edits, Statement};

/// What stands in the other inline policies of an identity: IAM counts them together.
fn beside(at: &Address, live: &Live, kind: &dyn containers::Container) -> usize {
    if !containers::is_inline(at.kind) {
        return 0;
    }
    let head = format!("{}/", at.name);
    let others = live.of_kind(at.kind).filter(|other| other.account == at.account && other.name.starts_with(&head));
    let documents = others.filter_map(|other| live.document(other).present()?.ok());
    documents.map(|document| kind.measure(document)).sum()
}

/// What a splice writes beside statements and the commas between them, where the document has none yet.
const AROUND: usize = ",\"Statement\":[]".len();

/// What a statement takes, with a name in the place of each id that AWS has yet to give.
fn length(statement: &Value) -> usize {
    let text = statement.to_string();
    if text.contains("${after:") { deferred::supposed(statement).to_string().len() } else { text.len() }
}

/// A document that would not fit is refused before anything is written, with its sizes by owner. Its changes are made phase by phase: it is
/// largest between the widening and the narrowing of one run, or at the end, when ids are known that AWS had yet to give.
pub(super) fn too_large(
    at: &Address,
    container: &Container,
    document: Option<&Document>,
    desired: &Desired,
    live: &Live,
    draft: &mut Draft,
) {
    let Some(kind) = containers::of(at.kind) else { return };
    let changes = || draft.of(at).filter(|(_, sketch)| sketch.statement.is_some()).map(|(_, sketch)| sketch);
    if changes().next().is_none() {
        return;
    }
    let empty = Document::empty();
    let most = kind.most_statements().unwrap_or(usize::MAX);
    let (have, beside) = (document.unwrap_or(&empty), beside(at, live, kind));
    // Were nothing replaced and nothing dropped, it would fit all the same.
    let put = || changes().filter(|sketch| sketch.after.is_object());
    let at_most = have.text().len() + AROUND + put().map(|sketch| length(&sketch.after) + 1).sum::<usize>();
    if at_most + beside <= kind.limit() && have.statements().len() + put().count() <= most {
        return;
    }
    let mut by_phase: BTreeMap<Phase, Edits> = BTreeMap::new();
    for sketch in changes() {
        let edits = by_phase.entry(sketch.phase).or_default();
        match Statement::from_value(deferred::supposed(&sketch.after)) {
            Ok(statement) => edits.put.push(statement),
            Err(_) => edits.drop.extend(sketch.statement.clone()),
        }
    }
    let mut after_each = Vec::new();
    for edits in by_phase.values() {
        let next = after_each.last().unwrap_or(have).splice(edits);
        after_each.push(next);
    }
    let Some((size, widest)) = after_each.iter().map(|next| (kind.measure(next), next)).max_by_key(|(size, _)| *size) else { return };
    let (size, count) = (size + beside, widest.statements().len());
    if size <= kind.limit() && count <= most {
        return;
    }
    let ours = || widest.statements().filter(|have| have.sid().is_some_and(|sid| desired.owner.owns_sid(sid)));
    let (have, limit, unit, ours) = if count > most {
        (count, most, "statements", ours().count())
    } else {
        (size, kind.limit(), "bytes", ours().map(Statement::size).sum())
    };
    let message = format!(
        "{} would be {have} of at most {limit} {unit}: {ours} are this plan's, {} are others'",
        at.seen_from(&desired.home),
        have.saturating_sub(ours)
    );
    let because: BTreeSet<_> = container.statements.values().flat_map(|want| want.because.clone()).collect();
    let severity = if size > kind.raised_limit() || count > most { Severity::Error } else { Severity::Warning };
    draft.find("policy-too-large", severity, message, &because.into_iter().collect::<Vec<_>>());
}
