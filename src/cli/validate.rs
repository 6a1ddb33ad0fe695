//! `postroom validate`: every check that needs no AWS.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::exit::{Exit, Stop};
use super::fleet::Each;
use super::input;
use super::options::{Format, PlanArgs};
use super::printer::Printer;
use crate::checks;
use crate::core::change::Finding;
use crate::core::compile::compile;
use crate::core::live::Live;
use crate::core::problem::{Problem, Severity};
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::plan::language::mail_manager::MailManager;
use crate::report;
use crate::report::diagnostic::Diagnostic;
use crate::route::expect;
use crate::route::routing::Routing;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// More plans, each by itself
    #[arg(value_name = "PLAN")]
    more: Vec<PathBuf>,
}

/// What there is to say of all plans.
#[derive(Default)]
struct Said {
    problems: Vec<Problem>,
    findings: Vec<Value>,
    diagnostics: Vec<Diagnostic>,
    text: String,
    valid: Vec<String>,
    exits: Vec<Exit>,
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let mut said = Said::default();
    for path in std::iter::once(&args.plan.plan).chain(&args.more) {
        let plan = PlanArgs { plan: path.clone(), ..args.plan.clone() };
        match one(plan, &mut said) {
            Ok(()) => {}
            // What is wrong with one plan is told with what is wrong with the others.
            Err(Stop::Plan(problems)) => {
                said.diagnostics.extend(problems.iter().map(Diagnostic::from));
                said.problems.extend(problems);
                said.exits.push(Exit::Error);
            }
            Err(stop) => return Err(stop),
        }
    }
    let Said { problems, findings, diagnostics, text, valid, exits } = said;
    match printer.format() {
        Format::Json => {
            let problems = report::problems::json(&problems);
            printer.json(&json!({"format_version": report::json::FORMAT, "problems": problems, "findings": findings}));
        }
        Format::Sarif | Format::Github => printer.result(&printer.diagnosed("validate", diagnostics, &[])),
        Format::Text | Format::Markdown | Format::Junit => {
            printer.result(text.trim_start());
            valid.iter().for_each(|line| printer.say(line));
            if !problems.is_empty() {
                return Err(Stop::Plan(problems));
            }
        }
    }
    Ok(Exit::worst(exits))
}

/// Looks at one plan, for each of its targets.
fn one(mut plan: PlanArgs, said: &mut Said) -> Result<(), Stop> {
    // What is asked of no target in particular is asked of all.
    plan.targets.all_targets |= plan.targets.target.is_empty();
    let asked = input::asked(&plan)?;
    let fleet = input::settle_all(&asked, &plan)?;
    let (mut about, count) = (BTreeSet::new(), fleet.len());
    for Each { name, result } in fleet {
        let (settled, home) = result?;
        let tests = expect::findings(&settled, &Routing::of_plan(&settled, &home));
        let live = Live::new(home);
        let scene = Scene::new(&settled, &live);
        let mut desired = compile(&scene);
        desired.findings.extend(checks::lessons(&scene, &desired));
        for finding in &mut desired.findings {
            finding.accepted = desired.accept.get(&finding.code).cloned();
        }
        desired.findings.extend(tests);
        said.exits.push(if has_errors(&desired.findings, plan.strict) { Exit::Error } else { Exit::Done });
        if let (Some(name), false) = (&name, desired.findings.is_empty()) {
            said.text += &report::text::heading(name);
        }
        said.text += &report::text::findings(&desired.findings);
        said.findings.extend(desired.findings.iter().map(|found| finding(name.as_deref(), found)));
        said.diagnostics.extend(report::diagnostic::findings(name.as_deref(), &desired.findings));
        about.insert(contents(&settled));
    }
    let about = about.into_iter().collect::<Vec<_>>().join("; or ");
    let whom = if asked.targets.iter().all(|target| target.name.is_none()) {
        String::new()
    } else {
        format!(", for {}", report::text::things(count, "target"))
    };
    said.valid.push(format!("{} is valid: {about}{whom}", plan.plan.display()));
    Ok(())
}

/// A finding, and the target that it is of.
fn finding(target: Option<&str>, found: &Finding) -> Value {
    let mut value = report::json::finding(found);
    if let (Some(target), Some(members)) = (target, value.as_object_mut()) {
        members.insert("target".to_owned(), json!(target));
    }
    value
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
        (plan.tests.len(), "test"),
    ];
    let counted = counted.into_iter().chain(more.into_iter().filter(|(count, _)| *count > 0));
    counted.map(|(count, what)| report::text::things(count, what)).collect::<Vec<_>>().join(", ")
}

/// Whether a finding stands in the way; with `--strict` warnings do.
pub(super) fn has_errors(findings: &[Finding], strict: bool) -> bool {
    let worst = if strict { Severity::Warning } else { Severity::Error };
    findings.iter().any(|finding| finding.severity <= worst && finding.accepted.is_none())
}
