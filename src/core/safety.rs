//! What an apply refuses before its first write, for want of a flag.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::change::{Action, ChangeSet, Flag};
use super::ids::Malformed;
use crate::plan::language::Safety;

/// The flags of a run.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    /// `--allow-delete` and `--allow-activate`.
    pub flags: BTreeSet<Flag>,
    /// `--force`: pass [`Safety`].
    pub force: bool,
    /// `--max-changes`: in the place of `safety.max_change`.
    pub most: Option<Most>,
}

/// How many things may be deleted or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// So many, however many there are.
    Things(usize),
    /// So many of a hundred, where there are as many as [`Safety::min_objects`].
    Percent(u8),
}

impl FromStr for Most {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        const EXPECTED: Malformed = Malformed::new("a number of things, as `5`, or a part of them, as `30%`");
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent).ok_or(EXPECTED),
            None => text.parse().map(Self::Things).map_err(|_| EXPECTED),
        }
    }
}

/// The flags without which an apply of this refuses, in the order in which they are named.
#[must_use]
pub fn needed(set: &ChangeSet, safety: Safety, most: Option<Most>) -> Vec<&'static str> {
    let named = FLAGS.iter().filter(|(flag, ..)| set.changes.iter().any(|change| change.needs_flag == Some(*flag)));
    named.map(|(_, name, _)| *name).chain(too_many(set, safety, most).map(|_| "--force")).collect()
}

const FLAGS: [(Flag, &str, &str); 2] = [
    (Flag::AllowDelete, "--allow-delete", "deletes or replaces"),
    (Flag::AllowActivate, "--allow-activate", "moves the active rule set of mail that is being received"),
];

/// Why it is refused, sentence by sentence; empty when it is not.
#[must_use]
pub fn refusals(set: &ChangeSet, safety: Safety, allowed: &Allowed) -> Vec<String> {
    let mut refusals = Vec::new();
    for (flag, name, what) in FLAGS {
        let needing: Vec<_> =
            set.changes.iter().filter(|change| change.needs_flag == Some(flag)).map(|change| change.address.seen_from(&set.home)).collect();
        if !needing.is_empty() && !allowed.flags.contains(&flag) {
            refusals.push(format!("this {what}: {}; allow it with {name}", needing.join(", ")));
        }
    }
    refusals.extend(too_many(set, safety, allowed.most).filter(|_| !allowed.force));
    refusals
}

/// Why more goes than may go, if it does.
fn too_many(set: &ChangeSet, safety: Safety, most: Option<Most>) -> Option<String> {
    let gone = set.changes.iter().filter(|change| change.statement.is_none() && matches!(change.action, Action::Delete | Action::Replace));
    let gone = gone.count();
    // What is there: a thing counts once, however many changes it takes.
    let there = set.changes.iter().filter(|change| !change.before.is_null()).map(|change| (&change.address, &change.statement));
    let objects = set.unchanged + there.collect::<BTreeSet<_>>().len();
    let over = |percent: u8| objects >= safety.min_objects && gone * 100 > objects * usize::from(percent);
    let (refused, limit) = match most {
        Some(Most::Things(things)) => (gone > things, format!("the {things} that --max-changes allows")),
        Some(Most::Percent(percent)) => (over(percent), format!("the {percent}% that --max-changes allows")),
        None => (over(safety.max_change), format!("the {}% that `safety:` allows", safety.max_change)),
    };
    refused.then(|| format!("this deletes or replaces {gone} of {objects} objects, more than {limit}; pass --force if it is meant"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;
    use crate::core::address::{AddressKind, Home};
    use crate::core::change::{Change, Phase};

    /// A set that deletes so many of so many rules.
    fn set(gone: usize, all: usize) -> ChangeSet {
        let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let delete = |number: usize| Change {
            id: format!("c{number}"),
            address: home.at(AddressKind::ReceiptRule, format!("main/r{number}")),
            statement: None,
            action: Action::Delete,
            permission: None,
            phase: Phase::Remove,
            before: json!({"Name": "r"}),
            after: Value::Null,
            unknown: Vec::new(),
            needs: BTreeSet::new(),
            needs_flag: Some(Flag::AllowDelete),
            also_granted_by: Vec::new(),
            because: Vec::new(),
            doc: None,
            note: None,
        };
        let changes = (0..gone).map(delete).collect();
        let (findings, unreadable, outputs, fingerprints) = (Vec::new(), Vec::new(), BTreeMap::new(), BTreeMap::new());
        ChangeSet {
            plan: "acme".to_owned(),
            home,
            changes,
            unchanged: all - gone,
            findings,
            unreadable,
            outputs,
            fingerprints,
            mail: Vec::new(),
        }
    }

    const SAFETY: Safety = Safety { max_change: 30, min_objects: 10 };

    #[test]
    fn more_than_thirty_of_a_hundred_is_too_many_from_ten_things_on() {
        for (gone, all, refused) in [(3, 10, false), (4, 10, true), (9, 9, false), (30, 100, false), (31, 100, true)] {
            assert_eq!(too_many(&set(gone, all), SAFETY, None).is_some(), refused, "{gone} of {all}");
        }
    }

    #[test]
    fn a_number_counts_however_many_there_are_and_a_part_as_safety_does() {
        let too_many = |gone, all, most: &str| too_many(&set(gone, all), SAFETY, Some(most.parse().unwrap())).is_some();
        assert!(too_many(2, 3, "1") && !too_many(2, 3, "2") && !too_many(90, 100, "90"));
        assert!(too_many(2, 10, "10%") && !too_many(9, 9, "10%") && !too_many(50, 100, "50%") && too_many(1, 100, "0%"));
        for text in ["", "-1", "101%", "5.5", "all", "%"] {
            assert!(text.parse::<Most>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_flags_that_apply_will_want_are_those_for_want_of_which_it_refuses() {
        let set = set(5, 12);
        assert_eq!(needed(&set, SAFETY, None), ["--allow-delete", "--force"]);
        assert_eq!(needed(&set, SAFETY, Some(Most::Things(5))), ["--allow-delete"]);
        assert_eq!(refusals(&set, SAFETY, &Allowed::default()).len(), 2);
        let all = Allowed { flags: [Flag::AllowDelete].into(), force: true, most: None };
        assert!(refusals(&set, SAFETY, &all).is_empty());
    }
}
