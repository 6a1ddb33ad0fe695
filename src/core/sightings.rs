//! What was found, by address, with every policy document among it read once, however often it is asked for.

use std::collections::BTreeMap;
use std::collections::btree_map::{IntoIter, Iter};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::address::Address;
use super::live::Observed;
use crate::policy::{Document, PolicyError};

/// A map of what was found. It reads, compares and travels as the map alone.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sightings {
    found: BTreeMap<Address, Observed>,
    #[serde(skip)]
    documents: OnceLock<Documents>,
}

/// Each is read when it is asked for first.
type Documents = BTreeMap<Address, OnceLock<Result<Arc<Document>, PolicyError>>>;

impl Sightings {
    /// The document that stands in what was found at an address; nothing where that holds no text of one.
    pub(super) fn document(&self, at: &Address) -> Option<&Result<Arc<Document>, PolicyError>> {
        let Observed::Present(value) = self.found.get(at)? else { return None };
        let text = text_of(value)?;
        Some(self.documents().get(at)?.get_or_init(|| Document::parse(text).map(Arc::new)))
    }

    /// Adds what was found since. What was read of everything else stays read.
    pub(crate) fn add(&mut self, answers: BTreeMap<Address, Observed>) {
        if let Some(documents) = self.documents.get_mut() {
            documents.retain(|at, _| !answers.contains_key(at));
            let texts = answers.iter().filter(|(_, observed)| has_text(observed));
            documents.extend(texts.map(|(at, _)| (at.clone(), OnceLock::new())));
        }
        self.found.extend(answers);
    }

    fn documents(&self) -> &Documents {
        let texts = || self.found.iter().filter(|(_, observed)| has_text(observed)).map(|(at, _)| (at.clone(), OnceLock::new()));
        self.documents.get_or_init(|| texts().collect())
    }
}

fn has_text(observed: &Observed) -> bool {
    matches!(observed, Observed::Present(value) if text_of(value).is_some())
}

/// The text of a [`super::live::PolicyText`].
fn text_of(value: &Value) -> Option<&str> {
    value.get("text")?.as_str()
}

impl Deref for Sightings {
    type Target = BTreeMap<Address, Observed>;
    fn deref(&self) -> &Self::Target {
        &self.found
    }
}

// INVARIANT: whoever may change what was found begins with nothing read of it.
impl DerefMut for Sightings {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.documents = OnceLock::new();
        &mut self.found
    }
}

impl Clone for Sightings {
    fn clone(&self) -> Self {
        self.found.clone().into()
    }
}

impl PartialEq for Sightings {
    fn eq(&self, other: &Self) -> bool {
        self.found == other.found
    }
}

impl std::fmt::Debug for Sightings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.found.fmt(f)
    }
}

impl From<BTreeMap<Address, Observed>> for Sightings {
    fn from(found: BTreeMap<Address, Observed>) -> Self {
        Self { found, documents: OnceLock::new() }
    }
}

impl IntoIterator for Sightings {
    type Item = (Address, Observed);
    type IntoIter = IntoIter<Address, Observed>;
    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

impl<'a> IntoIterator for &'a Sightings {
    type Item = (&'a Address, &'a Observed);
    type IntoIter = Iter<'a, Address, Observed>;
    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::address::{AddressKind, Home};
    use crate::core::live::{Live, PolicyText, Seen};

    fn live() -> (Live, Address) {
        let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let at = home.at(AddressKind::TopicPolicy, "t");
        (Live::new(home), at)
    }

    fn policy(sid: &str) -> PolicyText {
        PolicyText { text: json!({"Statement": [{"Sid": sid, "Effect": "Allow"}]}).to_string(), revision: None }
    }

    fn sids(live: &Live, at: &Address) -> Vec<String> {
        let document = live.document(at).present().expect("a document").expect("a policy");
        document.statements().filter_map(|statement| statement.sid().map(str::to_owned)).collect()
    }

    #[test]
    fn a_document_is_read_once() {
        let (mut live, at) = live();
        live.put(at.clone(), &policy("A"));
        let read = || live.document(&at).present().unwrap().unwrap();
        assert!(Arc::ptr_eq(read(), read()));
    }

    #[test]
    fn what_was_read_of_another_text_is_forgotten_however_it_was_changed() {
        let (mut live, at) = live();
        live.put(at.clone(), &policy("A"));
        assert_eq!(sids(&live, &at), ["A"]);
        live.put(at.clone(), &policy("B"));
        assert_eq!(sids(&live, &at), ["B"]);
        let Some(Observed::Present(value)) = live.seen.get_mut(&at) else { panic!("it is there") };
        *value = json!(policy("C"));
        assert_eq!(sids(&live, &at), ["C"]);
        let mut copy = live.clone();
        copy.seen.extend([(at.clone(), Observed::Present(json!(policy("D"))))]);
        assert_eq!((sids(&live, &at), sids(&copy, &at)), (vec!["C".to_owned()], vec!["D".to_owned()]));
        live.seen.clear();
        assert!(matches!(live.document(&at), Seen::Unread));
    }

    #[test]
    fn what_is_found_later_changes_nothing_of_what_was_read_but_of_itself() {
        let (mut live, at) = live();
        let [other, third] = ["other", "third"].map(|name| Address { name: name.to_owned(), ..at.clone() });
        live.put(at.clone(), &policy("A"));
        live.put(other.clone(), &policy("B"));
        let first = Arc::clone(live.document(&at).present().unwrap().unwrap());
        assert_eq!(sids(&live, &other), ["B"]);
        let found = |sid| Observed::Present(json!(policy(sid)));
        live.seen.add([(other.clone(), found("C")), (third.clone(), found("D"))].into());
        assert!(Arc::ptr_eq(&first, live.document(&at).present().unwrap().unwrap()));
        assert_eq!((sids(&live, &other), sids(&live, &third)), (vec!["C".to_owned()], vec!["D".to_owned()]));
        live.seen.add([(other.clone(), Observed::Absent)].into());
        assert!(matches!(live.document(&other), Seen::Absent));
    }

    #[test]
    fn what_is_no_document_says_so() {
        let (mut live, at) = live();
        live.put(at.clone(), &PolicyText { text: "[]".to_owned(), revision: None });
        assert!(live.document(&at).present().unwrap().is_err());
        live.seen.insert(at.clone(), Observed::Present(json!({"other": 1})));
        assert!(matches!(live.document(&at), Seen::Unreadable(why) if why.contains("the snapshot does not read")));
        live.seen.insert(at.clone(), Observed::Absent);
        assert!(matches!(live.document(&at), Seen::Absent));
    }
}
