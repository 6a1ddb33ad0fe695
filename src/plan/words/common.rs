//! The forms that all others are made of: optional, list, names, yes or no, numbers, short forms.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::schema::or_variable;
use super::{Definitions, Reader, Word};
use crate::plan::language::Placed;
use crate::plan::node::{Key, Kind, Node, Span};
use crate::plan::path::Step;
use crate::plan::suggest::{any_of, did_you_mean};

/// May be left out. A value with a problem is as good as left out: the problem has been told.
#[derive(Debug)]
pub(crate) struct Opt<T>(PhantomData<T>);

impl<T: Word> Word for Opt<T> {
    type Value = Option<T::Value>;

    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        Some(T::read(node, reader))
    }

    fn omitted() -> Option<Self::Value> {
        Some(None)
    }
}

/// Must be there, but the rest of its mapping is read even when it has a problem.
#[derive(Debug)]
pub(crate) struct Must<T>(PhantomData<T>);

impl<T: Word> Word for Must<T> {
    type Value = Option<T::Value>;

    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        Some(T::read(node, reader))
    }
}

/// A list, of as many items as SES takes. Items with a problem are left out of the value.
#[derive(Debug)]
pub(crate) struct List<T, const MOST: usize = { usize::MAX }>(PhantomData<T>);

impl<T: Word, const MOST: usize> Word for List<T, MOST> {
    type Value = Vec<T::Value>;

    fn schema(definitions: &mut Definitions) -> Value {
        bounded(json!({ "type": "array", "items": T::schema(definitions) }), "maxItems", MOST)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        let Kind::Sequence(items) = &node.kind else {
            let one = node.scalar().filter(|_| !node.is_nothing()).map(|(text, _)| format!("write `[{text}]`"));
            reader.wrong_type(node, "a list").help = one;
            return None;
        };
        too_many(MOST, items.get(MOST).map(|item| item.span), items.len(), reader);
        let read = |(at, item)| reader.at(Step::Item(at), |reader| T::read(item, reader));
        Some(items.iter().enumerate().filter_map(read).collect())
    }
}

/// A mapping from names to values of one form, in the order written; as many as SES takes.
#[derive(Debug)]
pub(crate) struct Names<K, V, const MOST: usize = { usize::MAX }>(PhantomData<(K, V)>);

impl<K: Word, V: Word, const MOST: usize> Word for Names<K, V, MOST>
where
    K::Value: NameOf,
{
    type Value = Vec<(K::Value, V::Value)>;

    fn schema(definitions: &mut Definitions) -> Value {
        let names = K::schema(definitions);
        let schema = json!({ "type": "object", "propertyNames": names, "additionalProperties": V::schema(definitions) });
        bounded(schema, "maxProperties", MOST)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        let Kind::Mapping(entries) = &node.kind else {
            reader.wrong_type(node, "a mapping from names to values");
            return None;
        };
        too_many(MOST, entries.get(MOST).map(|entry| entry.key.span), entries.len(), reader);
        let mut found = Vec::new();
        for entry in entries {
            let key = &entry.key;
            reader.below(&key.text, |reader| {
                let name = K::read(&Node { kind: Kind::Scalar { text: key.text.clone(), plain: false }, span: key.span }, reader);
                let value = V::read(&entry.value, reader);
                found.extend(name.zip(value));
            });
        }
        Some(found)
    }
}

fn bounded(mut schema: Value, keyword: &str, most: usize) -> Value {
    if let (Value::Object(schema), true) = (&mut schema, most < usize::MAX) {
        schema.insert(keyword.to_owned(), json!(most));
    }
    schema
}

/// Tells of the first one too many, if there is one.
fn too_many(most: usize, first: Option<Span>, count: usize, reader: &mut Reader<'_>) {
    if let Some(first) = first {
        let (spot, here) = (reader.spot(first), reader.here());
        reader.tell("too-many", format!("{here} holds {count}: SES takes at most {most}"), &spot, "the first one too many");
    }
}

/// What can stand as a name before a colon.
pub(crate) trait NameOf {}
impl<T> NameOf for Placed<T> {}

/// `true` or `false`, and nothing else that YAML ever took for it.
#[derive(Debug)]
pub(crate) struct Flag;

impl Word for Flag {
    type Value = bool;

    fn schema(_: &mut Definitions) -> Value {
        or_variable(json!({ "type": "boolean" }))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<bool> {
        match node.scalar() {
            Some(("true", true)) => Some(true),
            Some(("false", true)) => Some(false),
            Some((text, _)) => {
                let near = match text.to_lowercase().as_str() {
                    "true" | "yes" | "on" | "y" => Some("write `true`".to_owned()),
                    "false" | "no" | "off" | "n" => Some("write `false`".to_owned()),
                    _ => None,
                };
                reader.wrong_type(node, "`true` or `false`").help = near;
                None
            }
            None => {
                reader.wrong_type(node, "`true` or `false`");
                None
            }
        }
    }
}

/// A whole number in a range.
#[derive(Debug)]
pub(crate) struct Whole<const MIN: usize, const MAX: usize>;

impl<const MIN: usize, const MAX: usize> Word for Whole<MIN, MAX> {
    type Value = usize;

