//! Why a text is no policy.

/// A text that does not read as a policy document. Nothing is lost by it: the caller still has the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is not JSON, or names a member twice; the words say at which line and column.
    #[error("reading the policy as JSON: {0}")]
    Json(String),
    /// The text is JSON, but not an object.
    #[error("a policy is one JSON object, found {found}")]
    NotAnObject {
        /// What stands there instead.
        found: &'static str,
    },
    /// The member `Statement` is neither an object nor an array.
    #[error("`Statement` is an object or an array of objects, found {found}")]
    Statements {
        /// What stands there instead.
        found: &'static str,
    },
    /// One of the statements is not an object.
    #[error("`Statement[{index}]` is an object, found {found}")]
    Statement {
        /// Counted from 0, as in a JSON path.
        index: usize,
        /// What stands there instead.
        found: &'static str,
    },
}
