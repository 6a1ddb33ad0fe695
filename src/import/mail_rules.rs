//! The rules of Mail Manager as lines of a plan: conditions and actions. Words of the API are written small; one that the language does
//! not have makes the reader of the plan say so, and the rule set is only referred to.

use serde_json::json;

use super::Draft;
use super::receipt::code;
use crate::core::address::AddressKind;
use crate::kinds::mail_manager::normal::is_default;
use crate::kinds::mail_manager::rule_set::action::RuleAction;
use crate::kinds::mail_manager::rule_set::condition::{
    Analysis, Attribute, BooleanToEvaluate, IsInAddressList, RuleCondition, StringToEvaluate, VerdictToEvaluate,
};
use crate::kinds::mail_manager::rule_set::{Rule, RuleSet};
use crate::plan::write::{Item, Map, Yaml};

/// `rules:` of a rule set.
pub(super) fn rules(draft: &Draft<'_>, set: &RuleSet) -> Yaml {
    Yaml::Lines(set.rules.iter().map(|rule| one_rule(draft, rule).into()).collect::<Vec<Item>>())
}

fn one_rule(draft: &Draft<'_>, rule: &Rule) -> Map {
    let mut map = Map::of_lines();
    map.maybe("name", rule.name.clone());
    for (key, conditions) in [("when", &rule.conditions), ("unless", &rule.unless)] {
        if !conditions.is_empty() {
            map.put(key, Yaml::Lines(conditions.iter().map(|one| condition(draft, one).into()).collect::<Vec<Item>>()));
        }
    }
    map.put("actions", Yaml::Lines(rule.actions.iter().map(|one| action(draft, one).into()).collect::<Vec<Item>>()));
    map
}

/// A word of the API in the plan's spelling.
pub(super) fn small(word: &str) -> String {
    word.to_ascii_lowercase()
}

/// A word that AWS would not fill in by itself.
fn told(member: &str, word: &Option<String>) -> Option<String> {
    word.as_ref().filter(|word| !is_default(member, &json!(word))).map(|word| small(word))
}

/// One value stands without brackets.
pub(super) fn values(values: &[String]) -> Yaml {
    match values {
        [one] => one.as_str().into(),
        several => several.to_vec().into(),
    }
}

fn smalls(words: &[String]) -> Yaml {
    values(&words.iter().map(|word| small(word)).collect::<Vec<_>>())
}

pub(super) fn inside(operator: &str) -> String {
    match operator {
        "CIDR_MATCHES" => "in".to_owned(),
        "NOT_CIDR_MATCHES" => "not_in".to_owned(),
        other => small(other),
    }
}

pub(super) fn is(operator: &str) -> Yaml {
    match operator {
        "IS_TRUE" => true.into(),
        "IS_FALSE" => false.into(),
        other => other.into(),
    }
}

/// What an add-on is asked.
pub(super) fn asked(draft: &Draft<'_>, analysis: &Analysis) -> Map {
    Map::default().with("addon", draft.names.addon(&analysis.analyzer)).with("field", analysis.result_field.as_str())
}

/// `in_address_list`; `attribute` where more than the recipient can be looked at.
pub(super) fn in_list(draft: &Draft<'_>, test: &IsInAddressList, operator: &str, says_attribute: bool) -> Yaml {
    let mut map = Map::default();
    if says_attribute {
        map.put("attribute", small(&test.attribute));
    }
    for list in &test.address_lists {
        map.put("list", draft.names.mail(AddressKind::AddressList, list));
    }
    if operator != "IS_TRUE" {
        map.put("is", is(operator));
    }
    Yaml::one("in_address_list", map)
}

fn condition(draft: &Draft<'_>, condition: &RuleCondition) -> Yaml {
    match condition {
        RuleCondition::StringExpression { evaluate, operator, values: texts } => {
            let (operator, texts) = (small(operator), values(texts));
            match evaluate {
                StringToEvaluate::Attribute(attribute) => Yaml::one(&small(attribute), Yaml::one(&operator, texts)),
                StringToEvaluate::MimeHeaderAttribute(name) => {
                    Yaml::one("header", Map::default().with("name", name.as_str()).with(&operator, texts))
                }
                StringToEvaluate::ClientCertificateAttribute(attribute) => {
                    Yaml::one("client_certificate", Map::default().with("attribute", small(attribute)).with(&operator, texts))
                }
                StringToEvaluate::Analysis(analysis) => Yaml::one("analysis", asked(draft, analysis).with(&operator, texts)),
            }
        }
        RuleCondition::NumberExpression { evaluate: Attribute::Attribute(attribute), operator, value } => {
            Yaml::one(&small(attribute), Yaml::one(&small(operator), Yaml::word(value)))
        }
        RuleCondition::IpExpression { evaluate: Attribute::Attribute(attribute), operator, values: ranges } => {
            Yaml::one(&small(attribute), Yaml::one(&inside(operator), values(ranges)))
        }
        RuleCondition::VerdictExpression { evaluate: VerdictToEvaluate::Attribute(attribute), operator, values: verdicts } => {
            Yaml::one(&small(attribute), Yaml::one(&small(operator), smalls(verdicts)))
        }
        RuleCondition::VerdictExpression { evaluate: VerdictToEvaluate::Analysis(analysis), operator, values: verdicts } => {
            Yaml::one("verdict", asked(draft, analysis).with(&small(operator), smalls(verdicts)))
        }
        RuleCondition::DmarcExpression { operator, values: policies } => Yaml::one("dmarc", Yaml::one(&small(operator), smalls(policies))),
        RuleCondition::BooleanExpression { evaluate, operator } => match evaluate {
            BooleanToEvaluate::Attribute(attribute) if operator == "IS_TRUE" => Yaml::word(small(attribute)),
            BooleanToEvaluate::Attribute(attribute) => Yaml::one(&small(attribute), is(operator)),
            BooleanToEvaluate::Analysis(analysis) => Yaml::one("analysis", asked(draft, analysis).with("is", is(operator))),
            BooleanToEvaluate::IsInAddressList(test) => in_list(draft, test, operator, true),
        },
    }
}

