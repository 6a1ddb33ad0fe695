//! The plan language: text → [`Plan`], with places.
//!
//! ```text
//! text ─yaml─▶ Node ─variables─▶ Node ─words─▶ what was written ─meaning─▶ Plan
//! ```
//! * `yaml` knows the YAML library; a [`node::Node`] is what is left of it.
//! * `variables` replaces `${…}`.
//! * `words` is the structure, said once: the JSON Schema and the reader are made of the same declarations.
//! * `meaning` turns what was written into the values of [`language`], and refuses what contradicts itself.
//!
//! Every step tells all problems it can find and goes on; a plan with a problem never becomes a [`Plan`].

pub(crate) mod choices;
mod draft;
pub(crate) mod files;
pub mod language;
mod meaning;
mod moment;
mod node;
mod path;
mod quote;
mod suggest;
#[cfg(test)]
mod tests;
mod variables;
mod words;
pub mod write;
mod yaml;

use std::sync::Arc;

pub use draft::{Draft, Given, parse};
#[cfg(feature = "aws")]
pub(crate) use suggest::suggest;

use crate::core::problem::{Problem, Source};
use language::Plan;

/// Reads a plan for one account and region.
///
/// # Errors
/// All that is wrong with it.
pub fn load(source: Arc<Source>, given: &Given) -> Result<Plan, Vec<Problem>> {
    parse(source)?.settle(given)
}

/// The JSON Schema of a plan, draft 2020-12: editors complete and check with it.
#[must_use]
pub fn schema() -> serde_json::Value {
    words::schema()
}

/// The codes of problems: what each means stands in docs/codes.md.
pub const CODES: &[&str] = &[
    "bad-address",
    "bad-value",
    "bad-variable",
    "condition-not-carried",
    "contradiction",
    "duplicate-key",
    "duplicate-name",
    "empty-plan",
    "many-documents",
    "missing-key",
    "more-problems",
    "not-one-key",
    "stop-not-last",
    "too-big",
    "too-deep",
    "too-many",
    "undeclared",
    "undeclared-role",
    "unknown-key",
    "unknown-variable",
    "unreadable-file",
    "variable-cycle",
    "wrong-type",
    "yaml-syntax",
];

/// Of more problems than these only the number is told, and none is thought about for long.
const MOST_PROBLEMS: usize = 1000;

/// Keys that are nobody's: a place for anchors.
fn is_ignored(key: &str) -> bool {
    key.starts_with("x-")
}
