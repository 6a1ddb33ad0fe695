//! Which block of the AWS pages a statement is, whatever stands in it for the placeholders: the same principals, actions, kinds of resource
//! and conditions. The blocks are `policy/documented.json`, numbered page and place (docs/facts.md §3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::core::address::{Address, AddressKind};
use crate::policy::{Document, How, Statement};

/// What is left of a statement when every name in it is a placeholder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    principals: BTreeSet<String>,
    actions: BTreeSet<String>,
    resources: BTreeSet<String>,
    /// Key, and what its values are.
    conditions: BTreeSet<(String, String)>,
}

static DOCUMENTED: &str = include_str!("../policy/documented.json");

/// Every statement of every block, with the block's name.
static SHAPES: LazyLock<Vec<(String, Shape)>> = LazyLock::new(|| {
    let blocks: BTreeMap<String, Value> = serde_json::from_str(DOCUMENTED).unwrap_or_default();
    let statements = blocks.into_iter().flat_map(|(name, block)| statements_of(&block).into_iter().map(move |value| (name.clone(), value)));
    let read = |(name, value): (String, Value)| Some((name, Shape::of(&Statement::from_value(value).ok()?)?));
    statements.filter_map(read).collect()
});

/// A block is a document, a statement, or what AddPermission was asked.
fn statements_of(block: &Value) -> Vec<Value> {
    if let Some(id) = block.get("StatementId") {
        return vec![permission(block, id)];
    }
    match block.get("Statement") {
        Some(Value::Array(statements)) => statements.clone(),
        Some(statement) => vec![statement.clone()],
        None => vec![block.clone()],
    }
}

/// The statement that Lambda makes of a permission (facts §4.1).
fn permission(block: &Value, id: &Value) -> Value {
    let mut condition = json!({"StringEquals": {"AWS:SourceAccount": block["SourceAccount"]}});
    if let Some(arn) = block.get("SourceArn") {
        condition["ArnLike"] = json!({"AWS:SourceArn": arn});
    }
    json!({
        "Sid": id, "Effect": "Allow", "Principal": {"Service": block["Principal"]}, "Action": block["Action"],
        "Resource": "arn:aws:lambda:region:111122223333:function:name", "Condition": condition
    })
}

/// The blocks that a statement is. Several pages show the same statement of a role.
#[must_use]
pub fn blocks_of(statement: &Statement) -> Vec<&'static str> {
    let Some(shape) = Shape::of(statement) else { return Vec::new() };
    let mut names: Vec<&str> = SHAPES.iter().filter(|(_, known)| *known == shape).map(|(name, _)| name.as_str()).collect();
    names.dedup();
    names
}

/// The block that AWS documents without a condition, where the statement is exactly that: for these a condition would break what they are
/// for. Of the archive's export both halves must be there, for they are useless apart.
#[must_use]
pub fn documented_without_condition(statement: &Statement, at: &Address, document: &Document) -> Option<&'static str> {
    if statement.conditions().next().is_some() || statement.source_arns().iter().next().is_some() || !statement.is_wholly_read() {
        return None;
    }
    let blocks = blocks_of(statement);
    let names_bucket = |statement: &Statement| {
        let bucket = format!(":s3:::{}", at.name);
        statement.resources().is_some_and(|all| all.iter().all(|it| it.ends_with(&bucket) || it.ends_with(&format!("{bucket}/*"))))
    };
    match at.kind {
        AddressKind::BucketPolicy if blocks.contains(&EXPORT) && names_bucket(statement) => {
            let halves: BTreeSet<Shape> = document
                .statements()
                .filter(|have| have.conditions().next().is_none() && blocks_of(have).contains(&EXPORT) && names_bucket(have))
                .filter_map(Shape::of)
                .collect();
            (halves.len() == 2).then_some(EXPORT)
        }
        AddressKind::KeyPolicy => ["P001-8", "P002-9"].into_iter().find(|block| blocks.contains(block)),
        _ => None,
    }
}

/// The archive export's bucket policy.
const EXPORT: &str = "P002-7";

impl Shape {
    fn of(statement: &Statement) -> Option<Self> {
        let readable =
            statement.allows() && statement.is_wholly_read() && !statement.has_not_principal() && !statement.means_all_but_some();
        if !readable {
            return None;
        }
        let principal = |(kind, name): (&str, &str)| match kind {
            "AWS" if name != "*" => "AWS".to_owned(),
            kind => format!("{kind} {name}"),
        };
        let conditions = statement.conditions().map(|asked| {
            let what: BTreeSet<String> = asked.values.iter().map(|value| kind_of_value(asked.key, value, asked.how)).collect();
            let what: Vec<String> = what.into_iter().collect();
            let if_exists = if asked.if_exists { " if it exists" } else { "" };
            (asked.key.to_owned(), format!("{}{if_exists}", what.join(", ")))
        });
        Some(Self {
            principals: statement.principals().map(principal).collect(),
            actions: statement.actions().cloned().unwrap_or_default(),
            resources: statement.resources().into_iter().flatten().map(|resource| kind_of_resource(resource)).collect(),
            conditions: conditions.collect(),
        })
    }
}

