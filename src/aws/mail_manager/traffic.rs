//! The statements of traffic policies: ours and the SDK's.

use super::{AwsError, missing, sdk, unknown};
use crate::kinds::mail_manager::rule_set::condition::{Analysis, IsInAddressList};
use crate::kinds::mail_manager::traffic_policy::{Attribute, BooleanToEvaluate, PolicyCondition, PolicyStatement, StringToEvaluate};

pub(super) fn read(statement: &sdk::PolicyStatement) -> Result<PolicyStatement, AwsError> {
    Ok(PolicyStatement {
        conditions: statement.conditions.iter().map(read_condition).collect::<Result<_, _>>()?,
        action: statement.action.as_str().to_owned(),
    })
}

fn read_condition(condition: &sdk::PolicyCondition) -> Result<PolicyCondition, AwsError> {
    Ok(match condition {
        sdk::PolicyCondition::StringExpression(it) => PolicyCondition::StringExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::IngressStringToEvaluate::Attribute(attribute) => StringToEvaluate::Attribute(attribute.as_str().to_owned()),
                sdk::IngressStringToEvaluate::Analysis(asked) => StringToEvaluate::Analysis(read_analysis(asked)),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            values: it.values.clone(),
        },
        sdk::PolicyCondition::IpExpression(it) => PolicyCondition::IpExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::IngressIpToEvaluate::Attribute(attribute) => Attribute::Attribute(attribute.as_str().to_owned()),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            values: it.values.clone(),
        },
        sdk::PolicyCondition::Ipv6Expression(it) => PolicyCondition::Ipv6Expression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::IngressIpv6ToEvaluate::Attribute(attribute) => Attribute::Attribute(attribute.as_str().to_owned()),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            values: it.values.clone(),
        },
        sdk::PolicyCondition::TlsExpression(it) => PolicyCondition::TlsExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::IngressTlsProtocolToEvaluate::Attribute(attribute) => Attribute::Attribute(attribute.as_str().to_owned()),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            value: it.value.as_str().to_owned(),
        },
        sdk::PolicyCondition::BooleanExpression(it) => PolicyCondition::BooleanExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::IngressBooleanToEvaluate::Analysis(asked) => BooleanToEvaluate::Analysis(read_analysis(asked)),
                sdk::IngressBooleanToEvaluate::IsInAddressList(list) => BooleanToEvaluate::IsInAddressList(IsInAddressList {
                    attribute: list.attribute.as_str().to_owned(),
                    address_lists: list.address_lists.clone(),
                }),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
        },
        _ => return Err(unknown("a condition")),
    })
}

fn read_analysis(asked: &sdk::IngressAnalysis) -> Analysis {
    Analysis { analyzer: asked.analyzer.clone(), result_field: asked.result_field.clone() }
}

pub(super) fn write(statement: &PolicyStatement) -> Result<sdk::PolicyStatement, AwsError> {
    let conditions = statement.conditions.iter().map(write_condition).collect::<Result<Vec<_>, _>>()?;
    let it = sdk::PolicyStatement::builder().set_conditions(Some(conditions)).action(statement.action.as_str().into());
    it.build().map_err(AwsError::malformed)
}

fn write_condition(condition: &PolicyCondition) -> Result<sdk::PolicyCondition, AwsError> {
    Ok(match condition {
        PolicyCondition::StringExpression { evaluate, operator, values } => {
            let evaluate = match evaluate {
                StringToEvaluate::Attribute(attribute) => sdk::IngressStringToEvaluate::Attribute(attribute.as_str().into()),
                StringToEvaluate::Analysis(asked) => sdk::IngressStringToEvaluate::Analysis(write_analysis(asked)?),
            };
            let it = sdk::IngressStringExpression::builder().evaluate(evaluate).operator(operator.as_str().into());
            sdk::PolicyCondition::StringExpression(it.set_values(Some(values.clone())).build().map_err(AwsError::malformed)?)
        }
        PolicyCondition::IpExpression { evaluate: Attribute::Attribute(attribute), operator, values } => {
            let it = sdk::IngressIpv4Expression::builder()
                .evaluate(sdk::IngressIpToEvaluate::Attribute(attribute.as_str().into()))
                .operator(operator.as_str().into())
                .set_values(Some(values.clone()));
            sdk::PolicyCondition::IpExpression(it.build().map_err(AwsError::malformed)?)
        }
        PolicyCondition::Ipv6Expression { evaluate: Attribute::Attribute(attribute), operator, values } => {
            let it = sdk::IngressIpv6Expression::builder()
                .evaluate(sdk::IngressIpv6ToEvaluate::Attribute(attribute.as_str().into()))
                .operator(operator.as_str().into())
                .set_values(Some(values.clone()));
            sdk::PolicyCondition::Ipv6Expression(it.build().map_err(AwsError::malformed)?)
        }
        PolicyCondition::TlsExpression { evaluate: Attribute::Attribute(attribute), operator, value } => {
            let it = sdk::IngressTlsProtocolExpression::builder()
                .evaluate(sdk::IngressTlsProtocolToEvaluate::Attribute(attribute.as_str().into()))
                .operator(operator.as_str().into())
                .value(value.as_str().into());
            sdk::PolicyCondition::TlsExpression(it.build().map_err(AwsError::malformed)?)
        }
        PolicyCondition::BooleanExpression { evaluate, operator } => {
            let evaluate = match evaluate {
                BooleanToEvaluate::Analysis(asked) => sdk::IngressBooleanToEvaluate::Analysis(write_analysis(asked)?),
                BooleanToEvaluate::IsInAddressList(list) => sdk::IngressBooleanToEvaluate::IsInAddressList(
                    sdk::IngressIsInAddressList::builder()
                        .attribute(list.attribute.as_str().into())
                        .set_address_lists(Some(list.address_lists.clone()))
                        .build()
                        .map_err(AwsError::malformed)?,
                ),
            };
            let it = sdk::IngressBooleanExpression::builder().evaluate(evaluate).operator(operator.as_str().into());
            sdk::PolicyCondition::BooleanExpression(it.build().map_err(AwsError::malformed)?)
        }
    })
}

fn write_analysis(asked: &Analysis) -> Result<sdk::IngressAnalysis, AwsError> {
    sdk::IngressAnalysis::builder().analyzer(&asked.analyzer).result_field(&asked.result_field).build().map_err(AwsError::malformed)
}
