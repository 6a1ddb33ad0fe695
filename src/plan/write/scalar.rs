//! One text as a scalar of YAML: without quotes where it is surely itself to every reader, else in double quotes.

use std::fmt::Write;

use crate::core::letters::is_obeyed;

/// A text as a scalar. `$${` is how a plan says `${`.
pub(super) fn scalar(text: &str) -> String {
    let escaped = text.replace("${", "$${");
    if is_plain(&escaped) { escaped } else { quoted(&escaped) }
}

/// Whether a text without quotes is itself to every reader of YAML, on a line of its own and within brackets: it is no number, no date,
/// no truth value in any version of YAML, and nothing in it means anything.
fn is_plain(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/'))
        || text.starts_with('.') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic())
        || is_dotted(text)
        || is_range(text)
        || is_uuid(text);
    let inside =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '+' | '=' | '$' | '(' | ')' | ' ' | ';' | '*');
    const WORDS: [&str; 14] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "inf", "nan", ".inf", ".nan"];
    begins && text.chars().all(inside) && text.len() <= 80 && !text.ends_with(' ') && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// `5.1.1`, which is no number.
fn is_dotted(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() >= 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `203.0.113.0/24`
fn is_range(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| is_dotted(address) && !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit()))
}

/// `0a1b2c3d-1111-4222-8333-444455556666`, which is no number either.
fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unseen(c) => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What is never shown as it is, and blanks that are none: a person who reads the plan shall see what it says.
pub(super) fn is_unseen(c: char) -> bool {
    is_obeyed(c) || matches!(c, '\u{a0}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{fff0}'..='\u{ffff}')
}
