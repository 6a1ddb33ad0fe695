//! What a run has seen in documents. S3 and IAM may answer from older copies for a moment (facts §4.2): a document is put back whole, so that an
//! answer that is older than what the run itself has seen would take away what stands there.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::core::address::Address;
use crate::policy::{Document, Statement};

/// The latest text that was seen or written, by container.
#[derive(Debug, Default)]
pub(super) struct Sights(Mutex<BTreeMap<Address, String>>);

impl Sights {
    /// Notes what a container holds.
    pub(super) fn note(&self, at: &Address, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(at.clone(), text.to_owned());
    }

    /// Notes that a container is there no more, or holds nothing.
    pub(super) fn forget(&self, at: &Address) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(at);
    }

    /// Whether an answer lacks a statement that was seen before: it is an older one, or somebody has taken the statement away.
    pub(super) fn may_be_older(&self, at: &Address, answer: &Document) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(at).filter(|known| known.as_str() != answer.text());
        // What did not read was left as it is.
        let Some(known) = known.and_then(|known| Document::parse(known).ok()) else { return false };
        known.statements().any(|seen| !holds(answer, seen))
    }
}

fn holds(document: &Document, seen: &Statement) -> bool {
    // Whoever changes a statement leaves its Sid.
    let by_name = seen.sid().is_some_and(|sid| document.statement(sid).is_some());
    by_name || document.statements().any(|statement| statement.means_the_same(seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(sids: &[&str]) -> Document {
        let statements: Vec<String> = sids
            .iter()
            .map(|sid| format!(r#"{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"s3:{sid}","Resource":"*"}}"#))
            .collect();
        Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))).unwrap()
    }

    #[test]
    fn what_lacks_a_statement_that_was_seen_may_be_older() {
        let (sights, at) = (Sights::default(), "bucket-policy/mail@111122223333".parse().unwrap());
        assert!(!sights.may_be_older(&at, &document(&[])), "nothing was seen yet");
        sights.note(&at, document(&["Get", "Put"]).text());
        assert!(sights.may_be_older(&at, &document(&["Get"])) && sights.may_be_older(&at, &Document::empty()));
        assert!(!sights.may_be_older(&at, &document(&["Put", "List", "Get"])), "others may add what they like");
        sights.note(&at, document(&["Get"]).text());
        assert!(!sights.may_be_older(&at, &document(&["Get"])), "what the run takes away itself is not missed");
        sights.forget(&at);
        assert!(!sights.may_be_older(&at, &Document::empty()));
    }
}
