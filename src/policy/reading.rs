//! What a statement says, part by part, for those who judge it.

use std::collections::BTreeSet;

use super::meaning::{Effect, Test};
use super::operator::{Comparison, Operator};
use super::statement::Statement;

/// How a line of a condition holds its values against the request's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// One of them must be it, character by character: a `*` is a `*`.
    Exact,
    /// One of them must be it, and `*` and `?` stand for anything.
    Pattern,
    /// None of them may be it.
    Excluded,
    /// Any other way: numbers, dates, addresses, presence, and operators that are not known.
    Other,
}

/// One line of a condition.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The key, in lower case.
    pub key: &'a str,
    /// How its values are meant.
    pub how: How,
    /// It also holds where the request has no such key.
    pub if_exists: bool,
    /// The values.
    pub values: &'a BTreeSet<String>,
}

impl Statement {
    /// Whether it allows.
    pub fn allows(&self) -> bool {
        self.effect() == Some(Effect::Allow)
    }

    /// Whether it denies.
    pub fn denies(&self) -> bool {
        self.effect() == Some(Effect::Deny)
    }

    /// Kind (`Service`, `AWS`) and name of whom it speaks of.
    pub fn principals(&self) -> impl Iterator<Item = (&str, &str)> {
        self.meaning().principal.iter().map(|(kind, name)| (kind.as_str(), name.as_str()))
    }

    /// Whether it speaks of everybody but some.
    pub fn has_not_principal(&self) -> bool {
        self.meaning().not_principal.is_some()
    }

    /// The actions it names, in lower case; none where it says which it does not mean.
    pub fn actions(&self) -> Option<&BTreeSet<String>> {
        self.meaning().action.as_ref()
    }

    /// The resources it names; none in a trust policy, and where it says which it does not mean.
    pub fn resources(&self) -> Option<&BTreeSet<String>> {
        self.meaning().resource.as_ref()
    }

    /// Whether it says which actions or resources it does not mean.
    pub fn means_all_but_some(&self) -> bool {
        self.meaning().not_action.is_some() || self.meaning().not_resource.is_some()
    }

    /// Whether every member of it is one that the grammar knows.
    pub fn is_wholly_read(&self) -> bool {
        self.meaning().other.is_empty()
    }

    /// The lines of its condition. All of them must hold.
    pub fn conditions(&self) -> impl Iterator<Item = Asked<'_>> {
        self.meaning().condition.iter().map(Test::asked)
    }
}

impl Test {
    fn asked(&self) -> Asked<'_> {
        let (how, if_exists) = match &self.operator {
            Operator::Unknown(_) => (How::Other, false),
            Operator::Known(known) => {
                let how = match (known.comparison, known.negated) {
                    (Comparison::Null, _) => How::Other,
                    (_, true) => How::Excluded,
                    (Comparison::Text | Comparison::TextIgnoringCase, false) => How::Exact,
                    (Comparison::TextLike | Comparison::Arn, false) => How::Pattern,
                    (_, false) => How::Other,
                };
                (how, known.if_exists)
            }
        };
        Asked { key: &self.key, how, if_exists, values: &self.values }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_line_tells_how_its_values_are_meant() {
        let statement = Statement::from_value(json!({"Effect": "Allow", "Principal": {"Service": "SES.amazonaws.com"}, "Condition": {
            "StringEquals": {"AWS:SourceArn": "a*"},
            "StringLike": {"b": "x*", "c": "plain"},
            "ArnEqualsIfExists": {"d": "arn"},
            "StringNotEquals": {"e": "x"},
            "Null": {"f": "true"},
            "NumericEquals": {"g": "1"},
            "Odd": {"h": "x"},
        }}))
        .unwrap();
        let told: Vec<_> = statement.conditions().map(|asked| (asked.key.to_owned(), asked.how, asked.if_exists)).collect();
        let of = |key: &str| told.iter().find(|(known, ..)| known == key).map(|(_, how, if_exists)| (*how, *if_exists));
        assert_eq!(of("aws:sourcearn"), Some((How::Exact, false)));
        assert_eq!(of("b"), Some((How::Pattern, false)));
        assert_eq!(of("c"), Some((How::Exact, false)), "without a wildcard StringLike is StringEquals");
        assert_eq!(of("d"), Some((How::Pattern, true)));
        assert_eq!(of("e"), Some((How::Excluded, false)));
        for other in ["f", "g", "h"] {
            assert_eq!(of(other), Some((How::Other, false)), "{other}");
        }
        assert_eq!(statement.principals().collect::<Vec<_>>(), [("Service", "ses.amazonaws.com")]);
    }
}
