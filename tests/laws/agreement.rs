//! Same plan, same account, second run: no change. Always.

use postroom::core::change::{ChangeSet, Phase};
use postroom::core::live::Live;
use postroom::report::json::change_set;
use proptest::prelude::*;

use crate::account::starts;
use crate::config;
use crate::plans::{Sketch, plans};
use crate::reshape::reshaped;
use crate::run::{planned, run};

/// A plan applied to what an earlier one left behind; nothing where it is refused.
fn applied(start: &Live, first: &Sketch, second: &Sketch) -> Option<Live> {
    let ran = run(&second.text(), &run(&first.text(), start).account);
    ran.applied.as_ref()?;
    assert!(ran.is_complete(), "{:#?}\n{}", ran.failures(), second.text());
    Some(ran.account)
}

fn json(set: &ChangeSet) -> String {
    serde_json::to_string(&change_set(set, None, false, None)).unwrap()
}

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn a_second_run_changes_nothing_whatever_was_applied_before(start in starts(), first in plans(), second in plans()) {
        let Some(account) = applied(&start.account(), &first, &second) else { return Err(TestCaseError::reject("refused")) };
        let again = planned(&second.text(), &account);
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, second.text());
    }

    #[test]
    fn agreement_changes_nothing_however_the_services_write_it_back(start in starts(), plan in plans(), seed in any::<u8>()) {
        let ran = run(&plan.text(), &start.account());
        prop_assume!(ran.applied.is_some());
        let again = planned(&plan.text(), &reshaped(&ran.account, seed));
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, plan.text());
    }

    #[test]
    fn the_same_input_gives_the_same_bytes_and_what_a_change_needs_stands_before_it(start in starts(), first in plans(), second in plans()) {
        let account = run(&first.text(), &start.account()).account;
        let set = planned(&second.text(), &account);
        prop_assert_eq!(json(&set), json(&planned(&second.text(), &account)));
        let mut earlier = std::collections::BTreeSet::new();
        let mut phase = Phase::Roles;
        for change in &set.changes {
            prop_assert!(change.needs.is_subset(&earlier), "{} needs {:?}\n{}", change.id, change.needs, second.text());
            prop_assert!(change.phase >= phase, "{} is of phase {:?}", change.id, change.phase);
            phase = change.phase;
            earlier.insert(change.id.clone());
        }
    }
}