fn action(draft: &Draft<'_>, action: &RuleAction) -> Yaml {
    let names = &draft.names;
    let (key, mut map, failure) = match action {
        RuleAction::Drop {} => return Yaml::word("drop"),
        RuleAction::AddHeader { header_name, header_value } => {
            return Yaml::one("add_header", Map::default().with("name", header_name.as_str()).with("value", header_value.as_str()));
        }
        RuleAction::ReplaceRecipient { replace_with } => {
            let with = values(replace_with);
            let short = matches!(with, Yaml::Text(_));
            return Yaml::one("replace_recipient", if short { with } else { Yaml::one("with", with) });
        }
        RuleAction::Relay { action_failure_policy, relay, mail_from } => {
            let mut map = Map::default().with("relay", names.mail(AddressKind::Relay, relay));
            map.maybe("mail_from", told("MailFrom", mail_from));
            ("relay", map, action_failure_policy)
        }
        RuleAction::Archive { action_failure_policy, target_archive } => {
            ("archive", Map::default().with("archive", names.mail(AddressKind::Archive, target_archive)), action_failure_policy)
        }
        RuleAction::WriteToS3 { action_failure_policy, role_arn, s3_bucket, s3_prefix, s3_sse_kms_key_id } => {
            let mut map = Map::default().with("bucket", s3_bucket.as_str());
            map.maybe("prefix", s3_prefix.clone());
            map.put("role", names.role(role_arn));
            map.maybe("sse_kms_key", s3_sse_kms_key_id.as_ref().map(|key| names.key(key)));
            ("write_to_s3", map, action_failure_policy)
        }
        RuleAction::Send { action_failure_policy, role_arn } => ("send", super::sends::send(draft, role_arn), action_failure_policy),
        RuleAction::DeliverToMailbox { action_failure_policy, mailbox_arn, role_arn } => {
            let map = Map::default().with("organization", names.organization(mailbox_arn)).with("role", names.role(role_arn));
            ("deliver_to_mailbox", map, action_failure_policy)
        }
        RuleAction::DeliverToQBusiness { action_failure_policy, application_id, index_id, role_arn } => {
            let map = Map::default().with("application", application_id.as_str()).with("index", index_id.as_str());
            ("deliver_to_q_business", map.with("role", names.role(role_arn)), action_failure_policy)
        }
        RuleAction::PublishToSns { action_failure_policy, topic_arn, role_arn, encoding, payload_type } => {
            let mut map = Map::default().with("topic", names.topic(topic_arn)).with("role", names.role(role_arn));
            map.maybe("encoding", told("Encoding", encoding));
            map.maybe("payload", told("PayloadType", payload_type));
            ("publish_to_sns", map, action_failure_policy)
        }
        RuleAction::Bounce { action_failure_policy, role_arn, sender, status_code, smtp_reply_code, diagnostic_message, message } => {
            let mut map = Map::default().with("sender", sender.as_str()).with("smtp_reply_code", code(smtp_reply_code));
            map.put("status_code", status_code.as_str());
            map.put("diagnostic", diagnostic_message.as_str());
            map.maybe("message", message.clone());
            map.put("role", names.role(role_arn));
            ("bounce", map, action_failure_policy)
        }
        RuleAction::InvokeLambda { action_failure_policy, function_arn, invocation_type, role_arn, retry_time_minutes } => {
            let mut map = Map::default().with("function", names.function(function_arn)).with("invocation", small(invocation_type));
            map.put("role", names.role(role_arn));
            map.maybe(
                "retry_minutes",
                retry_time_minutes.filter(|minutes| !is_default("RetryTimeMinutes", &json!(minutes))).map(Yaml::word),
            );
            ("invoke_lambda", map, action_failure_policy)
        }
    };
    map.maybe("on_failure", told("ActionFailurePolicy", failure));
    // `archive: legal`, `relay: onprem`
    if matches!(key, "archive" | "relay")
        && let Some(short) = map.only(key)
    {
        return Yaml::one(key, short);
    }
    Yaml::one(key, map)
}
