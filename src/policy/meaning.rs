//! What a statement says, however it is written. Two statements with equal meanings allow and deny the same requests.
//!
//! The rules are those of the policy grammar and its element pages under
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>. Where they leave a doubt, two spellings stay different.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::json;
use super::operator::{Comparison, Known, Operator};
use super::values::Network;

/// What a statement does with the requests it applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Effect {
    /// Allows them, unless something denies.
    Allow,
    /// Denies them, whatever allows.
    Deny,
}

/// A statement without its Sid, in the one form that all its spellings share.
///
/// Its JSON is what [`super::Statement::digest`] hashes, and people write digests into plans: a change of these fields or of their order
/// is a change of the plan language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Meaning {
    pub(super) effect: Option<Effect>,
    /// Kind and name. Absent and empty are one here; who is meant by each of them is the evaluator's question.
    pub(super) principal: BTreeSet<(String, String)>,
    pub(super) not_principal: Option<BTreeSet<(String, String)>>,
    pub(super) action: Option<BTreeSet<String>>,
    pub(super) not_action: Option<BTreeSet<String>>,
    pub(super) resource: Option<BTreeSet<String>>,
    pub(super) not_resource: Option<BTreeSet<String>>,
    pub(super) condition: BTreeSet<Test>,
    /// Members we do not know, and known ones that hold what they should not: compared exactly.
    pub(super) other: BTreeMap<String, String>,
}

/// One line of a condition. A statement applies where all of them hold, and one of them holds where one of its values does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Test {
    pub(super) operator: Operator,
    pub(super) key: String,
    pub(super) values: BTreeSet<String>,
}

impl Meaning {
    /// Reads a statement's members. `partition` is where a bare account id lives; without it, that of the statement's other ARNs, else `aws`.
    pub(super) fn of(members: &Map<String, Value>, partition: Option<&str>) -> Self {
        let mut meaning = Self {
            effect: None,
            principal: BTreeSet::new(),
            not_principal: None,
            action: None,
            not_action: None,
            resource: None,
            not_resource: None,
            condition: BTreeSet::new(),
            other: BTreeMap::new(),
        };
        for (name, value) in members {
            if meaning.take(name, value).is_none() {
                meaning.other.insert(name.clone(), json::sorted(value));
            }
        }
        let partition = partition.map_or_else(|| meaning.partition(), str::to_owned);
        meaning.principal = std::mem::take(&mut meaning.principal).into_iter().map(|who| full_principal(who, &partition)).collect();
        meaning.not_principal =
            meaning.not_principal.map(|principals| principals.into_iter().map(|who| full_principal(who, &partition)).collect());
        meaning
    }

    /// Takes one member in, or says that it is not what the grammar knows.
    fn take(&mut self, name: &str, value: &Value) -> Option<()> {
        match name {
            "Sid" => _ = value.as_str()?,
            "Effect" => self.effect = Some(effect(value.as_str()?)?),
            "Principal" => self.principal = principals(value)?,
            "NotPrincipal" => self.not_principal = Some(principals(value)?),
            "Action" => self.action = Some(lower(texts(value)?)),
            "NotAction" => self.not_action = Some(lower(texts(value)?)),
            "Resource" => self.resource = Some(texts(value)?),
            "NotResource" => self.not_resource = Some(texts(value)?),
            "Condition" => self.condition = tests(value)?,
            _ => return None,
        }
        Some(())
    }

    /// The partition that the statement's ARNs lie in. Principals are left out: it is to say where *they* live.
    fn partition(&self) -> String {
        let resources = self.resource.iter().chain(&self.not_resource).flatten();
        let values = self.condition.iter().flat_map(|test| &test.values);
        let mut partitions = resources.chain(values).filter_map(|arn| arn.strip_prefix("arn:")?.split(':').next());
        partitions.find(|partition| partition.starts_with("aws") && !partition.contains(['*', '?', '$'])).unwrap_or("aws").to_owned()
    }
}

