//! A part of a fleet: which targets one of N jobs takes. By hash of the name alone, so that a target that comes or goes moves no other.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// `I/N`: the I-th of N parts, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    part: u32,
    of: u32,
}

/// More jobs than these nobody starts at once (a GitHub matrix has at most 256).
const MOST: u32 = 10_000;

/// A text that is no shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected I/N with 1 ≤ I ≤ N ≤ {MOST}, as in 3/16")]
pub struct NoShard;

impl Shard {
    /// Whether a target of this name is in this part.
    #[must_use]
    pub fn takes(self, name: &str) -> bool {
        let digest = Sha256::digest(name.as_bytes());
        let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        number % u64::from(self.of) == u64::from(self.part - 1)
    }
}

impl FromStr for Shard {
    type Err = NoShard;
    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (part, of) = text.split_once('/').ok_or(NoShard)?;
        let number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok()).flatten().ok_or(NoShard);
        let shard = Self { part: number(part)?, of: number(of)? };
        if (1..=shard.of).contains(&shard.part) && shard.of <= MOST { Ok(shard) } else { Err(NoShard) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn parts(names: &[String], of: u32) -> BTreeMap<String, Vec<u32>> {
        let takers = |name: &String| (1..=of).filter(|part| Shard { part: *part, of }.takes(name)).collect();
        names.iter().map(|name| (name.clone(), takers(name))).collect()
    }

    proptest! {
        #[test]
        fn every_target_is_in_exactly_one_part(names in prop::collection::vec("[a-z0-9-]{1,20}", 1..40), of in 1_u32..80) {
            for (name, parts) in parts(&names, of) {
                prop_assert_eq!(parts.len(), 1, "{} of {}: {:?}", name, of, parts);
            }
        }

        #[test]
        fn a_target_that_comes_moves_none_of_the_others(
            names in prop::collection::btree_set("[a-z0-9-]{1,20}", 1..40), new in "[A-Z]{1,20}", of in 1_u32..80,
        ) {
            let before: Vec<String> = names.into_iter().collect();
            let mut after = parts(&[before.clone(), vec![new.clone()]].concat(), of);
            after.remove(&new);
            prop_assert_eq!(after, parts(&before, of));
        }
    }

    #[test]
    fn parts_are_about_even() {
        let names: Vec<String> = (0..1600).map(|number| format!("account-{number}")).collect();
        for part in 1..=16 {
            let count = names.iter().filter(|name| Shard { part, of: 16 }.takes(name)).count();
            assert!((60..=140).contains(&count), "{part}/16 takes {count} of 1600");
        }
    }

    #[test]
    fn the_same_name_is_in_the_same_part_in_every_version() {
        // These never change: a fleet whose jobs run two versions for a while must leave nobody out.
        let takers =
            ["prod-eu", "prod-us", "stage"].map(|name| (1..=16).find(|part| Shard { part: *part, of: 16 }.takes(name)).unwrap_or(0));
        assert_eq!(takers, [1, 5, 15]);
    }

    #[test]
    fn a_shard_is_counted_from_one() {
        assert_eq!("3/16".parse::<Shard>().map(|shard| shard.to_string()), Ok("3/16".to_owned()));
        assert!("1/1".parse::<Shard>().is_ok_and(|whole| whole.takes("anything")));
        for text in ["0/16", "17/16", "3", "3/", "/3", "0/0", "-1/3", "+1/3", "1/99999", "a/b", "1/2/3", ""] {
            assert_eq!(text.parse::<Shard>(), Err(NoShard), "{text}");
        }
    }
}
