//! What to say when a text is not YAML. Most often a value begins with a character that means something in YAML and wants quotes.

use super::node::Span;

/// The words that want quotes, and the sentence that shows them quoted.
pub(crate) struct Help {
    pub(crate) span: Span,
    /// What they begin with.
    pub(crate) sign: char,
    pub(crate) text: String,
}

/// What cannot begin a text without quotes.
const SPECIAL: [char; 6] = ['@', '`', '*', '&', '!', '%'];

/// How many bytes of a line are looked at on each side of a place.
const NEAR: usize = 400;

/// If reading stopped at (or just behind) a value that begins with a special character.
pub(crate) fn help_at(text: &str, at: usize) -> Option<Help> {
    let (line_start, line) = line_around(text, at)?;
    // The last value that begins before the place where reading stopped is the one that stopped it.
    let mut starts = line.char_indices().filter(|(found, c)| SPECIAL.contains(c) && begins_value(&line[..*found]));
    let start = starts.rfind(|(found, _)| line_start + found <= at).map(|(found, _)| line_start + found)?;
    Some(help_for(text, start))
}

/// The last `sign` before `at`, with what follows it.
pub(crate) fn help_before(text: &str, at: usize, sign: char) -> Option<Help> {
    let (line_start, line) = line_around(text, at)?;
    let mut starts = line.char_indices().filter(|(found, c)| *c == sign && begins_value(&line[..*found]));
    let start = starts.rfind(|(found, _)| line_start + found <= at).map(|(found, _)| line_start + found)?;
    Some(help_for(text, start))
}

/// Where the line begins in which `at` stands, and the line. Of one without end only what is near: there may be as many places as it has
/// letters.
fn line_around(text: &str, at: usize) -> Option<(usize, &str)> {
    let (before, behind) = text.split_at_checked(at)?;
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(NEAR))..];
    let behind = &behind[..behind.floor_char_boundary(NEAR)];
    let start = at - before.len() + before.rfind('\n').map_or(0, |found| found + 1);
    let end = at + behind.find('\n').unwrap_or(behind.len());
    Some((start, &text[start..end]))
}

/// A value can begin behind `before`.
fn begins_value(before: &str) -> bool {
    let mark = before.trim_end();
    mark.is_empty() || mark.ends_with(['[', '{', ',']) || (mark.len() < before.len() && mark.ends_with([':', '-', '?']))
}

fn help_for(text: &str, start: usize) -> Help {
    let line = line_around(text, start).map(|(from, line)| &line[start - from..]).unwrap_or_default();
    let line = line.trim_end_matches('\r');
    let end = line.find(" #").unwrap_or(line.len());
    let end = line[..end].find([',', ']', '}']).unwrap_or(end);
    let words = line[..end].trim_end();
    let quoted = words.replace('\\', "\\\\").replace('"', "\\\"");
    let sign = words.chars().next().unwrap_or_default();
    Help { span: Span { start, end: start + words.len() }, sign, text: format!("quote it: `\"{quoted}\"`") }
}

/// The library's words, where ours are clearer.
pub(crate) fn explain(info: &str) -> String {
    let ours = match info {
        "while parsing node, found unknown anchor" => "an alias without an anchor",
        "while parsing a block mapping, did not find expected key" => "a key of the mapping was expected here: is the indentation right?",
        "while parsing a block collection, did not find expected '-' indicator" => {
            "the next `-` of the list was expected here: is the indentation right?"
        }
        "while parsing a flow mapping, did not find expected ',' or '}'" => "`,` or `}` was expected here",
        "while parsing a flow sequence, expected ',' or ']'" => "`,` or `]` was expected here",
        "while parsing a node, did not find expected node content" => "a value was expected here: is a bracket open, or a quote?",
        other => other,
    };
    ours.to_owned()
}

/// Help for what is not about quotes.
pub(crate) fn general_help(text: &str, at: usize, info: &str) -> Option<String> {
    let line_start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let indent = text[line_start..].chars().take_while(|c| c.is_whitespace() && *c != '\n').any(|c| c == '\t');
    if indent || info.contains("tab") {
        return Some("indent with spaces: YAML takes no tabs there".to_owned());
    }
    info.contains("mapping values are not allowed").then(|| "a value that holds `: ` wants quotes".to_owned())
}
