//! The conditions of rules: ours and the SDK's.

use super::{AwsError, missing, sdk, unknown};
use crate::kinds::mail_manager::rule_set::condition::{
    Analysis, Attribute, BooleanToEvaluate, IsInAddressList, RuleCondition, StringToEvaluate, VerdictToEvaluate,
};

pub(super) fn read(condition: &sdk::RuleCondition) -> Result<RuleCondition, AwsError> {
    Ok(match condition {
        sdk::RuleCondition::BooleanExpression(it) => RuleCondition::BooleanExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::RuleBooleanToEvaluate::Attribute(attribute) => BooleanToEvaluate::Attribute(attribute.as_str().to_owned()),
                sdk::RuleBooleanToEvaluate::Analysis(asked) => BooleanToEvaluate::Analysis(read_analysis(asked)),
                sdk::RuleBooleanToEvaluate::IsInAddressList(list) => BooleanToEvaluate::IsInAddressList(IsInAddressList {
                    attribute: list.attribute.as_str().to_owned(),
                    address_lists: list.address_lists.clone(),
                }),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
        },
        sdk::RuleCondition::StringExpression(it) => RuleCondition::StringExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::RuleStringToEvaluate::Attribute(attribute) => StringToEvaluate::Attribute(attribute.as_str().to_owned()),
                sdk::RuleStringToEvaluate::MimeHeaderAttribute(name) => StringToEvaluate::MimeHeaderAttribute(name.clone()),
                sdk::RuleStringToEvaluate::Analysis(asked) => StringToEvaluate::Analysis(read_analysis(asked)),
                sdk::RuleStringToEvaluate::ClientCertificateAttribute(attribute) => {
                    StringToEvaluate::ClientCertificateAttribute(attribute.as_str().to_owned())
                }
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            values: it.values.clone(),
        },
        sdk::RuleCondition::NumberExpression(it) => RuleCondition::NumberExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::RuleNumberToEvaluate::Attribute(attribute) => Attribute::Attribute(attribute.as_str().to_owned()),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            value: it.value,
        },
        sdk::RuleCondition::IpExpression(it) => RuleCondition::IpExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::RuleIpToEvaluate::Attribute(attribute) => Attribute::Attribute(attribute.as_str().to_owned()),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            values: it.values.clone(),
        },
        sdk::RuleCondition::VerdictExpression(it) => RuleCondition::VerdictExpression {
            evaluate: match it.evaluate().ok_or_else(|| missing("Evaluate"))? {
                sdk::RuleVerdictToEvaluate::Attribute(attribute) => VerdictToEvaluate::Attribute(attribute.as_str().to_owned()),
                sdk::RuleVerdictToEvaluate::Analysis(asked) => VerdictToEvaluate::Analysis(read_analysis(asked)),
                _ => return Err(unknown("a condition")),
            },
            operator: it.operator.as_str().to_owned(),
            values: it.values.iter().map(|value| value.as_str().to_owned()).collect(),
        },
        sdk::RuleCondition::DmarcExpression(it) => RuleCondition::DmarcExpression {
            operator: it.operator.as_str().to_owned(),
            values: it.values.iter().map(|value| value.as_str().to_owned()).collect(),
        },
        _ => return Err(unknown("a condition")),
    })
}

fn read_analysis(asked: &sdk::Analysis) -> Analysis {
    Analysis { analyzer: asked.analyzer.clone(), result_field: asked.result_field.clone() }
}

pub(super) fn write(condition: &RuleCondition) -> Result<sdk::RuleCondition, AwsError> {
    Ok(match condition {
        RuleCondition::BooleanExpression { evaluate, operator } => {
            let evaluate = match evaluate {
                BooleanToEvaluate::Attribute(attribute) => sdk::RuleBooleanToEvaluate::Attribute(attribute.as_str().into()),
                BooleanToEvaluate::Analysis(asked) => sdk::RuleBooleanToEvaluate::Analysis(write_analysis(asked)?),
                BooleanToEvaluate::IsInAddressList(list) => sdk::RuleBooleanToEvaluate::IsInAddressList(
                    sdk::RuleIsInAddressList::builder()
                        .attribute(list.attribute.as_str().into())
                        .set_address_lists(Some(list.address_lists.clone()))
                        .build()
                        .map_err(AwsError::malformed)?,
                ),
            };
            let it = sdk::RuleBooleanExpression::builder().evaluate(evaluate).operator(operator.as_str().into());
            sdk::RuleCondition::BooleanExpression(it.build().map_err(AwsError::malformed)?)
        }
        RuleCondition::StringExpression { evaluate, operator, values } => {
            let evaluate = match evaluate {
                StringToEvaluate::Attribute(attribute) => sdk::RuleStringToEvaluate::Attribute(attribute.as_str().into()),
                StringToEvaluate::MimeHeaderAttribute(name) => sdk::RuleStringToEvaluate::MimeHeaderAttribute(name.clone()),
                StringToEvaluate::Analysis(asked) => sdk::RuleStringToEvaluate::Analysis(write_analysis(asked)?),
                StringToEvaluate::ClientCertificateAttribute(attribute) => {
                    sdk::RuleStringToEvaluate::ClientCertificateAttribute(attribute.as_str().into())
                }
            };
            let it = sdk::RuleStringExpression::builder().evaluate(evaluate).operator(operator.as_str().into());
            sdk::RuleCondition::StringExpression(it.set_values(Some(values.clone())).build().map_err(AwsError::malformed)?)
        }
        RuleCondition::NumberExpression { evaluate: Attribute::Attribute(attribute), operator, value } => {
            let it = sdk::RuleNumberExpression::builder()
                .evaluate(sdk::RuleNumberToEvaluate::Attribute(attribute.as_str().into()))
                .operator(operator.as_str().into())
                .value(*value);
            sdk::RuleCondition::NumberExpression(it.build().map_err(AwsError::malformed)?)
        }
        RuleCondition::IpExpression { evaluate: Attribute::Attribute(attribute), operator, values } => {
            let it = sdk::RuleIpExpression::builder()
                .evaluate(sdk::RuleIpToEvaluate::Attribute(attribute.as_str().into()))
                .operator(operator.as_str().into())
                .set_values(Some(values.clone()));
            sdk::RuleCondition::IpExpression(it.build().map_err(AwsError::malformed)?)
        }
        RuleCondition::VerdictExpression { evaluate, operator, values } => {
            let evaluate = match evaluate {
                VerdictToEvaluate::Attribute(attribute) => sdk::RuleVerdictToEvaluate::Attribute(attribute.as_str().into()),
                VerdictToEvaluate::Analysis(asked) => sdk::RuleVerdictToEvaluate::Analysis(write_analysis(asked)?),
            };
            let values = values.iter().map(|value| value.as_str().into()).collect();
            let it = sdk::RuleVerdictExpression::builder().evaluate(evaluate).operator(operator.as_str().into());
            sdk::RuleCondition::VerdictExpression(it.set_values(Some(values)).build().map_err(AwsError::malformed)?)
        }
        RuleCondition::DmarcExpression { operator, values } => {
            let values = values.iter().map(|value| value.as_str().into()).collect();
            let it = sdk::RuleDmarcExpression::builder().operator(operator.as_str().into()).set_values(Some(values));
            sdk::RuleCondition::DmarcExpression(it.build().map_err(AwsError::malformed)?)
        }
    })
}

fn write_analysis(asked: &Analysis) -> Result<sdk::Analysis, AwsError> {
    sdk::Analysis::builder().analyzer(&asked.analyzer).result_field(&asked.result_field).build().map_err(AwsError::malformed)
}
