//! `--only`: the part of a change set that is asked for, closed under need, so that a part never does what the whole would not.

use std::collections::BTreeSet;

use super::change::{Change, ChangeSet, Phase};
use crate::policy::matches_wildcard;

/// Cuts a set down to the addresses that match one of the patterns (`*` and `?`, on the address as people read it).
///
/// What a selected change needs comes along, except what takes something away: a narrowing whose rule is not part of the selection waits
/// for the whole.
pub fn select(set: &mut ChangeSet, patterns: &[String]) {
    if patterns.is_empty() {
        return;
    }
    let named = |change: &Change| {
        let address = change.address.seen_from(&set.home);
        let whole = change.statement.as_ref().map(|sid| format!("{address}#{sid}"));
        patterns
            .iter()
            .any(|pattern| matches_wildcard(pattern, &address) || whole.as_ref().is_some_and(|whole| matches_wildcard(pattern, whole)))
    };
    let mut selected: BTreeSet<String> = set.changes.iter().filter(|change| named(change)).map(|change| change.id.clone()).collect();
    // Changes stand in their order, so that walking back meets whatever a change needs after the change itself.
    for change in set.changes.iter().rev().filter(|change| change.phase < Phase::Remove) {
        if selected.contains(&change.id) {
            selected.extend(change.needs.iter().cloned());
        }
    }
    loop {
        let waits: Vec<String> = set
            .changes
            .iter()
            .filter(|change| selected.contains(&change.id) && !change.needs.iter().all(|id| selected.contains(id)))
            .map(|change| change.id.clone())
            .collect();
        if waits.is_empty() {
            break;
        }
        selected.retain(|id| !waits.contains(id));
    }
    set.changes.retain(|change| selected.contains(&change.id));
}
