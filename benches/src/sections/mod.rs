//! What is measured: one file for each section, and its line in the table.

mod diff;
mod instructions;

use crate::Ground;
use crate::figure::Row;

/// One part of the page.
pub struct Section {
    /// By which it is asked for.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is measured, and against what.
    pub about: &'static str,
    /// Measures. The error says why it cannot.
    pub run: fn(&Ground) -> Result<Vec<Row>, String>,
}

/// In the order of the page.
pub static SECTIONS: &[&Section] = &[&diff::SECTION, &instructions::SECTION];

/// What a section does once, in a process of its own.
pub fn once(arguments: &[String]) -> Result<(), String> {
    match arguments.split_first() {
        Some((first, rest)) if first == instructions::SECTION.name => instructions::once(rest),
        _ => Err(format!("nothing is done once that is called {arguments:?}")),
    }
}
