//! Letters that are never shown as they are, whoever wrote them.

/// Whether a terminal would obey it, or a reader be shown something else than what there is: control characters (a line break among them),
/// what turns the direction of writing, ends a line, or is not seen at all.
///
/// <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>
#[must_use]
pub fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::is_obeyed;

    #[test]
    fn letters_of_every_script_are_shown_and_what_hides_is_not() {
        assert!("aZ0 ~äßЖ漢字ع\u{5d0}\u{a0}\u{3000}😀\u{fffd}".chars().all(|c| !is_obeyed(c)));
        assert!(
            "\0\u{7}\t\r\n\u{1b}\u{7f}\u{85}\u{9b}\u{200b}\u{200e}\u{202e}\u{2028}\u{2066}\u{2069}\u{feff}\u{e0041}".chars().all(is_obeyed)
        );
    }
}
