//! What is taken back: all that the plan made, and nothing else; the account's documents say again what they said before.

use std::collections::{BTreeMap, BTreeSet};

use postroom::containers::role_trust::NOBODY;
use postroom::core::address::{Address, AddressKind};
use postroom::core::change::{ChangeSet, Flag};
use postroom::core::live::{Live, PolicyText};
use postroom::core::memory::Fault;
use postroom::core::owner::Owner;
use postroom::kinds::receipt_rule_set::{LiveSet, Pointer, pointer_address};
use postroom::kinds::role::Role;
use postroom::policy::Document;
use proptest::prelude::*;

use crate::account::{BETA, home, starts};
use crate::config;
use crate::plans::plans;
use crate::run::{How, Ran, destroyed, destroyed_as, planned, run, run_as};

fn ours() -> Owner {
    Owner::new(&"alpha".parse().unwrap(), &home(), &[])
}

/// What every document says, by meaning. What a service keeps in a policy that says nothing is nothing.
fn said(account: &Live) -> BTreeMap<Address, BTreeSet<String>> {
    let said = |at: &Address| {
        let policy: PolicyText = account.get(at).present()?;
        let document = Document::parse(&policy.text).unwrap();
        let counts = document.statements().filter(|statement| statement.sid() != Some(NOBODY));
        let digests: BTreeSet<String> =
            counts.map(|statement| format!("{} {}", statement.sid().unwrap_or("-"), statement.digest())).collect();
        (!digests.is_empty()).then(|| (at.clone(), digests))
    };
    account.seen.keys().filter_map(said).collect()
}

/// The same, less what the run said that it keeps for others.
fn said_but_for_what_stays(ran: &Ran) -> BTreeMap<Address, BTreeSet<String>> {
    let told: Vec<&str> =
        ran.set.findings.iter().filter(|finding| finding.code == "grant-stays").map(|finding| finding.message.as_str()).collect();
    let mut said = said(&ran.account);
    for statements in said.values_mut() {
        let kept = |statement: &String| {
            let sid = statement.split(' ').next().unwrap();
            ours().owns_sid(sid) && told.iter().any(|message| message.contains(&format!("`{sid}`")))
        };
        statements.retain(|statement| !kept(statement));
    }
    said.retain(|_, statements| !statements.is_empty());
    said
}

/// Whether the run knew of a container; our inline policy of a role goes by the role's name.
fn looked_at(seen: &BTreeSet<Address>, at: &Address) -> bool {
    let role = at.name.split_once('/').filter(|_| at.kind == AddressKind::RolePolicy).map(|(role, _)| role.to_owned());
    seen.contains(&Address { name: role.unwrap_or_else(|| at.name.clone()), ..at.clone() })
}

/// The rules of each set that somebody else wrote, in their order; sets without any are left out.
fn rules_of_others(account: &Live) -> BTreeMap<String, Vec<String>> {
    let rules = |at: &Address| {
        let set: LiveSet = account.get(at).present()?;
        let names: Vec<String> = set.rules.into_iter().map(|rule| rule.name).filter(|name| OTHERS.contains(&name.as_str())).collect();
        (!names.is_empty()).then(|| (format!("{at}"), names))
    };
    account.of_kind(AddressKind::ReceiptRuleSet).filter_map(rules).collect()
}

const OTHERS: [&str; 4] = ["hand", "legacy", "stray", "o1"];

/// Everything that the account says, for two runs that should have ended alike.
fn whole(account: &Live) -> BTreeMap<Address, String> {
    let mut whole: BTreeMap<Address, String> = account
        .seen
        .iter()
        .filter(|(at, _)| account.get::<PolicyText>(at).present().is_none())
        .map(|(at, observed)| (at.clone(), format!("{observed:?}")))
        .collect();
    whole.extend(said(account).into_iter().map(|(at, said)| (at, format!("{said:?}"))));
    // No set receives: said or not, it is the same.
    if account.get::<Pointer>(&pointer_address(&home())).present().is_some_and(|pointer| pointer.active.is_none()) {
        whole.remove(&pointer_address(&home()));
    }
    whole
}

