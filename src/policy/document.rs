//! A policy document, taken apart without losing a byte.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::scan::{self, Plain};
use super::{Edits, Meaning, PolicyError, Statement, json};

/// A policy document: the text as read, and where its statements stand in it.
///
/// It has no `==`: ask [`Document::means_the_same`], or compare the texts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Document {
    text: Arc<str>,
    shape: Shape,
    statements: Vec<(Range<usize>, Statement)>,
    version: Version,
    /// Top-level members beside `Version`, `Id` and `Statement`, sorted.
    other: BTreeMap<String, String>,
}

/// How `Statement` was written, and the bytes it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// `"Statement": {…}`
    Object(Range<usize>),
    /// `"Statement": […]`
    Array(Range<usize>),
    /// Not at all. It would stand at `at`, behind a comma if there is a member before it.
    Missing { at: usize, comma: bool },
}

/// The language a document is written in.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// `2012-10-17`: the one with policy variables.
    V2012,
    /// `2008-10-17`, which is also what an absent `Version` says.
    V2008,
    /// Something AWS does not know.
    Other(String),
}

impl Document {
    /// `{"Version":"2012-10-17","Statement":[]}`
    #[must_use]
    pub fn empty() -> Self {
        let text: Arc<str> = r#"{"Version":"2012-10-17","Statement":[]}"#.into();
        let shape = Shape::Array(text.len() - 3..text.len() - 1);
        Self { text, shape, statements: Vec::new(), version: Version::V2012, other: BTreeMap::new() }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// The text is not a JSON object, an object in it names a member twice, or a statement is not an object.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let text: Arc<str> = text.into();
        if let Some(plain) = scan::document(&text) {
            return Self::found(&text, plain);
        }
        // Taken apart, each part is read once. What is wrong is looked for in the whole, where it has a line and a column.
        Self::take_apart(&text).map_err(|error| match json::parse(&text) {
            Err(with_place) => with_place,
            Ok(Value::Object(_)) => error,
            Ok(other) => PolicyError::NotAnObject { found: json::name_of(&other) },
        })
    }

    fn found(text: &Arc<str>, plain: Plain) -> Result<Self, PolicyError> {
        let raw = |at: &Range<usize>| text.get(at.clone()).unwrap_or_default();
        let version = plain.version.map_or(Ok(Version::V2008), |at| json::parse(raw(&at)).map(|version| Version::of(&version)))?;
        let other = plain.other.iter().map(|(name, at)| Ok((raw(name).to_owned(), json::sorted(&json::parse(raw(at))?))));
        let other = other.collect::<Result<_, PolicyError>>()?;
        let statements = plain.statements.into_iter().map(|outline| (outline.at.clone(), Statement::plain(text, outline))).collect();
        Ok(Self { text: Arc::clone(text), shape: plain.shape, statements, version, other })
    }

    pub(super) fn take_apart(text: &Arc<str>) -> Result<Self, PolicyError> {
        let raw = |at: &Range<usize>| text.get(at.clone()).unwrap_or_default();
        let places = json::members(text)?;
        let (mut shape, mut spans, mut version, mut other) = (None, Vec::new(), Version::V2008, BTreeMap::new());
        for (name, at) in &places {
            match (name.as_str(), raw(at).as_bytes().first()) {
                ("Statement", Some(b'[')) => {
                    spans = json::elements(text, at)?;
                    shape = Some(Shape::Array(at.clone()));
                }
                ("Statement", Some(b'{')) => {
                    spans.push(at.clone());
                    shape = Some(Shape::Object(at.clone()));
                }
                ("Statement", _) => return Err(PolicyError::Statements { found: json::name_of(&json::parse(raw(at))?) }),
                ("Version", _) => version = Version::of(&json::parse(raw(at))?),
                ("Id", _) => drop(json::parse(raw(at))?),
                _ => drop(other.insert(name.clone(), json::sorted(&json::parse(raw(at))?))),
            }
        }
        let nowhere = || {
            let after_brace = text.find('{').map_or(0, |at| at + 1);
            Shape::Missing { at: places.last().map_or(after_brace, |(_, at)| at.end), comma: !places.is_empty() }
        };
        let read = |(index, at): (usize, Range<usize>)| Ok((at.clone(), Statement::parse_in(text, at, index)?));
        let statements = spans.into_iter().enumerate().map(read).collect::<Result<_, PolicyError>>()?;
        Ok(Self { text: Arc::clone(text), shape: shape.unwrap_or_else(nowhere), statements, version, other })
    }

    /// A document of this statement and no other.
    #[must_use]
    pub fn alone(statement: &Statement) -> Self {
        Self::empty().splice(&Edits { put: vec![statement.clone()], ..Edits::default() })
    }

    /// The same document with other statements; the splice has written its text.
    pub(super) fn rewritten(&self, text: String, shape: Shape, statements: Vec<(Range<usize>, Statement)>) -> Self {
        Self { text: text.into(), shape, statements, version: self.version.clone(), other: self.other.clone() }
    }

    /// The whole text: what was read, byte for byte, but for what was spliced.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The language it is written in.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Whether `${aws:username}` is a variable in it, and not a text.
    pub(super) fn has_variables(&self) -> bool {
        self.version == Version::V2012
    }

    /// The statements in their order.
    pub fn statements(&self) -> impl ExactSizeIterator<Item = &Statement> + DoubleEndedIterator {
        self.statements.iter().map(|(_, statement)| statement)
    }

    /// The first statement of this Sid.
    pub fn statement(&self, sid: &str) -> Option<&Statement> {
        self.statements().find(|statement| statement.sid() == Some(sid))
    }

    /// Whether no statement is left. What that means is for the container to know: most cannot hold such a document.
    pub fn is_bare(&self) -> bool {
        self.statements.is_empty()
    }

