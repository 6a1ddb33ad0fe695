//! Where in a plan: `receipt.rule_sets.primary.rules[0].actions[1].s3`.

use std::fmt::Write;

/// The path that a walk over a plan is on.
#[derive(Debug, Default)]
pub(crate) struct Path {
    text: String,
    /// For each step how long the text was before it.
    steps: Vec<(Step, usize)>,
}

/// Of a longer key only its beginning is told: a path stands beside everything that is said of what is below it.
const LONGEST_KEY: usize = 256;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Key(String),
    Item(usize),
}

impl Path {
    pub(crate) fn push(&mut self, step: Step) {
        let step = match step {
            Step::Key(key) if key.len() > LONGEST_KEY => Step::Key(key[..key.floor_char_boundary(LONGEST_KEY)].to_owned() + "…"),
            step => step,
        };
        let before = self.text.len();
        match &step {
            Step::Item(at) => drop(write!(self.text, "[{at}]")),
            Step::Key(key) if is_plain(key) => {
                self.text.push_str(if before > 0 { "." } else { "" });
                self.text.push_str(key);
            }
            Step::Key(key) => drop(write!(self.text, "[{}]", serde_json::Value::from(key.as_str()))),
        }
        self.steps.push((step, before));
    }

    pub(crate) fn pop(&mut self) {
        if let Some((_, before)) = self.steps.pop() {
            self.text.truncate(before);
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The last key on it.
    pub(crate) fn last_key(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|(step, _)| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        })
    }

    /// Its end, in words for people.
    pub(crate) fn here(&self) -> String {
        match (self.steps.last(), self.last_key()) {
            (Some((Step::Item(_), _)), Some(key)) => format!("an item of `{key}`"),
            (_, Some(key)) => format!("`{key}`"),
            (_, None) => "a plan".to_owned(),
        }
    }
}

/// A key that needs no quotes in a path.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '.' | '[' | ']' | '"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_would_be_misread_are_quoted() {
        let mut path = Path::default();
        let steps = ["rule_sets", "a.b", "rules"].map(|key| Step::Key(key.to_owned()));
        steps.into_iter().chain([Step::Item(3)]).for_each(|step| path.push(step));
        assert_eq!(path.as_str(), r#"rule_sets["a.b"].rules[3]"#);
        assert_eq!(path.here(), "an item of `rules`");
        path.pop();
        path.pop();
        assert_eq!((path.as_str(), path.here()), (r#"rule_sets["a.b"]"#, "`a.b`".to_owned()));
    }

    #[test]
    fn of_a_key_without_end_only_its_beginning_is_told() {
        let mut path = Path::default();
        path.push(Step::Key("ü".repeat(1_000_000)));
        assert!(path.as_str().len() < 300 && path.as_str().ends_with('…') && path.here().len() < 300);
        path.pop();
        assert_eq!(path.as_str(), "");
    }
}