fn refusals(set: &ChangeSet) -> Vec<String> {
    set.errors().map(|finding| format!("{}: {}", finding.code, finding.message)).collect()
}

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn after_it_the_documents_say_what_they_said_before_the_first_apply(start in starts(), first in plans(), second in plans()) {
        let before = start.account();
        let between = run(&first.text(), &before).account;
        let applied = run(&second.text(), &between);
        prop_assume!(applied.applied.is_some());
        let gone = destroyed(&second.text(), &applied.account);
        prop_assert!(gone.applied.is_some(), "{:#?}\n{}", refusals(&gone.set), second.text());
        prop_assert!(gone.is_complete(), "{:#?}\n{}", gone.failures(), second.text());
        prop_assert!(gone.breaches.is_empty(), "{:#?}\n{}", gone.breaches, second.text());
        // What the first plan wrote, the second neither names nor points at: `--prune` finds it.
        let seen = |said: BTreeMap<_, _>| said.into_iter().filter(|(at, _)| looked_at(&gone.looked_at, at)).collect::<BTreeMap<_, _>>();
        prop_assert_eq!(seen(said_but_for_what_stays(&gone)), seen(said(&before)), "{}", second.text());
        prop_assert_eq!(rules_of_others(&gone.account), rules_of_others(&applied.account), "{}", second.text());
    }

    #[test]
    fn what_one_apply_did_is_undone_and_a_second_destroy_has_nothing_to_do(start in starts(), plan in plans()) {
        let before = start.account();
        let applied = run(&plan.text(), &before);
        prop_assume!(applied.applied.is_some());
        let gone = destroyed(&plan.text(), &applied.account);
        prop_assert!(gone.is_complete(), "{:#?} {:#?}\n{}", refusals(&gone.set), gone.failures(), plan.text());
        prop_assert_eq!(said_but_for_what_stays(&gone), said(&before), "{:#?}\n{}", gone.set.findings, plan.text());
        let again = destroyed(&plan.text(), &gone.account);
        prop_assert!(again.set.is_empty(), "{:#?}\n{}", again.set.changes, plan.text());
        for role in gone.account.of_kind(AddressKind::Role) {
            let tags = gone.account.get::<Role>(role).present().map(|role| role.tags).unwrap_or_default();
            let made = tags.get("postroom:plan").is_some_and(|tag| ours().made(tag));
            let told = gone.set.findings.iter().any(|finding| finding.code == "role-in-use" && finding.message.contains(&role.name));
            prop_assert!(!made || told, "{role} is left and nothing is said of it\n{}", plan.text());
        }
        let deleted = gone.set.changes.iter().filter(|change| change.statement.is_none());
        for change in deleted {
            prop_assert!(matches!(change.needs_flag, Some(Flag::AllowDelete | Flag::AllowActivate)), "{change:#?}");
        }
    }

    #[test]
    fn another_plan_has_nothing_to_do_after_it(mut start in starts(), plan in plans()) {
        start.owners = true;
        let applied = run(&plan.text(), &start.account());
        prop_assume!(applied.applied.is_some());
        let gone = destroyed(&plan.text(), &applied.account);
        let theirs = planned(BETA, &gone.account);
        prop_assert!(theirs.is_empty(), "{:#?}\n{}", theirs.changes, plan.text());
    }

    #[test]
    fn an_apply_that_was_cut_off_is_taken_back_like_one_that_was_not(
        start in starts(), plan in plans(), at in any::<prop::sample::Index>(), acted in any::<bool>()
    ) {
        let before = start.account();
        let clean = run(&plan.text(), &before);
        prop_assume!(clean.writes > 0);
        let fault = Fault { write: at.index(clean.writes), acted };
        let broken = run_as(&plan.text(), &before, &How { fault: Some(fault), ..How::default() });
        let gone = destroyed(&plan.text(), &broken.account);
        prop_assert!(gone.is_complete(), "{fault:?} {:#?} {:#?}\n{}", refusals(&gone.set), gone.failures(), plan.text());
        prop_assert_eq!(said_but_for_what_stays(&gone), said(&before), "{:?}\n{}", fault, plan.text());
    }

    #[test]
    fn a_destroy_that_was_cut_off_goes_on(start in starts(), plan in plans(), at in any::<prop::sample::Index>(), acted in any::<bool>()) {
        let applied = run(&plan.text(), &start.account());
        prop_assume!(applied.applied.is_some());
        let clean = destroyed(&plan.text(), &applied.account);
        prop_assume!(clean.writes > 0);
        let fault = Fault { write: at.index(clean.writes), acted };
        let broken = destroyed_as(&plan.text(), &applied.account, &How { fault: Some(fault), ..How::default() });
        prop_assert!(broken.breaches.is_empty(), "{fault:?} {:#?}\n{}", broken.breaches, plan.text());
        let again = destroyed(&plan.text(), &broken.account);
        prop_assert!(again.is_complete(), "{fault:?} {:#?}\n{}", again.failures(), plan.text());
        prop_assert_eq!(whole(&again.account), whole(&clean.account), "{:?}\n{}", fault, plan.text());
    }
}
