//! Statements that are nearly always well formed, each of which can be written in many ways that mean the same.

use arbitrary::{Arbitrary, Result, Unstructured};
use serde_json::{Map, Value, json};

const ACTIONS: [&str; 12] = [
    "s3:PutObject",
    "s3:Put*",
    "s3:*",
    "*",
    "s3:?utObject",
    "kms:Decrypt",
    "kms:GenerateDataKey*",
    "SNS:Publish",
    "sts:AssumeRole",
    "lambda:InvokeFunction",
    "a:b",
    "",
];
const RESOURCES: [&str; 14] = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/in/*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/${aws:SourceAccount}/*",
    "arn:aws:s3:::b/${*}",
    "arn:aws:s3*",
    "arn:*:s3:::b/?",
    "arn:aws:sns:eu-west-1:111122223333:t",
    "${",
    "${}",
    "${aws:username, 'x'}",
    "b*a*b*a*b",
    "",
];
const PRINCIPALS: [(&str, &str); 12] = [
    ("Service", "ses.amazonaws.com"),
    ("Service", "sns.amazonaws.com"),
    ("AWS", "*"),
    ("AWS", "111122223333"),
    ("AWS", "arn:aws:iam::111122223333:root"),
    ("AWS", "arn:aws:iam::111122223333:role/r"),
    ("AWS", "arn:aws:sts::111122223333:assumed-role/r/s"),
    ("AWS", "arn:aws:iam::444455556666:user/u"),
    ("AWS", "AIDACKCEVSQ6C2EXAMPLE"),
    ("CanonicalUser", "79a59df900b949e55d96a1e698fbaced"),
    ("Federated", "accounts.google.com"),
    ("Odd", "x"),
];
const OPERATORS: [&str; 22] = [
    "StringEquals",
    "StringLike",
    "StringNotEquals",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "ArnLike",
    "ArnEquals",
    "ArnNotLike",
    "Null",
    "Bool",
    "BoolIfExists",
    "StringEqualsIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "NumericLessThan",
    "DateGreaterThan",
    "IpAddress",
    "NotIpAddress",
    "BinaryEquals",
    "NumericEquals",
    "ForAllValues:StringNotLikeIfExists",
    "Odd",
];
pub const KEYS: [&str; 9] = [
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SecureTransport",
    "s3:x-amz-acl",
    "aws:CurrentTime",
    "s3:TlsVersion",
    "aws:TagKeys",
    "odd:Key",
];
pub const VALUES: [&str; 18] = [
    "111122223333",
    "444455556666",
    "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/r",
    "arn:aws:ses:eu-west-1:111122223333:*",
    "true",
    "false",
    "*",
    "203.0.113.0/24",
    "203.0.113.7",
    "::1/0",
    "1.2",
    "1e3",
    "-0",
    "2026-11-20T13:00:00+01:00",
    "1376665200",
    "${aws:SourceAccount}",
    "x?",
    "",
];

/// A member's values, from the list or of any text.
fn some(u: &mut Unstructured<'_>, known: &[&str]) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        texts.push(if u.ratio(1, 12)? { u.arbitrary()? } else { (*u.choose(known)?).to_owned() });
    }
    Ok(texts)
}

/// A statement before it is written.
#[derive(Debug, Clone)]
pub struct Said {
    sid: Option<String>,
    effect: &'static str,
    principal: Option<(bool, Vec<(&'static str, &'static str)>)>,
    action: Option<(bool, Vec<String>)>,
    resource: Option<(bool, Vec<String>)>,
    condition: Vec<(&'static str, &'static str, Vec<String>)>,
}

impl<'a> Arbitrary<'a> for Said {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let principal = |u: &mut Unstructured<'a>| -> Result<_> {
            let mut named = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                named.push(*u.choose(&PRINCIPALS)?);
            }
            Ok((u.ratio(1, 8)?, named))
        };
        let mut condition = Vec::new();
        for _ in 0..u.int_in_range(0..=3)? {
            let (operator, key) = (*u.choose(&OPERATORS)?, *u.choose(&KEYS)?);
            // A member stands once.
            if condition.iter().all(|(other, of, _)| (*other, *of) != (operator, key)) {
                condition.push((operator, key, some(u, &VALUES)?));
            }
        }
        Ok(Self {
            sid: if u.ratio(1, 2)? { Some(u.choose(&["A", "PostroomAbc", "", "\u{1b}[2J", "B c"])?.to_string()) } else { None },
            effect: if u.ratio(1, 3)? { "Deny" } else { "Allow" },
            principal: if u.ratio(5, 6)? { Some(principal(u)?) } else { None },
            action: if u.ratio(9, 10)? { Some((u.ratio(1, 10)?, some(u, &ACTIONS)?)) } else { None },
            resource: if u.ratio(9, 10)? { Some((u.ratio(1, 10)?, some(u, &RESOURCES)?)) } else { None },
            condition,
        })
    }
}

/// The same values: one alone or in a list, in any order, some of them twice.
fn list(u: &mut Unstructured<'_>, values: &[String], folded: bool) -> Result<Value> {
    let mut list: Vec<String> = values.to_vec();
    if folded {
        for text in &mut list {
            *text = any_case(u, text)?;
        }
    }
    if !list.is_empty() && u.arbitrary()? {
        list.push(u.choose(&list)?.clone());
    }
    if u.arbitrary()? {
        list.reverse();
    }
    let alone = list.len() == 1 && u.arbitrary()?;
    Ok(if alone { json!(list[0]) } else { json!(list) })
}

fn any_case(u: &mut Unstructured<'_>, text: &str) -> Result<String> {
    Ok(match u.int_in_range(0..=2)? {
        0 => text.to_ascii_lowercase(),
        1 => text.to_ascii_uppercase(),
        _ => text.to_owned(),
    })
}

impl Said {
    /// One way to write it.
    pub fn written(&self, u: &mut Unstructured<'_>) -> Result<Value> {
        let mut members: Vec<(String, Value)> = vec![("Effect".to_owned(), json!(self.effect))];
        members.extend(self.sid.as_ref().map(|sid| ("Sid".to_owned(), json!(sid))));
        if let Some((not, named)) = &self.principal {
            members.push((if *not { "NotPrincipal" } else { "Principal" }.to_owned(), principal(u, named)?));
        }
        for (member, value, folded) in [("Action", &self.action, true), ("Resource", &self.resource, false)] {
            if let Some((not, texts)) = value {
                members.push((if *not { format!("Not{member}") } else { member.to_owned() }, list(u, texts, folded)?));
            }
        }
        if !self.condition.is_empty() {
            members.push(("Condition".to_owned(), self.conditions(u)?));
        }
        if u.arbitrary()? {
            members.reverse();
        }
        Ok(Value::Object(Map::from_iter(members)))
    }

    fn conditions(&self, u: &mut Unstructured<'_>) -> Result<Value> {
        let mut operators: Map<String, Value> = Map::new();
        for (operator, key, values) in &self.condition {
            let values = list(u, values, false)?;
            let keys = operators.entry((*operator).to_owned()).or_insert_with(|| json!({}));
            keys[any_case(u, key)?] = values;
        }
        Ok(Value::Object(operators))
    }
}

fn principal(u: &mut Unstructured<'_>, named: &[(&str, &str)]) -> Result<Value> {
    if named == [("AWS", "*")] && u.arbitrary()? {
        return Ok(json!("*"));
    }
    let mut kinds: Map<String, Value> = Map::new();
    for (kind, _) in named {
        let names: Vec<String> = named.iter().filter(|(of, _)| of == kind).map(|(_, name)| (*name).to_owned()).collect();
        if !kinds.contains_key(*kind) {
            kinds.insert((*kind).to_owned(), list(u, &names, false)?);
        }
    }
    Ok(Value::Object(kinds))
}

/// A document of these statements, in any order and layout.
pub fn document(u: &mut Unstructured<'_>, statements: &[Said], version: &str) -> Result<String> {
    let mut written = Vec::new();
    for statement in statements {
        written.push(statement.written(u)?);
    }
    if u.arbitrary()? {
        written.reverse();
    }
    if !written.is_empty() && u.ratio(1, 4)? {
        written.push(u.choose(&written)?.clone());
    }
    let statements = if written.len() == 1 && u.arbitrary()? { written.remove(0) } else { json!(written) };
    let document = json!({"Version": version, "Statement": statements});
    let text = if u.arbitrary()? { document.to_string() } else { serde_json::to_string_pretty(&document).unwrap_or_default() };
    // The same letters, escaped.
    Ok(if u.ratio(1, 4)? { text.replace("amazonaws", "\\u0061mazon\\u0061ws") } else { text })
}

pub const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];
