//! Why SES refused a target: it says only "Could not write to bucket". The documents as they are now, and our evaluator, say the rest.

use crate::aws::Session;
use crate::core::address::{Address, AddressKind};
use crate::core::apply::{Applied, Status};
use crate::core::change::ChangeSet;
use crate::core::compile::compile;
use crate::core::live::Live;
use crate::core::origin::Origin;
use crate::core::permissions::Permissions;
use crate::core::scene::Scene;
use crate::grants::Grant;
use crate::grants::asks::asks;
use crate::plan::language::Plan;
use crate::policy::{Decision, Request, Verdict};

/// A paragraph for each rule that SES refused.
pub(super) async fn explain(session: &Session, plan: &Plan, set: &ChangeSet, applied: &Applied) -> Vec<String> {
    let refused: Vec<&Address> = set
        .changes
        .iter()
        .filter(|change| change.address.kind == AddressKind::ReceiptRule)
        .filter(|change| applied.outcomes.get(&change.id).is_some_and(|outcome| outcome.status == Status::Failed))
        .map(|change| &change.address)
        .collect();
    if refused.is_empty() {
        return Vec::new();
    }
    let live = super::input::see(session, plan).await;
    let scene = Scene::new(plan, &live);
    let desired = compile(&scene);
    let of_rule = |at: &Address| {
        let (set, rule) = at.name.split_once('/').unwrap_or_default();
        let rule = Origin::Rule(scene.rule_arn(set, rule));
        let grants = desired.grants.iter().filter(move |grant| grant.origin == rule);
        let lines: Vec<String> = grants.filter_map(|grant| line(&scene, &live, grant)).collect();
        let name = at.seen_from(&live.home);
        if lines.is_empty() {
            format!(
                "{name}: by the policies as they are now SES may do all that the rule needs; IAM may not have made them known yet — run apply again"
            )
        } else {
            format!("{name}: by the policies as they are now\n{}", lines.join("\n"))
        }
    };
    refused.into_iter().map(of_rule).collect()
}

/// What stands in the way of one grant, if anything does.
fn line(scene: &Scene<'_>, live: &Live, grant: &Grant) -> Option<String> {
    let permissions = Permissions::at(live, &grant.at).unwrap_or_default();
    asks(scene, grant).iter().find_map(|request| {
        let verdict = permissions.decide_with_delegation(request);
        let why = reason(&verdict)?;
        let at = permissions.source(&verdict, request).unwrap_or_else(|| grant.at.clone());
        Some(format!("  {}: {} on {} {why}", at.seen_from(&live.home), request.action, resource(request)))
    })
}

fn resource(request: &Request) -> &str {
    &request.resource
}

fn reason(verdict: &Verdict) -> Option<String> {
    let statement = verdict
        .deciding
        .as_ref()
        .map(|deciding| deciding.sid.clone().map_or_else(|| format!("number {}", deciding.index + 1), |sid| format!("`{sid}`")));
    let statement = statement.unwrap_or_default();
    match verdict.decision {
        Decision::Allowed => None,
        Decision::ExplicitDeny => Some(format!("is denied by statement {statement}")),
        Decision::ImplicitDeny => Some("is allowed by no statement".to_owned()),
        Decision::Depends => {
            let keys: Vec<_> = verdict.on.iter().cloned().collect();
            Some(format!("depends on {} in statement {statement}, which SES is not known to send", keys.join(", ")))
        }
    }
}
