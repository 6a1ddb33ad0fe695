//! Traffic policies: whose mail an ingress endpoint takes at all.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateTrafficPolicy.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ours::{self, Spec};
use super::rule_set::condition::{Analysis, IsInAddressList, address_list, analysis, is_true, values};
use super::word;
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::kinds::Kind;
use crate::plan::language::mail_manager::{IpTest, ListAttribute, TextTest, TlsVersion, TrafficCondition, TrafficPolicy as Written};

/// The members of a traffic policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrafficPolicy {
    /// Its name.
    pub traffic_policy_name: String,
    /// Those that deny decide first, then those that allow (<https://docs.aws.amazon.com/ses/latest/dg/eb-filters.html>).
    #[serde(default)]
    pub policy_statements: Vec<PolicyStatement>,
    /// `ALLOW` or `DENY`: what happens to mail that no statement is about.
    pub default_action: String,
    /// Larger messages are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_message_size_bytes: Option<u32>,
}

/// `PolicyStatement`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyStatement {
    /// All must hold.
    pub conditions: Vec<PolicyCondition>,
    /// `ALLOW` or `DENY`.
    pub action: String,
}

/// `PolicyCondition`: <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_PolicyCondition.html>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PolicyCondition {
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
    /// Of the client's IPv4 address.
    #[serde(rename_all = "PascalCase")]
    IpExpression {
        /// Of what.
        evaluate: Attribute,
        /// How.
        operator: String,
        /// With what.
        values: Vec<String>,
    },
    /// Of the client's IPv6 address.
    #[serde(rename_all = "PascalCase")]
    Ipv6Expression {
        /// Of what.
        evaluate: Attribute,
        /// How.
        operator: String,
        /// With what.
        values: Vec<String>,
    },
    /// Of the connection.
    #[serde(rename_all = "PascalCase")]
    TlsExpression {
        /// Of what.
        evaluate: Attribute,
        /// How.
        operator: String,
        /// With what.
        value: String,
    },
    /// Of what is so or not.
    #[serde(rename_all = "PascalCase")]
    BooleanExpression {
        /// Of what.
        evaluate: BooleanToEvaluate,
        /// `IS_TRUE` or `IS_FALSE`.
        operator: String,
    },
}

/// `IngressIpToEvaluate` and its siblings, which have one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attribute {
    /// `SENDER_IP`, `SENDER_IPV6`, `TLS_PROTOCOL`.
    Attribute(String),
}

/// `IngressStringToEvaluate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StringToEvaluate {
    /// `RECIPIENT`.
    Attribute(String),
    /// What an add-on says.
    Analysis(Analysis),
}

/// `IngressBooleanToEvaluate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BooleanToEvaluate {
    /// What an add-on says.
    Analysis(Analysis),
    /// Whether the recipient is in a list.
    IsInAddressList(IsInAddressList),
}

impl Spec for TrafficPolicy {
    const KIND: AddressKind = AddressKind::TrafficPolicy;
    const WHAT: &'static str = "traffic policy";
    const RENAMES: bool = true;

    fn leave_alone(&mut self, have: &Self) {
        self.max_message_size_bytes = self.max_message_size_bytes.or(have.max_message_size_bytes);
    }
}

/// The row of the table.
#[derive(Debug)]
pub struct TrafficPolicies;

impl Kind for TrafficPolicies {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::TrafficPolicy]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        ours::reads(scene, AddressKind::TrafficPolicy, scene.plan.mail_manager.traffic_policies.iter().flat_map(ours::names), wanted);
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        let policies = &scene.plan.mail_manager.traffic_policies;
        ours::desire(scene, desired, policies, |entry| entry.name.value.clone(), |name, policy| settle(scene, name, policy));
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<TrafficPolicy>(desired, live, draft);
    }
}

fn settle(scene: &Scene<'_>, name: &str, policy: &Written) -> TrafficPolicy {
    let allow = |allow: bool| if allow { "ALLOW" } else { "DENY" }.to_owned();
    let statements = policy.statements.iter().map(|statement| PolicyStatement {
        conditions: statement.conditions.iter().map(|condition| settle_condition(scene, &condition.value)).collect(),
        action: allow(statement.allow),
    });
    TrafficPolicy {
        traffic_policy_name: name.to_owned(),
        policy_statements: statements.collect(),
        default_action: allow(policy.allow_by_default),
        max_message_size_bytes: policy.max_message_size,
    }
}

fn settle_condition(scene: &Scene<'_>, condition: &TrafficCondition) -> PolicyCondition {
    let string = |evaluate, test: &TextTest| PolicyCondition::StringExpression {
        evaluate,
        operator: word(test.operator),
        values: values(&test.values),
    };
    let cidr = |test: &IpTest| if test.inside { "CIDR_MATCHES" } else { "NOT_CIDR_MATCHES" }.to_owned();
    let attribute = |name: &str| Attribute::Attribute(name.to_owned());
    match condition {
        TrafficCondition::Recipient(test) => string(StringToEvaluate::Attribute("RECIPIENT".to_owned()), test),
        TrafficCondition::AnalysisText(asked, test) => string(StringToEvaluate::Analysis(analysis(scene, asked)), test),
        TrafficCondition::SenderIp(test) => {
            PolicyCondition::IpExpression { evaluate: attribute("SENDER_IP"), operator: cidr(test), values: values(&test.values) }
        }
        TrafficCondition::SenderIpv6(test) => {
            PolicyCondition::Ipv6Expression { evaluate: attribute("SENDER_IPV6"), operator: cidr(test), values: values(&test.values) }
        }
        TrafficCondition::Tls { at_least, version } => PolicyCondition::TlsExpression {
            evaluate: attribute("TLS_PROTOCOL"),
            operator: if *at_least { "MINIMUM_TLS_VERSION" } else { "IS" }.to_owned(),
            value: match version {
                TlsVersion::Tls12 => "TLS1_2",
                TlsVersion::Tls13 => "TLS1_3",
            }
            .to_owned(),
        },
        TrafficCondition::AnalysisFlag(asked, is) => {
            PolicyCondition::BooleanExpression { evaluate: BooleanToEvaluate::Analysis(analysis(scene, asked)), operator: is_true(*is) }
        }
        TrafficCondition::InAddressList { list, is } => PolicyCondition::BooleanExpression {
            evaluate: BooleanToEvaluate::IsInAddressList(address_list(scene, ListAttribute::Recipient, &list.value)),
            operator: is_true(*is),
        },
    }
}
