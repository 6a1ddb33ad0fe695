//! Only the relative order of the plan's rules is ours.

use postroom::core::address::AddressKind;
use postroom::core::live::Live;
use postroom::kinds::receipt_rule_set::LiveSet;
use proptest::prelude::*;

use crate::account::{home, starts};
use crate::config;
use crate::plans::plans;
use crate::run::run;

fn names(account: &Live, set: &str) -> Vec<String> {
    let set: Option<LiveSet> = account.get(&home().at(AddressKind::ReceiptRuleSet, set)).present();
    set.into_iter().flat_map(|set| set.rules).map(|rule| rule.name).collect()
}

proptest! {
    #![proptest_config(config(20))]

    #[test]
    fn the_rules_of_the_plan_stand_in_its_order_and_all_others_keep_theirs(start in starts(), first in plans(), second in plans()) {
        let account = run(&first.text(), &start.account()).account;
        let ran = run(&second.text(), &account);
        prop_assume!(ran.applied.is_some());
        for (set, wanted) in second.order() {
            let (before, after) = (names(&account, set), names(&ran.account, set));
            let ours: Vec<_> = after.iter().filter(|name| wanted.contains(&name.as_str())).collect();
            prop_assert_eq!(ours, wanted.iter().collect::<Vec<_>>(), "{}", second.text());
            let others = |names: &[String]| -> Vec<String> {
                names.iter().filter(|name| after.contains(name) && !wanted.contains(&name.as_str())).cloned().collect()
            };
            prop_assert_eq!(others(&after), others(&before), "{}", second.text());
            if wanted.iter().any(|name| !before.iter().any(|known| known == name)) {
                continue;
            }
            // Where none is new, everybody else's keep their very places.
            let known: Vec<_> = before.iter().filter(|name| after.contains(name)).collect();
            let place = |name: &&String| known.iter().position(|known| known == name);
            let stayed: Vec<_> = after.iter().filter(|name| place(name).is_some()).collect();
            for (at, name) in stayed.iter().enumerate().filter(|(_, name)| !wanted.contains(&name.as_str())) {
                prop_assert_eq!(Some(at), place(name), "{} has moved\n{}", name, second.text());
            }
        }
    }
}
