//! One statement: the text as it was read, and what it means.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::meaning::Meaning;
use super::{PolicyError, json};

/// A statement. It has no `==`: ask [`Statement::means_the_same`], or compare [`Statement::text`].
///
/// It is never changed, so that all copies are one: documents that differ in one statement share the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Statement(Arc<Read>);

/// What was read.
#[derive(Debug)]
struct Read {
    text: String,
    members: Map<String, Value>,
    meaning: Meaning,
}

impl Statement {
    /// Reads a statement; its text is kept as given.
    ///
    /// # Errors
    /// The text is not a JSON object, or names a member twice.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        Self::parse_at(text.trim_matches([' ', '\t', '\n', '\r']), 0)
    }

    /// A statement written anew, compactly, with its members in the given order.
    ///
    /// # Errors
    /// The value is not an object.
    pub fn from_value(value: Value) -> Result<Self, PolicyError> {
        Self::read(value.to_string(), value, 0)
    }

    pub(super) fn parse_at(text: &str, index: usize) -> Result<Self, PolicyError> {
        Self::read(text.to_owned(), json::parse(text)?, index)
    }

    fn read(text: String, value: Value, index: usize) -> Result<Self, PolicyError> {
        match value {
            Value::Object(members) => Ok(Self::from_members(text, members)),
            other => Err(PolicyError::Statement { index, found: json::name_of(&other) }),
        }
    }

    // INVARIANT: `text` reads as `members`.
    fn from_members(text: String, members: Map<String, Value>) -> Self {
        let meaning = Meaning::of(&members, None);
        Self(Arc::new(Read { text, members, meaning }))
    }

    /// A statement of our own making, serialised compactly.
    pub(super) fn compose(members: Map<String, Value>) -> Self {
        Self::from_members(Value::Object(members.clone()).to_string(), members)
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The statement as JSON, as read.
    #[must_use]
    pub fn value(&self) -> Value {
        Value::Object(self.0.members.clone())
    }

    /// Its Sid. An empty one is none.
    pub fn sid(&self) -> Option<&str> {
        self.0.members.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty())
    }

    /// Whether it has such a member, whatever that holds.
    pub(super) fn has(&self, member: &str) -> bool {
        self.0.members.contains_key(member)
    }

    /// What it says. A bare account id is taken to live where the ARNs of its resources and conditions do, else in partition `aws`.
    pub fn meaning(&self) -> &Meaning {
        &self.0.meaning
    }

    /// What it says in a document of this partition.
    #[must_use]
    pub fn meaning_in(&self, partition: &str) -> Meaning {
        Meaning::of(&self.0.members, Some(partition))
    }

    /// Whether both allow and deny the same. The Sid says nothing about that.
    pub fn means_the_same(&self, other: &Self) -> bool {
        self.0.meaning == other.0.meaning
    }

    /// The values it asks of `aws:SourceArn`, as written: what it grants *for*.
    #[must_use]
    pub fn source_arns(&self) -> BTreeSet<String> {
        let asked = self.0.meaning.condition.iter().filter(|test| test.key == "aws:sourcearn" && test.operator.is_positive());
        asked.flat_map(|test| test.values.iter().cloned()).collect()
    }

    /// `sha256:` and the hash of the meaning: a name for a statement that has no Sid.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut text = String::from("sha256:");
        // A meaning is sets and maps of text: writing it as JSON cannot fail.
        let canonical = serde_json::to_vec(&self.0.meaning).unwrap_or_default();
        for byte in Sha256::digest(canonical) {
            _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Bytes of its text.
    pub fn size(&self) -> usize {
        self.0.text.len()
    }
}

impl TryFrom<String> for Statement {
    type Error = PolicyError;
    fn try_from(text: String) -> Result<Self, PolicyError> {
        Self::parse(&text)
    }
}

impl From<Statement> for String {
    fn from(statement: Statement) -> Self {
        Arc::try_unwrap(statement.0).map_or_else(|shared| shared.text.clone(), |read| read.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn statement(value: Value) -> Statement {
        Statement::from_value(value).unwrap()
    }

    #[test]
    fn the_text_is_kept_as_read() {
        let text = "{ \"Effect\" : \"Allow\",\n\"X\": 1.50 }";
        assert_eq!(Statement::parse(&format!(" {text}\n")).unwrap().text(), text);
        assert_eq!(Statement::parse(text).unwrap().value(), json!({"Effect": "Allow", "X": 1.5}));
    }

    #[test]
    fn what_is_no_object_is_no_statement() {
        assert_eq!(Statement::from_value(json!([])).unwrap_err(), PolicyError::Statement { index: 0, found: "an array" });
        assert!(matches!(Statement::parse("{"), Err(PolicyError::Json(_))));
    }

    #[test]
    fn an_empty_sid_is_none() {
        assert_eq!(statement(json!({"Sid": "A b"})).sid(), Some("A b"));
        for none in [json!({"Sid": ""}), json!({}), json!({"Sid": 3})] {
            assert_eq!(statement(none).sid(), None);
        }
    }

    #[test]
    fn source_arns_are_those_asked_for() {
        let found = statement(json!({"Condition": {
            "ArnLike": {"AWS:SourceArn": "like"},
            "ForAnyValue:StringEqualsIfExists": {"aws:sourceArn": ["a", "b"]},
            "StringNotEquals": {"aws:SourceArn": "not"},
            "Null": {"aws:SourceArn": "false"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        }}));
        assert_eq!(found.source_arns().into_iter().collect::<Vec<_>>(), ["a", "b", "like"]);
    }

    /// Digests stand in plans (`replace: [sha256:…]`): this one must never change.
    #[test]
    fn the_digest_is_of_the_meaning_and_stays() {
        let one =
            statement(json!({"Sid": "One", "Effect": "Allow", "Principal": {"Service": "SES.amazonaws.com"}, "Action": ["S3:PutObject"],
            "Resource": "arn:aws:s3:::b/*", "Condition": {"ArnEquals": {"AWS:SourceArn": "arn:aws:ses:eu-west-1:111122223333:x"}}}));
        let other = statement(json!({"Resource": ["arn:aws:s3:::b/*"], "Condition": {"ArnLike": {"aws:SourceArn":
            ["arn:aws:ses:eu-west-1:111122223333:x"]}}, "Effect": "Allow", "Principal": {"Service": ["ses.amazonaws.com"]}, "Action": "s3:PutObject"}));
        assert_eq!(one.digest(), other.digest());
        assert_eq!(one.digest(), "sha256:2df9536878da078af3a03bc943bb809564d4e36983ebe85a2c1d7d27c2b64de3");
        assert_ne!(one.digest(), statement(json!({})).digest());
    }

    #[test]
    fn it_travels_as_its_text() {
        let text = serde_json::to_string(&Statement::parse("{ }").unwrap()).unwrap();
        assert_eq!(text, "\"{ }\"");
        assert_eq!(serde_json::from_str::<Statement>(&text).unwrap().text(), "{ }");
    }
}
