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
        let variables = has_variables.then_some(context);
        let read = |values: Option<&[String]>| self.holds_of(values, operator, variables);
        match context.get(&self.key) {
            Known::Unknown => self.holds_of_any_address(operator).unwrap_or_else(|| Truth::depends_on(&self.key)),
            Known::Absent => read(None),
            Known::Values(values) => read(Some(values)),
            Known::OneOf(several) => {
                let mut answers = several.iter().map(|values| read(values.as_deref()));
                let first = answers.next();
                first.filter(|first| answers.all(|other| other == *first)).unwrap_or_else(|| Truth::depends_on(&self.key))
            }
        }
    }

    /// Whether it holds of a key with these values, or of one that is absent.
    fn holds_of(&self, values: Option<&[String]>, operator: operator::Known, variables: Option<&Context>) -> Truth {
        let Some(values) = values else {
            return if operator.comparison == Comparison::Null { self.is_null(true) } else { holds_without_the_key(operator) };
        };
        if operator.comparison == Comparison::Null {
            return self.is_null(false);
        }
        let each = values.iter().map(|value| self.holds_for(value, operator, variables));
        match (operator.quantifier, operator.negated) {
            (Some(Quantifier::ForAnyValue), _) | (None, false) => Truth::any(each),
            // Assumed without a quantifier: a key of many values is shut out as soon as one of them is.
            (Some(Quantifier::ForAllValues), _) | (None, true) => Truth::all(each),
        }
    }

    /// A request comes from a public address, or through an endpoint and then says none: of networks that nobody is reached in from
    /// outside, the answer is the same whoever asks.
    ///
    /// "If the request comes from a host that uses an Amazon VPC endpoint, then the `aws:SourceIp` key is not available"
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>); of an instance it
    /// is the public address (the page of operators).
    fn holds_of_any_address(&self, operator: operator::Known) -> Option<Truth> {
        let nowhere = |value: &String| Network::read(value).is_some_and(Network::is_nowhere);
        let asks = operator.comparison == Comparison::Ip && operator.quantifier.is_none() && self.key == "aws:sourceip";
        let outside = Truth::from(operator.negated);
        (asks && self.values.iter().all(nowhere)).then_some(outside).filter(|outside| *outside == holds_without_the_key(operator))
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
