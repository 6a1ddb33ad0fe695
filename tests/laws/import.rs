//! `import` then `plan` is empty but for the tags of what is adopted, and applying it changes nothing else.

use std::path::Path;

use postroom::containers;
use postroom::core::change::Action;
use postroom::core::live::Live;
use postroom::core::memory::Memory;
use postroom::import::{Imported, Wishes, import, scan};
use proptest::prelude::*;

use crate::account::starts;
use crate::config;
use crate::furnish::furnished;
use crate::plans::plans;
use crate::run::{now, plan, planned, run};

/// What `postroom import` does, on an account in memory.
pub fn imported(account: &Live, wishes: &Wishes) -> Imported {
    let eyes = plan(&format!("postroom: 1\nname: {}\n", wishes.name), account);
    let world = Memory::new(account.clone(), &eyes);
    let live = now(scan::observe(&world, wishes, Live::new(account.home.clone())));
    import(&live, wishes)
}

pub fn named(name: &str) -> Wishes {
    Wishes::named(name.parse().unwrap())
}

/// The law.
pub fn stands(account: &Live, wishes: &Wishes) -> Result<Imported, TestCaseError> {
    let found = imported(account, wishes);
    let text = &found.text;
    prop_assert!(found.problems.is_empty(), "{:#?}\n{}", found.problems, text);
    prop_assert!(found.unreadable.is_empty(), "{:#?}\n{}", found.unreadable, text);
    let set = planned(text, account);
    prop_assert!(set.changes.iter().all(|change| change.action == Action::Adopt), "{:#?}\n{}", set.changes, text);
    prop_assert!(set.unreadable.is_empty() && set.errors().next().is_none(), "{:#?} {:#?}\n{}", set.unreadable, set.findings, text);
    let ran = run(text, account);
    prop_assert!(ran.is_complete() && ran.breaches.is_empty(), "{:#?} {:#?}\n{}", ran.failures(), ran.breaches, text);
    for (at, before) in &Memory::new(account.clone(), &plan(text, account)).account().seen {
        let is_tagged = set.changes.iter().any(|change| change.address == *at);
        prop_assert!(is_tagged || ran.account.seen.get(at) == Some(before), "{} has changed\n{}", at, text);
    }
    let again = planned(text, &ran.account);
    prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, text);
    Ok(found)
}

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn an_account_of_others_imports_as_it_is(start in starts(), adopt_roles in any::<bool>()) {
        stands(&start.account(), &Wishes { adopt_roles, ..named("imported") })?;
    }

    #[test]
    fn what_a_plan_has_made_imports_as_it_is(start in starts(), first in plans(), again in any::<bool>(), adopt_roles in any::<bool>()) {
        let account = run(&first.text(), &start.account()).account;
        // Under another name what was made is somebody else's, under its own it is the plan's.
        stands(&account, &Wishes { adopt_roles, ..named(if again { "alpha" } else { "imported" }) })?;
    }

    #[test]
    fn what_is_taken_over_is_granted_at_every_moment(start in starts()) {
        let account = start.account();
        let found = imported(&account, &Wishes { take_over: true, ..named("imported") });
        let ran = run(&found.text, &account);
        prop_assert!(ran.is_complete() && ran.breaches.is_empty(), "{:#?} {:#?}\n{}", ran.failures(), ran.breaches, found.text);
        let again = planned(&found.text, &ran.account);
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, found.text);
    }
}

#[test]
fn every_plan_of_the_folder_imports_as_it_was_applied() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let account = furnished(&text);
        let ran = run(&text, &account);
        assert!(ran.is_complete(), "{:#?} {:#?}\n{text}", ran.set.findings, ran.failures());
        for name in [plan(&text, &account).name.to_string(), "imported".to_owned()] {
            let found = stands(&ran.account, &named(&name)).unwrap_or_else(|why| panic!("{why}"));
            let kept: Vec<_> = found.kept_out.iter().filter(|(at, _)| name == "imported" || containers::of(at.kind).is_none()).collect();
            assert!(kept.is_empty(), "everything can be said: {kept:#?}\n{}", found.text);
        }
        seen += 1;
    }
    assert!(seen >= 5, "the folder holds plans");
}
