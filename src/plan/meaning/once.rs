//! Names are unique.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::super::language::{Placed, Spot};
use super::super::words::Reader;

/// Tells what stands in a list a second time.
pub(super) fn once<T: Ord + Display>(what: &str, values: &[Placed<T>], reader: &mut Reader<'_>) {
    among(what, values.iter(), reader);
}

/// Tells of the first one too many.
pub(super) fn at_most<'a>(most: usize, what: &str, kept: impl Iterator<Item = &'a Spot>, reader: &mut Reader<'_>) {
    let mut over = kept.skip(most);
    if let Some(first) = over.next() {
        let message = format!("{} {what}: SES takes at most {most}", most + 1 + over.count());
        reader.tell("too-many", message, first, "the first one too many");
    }
}

/// The same for what is not a slice.
pub(super) fn among<'a, T: Ord + Display + 'a>(what: &str, values: impl Iterator<Item = &'a Placed<T>>, reader: &mut Reader<'_>) {
    let mut seen = BTreeMap::new();
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

/// The same for names of one kind and the earlier names of the same things: a name cannot be both, or of two things.
pub(super) fn names<'a, T: Ord + Display + 'a>(
    what: &str,
    things: impl Iterator<Item = (&'a Placed<T>, &'a [Placed<T>])> + Clone,
    reader: &mut Reader<'_>,
) {
    let present = things.clone().map(|(name, _)| name);
    among(what, present.chain(things.flat_map(|(_, was)| was)), reader);
}
