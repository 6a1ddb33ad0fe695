//! What `drift` found, for a summary of a pipeline or an issue that a schedule opens.

use std::fmt::Write as _;

use super::{cell, code, plain};
use crate::core::drift::{Drift, Item};
use crate::core::problem::Cause;
use crate::report::drift::{CAVEAT, sentence, summary};

/// What `drift` found, target by target; or why nothing can be said of one.
#[must_use]
pub fn drift(targets: &[(Option<&str>, Result<&Drift, String>)], partial: bool) -> String {
    let one = |(name, found): &(Option<&str>, Result<&Drift, String>)| match found {
        Ok(found) => of_target(*name, found, partial),
        Err(why) => format!("## Target {}: nothing can be said\n\nWhy: {}\n", code(name.unwrap_or_default()), cell(&plain(why))),
    };
    targets.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn of_target(name: Option<&str>, drift: &Drift, partial: bool) -> String {
    let set = &drift.set;
    let target = name.map(|name| format!(", target {}", code(name))).unwrap_or_default();
    let mut text = format!("## Drift of {} in {} {}{target}\n\n", code(&set.plan), set.home.account, set.home.region);
    if partial {
        text += "Partial: `--only`.\n\n";
    }
    let _ = writeln!(text, "{}", plain(&summary(drift)).trim_end());
    if !drift.items.is_empty() {
        text += "\n| class | what | |\n|---|---|---|\n";
    }
    for item in &drift.items {
        let _ = writeln!(text, "| `{}` | {} | {}{} |", item.class.name(), code(&item.name), cell(&sentence(item)), lines(item));
    }
    for note in &drift.notes {
        let _ = writeln!(text, "\n> {}", cell(note));
    }
    if !drift.items.is_empty() {
        let _ = writeln!(text, "\n{CAVEAT}.");
    }
    text
}

/// The first plan line that asked for it.
fn lines(item: &Item) -> String {
    let first: Option<&Cause> = item.changes.iter().find_map(|change| change.because.first());
    first.map(|cause| format!(" ({})", code(&format!("{}:{}", cause.file, cause.line)))).unwrap_or_default()
}
