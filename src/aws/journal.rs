//! What a document was before it is overwritten, kept where a person can find it. Somebody else does the keeping: nothing here writes files.

use std::fmt::Debug;
use std::sync::Arc;

use super::{AwsError, Session};
use crate::core::address::Address;
use crate::core::live::PolicyText;

/// Keeps what a document was.
pub trait Keep: Debug + Send + Sync {
    /// `None` where there was no document.
    ///
    /// # Errors
    /// It could not be kept, and why.
    fn keep(&self, at: &Address, text: Option<&str>) -> Result<(), String>;
}

impl Session {
    /// The same connection, which overwrites nothing that was not kept.
    #[must_use]
    pub fn keeping(mut self, journal: Option<Arc<dyn Keep>>) -> Self {
        self.journal = journal;
        self
    }

    /// Called right before a write. What cannot be kept is not overwritten.
    pub(crate) fn keep(&self, at: &Address, have: Option<&PolicyText>) -> Result<(), AwsError> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let failed =
            |why: String| AwsError::refused(&format!("the journal cannot be written, and nothing is overwritten without it: {why}"));
        journal.keep(at, have.map(|have| have.text.as_str())).map_err(failed)
    }
}
