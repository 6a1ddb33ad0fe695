//! What each code means: `docs/codes.md`, which is in the program, so that `postroom explain CODE` shows the page of this very version.

/// The whole page.
pub const PAGE: &str = include_str!("../../docs/codes.md");

/// Where it is published; nothing where `Cargo.toml` does not say.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// What stands under one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The code.
    pub code: &'static str,
    /// Its first sentence: what it is about.
    pub about: &'static str,
    /// Everything under the heading, in Markdown.
    pub text: &'static str,
}

/// Every section, in the order of the page.
pub fn sections() -> impl Iterator<Item = Section> {
    PAGE.split("\n## ").skip(1).filter_map(|part| {
        let (code, text) = part.split_once('\n')?;
        let text = text.trim();
        Some(Section { code: code.trim(), about: text.lines().next().unwrap_or_default(), text })
    })
}

/// What stands under a code.
#[must_use]
pub fn section(code: &str) -> Option<Section> {
    sections().find(|section| section.code == code)
}

/// The place of a code in the page, from the root of the source.
#[must_use]
pub fn anchor(code: &str) -> String {
    format!("docs/codes.md#{code}")
}

/// An address that a browser opens: the page where it is published, else what the section itself links to.
#[must_use]
pub fn url(code: &str) -> Option<String> {
    if !REPOSITORY.is_empty() {
        return Some(format!("{}/blob/main/{}", REPOSITORY.trim_end_matches('/'), anchor(code)));
    }
    let (_, from) = section(code)?.text.rsplit_once("](https://")?;
    from.split_once(')').map(|(address, _)| format!("https://{address}"))
}

/// Where each of these codes is explained, in one line; nothing where there is none.
#[must_use]
pub fn further<'a>(codes: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: std::collections::BTreeSet<&str> = codes.filter(|code| section(code).is_some()).collect();
    let first = known.first()?;
    let others = if known.len() > 1 { format!(", and so for the other codes ({})", anchor("")) } else { format!(" ({})", anchor(first)) };
    Some(format!("cause, meaning and next step: `postroom explain {first}`{}", others.replace("#)", ")")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_says_cause_meaning_and_next_step_and_links_a_page() {
        let codes: Vec<&str> = sections().map(|section| section.code).collect();
        assert!(codes.len() > 50 && codes.is_sorted(), "{codes:?}");
        for Section { code, about, text } in sections() {
            assert!(about.ends_with('.') && about.len() < 200, "{code}: {about}");
            for part in ["**Cause.** ", "**What it means.** ", "**Next step.** "] {
                assert!(text.contains(part), "{code} does not say: {part}");
            }
            assert!(url(code).is_some_and(|url| url.starts_with("https://") && !url.contains(' ')), "{code} links nothing");
        }
    }

    #[test]
    fn the_line_below_a_report_names_a_code_that_is_explained() {
        assert_eq!(further(["nobody-knows-this"].into_iter()), None);
        let one = further(["stop-not-last"].into_iter()).unwrap();
        assert_eq!(one, "cause, meaning and next step: `postroom explain stop-not-last` (docs/codes.md#stop-not-last)");
        let two = further(["stop-not-last", "bad-value"].into_iter()).unwrap();
        assert!(two.contains("explain bad-value`") && two.ends_with("(docs/codes.md)"), "{two}");
    }
}
