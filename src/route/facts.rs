//! What a way supposes, and what follows from it: nothing is supposed twice, and nothing against what was supposed before.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::atom::{Atom, Compare, Literal};

/// What is supposed.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    held: Vec<Literal>,
    /// Of each of these, not all hold.
    not_all: Vec<Vec<Literal>>,
}

impl Facts {
    /// Supposes that all of these hold, or that not all of them do.
    pub(super) fn suppose(&mut self, literals: &[Literal], all: bool) {
        match literals {
            _ if all => self.held.extend(literals.iter().cloned()),
            [one] => self.held.push(!one.clone()),
            many => self.not_all.push(many.to_vec()),
        }
    }

    /// Whether a literal holds, where that follows.
    pub(super) fn tell(&self, literal: &Literal) -> Option<bool> {
        let held = self.of_held(&literal.atom).or_else(|| self.of_clauses(&literal.atom))?;
        Some(held == literal.holds)
    }

    fn of_held(&self, atom: &Atom) -> Option<bool> {
        if let Some(known) = self.held.iter().find(|known| known.atom == *atom) {
            return Some(known.holds);
        }
        match atom {
            Atom::OneOf { subject, domain, values } => {
                let possible = domain.iter().filter(|value| self.allows_value(subject, value));
                unanimous(possible.map(|value| values.contains(*value)))
            }
            Atom::SmallerThan(bytes) => {
                let points = self.held.iter().filter_map(|known| match known.atom {
                    Atom::SmallerThan(limit) => Some(limit),
                    _ => None,
                });
                let points = points.chain([*bytes]).flat_map(|limit| [limit.saturating_sub(1), limit]);
                let possible = points.filter(|size| self.allows_size(*size)).collect::<Vec<_>>();
                unanimous(possible.into_iter().map(|size| size < *bytes))
            }
            Atom::From(nets) => {
                let known = self.held.iter().filter_map(|known| if let Atom::From(nets) = &known.atom { Some(nets) } else { None });
                let points = known.flatten().chain(nets).flat_map(edges);
                let possible = points.filter(|ip| self.allows_ip(*ip)).collect::<Vec<_>>();
                unanimous(possible.into_iter().map(|ip| is_in(nets, ip)))
            }
            Atom::Text { subject, compare, values } => {
                let same = self.held.iter().filter_map(|known| match &known.atom {
                    Atom::Text { subject: other, compare, values } if other == subject => Some((known.holds, *compare, values)),
                    _ => None,
                });
                let told = same.map(|(holds, other, known)| follows(subject, holds, (other, known), (*compare, values)));
                told.into_iter().flatten().next()
            }
            Atom::Words { .. } => None,
        }
    }

    /// A clause of which all but this hold says that this one does not.
    fn of_clauses(&self, atom: &Atom) -> Option<bool> {
        self.not_all.iter().find_map(|clause| {
            let (mine, others): (Vec<_>, Vec<_>) = clause.iter().partition(|literal| literal.atom == *atom);
            let [mine] = mine.as_slice() else { return None };
            let all = others.iter().all(|other| self.of_held(&other.atom) == Some(other.holds));
            all.then_some(!mine.holds)
        })
    }

    /// Whether what is supposed of this message leaves room for a clause: one of which all hold is a contradiction.
    pub(super) fn are_possible(&self) -> bool {
        let broken = |clause: &Vec<Literal>| clause.iter().all(|literal| self.of_held(&literal.atom) == Some(literal.holds));
        !self.not_all.iter().any(broken)
    }

    fn allows_value(&self, subject: &str, value: &str) -> bool {
        self.held.iter().all(|known| match &known.atom {
            Atom::OneOf { subject: other, values, .. } if other == subject => values.contains(value) == known.holds,
            _ => true,
        })
    }

    fn allows_size(&self, size: u64) -> bool {
        self.held.iter().all(|known| match known.atom {
            Atom::SmallerThan(limit) => (size < limit) == known.holds,
            _ => true,
        })
    }

    fn allows_ip(&self, ip: IpAddr) -> bool {
        self.held.iter().all(|known| match &known.atom {
            Atom::From(nets) => is_in(nets, ip) == known.holds,
            _ => true,
        })
    }
}

/// What one comparison of a text, which holds or not, says of another.
fn follows(
    subject: &str,
    holds: bool,
    (compare, known): (Compare, &BTreeSet<String>),
    (asked, values): (Compare, &BTreeSet<String>),
) -> Option<bool> {
    if !holds {
        // What would lead to that which is not so is not so either.
        let leads = values.iter().all(|value| known.iter().any(|other| entails((asked, value), (compare, other))));
        return leads.then_some(false);
    }
    if known.iter().all(|one| values.iter().any(|value| entails((compare, one), (asked, value)))) {
        return Some(true);
    }
    // Of several addresses one may be this and another that.
    let single = !["to", "cc", "from", "sender"].contains(&subject) && !subject.starts_with("header ");
    let never = single && known.iter().all(|one| values.iter().all(|value| excludes((compare, one), (asked, value))));
    never.then_some(false)
}

/// Whether every text of which the one holds is one of which the other does.
fn entails((compare, text): (Compare, &str), (asked, value): (Compare, &str)) -> bool {
    match (compare, asked) {
        (Compare::Equals, _) => asked.holds(text, value),
        (Compare::StartsWith, Compare::StartsWith) | (Compare::EndsWith, Compare::EndsWith) => asked.holds(text, value),
        (_, Compare::Contains) => text.contains(value),
        _ => false,
    }
}

