//! Same plan, same account, second run: no change. Always.

use proptest::prelude::*;

use crate::account::starts;
use crate::config;
use crate::plans::plans;
use crate::run::{planned, run};

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn a_second_run_changes_nothing_whatever_was_applied_before(start in starts(), first in plans(), second in plans()) {
        let account = run(&first.text(), &start.account()).account;
        let ran = run(&second.text(), &account);
        prop_assume!(ran.applied.is_some());
        prop_assert!(ran.is_complete(), "{:#?}\n{}", ran.failures(), second.text());
        prop_assert_eq!(&ran.breaches, &Vec::<String>::new(), "{}", second.text());
        let again = planned(&second.text(), &ran.account);
        prop_assert!(again.is_empty(), "{:#?}\n{}", again.changes, second.text());
    }
}
