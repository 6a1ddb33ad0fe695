//! The forms of a value of which there may be several, or all.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::common::{Flag, List};
use super::{Definitions, Reader, Word};
use crate::plan::language::Placed;
use crate::plan::node::{Kind, Node};

/// One value or a list with at least one, of as many as AWS takes.
#[derive(Debug)]
pub(crate) struct OneOrMore<T, const MOST: usize = { usize::MAX }>(PhantomData<T>);

impl<T: Word, const MOST: usize> Word for OneOrMore<T, MOST> {
    type Value = Vec<T::Value>;

    fn schema(definitions: &mut Definitions) -> Value {
        let mut list = List::<T, MOST>::schema(definitions);
        list["minItems"] = json!(1);
        json!({ "anyOf": [T::schema(definitions), list] })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        match &node.kind {
            Kind::Sequence(items) if items.is_empty() => {
                reader.wrong_type(node, "a value, or a list of values with at least one");
                None
            }
            Kind::Sequence(_) => List::<T, MOST>::read(node, reader),
            Kind::Scalar { .. } | Kind::Mapping(_) => T::read(node, reader).map(|one| vec![one]),
        }
    }
}

/// The word `all` (`None`), or one value or a list with at least one.
#[derive(Debug)]
pub(crate) struct AllOr<T>(PhantomData<T>);

impl<T: Word> Word for AllOr<T> {
    type Value = Option<Vec<T::Value>>;

    fn schema(definitions: &mut Definitions) -> Value {
        let all = json!({ "const": "all", "description": "Every one." });
        json!({ "anyOf": [all, OneOrMore::<T>::schema(definitions)] })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        if node.scalar().is_some_and(|(text, _)| text == "all") {
            return Some(None);
        }
        OneOrMore::<T>::read(node, reader).map(Some)
    }
}

/// A value with its place, where the form alone does not keep it.
#[derive(Debug)]
pub(crate) struct At<T>(PhantomData<T>);

impl<T: Word> Word for At<T> {
    type Value = Placed<T::Value>;

    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        let spot = reader.spot_of(node);
        T::read(node, reader).map(|value| Placed { value, spot })
    }
}

/// Nothing at all, or `{}`: the word says it all.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Word for Nothing {
    type Value = ();

    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": ["object", "null"], "maxProperties": 0 })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<()> {
        let empty = node.is_nothing() || matches!(&node.kind, Kind::Mapping(entries) if entries.is_empty());
        if !empty {
            reader.wrong_type(node, "nothing");
        }
        empty.then_some(())
    }

    fn omitted() -> Option<()> {
        Some(())
    }
}

/// `true` or `false`; the bare word is `true`.
#[derive(Debug)]
pub(crate) struct Holds;

impl Word for Holds {
    type Value = bool;

    fn schema(definitions: &mut Definitions) -> Value {
        Flag::schema(definitions)
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<bool> {
        Flag::read(node, reader)
    }

    fn omitted() -> Option<bool> {
        Some(true)
    }
}
