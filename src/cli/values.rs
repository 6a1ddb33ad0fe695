//! The values of secrets: read by `apply`, all of them before its first write, and printed nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::exit::Stop;
use super::input;
use crate::core::change::ChangeSet;
use crate::kinds::secret::{ValueFrom, value_named};

/// The values of the secrets that this run makes, read before its first write, as its passwords are.
pub(super) fn values(set: &ChangeSet, plan: &Path) -> Result<BTreeMap<ValueFrom, String>, Stop> {
    let named: BTreeSet<ValueFrom> = set.changes.iter().filter_map(value_named).collect();
    let read = |from: ValueFrom| {
        let (what, found) = match &from {
            ValueFrom::FromEnvironment(name) => {
                let found = std::env::var(name).map_err(|_| "is not set".to_owned());
                (format!("the environment variable `{name}`"), found)
            }
            ValueFrom::FromFile(path) => (format!("the file `{path}`"), input::plan_file(plan, path, LARGEST_VALUE)),
        };
        let fits = found.and_then(|value| match value.len() {
            0 => Err("is empty".to_owned()),
            length if length > LARGEST_VALUE => Err(format!("holds more than the {LARGEST_VALUE} bytes of a secret")),
            _ => Ok(value),
        });
        let value =
            fits.map_err(|why| Stop::refused(format!("{what} is to hold the value of a secret, and {why}; nothing was written")))?;
        Ok((from, value))
    };
    named.into_iter().map(read).collect()
}

/// `SecretString`: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
const LARGEST_VALUE: usize = 65_536;
