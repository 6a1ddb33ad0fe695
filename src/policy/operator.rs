//! The names of condition operators, taken apart.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::fmt;

use serde::{Serialize, Serializer};

/// How a request's value is held against a policy's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparison {
    Text,
    TextIgnoringCase,
    TextLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// Which side of the policy's value the request's value lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How a key of many values is held against a list.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quantifier {
    ForAllValues,
    ForAnyValue,
}

/// An operator by what it does. Two names of one deed (`ArnEquals`, `ArnLike`) are one operator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operator {
    Known(Known),
    /// A name we do not know, in lower case. Nothing is concluded from it.
    Unknown(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known {
    pub(super) quantifier: Option<Quantifier>,
    pub(super) comparison: Comparison,
    pub(super) negated: bool,
    pub(super) if_exists: bool,
}

/// Where two names do the same, the first one is how we write it: `ArnEquals` and `ArnLike` "behave identically".
const NAMES: [(&str, Comparison, bool); 27] = [
    ("StringEquals", Comparison::Text, false),
    ("StringNotEquals", Comparison::Text, true),
    ("StringEqualsIgnoreCase", Comparison::TextIgnoringCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::TextIgnoringCase, true),
    ("StringLike", Comparison::TextLike, false),
    ("StringNotLike", Comparison::TextLike, true),
    ("NumericEquals", Comparison::Numeric(Order::Equal), false),
    ("NumericNotEquals", Comparison::Numeric(Order::Equal), true),
    ("NumericLessThan", Comparison::Numeric(Order::Less), false),
    ("NumericLessThanEquals", Comparison::Numeric(Order::LessOrEqual), false),
    ("NumericGreaterThan", Comparison::Numeric(Order::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Numeric(Order::GreaterOrEqual), false),
    ("DateEquals", Comparison::Date(Order::Equal), false),
    ("DateNotEquals", Comparison::Date(Order::Equal), true),
    ("DateLessThan", Comparison::Date(Order::Less), false),
    ("DateLessThanEquals", Comparison::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Comparison::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Comparison::Date(Order::GreaterOrEqual), false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::Ip, false),
    ("NotIpAddress", Comparison::Ip, true),
    ("ArnLike", Comparison::Arn, false),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnNotLike", Comparison::Arn, true),
    ("ArnNotEquals", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];

impl Operator {
    /// Names are read in any case. Assumed: no AWS page says so; what a service stores has been accepted by it, so reading more is safe.
    pub(super) fn read(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let unknown = || Self::Unknown(lower.clone());
        let (quantifier, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::ForAllValues), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::ForAnyValue), rest),
            Some(_) => return unknown(),
            None => (None, lower.as_str()),
        };
        let (base, if_exists) = rest.strip_suffix("ifexists").map_or((rest, false), |base| (base, true));
        match NAMES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(base)) {
            // "You can add IfExists to the end of any condition operator name except the Null condition".
            Some((_, Comparison::Null, _)) if if_exists => unknown(),
            Some(&(_, comparison, negated)) => Self::Known(Known { quantifier, comparison, negated, if_exists }),
            None => unknown(),
        }
    }

    /// Whether a value in its list is one that is asked for, not one that is shut out.
    pub(super) fn is_positive(&self) -> bool {
        matches!(self, Self::Known(known) if !known.negated && known.comparison != Comparison::Null)
    }
}

/// Whether IAM has a condition operator of this name.
#[must_use]
pub fn is_operator(name: &str) -> bool {
    matches!(Operator::read(name), Operator::Known(_))
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = match self {
            Self::Known(known) => known,
            Self::Unknown(name) => return f.write_str(name),
        };
        f.write_str(match known.quantifier {
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        })?;
        let name = NAMES.iter().find(|(_, comparison, negated)| (*comparison, *negated) == (known.comparison, known.negated));
        f.write_str(name.map_or("", |(name, ..)| name))?;
        f.write_str(if known.if_exists { "IfExists" } else { "" })
    }
}

impl Serialize for Operator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_name(name: &str) -> String {
        Operator::read(name).to_string()
    }

    #[test]
    fn names_of_one_deed_are_one_operator() {
        assert_eq!(one_name("arnequals"), "ArnLike");
        assert_eq!(one_name("ArnNotEqualsIfExists"), "ArnNotLikeIfExists");
        assert_eq!(one_name("foranyvalue:STRINGLIKEifexists"), "ForAnyValue:StringLikeIfExists");
    }

    #[test]
    fn every_name_is_read_as_itself_or_as_its_twin() {
        for (name, ..) in NAMES {
            let twin = name.replace("ArnEquals", "ArnLike").replace("ArnNotEquals", "ArnNotLike");
            assert_eq!(one_name(name), twin);
            assert_eq!(one_name(&format!("ForAllValues:{name}")), format!("ForAllValues:{twin}"));
        }
    }

    #[test]
    fn what_is_no_operator_stays_unknown() {
        for name in ["NullIfExists", "StringSounds", "ForEach:StringEquals", ""] {
            assert_eq!(Operator::read(name), Operator::Unknown(name.to_lowercase()), "{name}");
            assert!(!is_operator(name) && is_operator("ForAnyValue:StringLikeIfExists"), "{name}");
        }
    }
}
