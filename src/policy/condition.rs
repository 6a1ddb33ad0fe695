//! Does a condition hold in this request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use data_encoding::BASE64;

use super::context::{Context, Known};
use super::meaning::Test;
use super::operator::{self, Comparison, Operator, Quantifier};
use super::truth::Truth;
use super::values::{Network, compare_moments, compare_numbers};
use super::variables::Reading;
use super::wildcard::Pattern;

impl Test {
    /// Whether this line of the condition holds. `has_variables` is the language's: only that of 2012 knows them.
    pub(super) fn holds(&self, context: &Context, has_variables: bool) -> Truth {
        let operator = match &self.operator {
            Operator::Known(operator) => *operator,
            Operator::Unknown(_) => return Truth::depends_on(&self.key),
        };
        match context.get(&self.key) {
            Known::Unknown => Truth::depends_on(&self.key),
            found if operator.comparison == Comparison::Null => self.is_null(found == Known::Absent),
            Known::Absent => holds_without_the_key(operator),
            Known::Values(values) => {
                let variables = has_variables.then_some(context);
                let each = values.iter().map(|value| self.holds_for(value, operator, variables));
                match (operator.quantifier, operator.negated) {
                    (Some(Quantifier::ForAnyValue), _) | (None, false) => Truth::any(each),
                    // Assumed without a quantifier: a key of many values is shut out as soon as one of them is.
                    (Some(Quantifier::ForAllValues), _) | (None, true) => Truth::all(each),
                }
            }
        }
    }

    /// "true (the key doesn't exist — it is null) or false (the key exists and its value is not null)".
    fn is_null(&self, absent: bool) -> Truth {
        Truth::any(self.values.iter().map(|value| match value.to_ascii_lowercase().as_str() {
            "true" => absent.into(),
            "false" => (!absent).into(),
            _ => Truth::depends_on(&self.key),
        }))
    }

    /// One value of the request against the list: "a logical OR" of what is asked for, "a logical NOR" of what is shut out.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>
    fn holds_for(&self, value: &str, operator: operator::Known, variables: Option<&Context>) -> Truth {
        let matched = Truth::any(self.values.iter().map(|asked| self.matches(asked, value, operator, variables)));
        if operator.negated { matched.not() } else { matched }
    }

    /// Whether a value of the request is the one value of the policy. What cannot be compared stays open.
    fn matches(&self, asked: &str, value: &str, operator: operator::Known, variables: Option<&Context>) -> Truth {
        let filled = |wildcards| Reading { variables, wildcards }.fill(asked);
        let open = || Truth::depends_on(&self.key);
        match operator.comparison {
            Comparison::Text => filled(false).matches(operator.negated, |pattern| pattern.covers(&Pattern::plain(value))),
            Comparison::TextLike => filled(true).matches(operator.negated, |pattern| pattern.covers(&Pattern::plain(value))),
            // "The ARN is considered a string", and: "Case-sensitive matching".
            Comparison::Arn => filled(true).matches(operator.negated, |pattern| pattern.covers_arn(&Pattern::plain(value))),
            // Assumed: `True` is `true`, and only the letters of ASCII have a case.
            Comparison::TextIgnoringCase | Comparison::Bool => {
                filled(false).matches(operator.negated, |pattern| pattern.lower().covers(&Pattern::plain(value).lower()))
            }
            Comparison::Numeric(order) => compare_numbers(value, asked).map_or_else(open, |found| order.holds(found).into()),
            Comparison::Date(order) => compare_moments(value, asked).map_or_else(open, |found| order.holds(found).into()),
            Comparison::Binary => BASE64.decode(asked.as_bytes()).map_or_else(|_| open(), |bytes| (bytes == value.as_bytes()).into()),
            Comparison::Ip => match (Network::read(asked), value.parse()) {
                (Some(network), Ok(address)) => network.contains(address).into(),
                _ => open(),
            },
            Comparison::Null => open(),
        }
    }
}

/// Whether an operator holds where its key is absent.
fn holds_without_the_key(operator: operator::Known) -> Truth {
    match operator.quantifier {
        // "It also returns true if there are no context keys in the request".
        Some(Quantifier::ForAllValues) => Truth::Yes,
        // One value must match, and IfExists does not change that (tried out at
        // https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly).
        Some(Quantifier::ForAnyValue) => Truth::No,
        // "If the key that you specify in a policy condition is not present in the request context, the values do not match and the
        // condition is false. If the policy condition requires that the key is not matched, …, the condition is true."
        None => (operator.if_exists || operator.negated).into(),
    }
}
