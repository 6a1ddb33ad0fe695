//! What a mapping asks of its keys together.

use serde_json::{Value, json};

use super::{Given, Reader};
use crate::plan::node::Node;
use crate::plan::suggest::any_of;

/// A demand on several keys of one mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Demand {
    /// One of them must be written, and no second.
    ExactlyOne(&'static [&'static str]),
    /// At least one of them must be written.
    AnyOf(&'static [&'static str]),
    /// Not two of them.
    AtMostOne(&'static [&'static str]),
    /// Unless one of the first is written, all of the second must be.
    Unless(&'static [&'static str], &'static [&'static str]),
}

impl Demand {
    pub(super) fn check(self, given: &Given, mistyped: &[&str], node: &Node, reader: &mut Reader<'_>) {
        let keys = match self {
            Self::ExactlyOne(keys) | Self::AnyOf(keys) | Self::AtMostOne(keys) => keys,
            Self::Unless(said, needs) => {
                let spoken = said.iter().any(|key| given.spot(key).is_some() || mistyped.contains(key));
                let missing = |key: &&&str| !spoken && given.spot(key).is_none() && !mistyped.contains(*key);
                for key in needs.iter().filter(missing) {
                    let (spot, message) = (reader.spot_of(node), format!("{} needs `{key}`", reader.here()));
                    reader.tell("missing-key", message, &spot, format!("add `{key}:` here"));
                }
                return;
            }
        };
        let mut written = keys.iter().filter_map(|key| given.spot(key).map(|spot| (key, spot)));
        let (first, second) = (written.next(), written.next());
        if first.is_none() && !matches!(self, Self::AtMostOne(_)) && !keys.iter().any(|key| mistyped.contains(key)) {
            let spot = reader.spot_of(node);
            let message = format!("{} needs {}", reader.here(), any_of(keys));
            reader.tell("missing-key", message, &spot, "add it here");
        }
        if let (Some((first, at)), Some((second, spot))) = (first, second)
            && !matches!(self, Self::AnyOf(_))
        {
            let other = reader.place(at);
            let message = format!("`{first}` and `{second}` exclude each other");
            reader
                .tell("contradiction", message, spot, format!("expected only {}", any_of(keys)))
                .also
                .push((other, "beside this".to_owned()));
        }
    }

    /// The same as a schema.
    pub(super) fn schema(self) -> Value {
        let required = |keys: &[&str]| keys.iter().map(|key| json!({ "required": [key] })).collect::<Vec<_>>();
        match self {
            Self::ExactlyOne(keys) => json!({ "oneOf": required(keys) }),
            Self::AnyOf(keys) => json!({ "anyOf": required(keys) }),
            Self::Unless(said, needs) => {
                json!({ "anyOf": required(said).into_iter().chain([json!({ "required": needs })]).collect::<Vec<_>>() })
            }
            Self::AtMostOne(keys) => {
                let pairs =
                    keys.iter().enumerate().flat_map(|(at, one)| keys[at + 1..].iter().map(move |two| json!({ "required": [one, two] })));
                json!({ "not": { "anyOf": pairs.collect::<Vec<_>>() } })
            }
        }
    }
}
