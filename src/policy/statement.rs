//! One statement: the text as it was read, and what it means.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::meaning::{Effect, Meaning};
use super::scan::Outline;
use super::wildcard::matches_wildcard;
use super::{PolicyError, json};

/// A statement. It has no `==`: ask [`Statement::means_the_same`], or compare [`Statement::text`].
///
/// It is never changed, so that all copies are one: documents that differ in one statement share the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Statement(Arc<Read>);

/// What was read. What it says is worked out when somebody asks: most statements of an account are never asked.
#[derive(Debug)]
struct Read {
    /// The text it stands in, and where.
    whole: Arc<str>,
    at: Range<usize>,
    /// What is known without having worked that out; nothing of a text that is not plain.
    outline: Option<Outline>,
    members: OnceLock<Box<Map<String, Value>>>,
    meaning: OnceLock<Box<Meaning>>,
}

impl Statement {
    /// Reads a statement; its text is kept as given.
    ///
    /// # Errors
    /// The text is not a JSON object, or names a member twice.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let text = text.trim_matches([' ', '\t', '\n', '\r']);
        Self::parse_in(&text.into(), 0..text.len(), 0)
    }

    /// A statement written anew, compactly, with its members in the given order.
    ///
    /// # Errors
    /// The value is not an object.
    pub fn from_value(value: Value) -> Result<Self, PolicyError> {
        let text: Arc<str> = value.to_string().into();
        let at = 0..text.len();
        Self::read(text, at, value, 0)
    }

    pub(super) fn parse_in(whole: &Arc<str>, at: Range<usize>, index: usize) -> Result<Self, PolicyError> {
        let value = json::parse(whole.get(at.clone()).unwrap_or_default())?;
        Self::read(Arc::clone(whole), at, value, index)
    }

    // INVARIANT: `value` is what stands there.
    fn read(whole: Arc<str>, at: Range<usize>, value: Value, index: usize) -> Result<Self, PolicyError> {
        match value {
            Value::Object(members) => {
                let members = OnceLock::from(Box::new(members));
                Ok(Self(Arc::new(Read { whole, at, outline: None, members, meaning: OnceLock::new() })))
            }
            other => Err(PolicyError::Statement { index, found: json::name_of(&other) }),
        }
    }

    /// One that was found in a plain text.
    pub(super) fn plain(whole: &Arc<str>, outline: Outline) -> Self {
        let (whole, at) = (Arc::clone(whole), outline.at.clone());
        Self(Arc::new(Read { whole, at, outline: Some(outline), members: OnceLock::new(), meaning: OnceLock::new() }))
    }

    /// A statement of our own making, serialised compactly.
    pub(super) fn compose(members: Map<String, Value>) -> Self {
        // Texts and lists of them: writing them as JSON cannot fail.
        let text: Arc<str> = serde_json::to_string(&members).unwrap_or_default().into();
        let (at, members) = (0..text.len(), OnceLock::from(Box::new(members)));
        Self(Arc::new(Read { whole: text, at, outline: None, members, meaning: OnceLock::new() }))
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        self.part(&self.0.at)
    }

    fn part(&self, at: &Range<usize>) -> &str {
        self.0.whole.get(at.clone()).unwrap_or_default()
    }

    fn members(&self) -> &Map<String, Value> {
        // INVARIANT: what was found plain is an object that names no member twice (`scan/laws.rs`).
        let read = || match json::parse(self.text()) {
            Ok(Value::Object(members)) => Box::new(members),
            _ => Box::default(),
        };
        self.0.members.get_or_init(read)
    }

    /// The statement as JSON, as read.
    #[must_use]
    pub fn value(&self) -> Value {
        Value::Object(self.members().clone())
    }

    /// Its Sid. An empty one is none.
    pub fn sid(&self) -> Option<&str> {
        let sid = match &self.0.outline {
            Some(outline) => outline.sid.as_ref().map(|at| self.part(at)),
            None => self.members().get("Sid").and_then(Value::as_str),
        };
        sid.filter(|sid| !sid.is_empty())
    }

    /// What it does with the requests it applies to; nothing where it does not say.
    pub(super) fn effect(&self) -> Option<Effect> {
        self.0.outline.as_ref().map_or_else(|| self.meaning().effect, |outline| outline.effect)
    }

    /// Whether it surely names principals, and neither everybody nor this service is among them. This is cheap to ask and comes before
    /// whatever has to know what the statement means.
    pub fn surely_names_others_than(&self, service: &str) -> bool {
        let is_other = |text: &str| text != "*" && !text.eq_ignore_ascii_case(service);
        self.texts_of(|outline| outline.principal.as_ref()).is_some_and(|mut texts| texts.all(is_other))
    }

    /// Whether it surely names actions, and none that is this one, in lower case; asked as cheaply.
    pub(super) fn surely_names_other_actions_than(&self, action: &str) -> bool {
        let is_other = |text: &str| !matches_wildcard(&text.to_ascii_lowercase(), action);
        self.texts_of(|outline| outline.action.as_ref()).is_some_and(|mut texts| texts.all(is_other))
    }

    /// The texts in a part of a plain text, and what stands between them. Nothing in it is written otherwise than it reads, so that quotation
    /// marks are where texts begin and end.
    fn texts_of(&self, part: impl Fn(&Outline) -> Option<&Range<usize>>) -> Option<impl Iterator<Item = &str>> {
        Some(self.part(part(self.0.outline.as_ref()?)?).split('"'))
    }

    /// Whether it has such a member, whatever that holds.
    pub(super) fn has(&self, member: &str) -> bool {
        self.members().contains_key(member)
    }

    /// What it says. A bare account id is taken to live where the ARNs of its resources and conditions do, else in partition `aws`.
    pub fn meaning(&self) -> &Meaning {
        self.0.meaning.get_or_init(|| Box::new(Meaning::of(self.members(), None)))
    }

    /// What it says in a document of this partition.
    #[must_use]
    pub fn meaning_in(&self, partition: &str) -> Meaning {
        Meaning::of(self.members(), Some(partition))
    }

    /// Whether both allow and deny the same. The Sid says nothing about that.
    pub fn means_the_same(&self, other: &Self) -> bool {
        // Mostly they are written alike, and then it need not be worked out what they say.
        self.text() == other.text() || self.meaning() == other.meaning()
    }

    /// The values it asks of `aws:SourceArn`, as written: what it grants *for*.
    #[must_use]
    pub fn source_arns(&self) -> BTreeSet<&str> {
        let asked = self.meaning().condition.iter().filter(|test| test.key == "aws:sourcearn" && test.operator.is_positive());
        asked.flat_map(|test| test.values.iter().map(String::as_str)).collect()
    }

    /// `sha256:` and the hash of the meaning: a name for a statement that has no Sid.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut text = String::from("sha256:");
        // A meaning is sets and maps of text: writing it as JSON cannot fail.
        let canonical = serde_json::to_vec(self.meaning()).unwrap_or_default();
        for byte in Sha256::digest(canonical) {
            _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Bytes of its text.
    pub fn size(&self) -> usize {
        self.0.at.len()
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
        statement.text().to_owned()
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