/// Whether there is no text of which both hold.
fn excludes((compare, text): (Compare, &str), (asked, value): (Compare, &str)) -> bool {
    match (compare, asked) {
        (Compare::Equals, _) => !asked.holds(text, value),
        (_, Compare::Equals) => !compare.holds(value, text),
        (Compare::StartsWith, Compare::StartsWith) | (Compare::EndsWith, Compare::EndsWith) => {
            !compare.holds(text, value) && !compare.holds(value, text)
        }
        _ => false,
    }
}

/// Whether an address is in one of the ranges.
pub(super) fn is_in(nets: &[IpNet], ip: IpAddr) -> bool {
    nets.iter().any(|net| net.contains(&ip))
}

/// Addresses of which one is in every part that ranges can cut the world into: the ends of each, and those beside them.
pub(super) fn edges(net: &IpNet) -> Vec<IpAddr> {
    let (first, last) = match net {
        IpNet::V4(net) => (u128::from(u32::from(net.network())), u128::from(u32::from(net.broadcast()))),
        IpNet::V6(net) => (u128::from(net.network()), u128::from(net.broadcast())),
    };
    let is_v4 = matches!(net, IpNet::V4(_));
    let make = |number: u128| match (is_v4, u32::try_from(number)) {
        (true, Ok(number)) => Some(IpAddr::from(number.to_be_bytes())),
        (true, Err(_)) => None,
        (false, _) => Some(IpAddr::from(number.to_be_bytes())),
    };
    // The other family is a part of the world, too.
    let other = if is_v4 { IpAddr::from([0_u8; 16]) } else { IpAddr::from([0_u8; 4]) };
    let points = [first.checked_sub(1), Some(first), Some(last), last.checked_add(1)];
    points.into_iter().flatten().filter_map(make).chain([other]).collect()
}

fn unanimous(answers: impl IntoIterator<Item = bool>) -> Option<bool> {
    let mut answers = answers.into_iter();
    let first = answers.next()?;
    answers.all(|answer| answer == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::super::atom::{ranges, tls};
    use super::*;

    fn text(compare: Compare, value: &str) -> Literal {
        Literal::yes(Atom::Text { subject: "subject".into(), compare, values: [value.to_owned()].into() })
    }

    fn from(cidr: &str) -> Literal {
        Literal::yes(Atom::From(ranges(&[cidr.to_owned()])))
    }

    #[test]
    fn what_follows_is_not_asked_again() {
        let mut facts = Facts::default();
        facts.suppose(&[Literal::yes(tls(&["1.3"]))], true);
        assert_eq!(facts.tell(&Literal::yes(tls(&["1.2", "1.3"]))), Some(true));
        assert_eq!(facts.tell(&Literal::yes(tls(&["none"]))), Some(false));
        facts.suppose(&[text(Compare::Equals, "hello world")], true);
        assert_eq!(facts.tell(&text(Compare::Contains, "world")), Some(true));
        assert_eq!(facts.tell(&text(Compare::StartsWith, "world")), Some(false));
        facts.suppose(&[Literal::yes(Atom::SmallerThan(100))], true);
        assert_eq!(facts.tell(&Literal::yes(Atom::SmallerThan(200))), Some(true));
        assert_eq!(facts.tell(&Literal::yes(Atom::SmallerThan(50))), None);
    }

    #[test]
    fn texts_follow_from_texts() {
        let tell = |known: Literal, asked: Literal| {
            let mut facts = Facts::default();
            facts.suppose(&[known], true);
            facts.tell(&asked)
        };
        use Compare::{Contains, EndsWith, Equals, StartsWith};
        assert_eq!(tell(text(Contains, "abc"), text(Contains, "b")), Some(true));
        assert_eq!(tell(!text(Contains, "b"), text(Contains, "abc")), Some(false));
        assert_eq!(tell(!text(Contains, "b"), text(Equals, "abc")), Some(false));
        assert_eq!(tell(text(Contains, "b"), text(Contains, "abc")), None);
        assert_eq!(tell(text(StartsWith, "ab"), text(StartsWith, "ac")), Some(false));
        assert_eq!(tell(text(StartsWith, "ab"), text(StartsWith, "abc")), None);
        assert_eq!(tell(text(EndsWith, "ab"), text(StartsWith, "ab")), None);
        assert_eq!(tell(text(StartsWith, "ab"), text(Equals, "b")), Some(false));
        // A message may be to both.
        let to = |value: &str| Literal::yes(Atom::Text { subject: "to".into(), compare: Equals, values: [value.to_owned()].into() });
        assert_eq!(tell(to("a@x"), to("b@x")), None);
    }

    #[test]
    fn ranges_hold_and_exclude_each_other() {
        let mut facts = Facts::default();
        facts.suppose(&[from("198.51.100.0/24")], true);
        assert_eq!(facts.tell(&from("198.51.0.0/16")), Some(true));
        assert_eq!(facts.tell(&from("203.0.113.0/24")), Some(false));
        assert_eq!(facts.tell(&from("198.51.100.7")), None);
        assert_eq!(facts.tell(&from("2001:db8::/32")), Some(false));
        facts.suppose(&[from("198.51.100.0/25")], false);
        assert_eq!(facts.tell(&from("198.51.100.128/25")), Some(true));
    }

    #[test]
    fn of_a_clause_the_last_one_follows() {
        let (one, two) = (text(Compare::Contains, "a"), from("203.0.113.0/24"));
        let mut facts = Facts::default();
        facts.suppose(&[one.clone(), two.clone()], false);
        assert_eq!((facts.tell(&one), facts.tell(&two)), (None, None));
        facts.suppose(std::slice::from_ref(&one), true);
        assert_eq!(facts.tell(&two), Some(false));
        assert!(facts.are_possible());
        facts.suppose(&[two], true);
        assert!(!facts.are_possible());
    }
}
