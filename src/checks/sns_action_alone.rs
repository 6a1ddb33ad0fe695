//! A rule whose only delivery is an SNS action bounces every message over 150 KB, headers included.

use std::collections::BTreeMap;

use super::{Check, Found, Look};
use crate::core::problem::{Cause, Severity};
use crate::kinds::receipt_rule_set::rule::ReceiptAction;

pub(super) static CHECK: Check = Check {
    code: "sns-action-alone",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-sns.html",
    about: "A rule whose only delivery is an SNS action bounces every message over 150 KB, headers included.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let mut rules: BTreeMap<&str, (Vec<Cause>, bool)> = BTreeMap::new();
    for subject in &look.actions {
        let (published, kept) = rules.entry(&subject.rule).or_default();
        match subject.action {
            ReceiptAction::SnsAction { .. } => published.push(subject.because.clone()),
            ReceiptAction::AddHeaderAction { .. } | ReceiptAction::StopAction { .. } => {}
            _ => *kept = true,
        }
    }
    let alone = rules.into_iter().filter(|(_, (published, kept))| !published.is_empty() && !kept);
    alone
        .map(|(rule, (because, _))| Found {
            message: format!("rule `{rule}` delivers by SNS alone: mail over 150 KB bounces; store it in a bucket as well"),
            because,
        })
        .collect()
}
