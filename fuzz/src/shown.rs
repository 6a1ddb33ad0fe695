//! What may come out: whatever went in, a terminal has nothing to obey, and a reader sees what there is.

use postroom::core::change::ChangeSet;
use postroom::core::drift::drift;
use postroom::plan::language::Plan;
use postroom::report::{self, diagnostic, github, json, markdown, sarif, text};

/// Styles that we write ourselves.
const STYLES: [&str; 10] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[2m",
    "\u{1b}[31m",
    "\u{1b}[32m",
    "\u{1b}[33m",
    "\u{1b}[34m",
    "\u{1b}[35m",
    "\u{1b}[36m",
    "\u{1b}[1m\u{1b}[91m",
];

/// Control characters, what turns the direction of writing or ends a line, and what is not seen at all. On purpose not the program's own list.
fn is_hostile(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Nothing of `shown` is obeyed by a terminal but our own styles.
#[track_caller]
pub fn is_harmless(what: &str, shown: &str) {
    let mut rest = shown;
    while let Some(at) = rest.find(is_hostile) {
        rest = &rest[at..];
        match STYLES.iter().find_map(|style| rest.strip_prefix(style)) {
            Some(after) => rest = after,
            None => panic!("{what} prints {:?}", rest.chars().take(40).collect::<String>()),
        }
    }
}

/// A change set in every format that has one.
#[track_caller]
pub fn set_is_harmless(set: &ChangeSet, plan: Option<&Plan>) {
    is_harmless("text", &text::change_set(set, false));
    is_harmless("text of a farewell", &text::farewell(set, true));
    is_harmless("json", &json::text(&json::change_set(set, None, false, None)));
    is_harmless("markdown", &markdown::plan(&[(Some("target"), Ok(set))], false));
    let diagnostics = diagnostic::findings(Some("target"), &set.findings);
    is_harmless("github", &github::annotations(&diagnostics));
    is_harmless("sarif", &json::text(&sarif::log("plan", &diagnostics, &[])));
    if let Some(plan) = plan {
        let found = drift(set.clone(), plan, true);
        is_harmless("drift", &report::drift::text(&found, false));
        is_harmless("drift as json", &json::text(&report::drift::json(&found, false, None)));
        is_harmless("drift as markdown", &markdown::drift(&[(None, Ok(&found))], false));
        let found = [(None, Ok(&found))];
        is_harmless("drift as junit", &report::junit::drift(&found).expect("it is written"));
    }
}
