//! Passwords and the values of secrets: sent, and shown nowhere.

/// A text that is printed nowhere.
#[derive(Clone)]
pub struct Hidden(pub(super) String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

impl Hidden {
    /// The text without it. What AWS does not like of a request it may say in its own words: `Value '…' at '…' failed to satisfy constraint`.
    pub(super) fn covered_in(&self, text: String) -> String {
        // As it is, and as it stands within a quotation.
        let quoted = serde_json::Value::from(self.0.as_str()).to_string();
        let said = [self.0.as_str(), quoted.trim_matches('"')].into_iter().filter(|said| !said.is_empty());
        said.fold(text, |text, said| text.replace(said, "(hidden)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_aws_repeats_is_covered() {
        let hidden = Hidden(r#"{"password":"geheim"}"#.to_owned());
        for said in [r#"Value '{"password":"geheim"}' is bad"#, r#"{"why":"{\"password\":\"geheim\"}"}"#] {
            let text = hidden.covered_in(said.to_owned());
            assert!(text.contains("(hidden)") && !text.contains("geheim"), "{text}");
        }
        assert_eq!(Hidden(String::new()).covered_in("as it is".to_owned()), "as it is");
        assert_eq!(format!("{hidden:?}"), "Hidden");
    }
}
