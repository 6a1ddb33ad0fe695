//! What a run has put into containers, so that it can be put again: between the last read and the put of another run ours may have come, and
//! gone. Nobody can guard that moment (facts §4.1), but it can be looked at afterwards.

use std::collections::BTreeMap;

use tokio::sync::Mutex;

use super::world::store_of;
use super::{Ask, AwsError, Session};
use crate::core::address::Address;
use crate::policy::{Edits, Statement};

/// By container and Sid.
#[derive(Debug, Default)]
pub(super) struct Granted(Mutex<BTreeMap<Address, BTreeMap<String, Statement>>>);

impl Granted {
    /// Remembers a write that was seen.
    pub(super) async fn note(&self, at: &Address, edits: &Edits) {
        let mut granted = self.0.lock().await;
        let statements = granted.entry(at.clone()).or_default();
        statements.retain(|sid, _| !edits.drop.contains(sid));
        statements.extend(edits.put.iter().filter_map(|put| Some((put.sid()?.to_owned(), put.clone()))));
    }
}

impl Session {
    /// Reads every container that this run has written, and puts again what is not in it any more.
    pub async fn hold(&self) -> Result<(), AwsError> {
        let granted = self.granted.0.lock().await.clone();
        for (at, statements) in granted.iter().filter(|(_, statements)| !statements.is_empty()) {
            let Some(store) = store_of(at) else { continue };
            let edits = Edits { put: statements.values().cloned().collect(), ..Edits::default() };
            // Nobody is kept waiting for a look.
            if self.lock.is_some() && self.sees(store, at, &edits).await? {
                continue;
            }
            self.edit_in_turn(store, Ask { aws: self, at }, &edits).await?;
        }
        Ok(())
    }
}
