//! Statements of our own, always written the same way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Statement;
use crate::core::ids::Sid;

/// Operator, key, values. All of it must hold; of a key's values one suffices.
pub type Conditions = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Who is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// A service, by its domain name.
    Service(String),
    /// Accounts, roles, users: account ids or ARNs.
    Aws(BTreeSet<String>),
    /// Nobody is named: the policy is attached to whom it allows.
    Attached,
}

/// An Allow statement before it is text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allow {
    /// What makes it ours.
    pub sid: Sid,
    /// Who.
    pub principal: Principal,
    /// May do what.
    pub actions: BTreeSet<String>,
    /// To what. Empty in a trust policy, whose resource is the role itself.
    pub resources: BTreeSet<String>,
    /// When.
    pub conditions: Conditions,
}

impl Allow {
    /// The statement: members in the order of the AWS pages, a single value as a plain text, several as a sorted array.
    #[must_use]
    pub fn into_statement(self) -> Statement {
        let mut members = Map::new();
        members.insert("Sid".into(), self.sid.as_str().into());
        members.insert("Effect".into(), "Allow".into());
        match self.principal {
            Principal::Service(name) => _ = members.insert("Principal".into(), object("Service", name.into())),
            Principal::Aws(names) => _ = members.insert("Principal".into(), object("AWS", one_or_many(names))),
            Principal::Attached => {}
        }
        members.insert("Action".into(), one_or_many(self.actions));
        if !self.resources.is_empty() {
            members.insert("Resource".into(), one_or_many(self.resources));
        }
        let mut conditions = Map::new();
        for (operator, keys) in self.conditions.into_iter().filter(|(_, keys)| !keys.is_empty()) {
            let keys: Map<_, _> = keys.into_iter().map(|(key, values)| (key, one_or_many(values))).collect();
            conditions.insert(operator, Value::Object(keys));
        }
        if !conditions.is_empty() {
            members.insert("Condition".into(), Value::Object(conditions));
        }
        Statement::compose(members)
    }
}

fn object(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn one_or_many(values: BTreeSet<String>) -> Value {
    let mut values: Vec<Value> = values.into_iter().map(Value::from).collect();
    match values.pop() {
        Some(only) if values.is_empty() => only,
        Some(last) => {
            values.push(last);
            Value::Array(values)
        }
        None => Value::Array(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> BTreeSet<String> {
        values.iter().map(ToString::to_string).collect()
    }

    fn puts() -> Allow {
        Allow {
            sid: "PostroomPuts".parse().unwrap(),
            principal: Principal::Service("ses.amazonaws.com".into()),
            actions: set(&["s3:PutObject"]),
            resources: set(&["arn:aws:s3:::b/*"]),
            conditions: Conditions::from([(
                "StringEquals".into(),
                BTreeMap::from([("aws:SourceArn".into(), set(&["b", "a"])), ("aws:SourceAccount".into(), set(&["111122223333"]))]),
            )]),
        }
    }

    #[test]
    fn a_statement_is_written_in_the_order_of_the_aws_pages() {
        assert_eq!(
            puts().into_statement().text(),
            r#"{"Sid":"PostroomPuts","Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333","aws:SourceArn":["a","b"]}}}"#
        );
    }

    #[test]
    fn what_has_nothing_to_say_is_left_out() {
        let allow = Allow {
            principal: Principal::Attached,
            resources: set(&[]),
            conditions: Conditions::from([("Null".into(), BTreeMap::new())]),
            ..puts()
        };
        assert_eq!(allow.into_statement().text(), r#"{"Sid":"PostroomPuts","Effect":"Allow","Action":"s3:PutObject"}"#);
    }

    #[test]
    fn what_is_written_reads_as_itself() {
        let roles = Principal::Aws(set(&["arn:aws:iam::111122223333:role/b", "111122223333"]));
        let statement = Allow { principal: roles, ..puts() }.into_statement();
        let read = Statement::parse(statement.text()).unwrap();
        assert_eq!((read.value(), read.meaning()), (statement.value(), statement.meaning()));
    }
}
