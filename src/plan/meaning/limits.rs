//! How many there may be, and that names are unique.

use super::super::language::{Placed, Spot};
use super::super::words::Reader;

/// SES quotas, per region, not adjustable; seen as hard limits ("Too many rules", "Too many filters", "Too many actions").
/// <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>
pub(super) const ACTIONS: usize = 10;
/// Documented; SES has been seen to take more, which is not to be relied on.
pub(super) const RECIPIENTS: usize = 100;
pub(super) const RULES: usize = 200;
pub(super) const RULE_SETS: usize = 40;
pub(super) const FILTERS: usize = 100;

/// Tells when there are more than `most`, at the first one too many.
pub(super) fn at_most<'a>(most: usize, what: &str, of: &str, spots: impl Iterator<Item = &'a Spot>, reader: &mut Reader<'_>) {
    let mut spots = spots.skip(most);
    if let Some(first) = spots.next() {
        let message = format!("{} {what} in {of}: SES takes at most {most}", most + 1 + spots.count());
        reader.tell("too-many", message, first, "the first one too many");
    }
}

/// Tells what stands in a list a second time.
pub(super) fn once<T: Ord + std::fmt::Display>(what: &str, values: &[Placed<T>], reader: &mut Reader<'_>) {
    once_of(what, values.iter(), reader);
}

/// The same for what is not a slice.
pub(super) fn once_of<'a, T: Ord + std::fmt::Display + 'a>(
    what: &str,
    values: impl Iterator<Item = &'a Placed<T>>,
    reader: &mut Reader<'_>,
) {
    let mut seen = std::collections::BTreeMap::new();
    for Placed { value, spot } in values {
        let Some(first) = seen.get(value).copied() else {
            seen.insert(value, spot);
            continue;
        };
        let first = reader.place(first);
        let problem = reader.tell("duplicate-name", format!("{what} `{value}` stands here twice"), spot, "the second time");
        problem.also.push((first, "the first time".to_owned()));
    }
}
