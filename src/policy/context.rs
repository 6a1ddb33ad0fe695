//! What is known about a request besides who, what and on what.

use std::collections::{BTreeMap, BTreeSet};

/// The condition keys of a request. Names are read in any case.
///
/// A key is known, known to be absent, known to be one of a few, or unknown: what is not named is unknown in an open context and absent in
/// a closed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// All that a key may be; none: it is unknown.
    keys: BTreeMap<String, Vec<Reading>>,
    /// Keys that are absent unless one of them is named above: lists that are the same for many requests.
    lacking: Vec<&'static [&'static str]>,
    /// Beginnings of keys that are absent with whatever follows.
    absent: BTreeSet<String>,
    closed: bool,
}

/// What a key is: its values, or `None` for absent.
pub(super) type Reading = Option<Vec<String>>;

/// What a context says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known<'a> {
    /// At least one value.
    Values(&'a [String]),
    Absent,
    /// One of these, and nothing else.
    OneOf(&'a [Reading]),
    Unknown,
}

impl Context {
    /// A context in which every key that is not named is unknown.
    #[must_use]
    pub fn open() -> Self {
        Self { keys: BTreeMap::new(), lacking: Vec::new(), absent: BTreeSet::new(), closed: false }
    }

    /// A context in which every key that is not named is absent.
    #[must_use]
    pub fn closed() -> Self {
        Self { closed: true, ..Self::open() }
    }

    /// The context with this key known. A key without values is absent: the `Null` operator asks whether "the key exists and its value is not null".
    #[must_use]
    pub fn with<V: Into<String>>(self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.with_readings(key, vec![Some(values).filter(|values| !values.is_empty())])
    }

    /// The context with this key absent. One that ends in `/*` stands for all that begin so: `aws:PrincipalTag/*`.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        match key.strip_suffix('*').filter(|start| start.ends_with('/')) {
            Some(start) => {
                self.absent.insert(start.to_ascii_lowercase());
                self
            }
            None => self.with_readings(key, vec![None]),
        }
    }

    /// The context with all of these absent, each named in full.
    #[must_use]
    pub fn without_all(mut self, keys: &'static [&'static str]) -> Self {
        self.keys.retain(|known, _| !has(keys, known));
        self.lacking.push(keys);
        self
    }

    /// The context with this key known to be one of these single values, `None` for absent. What all of them lead to is the answer.
    #[must_use]
    pub fn with_one_of(self, key: &str, values: &[Option<&str>]) -> Self {
        self.with_readings(key, values.iter().map(|value| value.map(|value| vec![value.to_owned()])).collect())
    }

    /// The context with this key unknown, whatever would follow from who asks.
    #[must_use]
    pub fn with_unknown(self, key: &str) -> Self {
        self.with_readings(key, Vec::new())
    }

    fn with_readings(mut self, key: &str, readings: Vec<Reading>) -> Self {
        self.keys.insert(key.to_ascii_lowercase(), readings);
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
        if !self.is_lacking(key) {
            self.keys.entry(key.to_owned()).or_insert_with(|| vec![value.map(|value| vec![value])]);
        }
    }

    /// Says of those of them that the caller did not name that they are absent.
    pub(super) fn default_lacking(&mut self, keys: &'static [&'static str]) {
        self.lacking.push(keys);
    }

    fn is_lacking(&self, key: &str) -> bool {
        self.lacking.iter().any(|keys| has(keys, key))
    }

    /// Says of all keys that begin so and were not named that they are absent.
    pub(super) fn default_absent(&mut self, start: &str) {
        self.absent.insert(start.to_owned());
    }

    /// `key` is in lower case, as a [`super::Meaning`] holds it.
    pub(super) fn get(&self, key: &str) -> Known<'_> {
        match self.keys.get(key).map(Vec::as_slice) {
            Some([Some(values)]) => Known::Values(values),
            Some([None]) => Known::Absent,
            Some([]) => Known::Unknown,
            Some(several) => Known::OneOf(several),
            None if self.closed || self.is_lacking(key) || self.absent.iter().any(|start| key.starts_with(start)) => Known::Absent,
            None => Known::Unknown,
        }
    }
}

fn has(keys: &[&str], key: &str) -> bool {
    keys.iter().any(|known| known.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_keys_that_are_absent_are_as_if_each_were() {
        static KEYS: [&str; 2] = ["aws:SourceVpce", "s3:x-amz-acl"];
        let context = Context::open().with("aws:SourceVpce", ["before"]).without_all(&KEYS).with("S3:x-amz-acl", ["after"]);
        assert_eq!((context.get("aws:sourcevpce"), context.get("aws:other")), (Known::Absent, Known::Unknown));
        assert_eq!(context.get("s3:x-amz-acl"), Known::Values(&["after".into()]), "what is said later counts");
        let mut filled = context;
        filled.default("aws:sourcevpce", Some("default".into()));
        assert_eq!(filled.get("aws:sourcevpce"), Known::Absent, "to be absent is said, too");
        filled.default("aws:other", Some("said".into()));
        filled.default_lacking(&["aws:other", "aws:third"]);
        assert_eq!((filled.get("aws:other"), filled.get("aws:third")), (Known::Values(&["said".into()]), Known::Absent));
    }

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

    #[test]
    fn a_key_may_be_one_of_a_few_and_many_keys_may_be_absent() {
        let context = Context::open().with_one_of("s3:TlsVersion", &[Some("1.2"), None]).without("aws:PrincipalTag/*");
        let context = context.with("aws:PrincipalTag/Team", ["mail"]).with_unknown("aws:ViaAWSService");
        assert_eq!(context.get("s3:tlsversion"), Known::OneOf(&[Some(vec!["1.2".into()]), None]));
        assert_eq!(context.get("aws:principaltag/cost"), Known::Absent);
        assert_eq!(context.get("aws:principaltag/team"), Known::Values(&["mail".into()]), "what is named counts");
        assert_eq!(context.get("aws:principaltags"), Known::Unknown);
        let mut filled = context;
        filled.default("aws:viaawsservice", Some("false".into()));
        assert_eq!(filled.get("aws:viaawsservice"), Known::Unknown, "to be unknown is said, too");
    }
}