    fn schema(_: &mut Definitions) -> Value {
        or_variable(json!({ "type": "integer", "minimum": MIN, "maximum": MAX }))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<usize> {
        let number = node.scalar().filter(|(text, plain)| *plain && text.bytes().all(|b| b.is_ascii_digit()));
        let number = number.and_then(|(text, _)| text.parse().ok()).filter(|number| (MIN..=MAX).contains(number));
        if number.is_none() {
            reader.wrong_type(node, &format!("a whole number from {MIN} to {MAX}"));
        }
        number
    }
}

/// A mapping, or a text that says the same in short.
#[derive(Debug)]
pub(crate) struct Short<T>(PhantomData<T>);

/// What has a short form.
pub(crate) trait ShortForm: Word {
    /// The schema of the short form.
    fn short_schema(definitions: &mut Definitions) -> Value;
    /// Reads the short form, which is a scalar.
    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value>;
}

impl<T: ShortForm> Word for Short<T> {
    type Value = T::Value;

    fn schema(definitions: &mut Definitions) -> Value {
        let (long, short) = (T::schema(definitions), T::short_schema(definitions));
        json!({ "anyOf": [long, short] })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        if node.scalar().is_some() && !node.is_nothing() { T::read_short(node, reader) } else { T::read(node, reader) }
    }

    fn omitted() -> Option<Self::Value> {
        T::omitted()
    }
}

/// A mapping, or nothing at all.
#[derive(Debug)]
pub(crate) struct Bare<T>(PhantomData<T>);

/// What can stand without a word about it.
pub(crate) trait Alone: Word {
    fn alone() -> Self::Value;
}

impl<T: Alone> Word for Bare<T> {
    type Value = T::Value;

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": [T::schema(definitions), { "type": "null" }] })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        match &node.kind {
            Kind::Scalar { .. } if node.is_nothing() => Some(T::alone()),
            Kind::Scalar { .. } => {
                reader.wrong_type(node, "nothing, or a mapping");
                None
            }
            Kind::Sequence(_) | Kind::Mapping(_) => T::read(node, reader),
        }
    }

    fn omitted() -> Option<Self::Value> {
        Some(T::alone())
    }
}

/// The key of a mapping of one key; a bare word has no value.
pub(crate) struct OnlyKey<'a> {
    pub(crate) key: Key,
    pub(crate) value: Option<&'a Node>,
}

/// Reads a mapping of exactly one known key, or a bare word. `elsewhere` explains keys that belong somewhere else.
pub(crate) fn only_key<'a>(
    node: &'a Node,
    reader: &mut Reader<'_>,
    noun: &str,
    known: &[&str],
    elsewhere: fn(&str) -> Option<(&'static str, &'static str)>,
) -> Option<OnlyKey<'a>> {
    let one = match &node.kind {
        Kind::Scalar { text, .. } if !node.is_nothing() => OnlyKey { key: Key { text: text.clone(), span: node.span }, value: None },
        Kind::Mapping(entries) if entries.len() == 1 => {
            entries.iter().map(|entry| OnlyKey { key: entry.key.clone(), value: Some(&entry.value) }).next()?
        }
        Kind::Mapping(entries) if entries.len() > 1 => {
            let spot = reader.spot(entries.get(1).map_or(node.span, |entry| entry.key.span));
            let first = reader.place(&reader.spot(entries.first().map_or(Span::default(), |entry| entry.key.span)));
            let problem = reader.tell("not-one-key", format!("{noun} has exactly one key"), &spot, "this is a second one");
            problem.also.push((first, "the first one".to_owned()));
            problem.help = Some("begin another item of the list with `-`, or indent what belongs to the first key".to_owned());
            return None;
        }
        Kind::Scalar { .. } | Kind::Mapping(_) | Kind::Sequence(_) => {
            reader.wrong_type(node, &format!("{noun}: {}", any_of(known)));
            return None;
        }
    };
    let name = one.key.text.as_str();
    if known.contains(&name) {
        return Some(one);
    }
    let spot = reader.spot(one.key.span);
    if let Some((message, help)) = elsewhere(name) {
        reader.tell("unknown-key", message, &spot, "not here").help = Some(help.to_owned());
    } else {
        reader.tell("unknown-key", format!("there is no {} `{name}`", noun.trim_start_matches("an ")), &spot, "unknown").help =
            did_you_mean(name, known.iter().copied());
    }
    None
}