/// `bucket`, `objects`, `kms key`, …; `*` is everything.
fn kind_of_resource(resource: &str) -> String {
    if resource == "*" {
        return "*".to_owned();
    }
    let mut parts = resource.splitn(6, ':').skip(2);
    let (service, _, _) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let rest = parts.next().unwrap_or_default();
    match service {
        "s3" if rest.contains('/') => "objects".to_owned(),
        "s3" => "bucket".to_owned(),
        // One block has its region where the account belongs: its last part is the key all the same.
        "kms" if rest.ends_with("key/*") => "every key".to_owned(),
        "kms" => "key".to_owned(),
        "sns" => "topic".to_owned(),
        "ses" if rest.ends_with("/*") => format!("every {}", rest.split('/').next().unwrap_or_default()),
        _ => format!("{service} {}", rest.split(['/', ':']).next().unwrap_or_default()),
    }
}

/// What a value of a condition is, less its names. A `*` under an operator that takes it for a character is a form of its own.
fn kind_of_value(key: &str, value: &str, how: How) -> String {
    if how == How::Excluded || how == How::Other {
        return format!("{how:?}");
    }
    let dead = how == How::Exact && value.contains(['*', '?']);
    let kind = match key {
        "aws:sourceaccount" | "aws:sourceowner" | "aws:referer" => "account".to_owned(),
        "aws:sourcearn" => {
            let resource = value.splitn(6, ':').nth(5).unwrap_or_default();
            match resource.split('/').next().unwrap_or_default() {
                "receipt-rule-set" if resource.contains('*') => "receipt rules".to_owned(),
                "receipt-rule-set" => "receipt rule".to_owned(),
                kind => kind.to_owned(),
            }
        }
        "kms:viaservice" => value.split('.').next().unwrap_or_default().to_owned(),
        "ses:apiversion" => value.to_owned(),
        _ => "name".to_owned(),
    };
    if dead { format!("{kind} by a wildcard that is none") } else { kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(value: Value) -> Statement {
        Statement::from_value(value).unwrap()
    }

    #[test]
    fn every_block_is_known_by_its_shape() {
        let blocks: BTreeMap<String, Value> = serde_json::from_str(DOCUMENTED).unwrap();
        assert_eq!(blocks.len(), 36);
        for (name, block) in &blocks {
            for value in statements_of(block) {
                let found = blocks_of(&statement(value.clone()));
                assert!(found.contains(&name.as_str()), "{name}: {value} is {found:?}");
            }
        }
    }

    #[test]
    fn statements_that_name_ses_are_one_block_and_no_other() {
        let blocks: BTreeMap<String, Value> = serde_json::from_str(DOCUMENTED).unwrap();
        for (name, block) in &blocks {
            for value in statements_of(block).into_iter().filter(|value| value.to_string().contains("ses.amazonaws.com\"}")) {
                assert_eq!(blocks_of(&statement(value)), [name.as_str()]);
            }
        }
    }

    #[test]
    fn names_spelling_and_the_number_of_rules_make_no_difference() {
        let written = statement(json!({"Effect": "Allow", "Principal": {"Service": ["ses.amazonaws.com"]}, "Action": ["S3:putobject"],
            "Resource": ["arn:aws-cn:s3:::b/in/*"], "Condition": {"StringEquals": {"aws:SourceAccount": ["444455556666"]}, "ArnEquals": {
            "AWS:SourceArn": ["arn:aws-cn:ses:r:444455556666:receipt-rule-set/a:receipt-rule/b", "arn:aws-cn:ses:r:444455556666:receipt-rule-set/a:receipt-rule/c"]}}}));
        assert_eq!(blocks_of(&written), ["P001-3"]);
    }

    #[test]
    fn more_or_other_conditions_make_another_form() {
        let with = |condition: Value| {
            blocks_of(&statement(json!({"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::b/*", "Condition": condition})))
        };
        assert_eq!(with(json!({"StringEquals": {"AWS:Referer": "111122223333"}})), ["P000-1"]);
        let nothing: [&str; 0] = [];
        assert_eq!(with(json!({"StringEqualsIfExists": {"aws:Referer": "111122223333"}})), nothing);
        assert_eq!(with(json!({"StringNotEquals": {"aws:Referer": "111122223333"}})), nothing);
        assert_eq!(with(json!({})), nothing);
        let wildcard = "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/*";
        assert_eq!(with(json!({"StringEquals": {"aws:SourceAccount": "111122223333", "aws:SourceArn": wildcard}})), nothing);
    }
}
