//! `postroom validate`: every check that needs no AWS.

use super::exit::{Exit, Stop};
use super::input;
use super::options::PlanArgs;
use super::printer::Printer;
use crate::core::change::Finding;
use crate::core::compile::compile;
use crate::core::live::Live;
use crate::core::problem::Severity;
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::plan::language::mail_manager::MailManager;
use crate::report;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let draft = input::draft(&args.plan)?;
    let home = input::offline_home(&draft, &args.plan, true)?;
    let plan = input::settle(&draft, &args.plan, &home)?;
    let live = Live::new(home);
    let mut desired = compile(&Scene::new(&plan, &live));
    for finding in &mut desired.findings {
        finding.accepted = desired.accept.get(&finding.code).cloned();
    }
    if printer.is_json() {
        let findings: Vec<_> = desired.findings.iter().map(report::json::finding).collect();
        printer.json(&serde_json::json!({"format_version": report::json::FORMAT, "problems": [], "findings": findings}));
    } else {
        printer.result(report::text::findings(&desired.findings).trim_start());
        printer.say(&format!("{} is valid: {}", args.plan.plan.display(), contents(&plan)));
    }
    Ok(if has_errors(&desired.findings, args.plan.strict) { Exit::Error } else { Exit::Done })
}

/// How much there is of what; of Mail Manager and identities only where there is some.
fn contents(plan: &Plan) -> String {
    let MailManager { address_lists, archives, relays, addons, traffic_policies, rule_sets, ingress_endpoints } = &plan.mail_manager;
    let lists = [address_lists.len(), archives.len(), relays.len(), addons.len(), traffic_policies.len(), rule_sets.len()];
    let rules = plan.receipt.rule_sets.iter().map(|(_, set)| set.rules.len()).sum();
    let counted = [(rules, "receipt rule"), (plan.receipt.filters.len(), "filter")];
    let more = [
        (lists.iter().sum::<usize>() + ingress_endpoints.len(), "Mail Manager resource"),
        (plan.senders.len(), "sender"),
        (plan.archive_users.len(), "archive user"),
    ];
    let counted = counted.into_iter().chain(more.into_iter().filter(|(count, _)| *count > 0));
    counted.map(|(count, what)| report::text::things(count, what)).collect::<Vec<_>>().join(", ")
}

/// Whether a finding stands in the way; with `--strict` warnings do.
pub(super) fn has_errors(findings: &[Finding], strict: bool) -> bool {
    let worst = if strict { Severity::Warning } else { Severity::Error };
    findings.iter().any(|finding| finding.severity <= worst && finding.accepted.is_none())
}
