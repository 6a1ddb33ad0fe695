//! Markdown, as pull requests, issues and summaries of pipelines show it.

mod drift;
mod plan;

pub use drift::drift;
pub use plan::{MOST, Part, plan};

use crate::core::letters::is_obeyed;

/// Text of others outside of code: nothing in it is markup, a mention or a link, and it stays in its cell.
///
/// A backslash keeps `@` and `#` from being markup and not from being a mention or a reference: GitHub looks for these in what was rendered.
/// A comment between the sign and what follows does both.
fn cell(text: &str) -> String {
    const APART: &str = "<!-- -->";
    let mut cell = String::new();
    let mut before = ' ';
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => cell.push(' '),
            letter if is_obeyed(letter) => cell.push('\u{fffd}'),
            '<' => cell += "&lt;",
            '>' => cell += "&gt;",
            '&' => cell += "&amp;",
            '$' => cell += "<span>$</span>",
            '@' | '#' => {
                cell.push(letter);
                cell += APART;
            }
            '/' if before == ':' => {
                cell += APART;
                cell.push(letter);
            }
            '.' if cell.ends_with("www") || cell.ends_with("WWW") => {
                cell += APART;
                cell.push(letter);
            }
            '|' | '\\' | '*' | '_' | '[' | ']' | '!' | '`' | '~' => {
                cell.push('\\');
                cell.push(letter);
            }
            letter => cell.push(letter),
        }
        before = letter;
    }
    cell
}

/// Code in a cell. A pipe would end the cell, a backtick the code.
fn code(text: &str) -> String {
    let kept: String =
        text.chars().map(|letter| if letter == '|' || letter == '`' || is_obeyed(letter) { '\u{fffd}' } else { letter }).collect();
    // A backslash at its end would not end the code, but an empty text is none.
    if kept.trim().is_empty() { "` `".to_owned() } else { format!("`{kept}`") }
}

/// Code within HTML, where Markdown says nothing.
fn html_code(text: &str) -> String {
    let mut kept = String::from("<code>");
    for letter in text.chars() {
        match letter {
            '<' => kept += "&lt;",
            '>' => kept += "&gt;",
            '&' => kept += "&amp;",
            letter if is_obeyed(letter) => kept.push('\u{fffd}'),
            letter => kept.push(letter),
        }
    }
    kept + "</code>"
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Without colour.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
