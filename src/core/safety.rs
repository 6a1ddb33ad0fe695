//! What an apply refuses before its first write, for want of a flag.

use std::collections::BTreeSet;

use super::change::{Action, ChangeSet, Flag};
use crate::plan::language::Safety;

/// The flags of a run.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// `--allow-delete` and `--allow-activate`.
    pub flags: BTreeSet<Flag>,
    /// `--force`: pass [`Safety`].
    pub force: bool,
}

/// Why it is refused, sentence by sentence; empty when it is not.
#[must_use]
pub fn refusals(set: &ChangeSet, safety: Safety, allowed: &Allowed) -> Vec<String> {
    let mut refusals = Vec::new();
    for (flag, name, what) in [
        (Flag::AllowDelete, "--allow-delete", "deletes or replaces"),
        (Flag::AllowActivate, "--allow-activate", "moves the active rule set of mail that is being received"),
    ] {
        let needing: Vec<_> =
            set.changes.iter().filter(|change| change.needs_flag == Some(flag)).map(|change| change.address.seen_from(&set.home)).collect();
        if !needing.is_empty() && !allowed.flags.contains(&flag) {
            refusals.push(format!("this {what}: {}; allow it with {name}", needing.join(", ")));
        }
    }
    let resources = |action| set.changes.iter().filter(|change| change.statement.is_none() && change.action == action).count();
    let gone = resources(Action::Delete) + resources(Action::Replace);
    let objects = set.unchanged + set.changes.len() - resources(Action::Create).min(set.changes.len());
    let too_many = objects >= safety.min_objects && gone * 100 > objects * usize::from(safety.max_change);
    if too_many && !allowed.force {
        refusals.push(format!(
            "this deletes or replaces {gone} of {objects} objects, more than the {}% that `safety:` allows; pass --force if it is meant",
            safety.max_change
        ));
    }
    refusals
}
