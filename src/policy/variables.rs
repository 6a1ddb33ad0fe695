//! Policy variables: `${aws:username}`, `${aws:username, 'nobody'}`, `${*}`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::collections::BTreeSet;

use super::context::{Context, Known};
use super::truth::Truth;
use super::wildcard::{Pattern, Token, token};

/// How the text of a policy is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// Where variables take their values from. `None`: a language without variables, where `${` are two characters like others.
    pub(super) variables: Option<&'a Context>,
    /// Whether `*` and `?` are wildcards.
    pub(super) wildcards: bool,
}

/// A text with its variables put in.
#[derive(Debug)]
pub(super) struct Filled {
    /// A variable whose value is unknown stands in it as `*`.
    pattern: Pattern,
    unknown: BTreeSet<String>,
    /// A variable that the request has no value for.
    missing: Option<String>,
}

impl Reading<'_> {
    pub(super) fn fill(&self, text: &str) -> Filled {
        let mut tokens: Vec<Token> = Vec::new();
        let (mut unknown, mut missing) = (BTreeSet::new(), None);
        let mut rest = text;
        loop {
            let variable = self.variables.and_then(|context| Some((context, split_variable(rest)?)));
            let Some((context, (before, name, after))) = variable else { break };
            self.push(&mut tokens, before);
            match value_of(name, context) {
                // Assumed: a wildcard that comes in with a value is a plain character.
                Value::Is(value) => tokens.extend(value.chars().map(Token::Char)),
                Value::Unknown(key) => {
                    tokens.push(Token::Run);
                    unknown.insert(key);
                }
                Value::Missing(key) => missing = Some(key),
            }
            rest = after;
        }
        self.push(&mut tokens, rest);
        Filled { pattern: tokens.into_iter().collect(), unknown, missing }
    }

    fn push(&self, tokens: &mut Vec<Token>, text: &str) {
        tokens.extend(text.chars().map(if self.wildcards { token } else { Token::Char }));
    }
}

impl Filled {
    /// Whether `covers` holds of it.
    ///
    /// A variable that AWS cannot resolve makes "any attempt to match it fail"; what a negated test then does is not said, so it is left open.
    pub(super) fn matches(&self, negated: bool, covers: impl Fn(&Pattern) -> bool) -> Truth {
        match &self.missing {
            Some(key) if negated => Truth::depends_on(key),
            Some(_) => Truth::No,
            None if covers(&self.pattern) && !self.unknown.is_empty() => Truth::Unknown(self.unknown.clone()),
            None => covers(&self.pattern).into(),
        }
    }
}

/// What stands before a variable, inside its braces, and behind it.
fn split_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

enum Value {
    Is(String),
    Unknown(String),
    Missing(String),
}

/// Global keys that hold many values.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const OF_MANY_VALUES: [&str; 7] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
];

fn value_of(variable: &str, context: &Context) -> Value {
    if matches!(variable, "*" | "?" | "$") {
        return Value::Is(variable.to_owned());
    }
    let (name, default) = variable.split_once(',').map_or((variable, None), |(name, default)| (name, Some(default)));
    let key = name.trim().to_ascii_lowercase();
    let default = default.and_then(|text| text.trim().strip_prefix('\'')?.strip_suffix('\''));
    // However many values a request has of it: the key is one of many.
    if OF_MANY_VALUES.contains(&key.as_str()) {
        return Value::Missing(key);
    }
    match (context.get(&key), default) {
        (Known::Values([value]), _) => Value::Is(value.clone()),
        (Known::Absent, Some(default)) => Value::Is(default.to_owned()),
        (Known::Unknown | Known::OneOf(_), _) => Value::Unknown(key),
        // "You can use any available single-valued context key as a policy variable, but you cannot use a multivalued context key".
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
        (Known::Absent, None) | (Known::Values(_), _) => Value::Missing(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(text: &str, value: &str) -> Truth {
        let context = Context::open()
            .with("aws:username", ["bob*"])
            .without("aws:userid")
            .with("aws:TagKeys", ["a", "b"])
            .with("aws:PrincipalOrgPaths", ["o-1/"]);
        let reading = Reading { variables: Some(&context), wildcards: true };
        reading.fill(text).matches(false, |pattern| pattern.covers(&Pattern::plain(value)))
    }

    #[test]
    fn a_variable_is_its_value() {
        assert_eq!(matches("home/${AWS:UserName}/*", "home/bob*/x"), Truth::Yes);
        assert_eq!(matches("home/${aws:username}", "home/bobby"), Truth::No, "a wildcard in a value is a character");
        assert_eq!(matches("${aws:username}${aws:username}", "bob*bob*"), Truth::Yes);
    }

    #[test]
    fn a_default_is_for_what_is_absent() {
        assert_eq!(matches("${aws:userid, 'anonymous'}/x", "anonymous/x"), Truth::Yes);
        assert_eq!(matches("${aws:username, 'anonymous'}", "bob*"), Truth::Yes);
        assert_eq!(matches("${aws:userid}", ""), Truth::No);
        assert_eq!(matches("${aws:tagkeys}", "a"), Truth::No, "a key of many values is no variable");
        assert_eq!(matches("${aws:PrincipalOrgPaths}", "o-1/"), Truth::No, "not even where it has one");
    }

    #[test]
    fn escapes_are_plain_characters() {
        assert_eq!(matches("a${*}${?}${$}{b}", "a*?${b}"), Truth::Yes);
        assert_eq!(matches("a${*}", "ab"), Truth::No);
    }

    #[test]
    fn an_unknown_value_leaves_open_only_what_it_can_change() {
        assert_eq!(matches("b/${aws:PrincipalTag/Team}/*", "b/x/y"), Truth::depends_on("aws:principaltag/team"));
        assert_eq!(matches("b/${aws:PrincipalTag/Team}/*", "c/x/y"), Truth::No);
    }

    #[test]
    fn braces_without_an_end_and_old_policies_have_no_variables() {
        assert_eq!(matches("a${aws:username", "a${aws:username"), Truth::Yes);
        let old = Reading { variables: None, wildcards: true };
        assert_eq!(old.fill("${aws:username}").matches(false, |p| p.covers(&Pattern::plain("${aws:username}"))), Truth::Yes);
        assert_eq!(old.fill("${*}").matches(false, |p| p.covers(&Pattern::plain("${anything}"))), Truth::Yes);
    }

    #[test]
    fn a_missing_value_does_not_decide_a_negated_test() {
        let context = Context::closed();
        let filled = Reading { variables: Some(&context), wildcards: false }.fill("${aws:username}");
        assert_eq!(filled.matches(true, |_| true), Truth::depends_on("aws:username"));
    }
}
