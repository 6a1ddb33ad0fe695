//! What there is to say of a plan, in the one form that SARIF and annotations are written from: problems of its text, findings, answers of
//! `check`, and what `audit` found.

use crate::audit::{Audit, Finding as Judged};
use crate::core::change::Finding;
use crate::core::check::{Answer, Checked};
use crate::core::problem::{Cause, Place, Problem, Severity};

/// One thing to say, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// From the closed list of docs/codes.md.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where in the plan; the first one is what it is about.
    pub places: Vec<Region>,
    /// What it is about where that is no line of a plan: the address of a policy.
    pub about: Option<String>,
    /// The reason the plan gives for accepting it.
    pub accepted: Option<String>,
    /// The target that it is of.
    pub target: Option<String>,
}

impl Diagnostic {
    /// Names files below a folder from there.
    pub fn seen_from(&mut self, folder: &str) {
        let folder = folder.trim_end_matches(['/', '\\']);
        for place in &mut self.places {
            let below = place.file.strip_prefix(folder).and_then(|rest| rest.strip_prefix(['/', '\\']));
            if let Some(below) = below.map(str::to_owned) {
                place.file = below;
            }
        }
    }
}

/// Some words of a file. Lines and columns are counted from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// As the user named it.
    pub file: String,
    /// Line and column of the first character.
    pub start: (usize, usize),
    /// Line and column behind the last one, where it is known.
    pub end: Option<(usize, usize)>,
    /// Where in the plan.
    pub path: String,
    /// What is to be said of these words.
    pub label: String,
}

impl Region {
    fn of(place: &Place, path: &str, label: &str) -> Self {
        let behind = Place { start: place.end.max(place.start), ..place.clone() };
        let (file, path, label) = (place.source.name.clone(), path.to_owned(), label.to_owned());
        Self { file, start: place.line_column(), end: Some(behind.line_column()), path, label }
    }
}

impl From<&Cause> for Region {
    fn from(cause: &Cause) -> Self {
        let Cause { file, line, column, path } = cause.clone();
        Self { file, start: (line, column), end: None, path, label: String::new() }
    }
}

impl From<&Problem> for Diagnostic {
    fn from(problem: &Problem) -> Self {
        let Problem { code, message, place, label, help, path, also } = problem;
        let others = also.iter().map(|(place, label)| Region::of(place, "", label));
        Self {
            code: (*code).to_owned(),
            severity: Severity::Error,
            message: if label.is_empty() { message.clone() } else { format!("{message}: {label}") },
            help: help.clone(),
            places: std::iter::once(Region::of(place, path, label)).chain(others).collect(),
            about: None,
            accepted: None,
            target: None,
        }
    }
}

/// What is to be said of a target's findings.
#[must_use]
pub fn findings(target: Option<&str>, findings: &[Finding]) -> Vec<Diagnostic> {
    let one = |finding: &Finding| Diagnostic {
        code: finding.code.clone(),
        severity: finding.severity,
        message: finding.message.clone(),
        help: None,
        places: finding.because.iter().map(Region::from).collect(),
        about: None,
        accepted: finding.accepted.clone(),
        target: target.map(str::to_owned),
    };
    findings.iter().map(one).collect()
}

/// The answers of `check` that are no permission. With `strict` what hangs on something counts as a warning.
#[must_use]
pub fn checks(target: Option<&str>, checked: &[Checked], strict: bool) -> Vec<Diagnostic> {
    let one = |row: &Checked| {
        let (code, severity, answer) = match row.answer {
            Answer::Allowed => return None,
            Answer::Denied => ("check-denied", Severity::Error, "SES may not"),
            Answer::Unreadable => ("check-unreadable", Severity::Error, "it cannot be told whether SES may"),
            Answer::Depends if strict => ("check-depends", Severity::Warning, "it is not certain that SES may"),
            Answer::Depends => ("check-depends", Severity::Info, "it is not certain that SES may"),
        };
        let by = row.by.as_ref().map(|by| format!(", by statement {by}")).unwrap_or_default();
        let on = if row.on.is_empty() { String::new() } else { format!(" ({})", row.on.join(", ")) };
        Some(Diagnostic {
            code: code.to_owned(),
            severity,
            message: format!("{answer} {} on {} for {}: {}{by}{on}", row.action, row.resource, row.rule, row.at),
            help: None,
            places: row.because.iter().map(Region::from).collect(),
            about: Some(row.at.clone()),
            accepted: None,
            target: target.map(str::to_owned),
        })
    };
    checked.iter().filter_map(one).collect()
}

/// What `audit` found. `lines` knows which lines of the plan are about a policy, by its address; an audit without a plan has none.
#[must_use]
pub fn audited(target: Option<&str>, audit: &Audit, lines: impl Fn(&str) -> Vec<Cause>) -> Vec<Diagnostic> {
    let one = |finding: &Judged| {
        let at = finding.at.seen_from(&audit.home);
        let statement = finding.statement.as_ref().map(|name| format!("#{name}")).unwrap_or_default();
        Diagnostic {
            code: finding.code.to_owned(),
            severity: finding.severity,
            message: format!("{at}{statement}: {}", finding.message),
            help: Some(finding.remedy.clone()),
            places: lines(&at).iter().map(Region::from).collect(),
            about: Some(format!("{at}{statement}")),
            accepted: finding.accepted.clone(),
            target: target.map(str::to_owned),
        }
    };
    audit.findings.iter().map(one).collect()
}
