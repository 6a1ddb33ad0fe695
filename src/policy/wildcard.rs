//! Texts with `*` and `?`, and the ARNs made of them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters, or none.
    Run,
}

/// A text in which some characters may stand for others. A plain text is a pattern that covers itself alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pattern(Vec<Token>);

impl Pattern {
    /// A text in which `*` and `?` are wildcards.
    pub(super) fn of(text: &str) -> Self {
        text.chars().map(token).collect()
    }

    /// A text that stands for itself.
    pub(super) fn plain(text: &str) -> Self {
        text.chars().map(Token::Char).collect()
    }

    /// The same with small letters.
    pub(super) fn lower(&self) -> Self {
        let lower = |token: &Token| if let Token::Char(c) = token { Token::Char(c.to_ascii_lowercase()) } else { *token };
        self.0.iter().map(lower).collect()
    }

    /// `*`, which covers everything.
    pub(super) fn is_all(&self) -> bool {
        self.0 == [Token::Run]
    }

    /// Whether every text that `other` covers is covered.
    ///
    /// Two places to remember, however many wildcards: at worst one length times the other, never exponential.
    /// Between two patterns `false` may mean "not seen to".
    pub(super) fn covers(&self, other: &Self) -> bool {
        tokens_cover(&self.0, &other.0)
    }

    /// Whether every ARN that `other` covers is covered, part by part between the colons: there a wildcard ends.
    pub(super) fn covers_arn(&self, other: &Self) -> bool {
        let is_whole = |pattern: &Self| pattern.arn_parts().count() == ARN_PARTS;
        self.is_all() || (is_whole(self) && is_whole(other) && self.parts_cover(other))
    }

    /// Whether every resource that `other` covers is covered.
    ///
    /// Resources are ARNs, held against each other part by part. Assumed: an ARN with fewer than six parts ends in wildcards
    /// (services refuse to store most of them), and what is no ARN is compared as a text.
    pub(super) fn covers_resource(&self, other: &Self) -> bool {
        const ARN: [Token; 4] = [Token::Char('a'), Token::Char('r'), Token::Char('n'), Token::Char(':')];
        let are_arns = self.0.starts_with(&ARN) && other.0.starts_with(&ARN);
        self.is_all() || if are_arns { self.parts_cover(other) } else { self.covers(other) }
    }

    /// At most six parts: what follows the fifth colon is one.
    fn arn_parts(&self) -> impl Iterator<Item = &[Token]> {
        self.0.splitn(ARN_PARTS, |token| *token == Token::Char(':'))
    }

    /// Parts that are not asked for may be anything; parts that are asked for must be there.
    fn parts_cover(&self, other: &Self) -> bool {
        let mut have = other.arn_parts();
        self.arn_parts().all(|want| have.next().is_some_and(|have| tokens_cover(want, have)))
    }
}

impl FromIterator<Token> for Pattern {
    fn from_iter<I: IntoIterator<Item = Token>>(tokens: I) -> Self {
        Self(tokens.into_iter().collect())
    }
}

/// `arn:partition:service:region:account:resource`
const ARN_PARTS: usize = 6;

/// Whether a text in which `*` and `?` are wildcards matches another, as in a policy and as in a shell.
#[must_use]
pub fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let Some(open) = pattern.find(['*', '?']) else { return pattern == text };
    let (fixed, open) = pattern.split_at(open);
    text.strip_prefix(fixed).is_some_and(|rest| open == "*" || Pattern::of(open).covers(&Pattern::plain(rest)))
}

pub(super) fn token(character: char) -> Token {
    match character {
        '*' => Token::Run,
        '?' => Token::One,
        other => Token::Char(other),
    }
}

fn tokens_cover(wide: &[Token], narrow: &[Token]) -> bool {
    let (mut want, mut have) = (0, 0);
    let mut resume: Option<(usize, usize)> = None;
    while let Some(&found) = narrow.get(have) {
        match wide.get(want) {
            Some(Token::Run) => {
                want += 1;
                resume = Some((want, have));
            }
            Some(&asked) if takes(asked, found) => {
                want += 1;
                have += 1;
            }
            // The last run of characters takes one more, and all behind it starts again.
            _ => match resume {
                Some((after_run, taken)) => {
                    want = after_run;
                    have = taken + 1;
                    resume = Some((after_run, have));
                }
                None => return false,
            },
        }
    }
    wide.get(want..).is_some_and(|rest| rest.iter().all(|token| *token == Token::Run))
}

