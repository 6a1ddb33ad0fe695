//! `grants:`

use super::choice::{KeyActions, OneOf};
use super::common::{Flag, List, Names, Opt};
use super::macros::mapping;
use super::texts::{ConditionKey, Operator, Statement, Text};
use super::{Definitions, Reader, Word};
use crate::plan::language::Placed;
use crate::plan::node::{Kind, Node};

mapping! {
    /// Exceptions to what is derived for one container.
    Grant, given {
        /// `false`: checked, never written; its owner gets the statement printed.
        manage: Opt<Flag>,
        /// Of a key policy: which list of KMS actions it gets.
        actions: Opt<OneOf<KeyActions>>,
        /// Conditions added to ours: operator, key, values.
        conditions: Opt<Names<Operator, Names<ConditionKey, Values>>>,
        /// Statements of somebody else that ours take over, by Sid or digest.
        replace: Opt<List<Statement>>,
    }
}

/// One value or a list of them.
#[derive(Debug)]
pub(crate) struct Values;

impl Word for Values {
    type Value = Vec<Placed<String>>;

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        serde_json::json!({ "anyOf": [Text::schema(definitions), { "type": "array", "minItems": 1, "items": Text::schema(definitions) }] })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        match &node.kind {
            Kind::Sequence(items) if items.is_empty() => {
                reader.wrong_type(node, "a value, or a list of values with at least one");
                None
            }
            Kind::Sequence(_) => List::<Text>::read(node, reader),
            Kind::Scalar { .. } | Kind::Mapping(_) => Text::read(node, reader).map(|one| vec![one]),
        }
    }
}
