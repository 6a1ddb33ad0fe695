//! A grant is never taken from a live user, and nothing of anybody else's is touched.

use std::collections::{BTreeMap, BTreeSet};

use postroom::containers::role_trust::NOBODY;
use postroom::core::address::{Address, AddressKind};
use postroom::core::change::Phase;
use postroom::core::live::{Live, PolicyText};
use postroom::core::memory::Fault;
use postroom::core::owner::Owner;
use postroom::policy::Document;
use proptest::prelude::*;

use crate::account::{BETA, home, starts};
use crate::config;
use crate::plans::plans;
use crate::run::{How, planned, run, run_as};

/// The statements that are not this plan's, as bytes in their order. What a service keeps in a policy that holds nothing is nobody's.
fn of_others(account: &Live) -> BTreeMap<Address, Vec<String>> {
    let owner = Owner::new(&"alpha".parse().unwrap(), &home(), &[]);
    let theirs = |at: &Address| {
        let policy: PolicyText = account.get(at).present()?;
        let document = Document::parse(&policy.text).ok()?;
        let theirs = document.statements().filter(|statement| !statement.sid().is_some_and(|sid| owner.owns_sid(sid) || sid == NOBODY));
        let texts: Vec<String> = theirs.map(|statement| statement.text().to_owned()).collect();
        (!texts.is_empty()).then(|| (at.clone(), texts))
    };
    account.seen.keys().filter_map(theirs).collect()
}

/// What the account says, however it is written. Of containers that the plan did not look at, ours do not count: after a failure nothing
/// may point at them any more, and `retired:` is for that.
fn meaning(account: &Live, seen: &BTreeSet<Address>) -> BTreeMap<Address, Vec<String>> {
    let owner = Owner::new(&"alpha".parse().unwrap(), &home(), &[]);
    let looked_at = |at: &Address| {
        let role = at.name.split_once('/').filter(|_| at.kind == AddressKind::RolePolicy).map(|(role, _)| role.to_owned());
        seen.contains(&Address { name: role.unwrap_or_else(|| at.name.clone()), ..at.clone() })
    };
    let said = |at: &Address| {
        let Some(policy) = account.get::<PolicyText>(at).present() else { return vec![format!("{:?}", account.seen[at])] };
        let document = Document::parse(&policy.text).unwrap();
        let counts = |sid: Option<&str>| looked_at(at) || !sid.is_some_and(|sid| owner.owns_sid(sid));
        let statements = document.statements().filter(|statement| counts(statement.sid()));
        let mut statements: Vec<_> = statements.map(|statement| format!("{:?} {}", statement.sid(), statement.digest())).collect();
        statements.sort();
        statements
    };
    account.seen.keys().map(|at| (at.clone(), said(at))).filter(|(_, said)| !said.is_empty()).collect()
}

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn no_live_rule_is_without_its_grant_at_any_moment(start in starts(), first in plans(), second in plans()) {
        let ran = run(&first.text(), &start.account());
        prop_assert!(ran.breaches.is_empty(), "{:#?}\n{}", ran.breaches, first.text());
        let ran = run(&second.text(), &ran.account);
        prop_assert!(ran.breaches.is_empty(), "{:#?}\n{}\n{:#?}", ran.breaches, second.text(), ran.set.changes);
    }

    #[test]
    fn statements_of_others_keep_their_bytes_and_their_order(start in starts(), first in plans(), second in plans()) {
        let before = start.account();
        let between = run(&first.text(), &before).account;
        prop_assert_eq!(of_others(&between), of_others(&before), "{}", first.text());
        prop_assert_eq!(of_others(&run(&second.text(), &between).account), of_others(&before), "{}", second.text());
    }

    #[test]
    fn what_one_plan_does_gives_another_nothing_to_do(mut start in starts(), plan in plans()) {
        start.owners = true;
        let ran = run(&plan.text(), &start.account());
        prop_assume!(ran.applied.is_some());
        let theirs = planned(BETA, &ran.account);
        prop_assert!(theirs.is_empty(), "{:#?}\n{}", theirs.changes, plan.text());
    }

    #[test]
    fn after_a_failure_at_any_write_a_clean_apply_ends_as_if_it_had_not_been(
        start in starts(), first in plans(), second in plans(), at in any::<prop::sample::Index>(), acted in any::<bool>()
    ) {
        let account = run(&first.text(), &start.account()).account;
        let clean = run(&second.text(), &account);
        prop_assume!(clean.writes > 0);
        let fault = Fault { write: at.index(clean.writes), acted };
        let broken = run_as(&second.text(), &account, &How { fault: Some(fault), ..How::default() });
        prop_assert!(broken.breaches.is_empty(), "{fault:?} {:#?}\n{}", broken.breaches, second.text());
        let outcomes = broken.applied.unwrap().outcomes;
        let failed = broken.set.changes.iter().find(|change| outcomes[&change.id].error.is_some()).unwrap();
        let early = broken.set.changes.iter().filter(|change| change.phase >= Phase::Activate && change.phase > failed.phase);
        for change in early {
            prop_assert!(outcomes[&change.id].error.is_some(), "{} was done though {} was not\n{}", change.id, failed.id, second.text());
        }
        let again = run(&second.text(), &broken.account);
        prop_assert!(again.is_complete(), "{fault:?} {:#?}\n{}", again.failures(), second.text());
        prop_assert!(again.breaches.is_empty(), "{fault:?} {:#?}\n{}", again.breaches, second.text());
        prop_assert_eq!(meaning(&again.account, &again.looked_at), meaning(&clean.account, &again.looked_at), "{:?}\n{}", fault, second.text());
    }
}
