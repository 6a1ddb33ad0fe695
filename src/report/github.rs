//! Annotations of a GitHub Actions run: one line for each, which the runner shows at the plan's own line.
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message>

use super::codes;
use super::diagnostic::{Diagnostic, Region};
use super::text::clean;
use crate::core::problem::Severity;

/// The annotations, errors first: of each level the runner shows ten. What is accepted is not said again.
#[must_use]
pub fn annotations(diagnostics: &[Diagnostic]) -> String {
    let mut told: Vec<&Diagnostic> = diagnostics.iter().filter(|diagnostic| diagnostic.accepted.is_none()).collect();
    told.sort_by_key(|diagnostic| diagnostic.severity);
    told.into_iter().map(one).collect()
}

/// One line for what is about no plan line.
#[must_use]
pub fn failure(message: &str) -> String {
    format!("::error title=postroom::{}\n", data(message))
}

fn one(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, severity, message, help, places, about: _, accepted: _, target } = diagnostic;
    let command = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let whose = target.as_ref().map(|target| format!(" (target {target})")).unwrap_or_default();
    let help = help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    let page = codes::section(code).map(|_| format!("\npostroom explain {code}")).unwrap_or_default();
    let place = places.first().filter(|place| place.file != "-").map(|place| format!("{},", at(place))).unwrap_or_default();
    format!("::{command} {place}title={}::{}\n", property(code), data(&format!("{message}{help}{whose}{page}")))
}

fn at(place: &Region) -> String {
    let (line, column) = place.start;
    let file = place.file.replace('\\', "/");
    let mut text = format!("file={},line={line},col={column}", property(file.trim_start_matches("./")));
    if let Some((end, column)) = place.end.filter(|end| *end > place.start) {
        text += &format!(",endLine={end}");
        // The runner takes columns for those of one line.
        if end == line {
            text += &format!(",endColumn={column}");
        }
    }
    text
}

/// The runner ends a command at the end of its line.
fn data(text: &str) -> String {
    clean(&text.replace("\r\n", "\n")).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property ends at a comma, and the properties at a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
