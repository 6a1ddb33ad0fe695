//! `docs/benchmarks.md`: one part for each section, in the order of the table, between marks by which it is found again.

use std::fmt::Write as _;
use std::path::Path;

use crate::figure::Row;
use crate::sections::{SECTIONS, Section};

const HEAD: &str = "# Benchmarks

Written by `make bench`; `make bench SECTIONS=\"diff instructions\"` measures some of it anew and leaves the rest as it was. A figure that has a
goal is a ratio of two things measured by turns in one run, so that it says the same on another machine. It is the median of several runs, and the
spread is from the least of them to the greatest. What a section runs stands in `benches/src/sections/`, a file for each.
";

/// The text of one section.
pub fn section(section: &Section, rows: &[Row], machine: &str) -> String {
    let mut text = format!("## {}\n\n{}\n\n", section.title, section.about);
    text.push_str("| | figure | goal | | spread | of what |\n|---|---:|---:|---|---:|---|\n");
    for Row { what, figure, goal, beside } in rows {
        let met = match goal.is_met(figure) {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        let _ = writeln!(text, "| {what} | {figure} | {goal} | {met} | {} | {beside} |", figure.spread());
    }
    let _ = write!(text, "\nMeasured {machine}.\n");
    text
}

/// Puts the text of a section in its place, and leaves those of the others.
pub fn put(file: &Path, name: &str, text: &str) -> Result<(), String> {
    let known = std::fs::read_to_string(file).unwrap_or_default();
    std::fs::write(file, with(&known, name, text)).map_err(|error| format!("docs/benchmarks.md cannot be written: {error}"))
}

fn with(known: &str, name: &str, text: &str) -> String {
    let mut page = HEAD.to_owned();
    for section in SECTIONS {
        let kept = if section.name == name { Some(text) } else { part(known, section.name) };
        if let Some(kept) = kept {
            let _ = write!(page, "\n{}\n{kept}{}\n", begin(section.name), end(section.name));
        }
    }
    page
}

fn begin(name: &str) -> String {
    format!("<!-- {name} -->")
}

fn end(name: &str) -> String {
    format!("<!-- /{name} -->")
}

/// What a page says of a section.
fn part<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("{}\n", begin(name)))?;
    Some(rest.split_once(&end(name))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_that_is_measured_anew_leaves_the_others_as_they_were() {
        let [first, second] = [SECTIONS[0].name, SECTIONS[1].name];
        let one = with("", second, "two\n");
        let both = with(&one, first, "one\n");
        assert_eq!((part(&both, first), part(&both, second)), (Some("one\n"), Some("two\n")));
        assert!(both.find("one\n") < both.find("two\n"), "in the order of the table");
        let again = with(&both, second, "three\n");
        assert_eq!((part(&again, first), part(&again, second)), (Some("one\n"), Some("three\n")));
        assert_eq!(with(&again, second, "three\n"), again);
    }
}
