//! `--only`: a part never does what the whole would not.

use std::collections::BTreeSet;

use postroom::core::change::Change;
use proptest::prelude::*;

use crate::account::{home, starts};
use crate::config;
use crate::plans::plans;
use crate::run::{How, planned, run, run_as};

/// A pattern that picks this change: all of its kind, its address, or its statement alone.
fn pattern(change: &Change, width: u8) -> String {
    let address = change.address.seen_from(&home());
    match (width, &change.statement) {
        (0, _) => format!("{}/*", change.address.kind.name()),
        (1, Some(sid)) => format!("{address}#{sid}"),
        _ => address,
    }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn a_part_of_the_changes_takes_nothing_that_is_still_used(
        start in starts(), first in plans(), second in plans(), at in any::<prop::sample::Index>(), width in 0_u8..3
    ) {
        let account = run(&first.text(), &start.account()).account;
        let whole = planned(&second.text(), &account);
        prop_assume!(!whole.is_empty() && whole.errors().next().is_none());
        let only = [pattern(&whole.changes[at.index(whole.changes.len())], width)];
        let part = run_as(&second.text(), &account, &How { only: &only, ..How::default() });
        prop_assert!(part.is_complete(), "{only:?} {:#?}\n{}", part.failures(), second.text());
        prop_assert!(part.breaches.is_empty(), "{only:?} {:#?}\n{}", part.breaches, second.text());
        let chosen: BTreeSet<&String> = part.set.changes.iter().map(|change| &change.id).collect();
        for change in &part.set.changes {
            prop_assert!(change.needs.iter().all(|id| chosen.contains(id)), "{only:?} {} needs {:?}", change.id, change.needs);
        }
        let rest = run(&second.text(), &part.account);
        prop_assert!(rest.is_complete(), "{only:?} {:#?}\n{}", rest.failures(), second.text());
        prop_assert!(rest.breaches.is_empty(), "{only:?} {:#?}\n{}", rest.breaches, second.text());
        let again = planned(&second.text(), &rest.account);
        prop_assert!(again.is_empty(), "{only:?} {:#?}\n{}", again.changes, second.text());
    }
}