/// Services take exactly `Allow` and `Deny`; other cases are read for texts that never were at a service.
pub(super) fn effect(text: &str) -> Option<Effect> {
    [("allow", Effect::Allow), ("deny", Effect::Deny)]
        .into_iter()
        .find(|(name, _)| text.eq_ignore_ascii_case(name))
        .map(|(_, effect)| effect)
}

/// One text or a list of them, as a set: neither order nor repetition means anything. Numbers and booleans count as their text.
fn texts(value: &Value) -> Option<BTreeSet<String>> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        single => Some(BTreeSet::from([text(single)?])),
    }
}

/// "Quotation marks are optional for numeric and Boolean values."
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// "The prefix and the action name are case insensitive."
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
fn lower(texts: BTreeSet<String>) -> BTreeSet<String> {
    texts.into_iter().map(|text| text.to_ascii_lowercase()).collect()
}

/// `"*"` is everyone as `{"AWS": "*"}` is. Any other bare text is taken for a name of kind AWS, which is how people shorten it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
fn principals(value: &Value) -> Option<BTreeSet<(String, String)>> {
    match value {
        Value::String(name) => Some(BTreeSet::from([("AWS".to_owned(), name.clone())])),
        Value::Object(kinds) => {
            let mut all = BTreeSet::new();
            for (kind, names) in kinds {
                all.extend(texts(names)?.into_iter().map(|name| (kind.clone(), name)));
            }
            Some(all)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

/// "The account ARN and the shortened account ID behave the same way." A service is named by a domain name, which has no case.
fn full_principal((kind, name): (String, String), partition: &str) -> (String, String) {
    let name = match kind.as_str() {
        "AWS" => whole_account(&name).map_or(name.clone(), |account| format!("arn:{partition}:iam::{account}:root")),
        "Service" => name.to_ascii_lowercase(),
        _ => name,
    };
    (kind, name)
}

/// The account that a name stands for without telling where it lives: its id alone, or its root in a partition that AWS does not have.
/// The latter are the ARNs of templates (`arn:${AWS::Partition}:iam::…:root`), which no service stores. Every partition's name begins with `aws`.
fn whole_account(name: &str) -> Option<&str> {
    let rooted = || {
        let (partition, account) = name.strip_prefix("arn:")?.strip_suffix(":root")?.rsplit_once(":iam::")?;
        (!partition.starts_with("aws")).then_some(account)
    };
    rooted().or(Some(name)).filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The lines of a condition. An operator without keys says nothing.
fn tests(value: &Value) -> Option<BTreeSet<Test>> {
    let mut tests = BTreeSet::new();
    for (operator, keys) in value.as_object()? {
        for (key, values) in keys.as_object()? {
            tests.insert(Test::of(Operator::read(operator), key, texts(values)?));
        }
    }
    Some(tests)
}

impl Test {
    fn of(operator: Operator, key: &str, values: BTreeSet<String>) -> Self {
        let (operator, values) = match operator {
            Operator::Known(known) => {
                let (known, values) = plain(known, values);
                (Operator::Known(known), values)
            }
            unknown @ Operator::Unknown(_) => (unknown, values),
        };
        // "Context key names are not case-sensitive." Assumed of the tag key behind a slash, too.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
        Self { operator, key: key.to_ascii_lowercase(), values }
    }
}

/// The plainest operator and values that say the same.
fn plain(known: Known, values: BTreeSet<String>) -> (Known, BTreeSet<String>) {
    match known.comparison {
        Comparison::TextLike if !values.iter().any(|value| value.contains(['*', '?'])) => {
            (Known { comparison: Comparison::Text, ..known }, values)
        }
        Comparison::TextIgnoringCase => (known, lower(values)),
        Comparison::Ip => {
            (known, values.into_iter().map(|value| Network::read(&value).map_or(value, |network| network.to_string())).collect())
        }
        _ => (known, values),
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
