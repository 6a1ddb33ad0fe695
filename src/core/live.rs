//! What AWS says now, as a plain value: `postroom snapshot` writes it, `--live` reads it, and everything after `observe` sees nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::address::{Address, AddressKind, Home};
use super::ids::Arn;
use super::sightings::Sightings;
use crate::policy::{Document, PolicyError};

/// What was found at an address. Absent and unreadable are never mixed up: the one is a fact, the other is the lack of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// It is there, and this is what its reader made of it.
    Present(Value),
    /// AWS says that there is no such thing.
    Absent,
    /// AWS would not say: the code and the call, as `AccessDenied kms:GetKeyPolicy`.
    Unreadable(String),
}

/// The same, as the type that the reader made.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen<T> {
    /// It is there.
    Present(T),
    /// There is no such thing.
    Absent,
    /// AWS would not say.
    Unreadable(String),
    /// Nobody asked (yet).
    Unread,
}

impl<T> Seen<T> {
    /// What is there, if anything is.
    pub fn present(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Unreadable(_) | Self::Unread => None,
        }
    }
}

/// The text of a policy document as its service holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyText {
    /// The document.
    pub text: String,
    /// Lambda's revision id: the one concurrency token there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// Everything a plan looks at, and nothing else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// Version of this format.
    pub format_version: u32,
    /// Where it was seen from.
    pub home: Home,
    /// Who looked: the ARN of `sts:GetCallerIdentity`. Needed to tell whether a policy would lock the caller out.
    pub caller: Option<Arn>,
    /// By address.
    pub seen: Sightings,
}

/// The version of the snapshot format that this program writes and reads.
pub const LIVE_FORMAT: u32 = 1;

impl Live {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(home: Home) -> Self {
        Self { format_version: LIVE_FORMAT, home, caller: None, seen: Sightings::default() }
    }

    /// What is known of an address. A snapshot that holds something else than the reader writes is unreadable, not absent.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, address: &Address) -> Seen<T> {
        match self.seen.get(address) {
            None => Seen::Unread,
            Some(Observed::Absent) => Seen::Absent,
            Some(Observed::Unreadable(why)) => Seen::Unreadable(why.clone()),
            Some(Observed::Present(value)) => match T::deserialize(value) {
                Ok(value) => Seen::Present(value),
                Err(error) => Seen::Unreadable(format!("the snapshot does not read: {error}")),
            },
        }
    }

    /// The policy document of an address, or why its text is none. However often it is asked for, it is read once.
    #[must_use]
    pub fn document(&self, at: &Address) -> Seen<Result<&Arc<Document>, &PolicyError>> {
        match self.seen.document(at) {
            Some(document) => Seen::Present(document.as_ref()),
            // What is there and has no text says itself why it does not read.
            None => match self.get::<PolicyText>(at) {
                Seen::Present(_) => Seen::Unread,
                Seen::Absent => Seen::Absent,
                Seen::Unreadable(why) => Seen::Unreadable(why),
                Seen::Unread => Seen::Unread,
            },
        }
    }

    /// Records a present thing.
    pub fn put<T: Serialize>(&mut self, address: Address, value: &T) {
        let observed = match serde_json::to_value(value) {
            Ok(value) => Observed::Present(value),
            Err(error) => Observed::Unreadable(error.to_string()),
        };
        self.seen.insert(address, observed);
    }

    /// Whether anything was recorded for an address.
    #[must_use]
    pub fn has(&self, address: &Address) -> bool {
        self.seen.contains_key(address)
    }

    /// The addresses of one kind.
    pub fn of_kind(&self, kind: AddressKind) -> impl Iterator<Item = &Address> {
        // An address is sorted by its kind first, and has a name.
        let first = self.home.at(kind, "");
        self.seen.range(first..).map(|(address, _)| address).take_while(move |address| address.kind == kind)
    }

    /// The addresses of `wanted` that are not here yet.
    #[must_use]
    pub fn missing(&self, wanted: &BTreeSet<Address>) -> BTreeSet<Address> {
        wanted.iter().filter(|address| !self.has(address)).cloned().collect()
    }
}
