//! `lock:` of a plan: one writer at a time for each document among all runs that name the same place, wherever they run. It closes the
//! moment between our last read and our put against our own runs; others know nothing of it.
//!
//! A lock is an object that is made, taken over and given back by conditional writes alone: whoever read an older one is refused.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
//!
//! Nobody's clock is compared with anybody's. A lock is stale when the same one has been seen for as long as it may be held, by the clock of
//! who waits; and who holds it writes nothing after that time, by his own.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use super::s3_objects::{Object, Only};
use super::{Ask, AwsError, Class, Session, Store, Written};
use crate::core::address::Address;
use crate::policy::Edits;

/// How long a lock is held at most: read, compare and put of one document, with all that is tried again on the way.
const LEASE: Duration = Duration::from_secs(60);

/// How often who waits looks again, at first and at last.
const GLANCES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Where locks are, and who takes them.
#[derive(Debug, Clone)]
pub struct Lock {
    /// The bucket.
    pub bucket: Address,
    /// What keys begin with.
    pub prefix: String,
    /// Who, for others to read.
    pub holder: String,
    /// No two runs have the same.
    pub run: String,
    /// Whether a lock that somebody holds is taken away from him at once (`--break-lock`).
    pub breaks: bool,
}

impl Lock {
    fn key(&self, at: &Address) -> String {
        format!("{}{at}", self.prefix)
    }
}

/// What stands in the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    container: String,
    /// Nobody's when there is none.
    holder: Option<String>,
    run: String,
    lease_seconds: u64,
}

/// A lock that is held.
struct Held {
    key: String,
    etag: String,
    until: Instant,
}

impl Session {
    /// The same connection, which writes documents in turn with all other runs.
    #[must_use]
    pub fn locking(mut self, lock: Option<Lock>) -> Self {
        self.lock = lock.map(Arc::new);
        self
    }

    /// Whether the lock of a document can be read at all. Asked before the first write, so that a bucket that is not there, or that the caller may
    /// not read, is told once and not by each document in the middle of the work.
    ///
    /// # Errors
    /// What S3 said.
    pub async fn finds_lock(&self, at: &Address) -> Result<(), AwsError> {
        let Some(lock) = &self.lock else { return Ok(()) };
        self.lock_object(lock, &lock.key(at)).await.map(drop)
    }

    /// Makes the edits, one writer at a time: in this process, and where the plan has a lock among all runs.
    pub(super) async fn edit_in_turn(&self, store: &dyn Store, ask: Ask<'_>, edits: &Edits) -> Result<Written, AwsError> {
        let _turn = self.clients.common.writer(ask.at).await;
        let Some(lock) = &self.lock else { return store.edit(ask, edits).await };
        let held = self.take(lock, ask.at).await?;
        let late = || AwsError::unfinished("the write took longer than its lock may be held; whether it was made, the next plan shows");
        let done = timeout_at(held.until, store.edit(ask, edits)).await.unwrap_or_else(|_| Err(late()));
        self.give_back(lock, ask.at, held).await;
        done
    }

    async fn take(&self, lock: &Lock, at: &Address) -> Result<Held, AwsError> {
        let key = lock.key(at);
        let mine =
            Note { container: at.to_string(), holder: Some(lock.holder.clone()), run: lock.run.clone(), lease_seconds: LEASE.as_secs() };
        let text = serde_json::to_string(&mine).map_err(AwsError::malformed)?;
        let deadline = Instant::now() + self.clients.common.settings.patience;
        let mut watched: Option<(String, Instant)> = None;
        let mut wait = GLANCES.0;
        loop {
            // The lease begins before anybody could see that it has.
            let began = Instant::now();
            let held = |etag: String| Held { key: key.clone(), etag, until: began + LEASE };
            let Some(there) = self.lock_object(lock, &key).await? else {
                match self.put_lock(lock, &key, &text, Only::IfAbsent).await {
                    Ok(etag) => return Ok(held(etag)),
                    Err(error) if error.is_race() => continue,
                    Err(error) => return Err(told(lock, &error)),
                }
            };
            let note: Note = serde_json::from_str(&there.text).map_err(|error| {
                AwsError::refused(&format!("s3://{}/{key} is no lock of postroom's, and is left as it is: {error}", lock.bucket.name))
            })?;
            // A put of ours whose answer was lost, and which was tried again and refused.
            if note == mine {
                return Ok(held(there.etag));
            }
            // From after it was first seen to before it was seen last: never longer than it was there.
            let since = watched.take().filter(|(etag, _)| *etag == there.etag).map_or_else(Instant::now, |(_, since)| since);
            let is_stale = began.saturating_duration_since(since) >= Duration::from_secs(note.lease_seconds);
            let Some(holder) = note.holder.as_ref().filter(|_| !is_stale && !lock.breaks) else {
                if let Some(holder) = &note.holder {
                    let why = if is_stale { "it was not given back in its time" } else { "--break-lock" };
                    self.tell(at, &format!("the lock of {holder} of {} is taken over: {why}", there.when));
                }
                match self.put_lock(lock, &key, &text, Only::IfStill(&there.etag)).await {
                    Ok(etag) => return Ok(held(etag)),
                    Err(error) if error.is_race() || error.class == Class::NotFound => continue,
                    Err(error) => return Err(told(lock, &error)),
                }
            };
            self.tell(at, &format!("the lock, held by {holder} since {}", there.when));
            if self.waits_for_nothing() || Instant::now() + wait >= deadline || !self.waited(wait).await {
                return Err(AwsError::refused(&format!(
                    "{holder} holds the lock s3://{}/{key} since {}; when it does not change for {} seconds its holder is gone and it is taken \
                     over, or at once with --break-lock",
                    lock.bucket.name, there.when, note.lease_seconds
                )));
            }
            watched = Some((there.etag, since));
            wait = (wait * 2).min(GLANCES.1);
        }
    }

    /// The object stays: what is not there cannot be written on a condition that others must fail.
    async fn give_back(&self, lock: &Lock, at: &Address, held: Held) {
        let free = Note { container: at.to_string(), holder: None, run: lock.run.clone(), lease_seconds: LEASE.as_secs() };
        let Ok(text) = serde_json::to_string(&free) else { return };
        match self.put_lock(lock, &held.key, &text, Only::IfStill(&held.etag)).await {
            Ok(_) => {}
            Err(error) if error.is_race() => self.tell(at, "the lock was broken by another run while it was held"),
            Err(error) => self.tell(at, &format!("the lock could not be given back, others wait for it: {error}")),
        }
    }

    async fn lock_object(&self, lock: &Lock, key: &str) -> Result<Option<Object>, AwsError> {
        match self.s3(&lock.bucket).await?.object(&lock.bucket.name, key).await {
            Err(error) if error.class == Class::Elsewhere => {
                self.locate(&lock.bucket).await?;
                self.s3(&lock.bucket).await?.object(&lock.bucket.name, key).await.map_err(|error| told(lock, &error))
            }
            answer => answer.map_err(|error| told(lock, &error)),
        }
    }

    async fn put_lock(&self, lock: &Lock, key: &str, text: &str, only: Only<'_>) -> Result<String, AwsError> {
        self.s3(&lock.bucket).await?.put_object(&lock.bucket.name, key, text, only).await
    }
}

fn told(lock: &Lock, error: &AwsError) -> AwsError {
    AwsError { message: format!("{} (lock in bucket {}; nothing was written)", error.message, lock.bucket.name), ..error.clone() }
}
