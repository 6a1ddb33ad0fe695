//! Something the writer of a plan, or its operator, should know: typed data with places. Text is made of it in `report/` alone.

use std::sync::Arc;

use serde::Serialize;

/// A range of bytes in the text of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file and its whole text.
    pub source: Arc<Source>,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A file that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// As the user named it; `-` is standard input.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

impl Place {
    /// Line and column, both counted from 1; the column counts characters.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        let before = self.source.text.get(..self.start).unwrap_or(&self.source.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// Where the lines of a text begin: for those who ask for many places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(Vec<usize>);

impl Lines {
    /// Those of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// Line and column of a byte of that text, as [`Place::line_column`] counts them.
    #[must_use]
    pub fn line_column(&self, text: &str, byte: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|line| self.0.get(line)).copied().unwrap_or_default();
        (line, text.get(start..byte).map_or(0, |before| before.chars().count()) + 1)
    }
}

/// Why a grant, a resource or a finding is there: the words of the plan that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
pub struct Cause {
    /// The plan file, as the user named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// Where in the plan, as `receipt.rule_sets.primary.rules[0].actions[1].s3`.
    pub path: String,
}

/// How much a problem or finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is done while it stands.
    Error,
    /// It will probably hurt; `--strict` counts it as an error.
    Warning,
    /// Worth knowing.
    Info,
}

/// A plan that does not read. All of a file's problems are gathered before any is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From the closed list of codes, kebab-case.
    pub code: &'static str,
    /// What is wrong: lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// The words it is about.
    pub place: Place,
    /// What stands under the words: what was expected.
    pub label: String,
    /// What to do, probably.
    pub help: Option<String>,
    /// Where in the plan, as `receipt.rule_sets.primary.rules[0]`; empty where the text is not yet a plan.
    pub path: String,
    /// Other words it is about, each with what stands under them.
    pub also: Vec<(Place, String)>,
}

impl Problem {
    /// A problem with the words at `place`; `label` stands under them.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>, place: Place, label: impl Into<String>) -> Self {
        Self { code, message: message.into(), place, label: label.into(), help: None, path: String::new(), also: Vec::new() }
    }

    /// With what to do about it.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// With where in the plan it is.
    #[must_use]
    pub fn with_path(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// With other words that it is about.
    #[must_use]
    pub fn and_at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.also.push((place, label.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_line_and_column_however_it_is_asked_for() {
        let source = Arc::new(Source { name: "p".to_owned(), text: "a\n\nbü c\n".to_owned() });
        let lines = Lines::of(&source.text);
        for (at, _) in source.text.char_indices().chain([(source.text.len(), ' ')]) {
            let place = Place { source: Arc::clone(&source), start: at, end: at };
            assert_eq!(lines.line_column(&source.text, at), place.line_column(), "byte {at}");
        }
        assert_eq!(lines.line_column(&source.text, 6), (3, 3));
    }
}
