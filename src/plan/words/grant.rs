//! `grants:`

use super::choice::{KeyActions, OneOf};
use super::common::{Flag, List, Names, Opt};
use super::macros::mapping;
use super::several::OneOrMore;
use super::texts::{ConditionKey, Operator, Statement, Text};

mapping! {
    /// Exceptions to what is derived for one container.
    Grant, given {
        /// `false`: checked, never written; its owner gets the statement printed.
        manage: Opt<Flag>,
        /// Of a key policy: which list of KMS actions it gets.
        actions: Opt<OneOf<KeyActions>>,
        /// Conditions added to ours: operator, key, values.
        conditions: Opt<Names<Operator, Names<ConditionKey, OneOrMore<Text>>>>,
        /// Statements of somebody else that ours take over, by Sid or digest.
        replace: Opt<List<Statement>>,
    }
}
