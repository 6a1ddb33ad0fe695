//! How statements get into a container: read, compare, put — one put, on a copy read right before it, never one that locks the caller out.

use std::time::Duration;

use tokio::time::Instant;

use super::{Ask, AwsError, Class, OLDER_COPIES, RACES, Session, Soon};
use crate::containers::Container;
use crate::core::address::Address;
use crate::core::live::PolicyText;
use crate::policy::{Document, Edits};

/// Whether anything was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was there already.
    Unchanged,
    /// It was written.
    Changed,
}

/// The question that is put to the evaluator before a document is written: could the caller write it again?
#[derive(Debug, Clone)]
pub struct Lockout {
    /// The action that writes the document.
    pub action: &'static str,
    /// The resource that it guards.
    pub resource: String,
    /// The document itself must allow the caller (a key policy does; a bucket policy only must not deny).
    pub needs_allow: bool,
}

/// The wire half of a container.
pub trait Store: Container {
    /// The document as it is now.
    fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>>;

    /// Puts the whole document; `None` deletes it. A service that writes statement by statement has its own `edit` instead.
    fn write<'a>(&'a self, _ask: Ask<'a>, _text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
        Box::pin(async { Err(AwsError::refused("this policy is written one statement at a time")) })
    }

    /// The question of [`Lockout`], where a document can lock its writer out.
    fn lockout(&self, _aws: &Session, _at: &Address) -> Option<Lockout> {
        None
    }

    /// Makes the edits on a fresh copy, in one put.
    fn edit<'a>(&'a self, ask: Ask<'a>, edits: &'a Edits) -> Soon<'a, Result<Written, AwsError>> {
        Box::pin(async move {
            let mut last = AwsError::refused("others keep writing to this policy");
            for _ in 0..RACES {
                match edit_once(self, ask, edits).await {
                    Err(error) if error.class == Class::Elsewhere => ask.aws.locate(ask.at).await?,
                    Err(error) if error.is_race() => last = error,
                    done => return done,
                }
            }
            Err(last)
        })
    }
}

/// The document as it is now. An answer that lacks what this run has seen there is asked for again for a moment: it may be an older one, and
/// what is put on top of that would be lost.
async fn newest<S: Store + ?Sized>(store: &S, ask: Ask<'_>) -> Result<(Option<PolicyText>, Document), AwsError> {
    let deadline = Instant::now() + OLDER_COPIES;
    let mut wait = Duration::from_millis(100);
    loop {
        // A session of its own: what was read for the plan is not fresh.
        let fresh = ask.aws.fresh();
        let have = store.read(Ask { aws: &fresh, at: ask.at }).await?;
        let document = match &have {
            Some(have) => Document::parse(&have.text).map_err(AwsError::malformed)?,
            None => Document::empty(),
        };
        let is_newest = !ask.aws.sights.may_be_older(ask.at, &document);
        if is_newest || Instant::now() + wait >= deadline || !ask.aws.may_wait(wait).await {
            return Ok((have, document));
        }
        wait *= 2;
    }
}

async fn edit_once<S: Store + ?Sized>(store: &S, ask: Ask<'_>, edits: &Edits) -> Result<Written, AwsError> {
    let (have, document) = newest(store, ask).await?;
    let next = document.splice(edits);
    if next.text() == document.text() {
        return Ok(Written::Unchanged);
    }
    let bare = next.is_bare();
    let next = if bare { store.bare(ask.at) } else { Some(next) };
    if let (Some(question), Some(next)) = (store.lockout(ask.aws, ask.at), &next) {
        ask.aws.guard(ask.at, &question, &document, next)?;
    }
    if next.is_none() && have.is_none() {
        return Ok(Written::Unchanged);
    }
    ask.aws.keep(ask.at, have.as_ref())?;
    let text = next.as_ref().map(|next| next.within(store.limit()));
    store.write(ask, text.as_deref()).await?;
    match &text {
        Some(text) => ask.aws.sights.note(ask.at, text),
        None => ask.aws.sights.forget(ask.at),
    }
    Ok(Written::Changed)
}
