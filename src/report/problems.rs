//! Problems of a plan, for people (the words underlined) and for programs (JSON).

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

use super::codes;
use crate::core::letters::is_obeyed;
use crate::core::problem::{Place, Problem};

/// More than these nobody reads at once.
const MOST: usize = 100;
/// Lines that are longer together are not shown.
const WIDEST: usize = 32 << 10;
/// A message quotes the plan, and the plan may be anything.
const LONGEST: usize = 400;

/// The problems as text, each with its place; an empty text when there are none.
#[must_use]
pub fn text(problems: &[Problem], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text: Vec<_> = problems.iter().take(MOST).map(|problem| one(problem, &renderer)).collect();
    if let Some(more) = problems.len().checked_sub(MOST).filter(|more| *more > 0) {
        text.push(format!("… and {more} more\n"));
    }
    text.join("\n")
}

fn one(problem: &Problem, renderer: &Renderer) -> String {
    let Problem { code, message, place, label, help, path: _, also } = problem;
    let (name, label) = (clean(&place.source.name), clean(label));
    let title = Level::ERROR.primary_title(clean(message)).id(*code);
    let others: Vec<_> = also.iter().filter(|(other, _)| other.source == place.source).collect();
    let window = Window::around(place, others.iter().map(|(other, _)| other));
    let mut group = Group::with_title(title);
    if window.text.len() <= WIDEST {
        let source = printable_source(window.text);
        let primary = AnnotationKind::Primary.span(window.span(place)).label((!label.is_empty()).then_some(label));
        let others = others.iter().map(|(other, label)| AnnotationKind::Context.span(window.span(other)).label(clean(label)));
        let snippet = Snippet::source(source).line_start(window.line).path(name).annotation(primary).annotations(others);
        group = group.element(snippet);
    } else {
        let (line, column) = place.line_column();
        group = group.element(Origin::path(name).line(line).char_column(column)).element(Level::NOTE.message(label));
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text
}

/// The lines that a problem is about. The renderer goes through all the text it is given.
struct Window<'a> {
    text: &'a str,
    /// Its first byte in the whole text.
    start: usize,
    /// Its first line, counted from 1.
    line: usize,
}

impl<'a> Window<'a> {
    fn around<'p>(place: &'a Place, others: impl Iterator<Item = &'p Place>) -> Self {
        let text = &place.source.text;
        let (mut first, mut last) = (place.start, place.end.max(place.start));
        for other in others {
            (first, last) = (first.min(other.start), last.max(other.end));
        }
        let (first, last) = (text.floor_char_boundary(first), text.ceil_char_boundary(last));
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last..].find('\n').map_or(text.len(), |at| last + at + 1);
        Self { text: &text[start..end], start, line: text[..start].matches('\n').count() + 1 }
    }

    /// The bytes of a place within the window, made to fit it whatever they say.
    fn span(&self, place: &Place) -> Range<usize> {
        let start = self.text.floor_char_boundary(place.start.saturating_sub(self.start));
        start..self.text.ceil_char_boundary(place.end.saturating_sub(self.start).max(start))
    }
}

/// What a command prints of a plan that does not read: as `validate` does.
#[must_use]
pub fn document(problems: &[Problem]) -> Value {
    json!({ "format_version": super::json::FORMAT, "problems": json(problems), "findings": [] })
}

/// The problems as JSON: an array, in their order.
#[must_use]
pub fn json(problems: &[Problem]) -> Value {
    problems.iter().map(one_as_json).collect()
}

fn one_as_json(problem: &Problem) -> Value {
    let Problem { code, message, place, label, help, path, also } = problem;
    let (line, column) = place.line_column();
    let also: Vec<_> = also
        .iter()
        .map(|(place, label)| {
            let (line, column) = place.line_column();
            json!({ "file": place.source.name, "line": line, "column": column, "label": label })
        })
        .collect();
    json!({
        "code": code,
        "severity": "error",
        "message": message,
        "file": place.source.name,
        "line": line,
        "column": column,
        "path": path,
        "label": label,
        "help": help,
        "also": also,
        "page": codes::anchor(code),
    })
}

/// The plan's words in a sentence: on one line, without anything that a terminal would obey, and not too many.
fn clean(text: &str) -> String {
    let mut clean = String::new();
    for c in text.chars() {
        if clean.len() > LONGEST {
            clean.push('…');
            break;
        }
        if is_obeyed(c) { clean.extend(c.escape_unicode()) } else { clean.push(c) }
    }
    clean
}

/// Of four bytes, as the letters of planes that nobody sees.
const HIDDEN: char = '\u{1f6ab}';

/// The plan's lines, byte for byte as long; what a terminal would obey is shown as something else. (The renderer does the same for
/// ASCII control characters.)
fn printable_source(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| !c.is_ascii() && is_obeyed(c)) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match c.len_utf8() {
        2 if is_obeyed(c) => '·',
        3 if is_obeyed(c) => char::REPLACEMENT_CHARACTER,
        4 if is_obeyed(c) => HIDDEN,
        _ => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::problem::Source;

    fn problem(text: &str, words: &str) -> Problem {
        let source = Arc::new(Source { name: "plan.yaml".into(), text: text.into() });
        let start = text.find(words).unwrap();
        let place = Place { source, start, end: start + words.len() };
        Problem::new("unknown-key", format!("no key `{words}`"), place, "here").with_help("leave it out").with_path("receipt")
    }

    #[test]
    fn the_words_are_underlined_in_their_line() {
        let text = text(&[problem("grüße: 1\nrecepit: 2\n", "recepit")], false);
        assert!(text.contains("error[unknown-key]: no key `recepit`"), "{text}");
        assert!(text.contains("plan.yaml:2:1") && text.contains("^^^^^^^ here") && text.contains("help: leave it out"), "{text}");
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let json = json(&[problem("ü: é x\n", "x")]);
        assert_eq!((&json[0]["line"], &json[0]["column"], &json[0]["path"]), (&json!(1), &json!(6), &json!("receipt")));
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed() {
        for hostile in ["\u{1b}[31mred", "a\u{9b}31m", "a\u{202e}b", "a\u{7}b", "a\rb"] {
            let text = text(&[problem(&format!("x: {hostile}\n"), hostile)], false);
            assert!(!text.chars().any(|c| c != '\n' && is_obeyed(c)), "{text:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let long = format!("{}x{}", "a".repeat(50_000), "b".repeat(50_000));
        let text = text(&[problem(&long, "x")], false);
        assert!(text.len() < 2_000 && text.contains("plan.yaml:1:50001"), "{text}");
        let long = format!("{}x{}", "a".repeat(5_000), "b".repeat(5_000));
        let text = super::text(&[problem(&long, "x")], false);
        assert!(text.len() < 2_000 && text.contains("plan.yaml:1:5001") && text.contains('^'), "{text}");
    }

    #[test]
    fn a_place_that_does_not_fit_its_text_is_made_to_fit() {
        let source = Arc::new(Source { name: "p".into(), text: "ü".into() });
        for (start, end) in [(1, 1), (5, 9), (2, 0), (0, 1)] {
            let place = Place { source: Arc::clone(&source), start, end };
            assert!(!text(&[Problem::new("x", "m", place, "")], false).is_empty());
        }
    }
}
