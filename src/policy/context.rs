//! What is known about a request besides who, what and on what.

use std::collections::BTreeMap;

/// The condition keys of a request. Names are read in any case.
///
/// A key is known, known to be absent, or unknown: what is not named is unknown in an open context and absent in a closed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// `None`: absent.
    keys: BTreeMap<String, Option<Vec<String>>>,
    closed: bool,
}

/// What a context says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known<'a> {
    /// At least one value.
    Values(&'a [String]),
    Absent,
    Unknown,
}

impl Context {
    /// A context in which every key that is not named is unknown.
    #[must_use]
    pub fn open() -> Self {
        Self { keys: BTreeMap::new(), closed: false }
    }

    /// A context in which every key that is not named is absent.
    #[must_use]
    pub fn closed() -> Self {
        Self { keys: BTreeMap::new(), closed: true }
    }

    /// The context with this key known. A key without values is absent: the `Null` operator asks whether "the key exists and its value is not null".
    #[must_use]
    pub fn with<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.keys.insert(key.to_ascii_lowercase(), Some(values).filter(|values| !values.is_empty()));
        self
    }

    /// The context with this key absent.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.keys.insert(key.to_ascii_lowercase(), None);
        self
    }

    /// The one value that a key is known to have; `key` in any case.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        match self.get(&key.to_ascii_lowercase()) {
            Known::Values([only]) => Some(only),
            _ => None,
        }
    }

    /// Fills a key in that the caller did not name. `None` says that it is absent.
    pub(super) fn default(&mut self, key: &str, value: Option<String>) {
        self.keys.entry(key.to_owned()).or_insert_with(|| value.map(|value| vec![value]));
    }

    /// `key` is in lower case, as a [`super::Meaning`] holds it.
    pub(super) fn get(&self, key: &str) -> Known<'_> {
        match self.keys.get(key) {
            Some(Some(values)) => Known::Values(values),
            Some(None) => Known::Absent,
            None if self.closed => Known::Absent,
            None => Known::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_unknown_or_absent() {
        let open = Context::open().with("AWS:SourceIp", ["1.2.3.4"]).without("aws:SourceVpce").with("aws:TagKeys", [""; 0]);
        assert_eq!(open.get("aws:sourceip"), Known::Values(&["1.2.3.4".into()]));
        assert_eq!(
            (open.get("aws:sourcevpce"), open.get("aws:tagkeys"), open.get("aws:other")),
            (Known::Absent, Known::Absent, Known::Unknown)
        );
        assert_eq!(Context::closed().get("aws:other"), Known::Absent);
    }

    #[test]
    fn a_default_fills_in_only_what_was_not_said() {
        let mut context = Context::open().with("a", ["said"]).without("b");
        for key in ["a", "b", "c"] {
            context.default(key, Some("default".into()));
        }
        assert_eq!((context.get("a"), context.get("b")), (Known::Values(&["said".into()]), Known::Absent));
        assert_eq!(context.get("c"), Known::Values(&["default".into()]));
    }
}
