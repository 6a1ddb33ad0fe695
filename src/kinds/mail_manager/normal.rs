//! The form in which two specs are compared: whatever AWS sorts, fills in, re-cases or returns in another form is no difference.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::resource_of;
use crate::core::address::AddressKind;
use crate::core::ids::Arn;
use crate::core::live::Live;
use crate::kinds::key;

/// Members of which the order says nothing: any of the values, all of the conditions. Rules, statements and actions have an order.
const UNORDERED: [&str; 5] = ["Values", "Conditions", "Unless", "ReplaceWith", "AddressLists"];

/// Members that are words of the API.
const WORDS: [&str; 14] = [
    "Action",
    "ActionFailurePolicy",
    "Attribute",
    "ClientCertificateAttribute",
    "DefaultAction",
    "Encoding",
    "InvocationType",
    "IpType",
    "MailFrom",
    "Operator",
    "PayloadType",
    "RetentionPeriod",
    "TlsPolicy",
    "Type",
];

/// What AWS may fill in when it is not said. `PayloadType` and `Encoding` are documented
/// (<https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_SnsAction.html>), `ActionFailurePolicy` is what AWS's instructions for
/// agents say (docs/aws-behaviour.md), the others are assumed.
#[must_use]
pub fn is_default(name: &str, value: &Value) -> bool {
    match name {
        "ActionFailurePolicy" => value == "DROP",
        "Encoding" => value == "UTF-8",
        "MailFrom" => value == "REPLACE",
        "PayloadType" => value == "CONTENT",
        "RetryTimeMinutes" => value.as_f64() == Some(2160.0),
        "Conditions" | "Unless" => value.as_array().is_some_and(Vec::is_empty),
        _ => value.is_null(),
    }
}

/// Whether two specs are one and the same to AWS.
pub(super) fn mean_the_same(want: &Value, have: &Value, live: &Live) -> bool {
    normal(want, "", live) == normal(have, "", live)
}

fn normal(value: &Value, name: &str, live: &Live) -> Value {
    match value {
        Value::Object(_) if name == "SmtpPassword" => json!({}),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| (name.clone(), normal(member, name, live)));
            Value::Object(members.filter(|(name, member)| !is_default(name, member)).collect())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| normal(item, name, live)).collect();
            if UNORDERED.contains(&name) {
                items.sort_by_cached_key(ToString::to_string);
                items.dedup();
            }
            if name == "Members" {
                items = super::address_list::normal(&items);
            }
            Value::Array(items)
        }
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), |number| json!(number)),
        Value::String(text) => json!(normal_text(text, name, live)),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

fn normal_text(text: &str, name: &str, live: &Live) -> String {
    match name {
        _ if WORDS.contains(&name) => text.to_ascii_uppercase(),
        "CAContent" | "CrlContent" => digest(text),
        "TargetArchive" => archive_id(text, live),
        _ => id_of(text, live).or_else(|| key::behind_alias(text, live)).unwrap_or_else(|| text.to_owned()),
    }
}

/// An id and an ARN are one reference: what is returned may be whatever form was sent (facts §2.5).
fn id_of(text: &str, live: &Live) -> Option<String> {
    // A promise of an id stands in its ARN as the id will.
    let (head, promise) = text.split_once("${after:").map_or((text, None), |(head, _)| (head, text.get(head.len()..)));
    let known: Arn = format!("{head}{}", if promise.is_some() { "x" } else { "" }).parse().ok()?;
    let (_, id) = resource_of(&live.home, &known)?;
    Some(promise.map_or(id, str::to_owned))
}

/// An archive may be named by its name, too.
fn archive_id(text: &str, live: &Live) -> String {
    let by_name = || super::id(live, &live.home.at(AddressKind::Archive, text));
    id_of(text, live).or_else(by_name).unwrap_or_else(|| text.to_owned())
}

const DIGEST: &str = "sha256:";

/// What certificates are compared by: their contents are nobody's to print. Line ends and the space around the text are no difference
/// (assumed: whether AWS keeps them is not documented).
#[must_use]
pub fn digest(text: &str) -> String {
    if text.starts_with(DIGEST) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n");
    format!("{DIGEST}{}", data_encoding::HEXLOWER.encode(&Sha256::digest(text.trim().as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::address::Home;

    fn same(want: &Value, have: &Value) -> bool {
        let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
        let mut live = Live::new(home.clone());
        live.put(
            super::super::names_address(&home, AddressKind::Archive),
            &super::super::Names { items: vec![super::super::Named { id: "ar-1".into(), name: "legal".into(), state: None }] },
        );
        live.put(home.at(AddressKind::KeyAliases, "all"), &json!({"alias/mail": "k-1"}));
        mean_the_same(want, have, &live)
    }

    #[test]
    fn what_aws_fills_in_sorts_or_returns_in_another_form_is_no_difference() {
        let rule = |archive: &str, values: [&str; 2], size: Value| {
            json!({"Rules": [{"Conditions": [{"NumberExpression": {"Value": size}}, {"StringExpression": {"Values": values}}],
                "Actions": [{"Archive": {"TargetArchive": archive}}]}]})
        };
        let want = rule("ar-1", ["a", "b"], json!(10));
        for archive in ["legal", "ar-1", "arn:aws:ses:eu-west-1:111122223333:mailmanager-archive/ar-1"] {
            assert!(same(&want, &rule(archive, ["b", "a"], json!(10.0))), "{archive}");
        }
        assert!(!same(&want, &rule("ar-2", ["a", "b"], json!(10))));
        assert!(!same(&want, &rule("ar-1", ["a", "c"], json!(10))));
        assert!(!same(&want, &rule("ar-1", ["a", "b"], json!(11))));
        assert!(same(
            &json!({"Relay": {"Relay": "r"}}),
            &json!({"Relay": {"Relay": "r", "MailFrom": "REPLACE", "ActionFailurePolicy": "drop"}})
        ));
        assert!(!same(&json!({"Relay": {"Relay": "r"}}), &json!({"Relay": {"Relay": "r", "MailFrom": "PRESERVE"}})));
    }

    #[test]
    fn keys_are_one_by_alias_and_by_id_and_certificates_by_their_contents() {
        let key = |name: &str| json!({"KmsKeyArn": format!("arn:aws:kms:eu-west-1:111122223333:{name}")});
        assert!(same(&key("key/k-1"), &key("alias/mail")));
        assert!(!same(&key("key/k-2"), &key("alias/mail")));
        let trust = |text: &str| json!({"CAContent": text});
        assert!(same(&trust("a\r\nb\n"), &trust(&digest("a\nb"))));
        assert!(!same(&trust("a"), &trust(&digest("b"))));
    }

    #[test]
    fn a_promise_of_an_id_is_one_alone_and_in_its_arn() {
        let promise = "${after:addon-instance/X#id}";
        let arn = format!("arn:aws:ses:eu-west-1:111122223333:addon-instance/{promise}");
        assert!(same(&json!({"Analyzer": arn}), &json!({"Analyzer": promise})));
        assert!(!same(&json!({"Analyzer": arn}), &json!({"Analyzer": "ai-1"})));
    }

    #[test]
    fn actions_and_rules_have_an_order() {
        assert!(!same(&json!({"Actions": [{"Drop": {}}, {"AddHeader": {}}]}), &json!({"Actions": [{"AddHeader": {}}, {"Drop": {}}]})));
    }
}
