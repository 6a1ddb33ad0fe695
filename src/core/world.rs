//! The outside, as one small trait. Two implement it: AWS, and a map in memory for tests and `--live`.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Address;
use super::change::Change;
use super::live::Observed;

/// Where things are read and changed.
pub trait World: Sync {
    /// Reads these, side by side. What must be asked again when more is known is left out of the answer.
    fn read(&self, addresses: &BTreeSet<Address>) -> impl Future<Output = BTreeMap<Address, Observed>> + Send;

    /// Does these changes: all of one container in one phase, which are one write, or a single change of a resource.
    fn perform(&self, batch: &[Change]) -> impl Future<Output = Result<Done, Failure>> + Send;
}

/// What came of a batch that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It was written.
    Written,
    /// It was made, and this is what AWS decided about it: `id`, `a_record`.
    Made(BTreeMap<String, String>),
    /// It was there already: an earlier run, or somebody else, had done it.
    AlreadyThere,
}

/// A batch that was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What AWS said, whole.
    pub says: String,
    /// AWS's code.
    pub code: String,
    /// Whether it may have been done all the same: no answer came.
    pub unknown: bool,
}
