//! The order of the rules in a set. Only the relative order of the plan's rules is ours; everybody else's keep their places.

/// Where a new rule is created: directly behind this one, or at the front.
///
/// Behind its predecessor in the plan, else before its successor, else at the end: SES's own default is the front, where a stop or a
/// bounce would swallow all mail (facts §1.5).
#[must_use]
pub fn place_of(name: &str, wanted: &[String], current: &[String]) -> Option<String> {
    let is_there = |candidate: &&String| current.contains(candidate);
    let at = wanted.iter().position(|known| known == name).unwrap_or(wanted.len());
    let (before, after) = wanted.split_at(at);
    if let Some(predecessor) = before.iter().rev().find(is_there) {
        return Some(predecessor.clone());
    }
    match after.iter().skip(1).find(is_there) {
        Some(successor) => {
            let place = current.iter().position(|known| known == successor).unwrap_or(0);
            current.get(place.checked_sub(1)?).cloned()
        }
        None => current.last().cloned(),
    }
}

/// The set after a rule was created behind `after`, or at the front.
#[must_use]
pub fn with_rule(name: &str, after: Option<&str>, current: &[String]) -> Vec<String> {
    let place = after.and_then(|after| current.iter().position(|known| known == after)).map_or(0, |place| place + 1);
    let mut next = current.to_vec();
    next.insert(place, name.to_owned());
    next
}

/// The permutation that puts the plan's rules in order and leaves all others where they are: the places that the plan's rules hold now
/// are filled with them in the plan's order. `None` when they are in order.
#[must_use]
pub fn permutation(wanted: &[String], current: &[String]) -> Option<Vec<String>> {
    let mut in_plan_order = wanted.iter().filter(|name| current.contains(name));
    let next: Vec<String> = current
        .iter()
        .map(|name| if wanted.contains(name) { in_plan_order.next().unwrap_or(name).clone() } else { name.clone() })
        .collect();
    (next != current).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        text.chars().map(String::from).collect()
    }

    #[test]
    fn a_new_rule_goes_behind_its_predecessor_else_before_its_successor_else_to_the_end() {
        assert_eq!(place_of("b", &names("abc"), &names("xayc")).as_deref(), Some("a"));
        assert_eq!(place_of("a", &names("abc"), &names("xybz")).as_deref(), Some("y"));
        assert_eq!(place_of("a", &names("ab"), &names("bx")), None);
        assert_eq!(place_of("a", &names("a"), &names("xy")).as_deref(), Some("y"));
        assert_eq!(place_of("a", &names("a"), &[]), None);
    }

    #[test]
    fn rules_of_others_keep_their_places_in_a_permutation() {
        assert_eq!(permutation(&names("abc"), &names("xcyab")), Some(names("xaybc")));
        assert_eq!(permutation(&names("abc"), &names("xaybc")), None);
    }

    proptest! {
        #[test]
        fn after_creating_and_reordering_the_plan_order_holds_and_nobody_else_has_moved(current in proptest::sample::subsequence(names("abcdxyz"), 0..7).prop_shuffle(), wanted in proptest::sample::subsequence(names("abcdef"), 0..6).prop_shuffle()) {
            let mut set = current.clone();
            for name in &wanted {
                if !set.contains(name) {
                    let after = place_of(name, &wanted, &set);
                    set = with_rule(name, after.as_deref(), &set);
                }
            }
            let set = permutation(&wanted, &set).unwrap_or(set);
            let ours: Vec<_> = set.iter().filter(|name| wanted.contains(name)).cloned().collect();
            prop_assert_eq!(&ours, &wanted);
            let others = |set: &[String]| set.iter().filter(|name| !wanted.contains(name)).cloned().collect::<Vec<_>>();
            prop_assert_eq!(others(&set), others(&current));
            prop_assert_eq!(permutation(&wanted, &set), None);
        }
    }
}
