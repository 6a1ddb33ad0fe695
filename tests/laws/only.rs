//! `--only`: a part never does what the whole would not.

use std::collections::BTreeSet;

use postroom::core::apply::Status;
use postroom::core::change::Change;
use proptest::prelude::*;

use crate::account::{bare, home, starts};
use crate::config;
use crate::plans::plans;
use crate::run::{How, applied_as, planned, run, run_as};

/// A pattern that picks this change: all of its kind, its address, or its statement alone.
fn pattern(change: &Change, width: u8) -> String {
    let address = change.address.seen_from(&home());
    match (width, &change.statement) {
        (0, _) => format!("{}/*", change.address.kind.name()),
        (1, Some(sid)) => format!("{address}#{sid}"),
        _ => address,
    }
}

/// What is left of the changes of a plan, as `address action`.
fn part(before: &str, text: &str, only: &str) -> Vec<String> {
    let account = run(before, &bare()).account;
    let part = run_as(text, &account, &How { only: &[only.to_owned()], ..How::default() });
    assert!(part.is_complete(), "{:#?}", part.failures());
    part.set.changes.iter().map(|change| format!("{} {:?}", change.address.seen_from(&home()), change.action).to_lowercase()).collect()
}

fn set(name: &str, active: bool, rules: &str) -> String {
    let active = if active { "active: true, " } else { "" };
    format!("{name}: {{ {active}rules: [ {rules} ] }}")
}

fn sets(sets: &[String]) -> String {
    format!("postroom: 1\nname: alpha\nreceipt: {{ rule_sets: {{ {} }} }}\n", sets.join(", "))
}

const A: &str = "{ name: a, actions: [ stop ] }";

#[test]
fn a_set_is_activated_with_its_rules_or_not_at_all() {
    let nothing = sets(&[set("old", false, A)]);
    let plan = sets(&[set("new", true, A)]);
    let made = ["receipt-rule-set/new create", "receipt-rule/new/a create", "receipt-rule-set/new activate"];
    assert_eq!(part(&nothing, &plan, "receipt-rule-set/new"), made);
}

#[test]
fn what_receives_is_not_taken_apart_before_another_set_receives() {
    let before = sets(&[set("old", true, A)]);
    let plan = sets(&[set("new", true, A), "old: { absent: true, rules: [ { name: a, absent: true } ] }".to_owned()]);
    assert!(part(&before, &plan, "*/old*").is_empty());
}

#[test]
fn a_renamed_rule_goes_with_its_new_name_or_not_at_all() {
    let before = sets(&[set("main", true, A)]);
    let plan = sets(&[set("main", true, "{ name: b, was: [a], actions: [ stop ] }")]);
    assert!(part(&before, &plan, "receipt-rule/main/a").is_empty());
    assert_eq!(part(&before, &plan, "receipt-rule/main/*"), ["receipt-rule/main/b create", "receipt-rule/main/a delete"]);
}

#[test]
fn a_change_whose_need_is_missing_is_held_and_not_forgotten() {
    let mut set = planned(&sets(&[set("main", false, A)]), &bare());
    set.changes.retain(|change| change.address.kind.name() == "receipt-rule");
    let applied = applied_as(&set, &bare());
    let outcome = applied.outcomes.values().next().expect("an outcome");
    assert!(outcome.status == Status::Held && !applied.is_complete());
}

#[test]
fn a_foreign_statement_is_taken_over_with_ours_or_not_at_all() {
    let rules = set("main", false, "{ name: hand, actions: [ { s3: acme-mail/hand/ } ] }");
    let take = format!("{}grants: {{ bucket-policy/acme-mail: {{ replace: [TlsOnly] }} }}\n", sets(&[rules]));
    let changes = part("postroom: 1\nname: alpha\n", &take, "*#TlsOnly");
    assert_eq!(changes, ["bucket-policy/acme-mail create", "bucket-policy/acme-mail delete"]);
}

proptest! {
    #![proptest_config(config(20))]

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
