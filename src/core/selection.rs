//! `--only`: the part of a change set that is asked for, closed under need, so that a part never does what the whole would not.

use std::collections::BTreeSet;

use super::change::{Change, ChangeSet, Phase};

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
        patterns.iter().any(|pattern| matches(pattern, &address) || whole.as_ref().is_some_and(|whole| matches(pattern, whole)))
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

/// Shell-like wildcards, in linear memory and without recursion.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || text.get(t) == Some(wanted) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_in_a_shell() {
        assert!(matches("bucket-policy/*", "bucket-policy/acme") && matches("*/acme?", "role/acme1") && matches("a", "a"));
        assert!(!matches("bucket-policy/*", "key-policy/acme") && !matches("a", "ab") && !matches("*b", "abc"));
    }
}
