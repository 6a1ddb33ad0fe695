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
        let rules: usize = plan.receipt.rule_sets.iter().map(|(_, set)| set.rules.len()).sum();
        printer.result(report::text::findings(&desired.findings).trim_start());
        let (rules, filters) = (report::text::things(rules, "receipt rule"), report::text::things(plan.receipt.filters.len(), "filter"));
        printer.say(&format!("{} is valid: {rules}, {filters}", args.plan.plan.display()));
    }
    Ok(if has_errors(&desired.findings, args.plan.strict) { Exit::Error } else { Exit::Done })
}

/// Whether a finding stands in the way; with `--strict` warnings do.
pub(super) fn has_errors(findings: &[Finding], strict: bool) -> bool {
    let worst = if strict { Severity::Warning } else { Severity::Error };
    findings.iter().any(|finding| finding.severity <= worst && finding.accepted.is_none())
}