fn takes(asked: Token, found: Token) -> bool {
    match (asked, found) {
        (Token::Char(asked), Token::Char(found)) => asked == found,
        (Token::One, Token::Char(_) | Token::One) => true,
        (Token::One | Token::Char(_) | Token::Run, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::of(pattern).covers(&Pattern::plain(text))
    }

    #[test]
    fn wildcards_stand_for_characters() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "a:b/c"),
            ("a*c", "abcabc"),
            ("a?c", "aüc"),
            ("**", "x"),
            ("*a*b*", "xxaxxbxx"),
            ("s3:get*", "s3:getobject"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("", "a"), ("?", ""), ("a", "A"), ("a*c", "abcab"), ("a?c", "ac"), ("*a*b*", "ba"), ("a", "ab"), ("ab", "a")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let start = std::time::Instant::now();
        assert!(matches(&"a*".repeat(1000), &"a".repeat(5000)));
        assert!(!matches(&("a*".repeat(1000) + "b"), &"a".repeat(5000)));
        assert!(start.elapsed().as_secs() < 5);
    }

    #[test]
    fn a_wildcard_of_an_arn_ends_at_the_colon() {
        // The example of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
        let pattern = Pattern::of("arn:aws:someservice:*:111122223333:finance/*");
        let value = Pattern::plain("arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt");
        assert!(pattern.covers(&value) && !pattern.covers_arn(&value) && !pattern.covers_resource(&value));
        assert!(Pattern::of("arn:aws:s3:::b/*").covers_arn(&Pattern::plain("arn:aws:s3:::b/x:y/z")), "the last part has colons of its own");
        assert!(!Pattern::of("arn:aws:s3*").covers_arn(&Pattern::plain("arn:aws:s3:::b")), "an ARN has six parts");
    }

    #[test]
    fn resources_are_compared_as_arns_or_as_texts() {
        let covers = |pattern: &str, resource: &str| Pattern::of(pattern).covers_resource(&Pattern::plain(resource));
        for (pattern, resource) in [
            ("*", "arn:aws:s3:::b"),
            ("arn:aws:s3:*", "arn:aws:s3:::b"),
            ("arn:aws:s3:::*/x", "arn:aws:s3:::b/c/x"),
            ("*mail*", "arn:aws:s3:::mail"),
            ("a*", "abc"),
        ] {
            assert!(covers(pattern, resource), "{pattern} {resource}");
        }
        for (pattern, resource) in [
            ("arn:aws:s3:::B", "arn:aws:s3:::b"),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b"),
            ("arn:aws:s3:::b:c", "arn:aws:s3"),
            ("arn:aws:kms:eu::1:key/k", "arn:aws:kms:eu:1:key/k"),
        ] {
            assert!(!covers(pattern, resource), "{pattern} {resource}");
        }
    }

    #[test]
    fn a_pattern_covers_narrower_patterns() {
        let covers = |one: &str, other: &str| Pattern::of(one).covers(&Pattern::of(other));
        assert!(covers("*", "a*b?") && covers("a*", "a?") && covers("b/*", "b/in/*") && covers("?", "?") && covers("a*b", "a*c*b"));
        assert!(!covers("a?", "a*") && !covers("b/in/*", "b/*") && !covers("a", "?") && !covers("a*b", "a*"));
    }

    /// The meaning of a pattern, by the book and slowly.
    fn by_the_book(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], text) => (0..=text.len()).any(|taken| by_the_book(rest, &text[taken..])),
            (['?', rest @ ..], [_, text @ ..]) => by_the_book(rest, text),
            ([asked, rest @ ..], [found, text @ ..]) => asked == found && by_the_book(rest, text),
            ([..], []) => false,
        }
    }

    proptest! {
        #[test]
        fn matching_is_by_the_book(pattern in "[ab*?]{0,7}", text in "[ab]{0,8}") {
            let book = by_the_book(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(matches(&pattern, &text), book);
        }

        #[test]
        fn what_the_narrower_covers_the_wider_covers(wide in "[ab*?]{0,4}", narrow in "[ab*?]{0,5}", text in "[ab]{0,6}") {
            if Pattern::of(&wide).covers(&Pattern::of(&narrow)) && matches(&narrow, &text) {
                prop_assert!(matches(&wide, &text));
            }
        }
    }
}
