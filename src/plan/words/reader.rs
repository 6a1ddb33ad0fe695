//! What a walk over a plan carries: the path it is on, and the problems so far.

use std::sync::Arc;

use super::super::language::{Placed, Spot};
use super::super::node::{Key, Kind, Node, Span};
use super::super::path::{Path, Step};
use super::super::suggest::{did_you_mean, suggest};
use super::super::{MOST_PROBLEMS, is_ignored};
use super::{Demand, Given};
use crate::core::problem::{Place, Problem, Source};

#[derive(Debug)]
pub(crate) struct Reader<'a> {
    source: &'a Arc<Source>,
    path: Path,
    problems: Vec<Problem>,
}

/// A mapping whose keys have been looked at.
pub(crate) struct Keys<'a> {
    node: &'a Node,
    /// Known keys that an unknown one was probably meant to be.
    mistyped: Vec<&'static str>,
    pub(crate) given: Given,
}

impl<'a> Keys<'a> {
    /// The key and the value of a known key.
    pub(crate) fn find(&self, name: &str) -> Option<(&'a Key, &'a Node)> {
        self.node.entries().iter().find(|entry| entry.key.text == name).map(|entry| (&entry.key, &entry.value))
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a Arc<Source>) -> Self {
        Self { source, path: Path::default(), problems: Vec::new() }
    }

    /// What was told.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Does something one step further down, below a key.
    pub(crate) fn below<T>(&mut self, key: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        self.at(Step::Key(key.to_owned()), work)
    }

    /// Does something one step further down, below a key or at an item.
    pub(crate) fn at<T>(&mut self, step: Step, work: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let result = work(self);
        self.path.pop();
        result
    }

    /// The spot of some words, on the path that the reader is on.
    pub(crate) fn spot(&self, span: Span) -> Spot {
        Spot { start: span.start, end: span.end, path: self.path.as_str().to_owned() }
    }

    /// The spot of a value: what is long is pointed at by its first line.
    pub(crate) fn spot_of(&self, node: &Node) -> Spot {
        let words = self.source.text.get(node.span.start..node.span.end).unwrap_or_default();
        let line = words.lines().next().unwrap_or_default().trim_end();
        self.spot(Span { start: node.span.start, end: node.span.start + line.len() })
    }

    /// Tells a problem with the words at `spot`.
    pub(crate) fn tell(&mut self, code: &'static str, message: impl Into<String>, spot: &Spot, label: impl Into<String>) -> &mut Problem {
        let problem = Problem::new(code, message, self.place(spot), label).with_path(&spot.path);
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// The place of a spot, to name it in a problem with other words.
    pub(crate) fn place(&self, spot: &Spot) -> Place {
        Place { source: Arc::clone(self.source), start: spot.start, end: spot.end }
    }

    /// Tells that a value is not what belongs there.
    pub(crate) fn wrong_type(&mut self, node: &Node, expected: &str) -> &mut Problem {
        let spot = self.spot_of(node);
        let message = format!("{} cannot be {}", self.here(), node.describe());
        self.tell("wrong-type", message, &spot, format!("expected {expected}"))
    }

    /// What the reader is at, in words for people.
    pub(crate) fn here(&self) -> String {
        self.path.here()
    }

    /// The last key of the path.
    pub(crate) fn last_key(&self) -> Option<&str> {
        self.path.last_key()
    }

    /// The text of a scalar, whatever it looks like.
    pub(crate) fn text<'n>(&mut self, node: &'n Node, expected: &str) -> Option<&'n str> {
        match node.scalar() {
            Some((text, _)) if !node.is_nothing() => Some(text),
            _ => {
                let list_of_one = matches!(&node.kind, Kind::Sequence(items) if items.len() == 1);
                let problem = self.wrong_type(node, expected);
                if list_of_one {
                    problem.help = Some("write it without the brackets or the dash: one value belongs here".to_owned());
                }
                None
            }
        }
    }

    /// A mapping with some of the keys `known`; all that is wrong with its keys is told.
    pub(crate) fn keys<'n>(&mut self, node: &'n Node, known: &[&'static str], demands: &[Demand]) -> Option<Keys<'n>> {
        let Kind::Mapping(entries) = &node.kind else {
            let names: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
            let expected = if names.len() > 8 { "a mapping".to_owned() } else { format!("a mapping with {}", names.join(", ")) };
            self.wrong_type(node, &expected);
            return None;
        };
        let (mut given, mut mistyped) = (Vec::new(), Vec::new());
        for entry in entries.iter().filter(|entry| !is_ignored(&entry.key.text)) {
            let key = &entry.key;
            let spot = self.below(&key.text, |reader| reader.spot(key.span));
            match known.iter().find(|known| **known == key.text) {
                Some(known) => given.push(Placed { value: *known, spot }),
                None => mistyped.extend(self.unknown_key(key, &spot, known)),
            }
        }
        let keys = Keys { node, mistyped, given: Given { at: self.spot_of(node), keys: given } };
        for demand in demands {
            demand.check(&keys.given, &keys.mistyped, node, self);
        }
        Some(keys)
    }

    /// Tells of an unknown key; gives the known one that was probably meant.
    fn unknown_key(&mut self, key: &Key, spot: &Spot, known: &[&'static str]) -> Option<&'static str> {
        let message = format!("{} has no key `{}`", self.here(), key.text);
        let enough = self.problems.len() >= MOST_PROBLEMS;
        let problem = self.tell("unknown-key", message, spot, "unknown key");
        if enough {
            return None;
        }
        problem.help = did_you_mean(&key.text, known.iter().copied());
        suggest(&key.text, known.iter().copied())
    }

    /// Tells that a key is missing, unless it is there and mistyped.
    pub(crate) fn missing(&mut self, keys: &Keys<'_>, key: &str) {
        if keys.mistyped.contains(&key) {
            return;
        }
        let spot = self.spot_of(keys.node);
        let message = format!("{} needs `{key}`", self.here());
        self.tell("missing-key", message, &spot, format!("add `{key}:` here"));
    }
}