    /// Whether both allow and deny the same: equal language, equal statements, in any order and number.
    ///
    /// `Id` and the Sids say nothing about that, nor does the language of a document without statements. Members AWS does not know make a
    /// difference, because we do not know which.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        let meanings =
            |document: &Self| -> BTreeSet<Meaning> { document.statements().map(|statement| statement.meaning().clone()).collect() };
        let same_language = self.version == other.version || (self.is_bare() && other.is_bare());
        same_language && self.other == other.other && meanings(self) == meanings(other)
    }

    /// The text without the white space between its parts, which means nothing.
    pub fn packed(&self) -> String {
        let mut is_kept = outside_of_white_space();
        self.text.chars().filter(|c| is_kept(*c)).collect()
    }

    /// The text, or the packed one where that is longer than so many bytes. KMS gives policies back indented: what just fits comes back too
    /// long to be put again as it is (facts §4.1).
    pub fn within(&self, limit: usize) -> Cow<'_, str> {
        if self.text.len() <= limit { Cow::Borrowed(&self.text) } else { Cow::Owned(self.packed()) }
    }

    /// Bytes when packed: S3, KMS, SNS and Lambda count what they are sent.
    pub fn size(&self) -> usize {
        let mut is_kept = outside_of_white_space();
        self.text.bytes().filter(|byte| is_kept(char::from(*byte))).count()
    }

    /// Characters without white space, as IAM counts.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
    ///
    /// Assumed: white space inside a text counts. Should IAM leave that out as well, this is too large and never too small.
    pub fn size_without_whitespace(&self) -> usize {
        let mut is_kept = outside_of_white_space();
        self.text.chars().filter(|c| is_kept(*c)).count()
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(super) fn placed(&self) -> &[(Range<usize>, Statement)] {
        &self.statements
    }
}

/// Whether a character says something, asked of each in its order. Bytes do as well: what it looks for is part of no other character.
fn outside_of_white_space() -> impl FnMut(char) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    move |c| {
        let kept = quoted || !matches!(c, ' ' | '\t' | '\n' | '\r');
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        kept
    }
}

impl Version {
    fn of(value: &Value) -> Self {
        match value {
            Value::String(text) if text == "2012-10-17" => Self::V2012,
            Value::String(text) if text == "2008-10-17" => Self::V2008,
            other => Self::Other(json::sorted(other)),
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Document {
    type Error = PolicyError;
    fn try_from(text: String) -> Result<Self, PolicyError> {
        Self::parse(&text)
    }
}

impl From<Document> for String {
    fn from(document: Document) -> Self {
        document.text.as_ref().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_written_as_it_was_read() {
        let text = "\n{ \"Id\":\"x\" ,\t\"New\" : {\"z\":[1.0,2]}, \"Statement\" : [ {\"Effect\":\"Allow\"} ,{\"Sid\":\"\\u0041\"}] }\n";
        let document = Document::parse(text).unwrap();
        assert_eq!(document.to_string(), text);
        assert_eq!(document.statements().map(Statement::text).collect::<Vec<_>>(), ["{\"Effect\":\"Allow\"}", "{\"Sid\":\"\\u0041\"}"]);
        assert_eq!(document.statement("A").unwrap().text(), "{\"Sid\":\"\\u0041\"}");
        assert!(document.statement("B").is_none());
    }

    #[test]
    fn the_empty_document_reads_as_itself() {
        let empty = Document::empty();
        let read = Document::parse(empty.text()).unwrap();
        assert_eq!((read.shape(), read.version()), (empty.shape(), &Version::V2012));
        assert!(read.is_bare() && read.means_the_same(&empty));
    }

    #[test]
    fn what_is_no_policy_is_an_error_that_names_the_place() {
        let message = |text: &str| Document::parse(text).unwrap_err().to_string();
        assert_eq!(message("[]"), "a policy is one JSON object, found an array");
        assert_eq!(message(r#"{"Statement":42}"#), "`Statement` is an object or an array of objects, found a number");
        assert_eq!(message(r#"{"Statement":[{},null]}"#), "`Statement[1]` is an object, found null");
        assert!(message("{\n\"Statement\": [{]}").contains("line 2 column 16"));
        assert!(message(r#"{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}"#).contains("`Effect` is named twice"));
        assert!(message("").contains("line 1 column 0"));
    }

    #[test]
    fn an_absent_version_is_the_old_one() {
        let version = |text: &str| Document::parse(text).unwrap().version().clone();
        assert_eq!(version("{}"), Version::V2008);
        assert_eq!(version(r#"{"Version":"2008-10-17"}"#), Version::V2008);
        assert_eq!(version(r#"{"Version":"2012-10-17"}"#), Version::V2012);
        assert_eq!(version(r#"{"Version":"2012-06-17"}"#), Version::Other("\"2012-06-17\"".into()));
    }

    #[test]
    fn sizes_are_bytes_and_characters_without_white_space() {
        let document = Document::parse("{ \"Id\" : \"ü \\\" x\",\n\"Statement\": [] }").unwrap();
        assert_eq!((document.text().len(), document.size()), (37, 31));
        assert_eq!((document.within(37), document.within(36)), (document.text().into(), document.packed().into()));
        assert_eq!(document.size_without_whitespace(), "{\"Id\":\"ü \\\" x\",\"Statement\":[]}".chars().count());
    }

    #[test]
    fn it_travels_as_its_text() {
        let text = serde_json::to_string(&Document::parse("{ }").unwrap()).unwrap();
        assert_eq!(text, "\"{ }\"");
        assert_eq!(serde_json::from_str::<Document>(&text).unwrap().text(), "{ }");
    }
}
