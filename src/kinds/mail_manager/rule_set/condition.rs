//! The conditions of rules, in the API's words.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleCondition.html>

use serde::{Deserialize, Serialize};

use super::super::{analyzer, arn_reference, word};
use crate::core::address::AddressKind;
use crate::core::scene::Scene;
use crate::plan::choices::Choice;
use crate::plan::language::Placed;
use crate::plan::language::mail_manager::{self as language, ListAttribute, MailCondition, TextTest};

/// `RuleCondition`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RuleCondition {
    /// Of what is so or not.
    #[serde(rename_all = "PascalCase")]
    BooleanExpression {
        /// Of what.
        evaluate: BooleanToEvaluate,
        /// `IS_TRUE` or `IS_FALSE`.
        operator: String,
    },
    /// Of a text.
    #[serde(rename_all = "PascalCase")]
    StringExpression {
        /// Of what.
        evaluate: StringToEvaluate,
        /// How.
        operator: String,
        /// With what.
        values: Vec<String>,
    },
    /// Of a number.
    #[serde(rename_all = "PascalCase")]
    NumberExpression {
        /// Of what.
        evaluate: Attribute,
        /// How.
        operator: String,
        /// With what.
        value: f64,
    },
    /// Of an address.
    #[serde(rename_all = "PascalCase")]
    IpExpression {
        /// Of what.
        evaluate: Attribute,
        /// How.
        operator: String,
        /// With what.
        values: Vec<String>,
    },
    /// Of a verdict.
    #[serde(rename_all = "PascalCase")]
    VerdictExpression {
        /// Of what.
        evaluate: VerdictToEvaluate,
        /// How.
        operator: String,
        /// With what.
        values: Vec<String>,
    },
    /// Of what the sender's domain asks for.
    #[serde(rename_all = "PascalCase")]
    DmarcExpression {
        /// How.
        operator: String,
        /// With what.
        values: Vec<String>,
    },
}

/// `RuleNumberToEvaluate` and `RuleIpToEvaluate`, which have one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attribute {
    /// `MESSAGE_SIZE`, `SOURCE_IP`.
    Attribute(String),
}

/// `RuleBooleanToEvaluate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BooleanToEvaluate {
    /// `READ_RECEIPT_REQUESTED`, `TLS`, `TLS_WRAPPED`.
    Attribute(String),
    /// What an add-on says.
    Analysis(Analysis),
    /// Whether something of the message is in a list.
    IsInAddressList(IsInAddressList),
}

/// `RuleStringToEvaluate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StringToEvaluate {
    /// `MAIL_FROM`, `HELO`, `RECIPIENT`, `SENDER`, `FROM`, `SUBJECT`, `TO`, `CC`.
    Attribute(String),
    /// `X-…`
    MimeHeaderAttribute(String),
    /// What an add-on says.
    Analysis(Analysis),
    /// `CN`, `SAN_…`, `SERIAL_NUMBER`.
    ClientCertificateAttribute(String),
}

/// `RuleVerdictToEvaluate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictToEvaluate {
    /// `SPF`, `DKIM`.
    Attribute(String),
    /// What an add-on says.
    Analysis(Analysis),
}

/// `Analysis` and `IngressAnalysis`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Analysis {
    /// The ARN of an add-on instance.
    pub analyzer: String,
    /// Of its answer.
    pub result_field: String,
}

/// `RuleIsInAddressList` and `IngressIsInAddressList`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IsInAddressList {
    /// What of the message.
    pub attribute: String,
    /// ARNs; exactly one.
    pub address_lists: Vec<String>,
}

pub(in crate::kinds::mail_manager) fn values(values: &[Placed<String>]) -> Vec<String> {
    values.iter().map(|value| value.value.clone()).collect()
}

pub(in crate::kinds::mail_manager) fn is_true(is: bool) -> String {
    if is { "IS_TRUE" } else { "IS_FALSE" }.to_owned()
}

pub(in crate::kinds::mail_manager) fn analysis(scene: &Scene<'_>, asked: &language::Analysis) -> Analysis {
    Analysis { analyzer: analyzer(scene, &asked.addon.value), result_field: asked.field.value.clone() }
}

pub(in crate::kinds::mail_manager) fn address_list(scene: &Scene<'_>, attribute: ListAttribute, list: &str) -> IsInAddressList {
    let lists = &scene.plan.mail_manager.address_lists;
    IsInAddressList { attribute: word(attribute), address_lists: vec![arn_reference(scene, AddressKind::AddressList, lists, list)] }
}

fn words<T: Choice + PartialEq>(choices: &[T]) -> Vec<String> {
    choices.iter().map(|choice| word(*choice)).collect()
}

pub(super) fn settle(scene: &Scene<'_>, condition: &MailCondition) -> RuleCondition {
    let string = |evaluate, test: &TextTest| RuleCondition::StringExpression {
        evaluate,
        operator: word(test.operator),
        values: values(&test.values),
    };
    match condition {
        MailCondition::Text(attribute, test) => string(StringToEvaluate::Attribute(word(*attribute)), test),
        MailCondition::Header(name, test) => string(StringToEvaluate::MimeHeaderAttribute(name.value.clone()), test),
        MailCondition::Certificate(attribute, test) => string(StringToEvaluate::ClientCertificateAttribute(word(*attribute)), test),
        MailCondition::AnalysisText(asked, test) => string(StringToEvaluate::Analysis(analysis(scene, asked)), test),
        MailCondition::Size(operator, value) => RuleCondition::NumberExpression {
            evaluate: Attribute::Attribute("MESSAGE_SIZE".to_owned()),
            operator: word(*operator),
            value: *value,
        },
        MailCondition::SourceIp(test) => RuleCondition::IpExpression {
            evaluate: Attribute::Attribute("SOURCE_IP".to_owned()),
            operator: if test.inside { "CIDR_MATCHES" } else { "NOT_CIDR_MATCHES" }.to_owned(),
            values: values(&test.values),
        },
        MailCondition::Verdict(attribute, operator, verdicts) => RuleCondition::VerdictExpression {
            evaluate: VerdictToEvaluate::Attribute(word(*attribute)),
            operator: word(*operator),
            values: words(verdicts),
        },
        MailCondition::AnalysisVerdict(asked, operator, verdicts) => RuleCondition::VerdictExpression {
            evaluate: VerdictToEvaluate::Analysis(analysis(scene, asked)),
            operator: word(*operator),
            values: words(verdicts),
        },
        MailCondition::Dmarc(operator, policies) => RuleCondition::DmarcExpression { operator: word(*operator), values: words(policies) },
        MailCondition::Flag(attribute, is) => {
            RuleCondition::BooleanExpression { evaluate: BooleanToEvaluate::Attribute(word(*attribute)), operator: is_true(*is) }
        }
        MailCondition::AnalysisFlag(asked, is) => {
            RuleCondition::BooleanExpression { evaluate: BooleanToEvaluate::Analysis(analysis(scene, asked)), operator: is_true(*is) }
        }
        MailCondition::InAddressList { attribute, list, is } => RuleCondition::BooleanExpression {
            evaluate: BooleanToEvaluate::IsInAddressList(address_list(scene, *attribute, &list.value)),
            operator: is_true(*is),
        },
    }
}
