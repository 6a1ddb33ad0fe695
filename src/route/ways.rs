//! Every way that what is not known leaves open. A trace asks; the answers of one run are one way, and each question that nothing answers
//! is gone through both ways.

use super::atom::Literal;
use super::facts::Facts;

/// More ways than these are not gone.
pub(super) const MOST: usize = 256;

/// Who answers what is not known.
#[derive(Debug, Default)]
pub(super) struct Oracle {
    /// The answers of this run, in the order of the questions.
    answers: Vec<bool>,
    asked: usize,
    facts: Facts,
    /// In words, in the order in which it was supposed.
    pub(super) supposed: Vec<String>,
    /// What the last answer hangs on; nothing where it followed.
    pub(super) on: String,
}

impl Oracle {
    /// Do all of these hold? Those that follow from what was supposed are not asked. `what` is said in place of a conjunction that is denied.
    pub(super) fn all(&mut self, literals: Vec<Literal>, what: &str) -> bool {
        let mut open = Vec::new();
        // One may follow from another, or contradict it.
        let mut together = self.facts.clone();
        for literal in literals {
            match together.tell(&literal) {
                Some(false) => {
                    self.on.clear();
                    return false;
                }
                Some(true) => {}
                None => {
                    together.suppose(std::slice::from_ref(&literal), true);
                    open.push(literal);
                }
            }
        }
        self.on = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        if open.is_empty() {
            return true;
        }
        let answer = match self.answers.get(self.asked) {
            Some(answer) => *answer,
            None => {
                self.answers.push(true);
                true
            }
        };
        self.asked += 1;
        self.facts.suppose(&open, answer);
        match open.as_slice() {
            [one] => self.supposed.push(if answer { one.clone() } else { !one.clone() }.to_string()),
            many if answer => self.supposed.extend(many.iter().map(ToString::to_string)),
            _ => self.supposed.push(format!("{what} does not apply")),
        }
        answer
    }

    /// Does this hold?
    pub(super) fn holds(&mut self, literal: Literal) -> bool {
        self.all(vec![literal], "")
    }

    /// The next way, when there is one.
    fn next(mut self) -> Option<Self> {
        while self.answers.pop_if(|answer| !*answer).is_some() {}
        *self.answers.last_mut()? = false;
        Some(Self { answers: self.answers, ..Self::default() })
    }
}

/// Goes every way of what `run` asks, at most [`MOST`]; whether that were all.
pub(super) fn every<T>(mut run: impl FnMut(&mut Oracle) -> T) -> (Vec<(Vec<String>, T)>, bool) {
    let mut found = Vec::new();
    let mut oracle = Oracle::default();
    // A way that contradicts itself counts for the bound as well, so that the work is bounded.
    for _ in 0..MOST {
        let result = run(&mut oracle);
        if oracle.facts.are_possible() {
            found.push((std::mem::take(&mut oracle.supposed), result));
        }
        match oracle.next() {
            Some(next) => oracle = next,
            None => return (found, true),
        }
    }
    (found, false)
}

#[cfg(test)]
mod tests {
    use super::super::atom::{Atom, tls};
    use super::*;

    fn words(text: &str) -> Literal {
        Literal::yes(Atom::Words { yes: text.to_owned(), no: format!("not {text}") })
    }

    #[test]
    fn each_open_question_is_gone_both_ways_and_no_other() {
        let (ways, all) = every(|oracle| (oracle.holds(words("a")) && oracle.holds(words("b")), oracle.holds(words("a"))));
        let shown: Vec<_> = ways.iter().map(|(supposed, result)| (supposed.join(","), *result)).collect();
        assert!(all);
        assert_eq!(shown, [("a,b".to_owned(), (true, true)), ("a,not b".to_owned(), (false, true)), ("not a".to_owned(), (false, false))]);
    }

    #[test]
    fn what_is_known_of_a_conjunction_is_not_supposed() {
        let known = || Literal::yes(tls(&["1.2", "1.3"]));
        let (ways, _) = every(|oracle| {
            oracle.facts.suppose(&[known()], true);
            oracle.all(vec![known(), words("a")], "rule x")
        });
        assert_eq!(ways.into_iter().map(|(supposed, _)| supposed.join(",")).collect::<Vec<_>>(), ["a", "not a"]);
    }

    #[test]
    fn the_ways_are_bounded() {
        let (ways, all) = every(|oracle| (0..20).filter(|n| oracle.holds(words(&n.to_string()))).count());
        assert_eq!((ways.len(), all), (MOST, false));
    }
}
