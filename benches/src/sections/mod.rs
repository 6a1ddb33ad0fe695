//! What is measured: one file for each section, and its line in the table.

mod diff;
mod estate;
mod instructions;
mod latency;
mod peers;
mod release;
mod start;

use std::path::PathBuf;

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
pub static SECTIONS: &[&Section] =
    &[&latency::SECTION, &peers::SECTION, &diff::SECTION, &instructions::SECTION, &start::SECTION, &estate::SECTION, &release::SECTION];

/// What a section does once, in a process of its own.
pub fn once(arguments: &[String]) -> Result<(), String> {
    match arguments.split_first() {
        Some((first, rest)) if first == instructions::SECTION.name => instructions::once(rest),
        _ => Err(format!("nothing is done once that is called {arguments:?}")),
    }
}

/// A file for one run.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    text: String,
}

impl Scratch {
    /// Writes it. Of one name there is one at a time.
    pub fn file(name: &str, content: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("postroom-benches-{}-{name}", std::process::id()));
        std::fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
        let text = path.display().to_string();
        Ok(Self { path, text })
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.text
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
