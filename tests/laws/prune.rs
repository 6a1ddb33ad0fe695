//! What an apply with `--prune` leaves of ours is wanted, or needed by somebody who lives.

use std::collections::{BTreeMap, BTreeSet};

use postroom::containers::role_trust::NOBODY;
use postroom::core::address::{Address, AddressKind};
use postroom::core::live::{Live, PolicyText};
use postroom::core::memory::Fault;
use postroom::core::owner::Owner;
use postroom::kinds::role::Role;
use postroom::policy::Document;
use proptest::prelude::*;

use crate::account::{BETA, home, starts};
use crate::config;
use crate::plans::plans;
use crate::run::{How, plan_pruned, planned, run, run_as, run_pruned};

/// Ours and theirs, by container. Of another account only the buckets are looked at that the plan says it owns.
fn statements(account: &Live, ours: bool) -> BTreeMap<Address, BTreeSet<String>> {
    let owner = Owner::new(&"alpha".parse().unwrap(), &home(), &[]);
    let said = |at: &Address| {
        let policy: PolicyText = account.get(at).present()?;
        let document = Document::parse(&policy.text).unwrap();
        let counts = document
            .statements()
            .filter(|statement| statement.sid() != Some(NOBODY) && statement.sid().is_some_and(|sid| owner.owns_sid(sid)) == ours);
        let digests: BTreeSet<String> = counts.map(|statement| format!("{:?} {}", statement.sid(), statement.digest())).collect();
        (!digests.is_empty()).then(|| (at.clone(), digests))
    };
    let here = |at: &&Address| at.account == home().account || at.kind == AddressKind::BucketPolicy;
    account.seen.keys().filter(here).filter_map(said).collect()
}

/// The roles that this plan made.
fn made(account: &Live) -> BTreeSet<Address> {
    let owner = Owner::new(&"alpha".parse().unwrap(), &home(), &[]);
    let is_made = |at: &&Address| {
        let role: Option<Role> = account.get(at).present();
        role.is_some_and(|role| role.tags.get("postroom:plan").is_some_and(|tag| owner.is_owner(tag)))
    };
    account.of_kind(AddressKind::Role).filter(is_made).cloned().collect()
}

/// It names nothing any more but rules that shall be absent, and whose the bucket of another account is: nobody could know.
const BARE: &str = "postroom: 1\nname: alpha\naccounts: { \"444455556666\": { owns: [acme-far] } }\nreceipt: { rule_sets: { main: { rules: [ { name: r1, absent: true }, { name: r2, absent: true }, { name: r3, absent: true }, { name: r4, absent: true } ] }, side: { rules: [ { name: r1, absent: true }, { name: s2, absent: true } ] } } }\n";

proptest! {
    #![proptest_config(config(15))]

    #[test]
    fn with_its_rules_gone_every_mark_of_a_plan_goes_but_what_a_live_rule_needs(mut start in starts(), plan in plans(), owners in any::<bool>()) {
        start.owners = owners;
        let before = start.account();
        let applied = run(&plan.text(), &before);
        prop_assume!(applied.applied.is_some());
        let gone = run_pruned(BARE, &applied.account);
        prop_assert!(gone.is_complete(), "{:#?} {:#?}\n{}", gone.set.findings, gone.failures(), plan.text());
        prop_assert!(gone.breaches.is_empty(), "{:#?}\n{}", gone.breaches, plan.text());
        prop_assert_eq!(statements(&gone.account, false), statements(&before, false), "{}", plan.text());
        // What is left of ours serves a rule of others that no statement of theirs serves.
        let left = statements(&gone.account, true);
        if !before.of_kind(AddressKind::ReceiptRuleSet).any(|at| at.name == "main") {
            prop_assert_eq!(left, BTreeMap::new(), "{}", plan.text());
            let told: Vec<_> = gone.set.findings.iter().filter(|finding| finding.code == "role-in-use").collect();
            let untold: Vec<_> = made(&gone.account).into_iter().filter(|at| !told.iter().any(|it| it.message.contains(&at.name))).collect();
            prop_assert_eq!(untold, Vec::<Address>::new(), "{}", plan.text());
        }
        let again = plan_pruned(BARE, &gone.account);
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, plan.text());
        if owners {
            prop_assert!(planned(BETA, &gone.account).is_empty(), "{}", plan.text());
        }
    }

    #[test]
    fn where_nothing_is_left_behind_a_look_through_the_account_finds_nothing_more(start in starts(), plan in plans()) {
        let applied = run(&plan.text(), &start.account());
        prop_assume!(applied.applied.is_some());
        let again = plan_pruned(&plan.text(), &applied.account);
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, plan.text());
    }

    #[test]
    fn what_a_run_that_was_cut_off_left_anywhere_goes(
        start in starts(), first in plans(), second in plans(), at in any::<prop::sample::Index>(), acted in any::<bool>()
    ) {
        let account = run(&first.text(), &start.account()).account;
        let clean = run(&second.text(), &account);
        prop_assume!(clean.writes > 0);
        let fault = Fault { write: at.index(clean.writes), acted };
        let broken = run_as(&second.text(), &account, &How { fault: Some(fault), ..How::default() });
        let healed = run_pruned(&second.text(), &broken.account);
        prop_assert!(healed.is_complete(), "{fault:?} {:#?} {:#?}\n{}", healed.set.findings, healed.failures(), second.text());
        prop_assert!(healed.breaches.is_empty(), "{fault:?} {:#?}\n{}", healed.breaches, second.text());
        let whole = run_pruned(&second.text(), &clean.account);
        prop_assert_eq!(statements(&healed.account, true), statements(&whole.account, true), "{:?}\n{}", fault, second.text());
        prop_assert_eq!(statements(&healed.account, false), statements(&account, false), "{}", second.text());
        prop_assert_eq!(made(&healed.account), made(&whole.account), "{:?}\n{}", fault, second.text());
    }
}
