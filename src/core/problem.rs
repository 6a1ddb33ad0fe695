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
