//! `postroom check`: for every action of every rule, would SES be allowed by the policies that are live now?

use std::time::Duration;

use serde_json::{Value, json};

use super::exit::{Exit, Stop};
use super::fleet::{Fleet, Told, diagnosed, tell, whole};
use super::input::{self, Seen};
use super::options::{AwsArgs, Format, PlanArgs};
use super::plan::{calls, stats};
use super::printer::Printer;
use crate::core::check::{Answer, Checked, check};
use crate::core::scene::Scene;
use crate::report;
use crate::report::diagnostic;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    aws: AwsArgs,
}

/// What was asked and answered, and where.
struct Answers {
    seen: Seen,
    checked: Vec<Checked>,
}

impl Answers {
    fn count(&self, answer: Answer) -> usize {
        self.checked.iter().filter(|row| row.answer == answer).count()
    }

    fn exit(&self, strict: bool) -> Exit {
        if self.count(Answer::Unreadable) > 0 {
            Exit::Unreadable
        } else if self.count(Answer::Denied) > 0 || (strict && self.count(Answer::Depends) > 0) {
            Exit::Changes
        } else {
            Exit::Done
        }
    }
}

pub(super) async fn run(args: &Args, printer: &Printer) -> Result<Exit, Stop> {
    let strict = args.plan.strict;
    let (asked, fleet) = input::look(&args.plan, &args.aws, Duration::ZERO, printer).await?;
    let answers = |seen: Seen| {
        let checked = check(&mut Scene::new(&seen.plan, &seen.live));
        Ok(Answers { seen, checked })
    };
    let fleet: Fleet<Answers> = fleet.into_iter().map(|each| each.and(answers)).collect();
    match printer.format() {
        Format::Sarif | Format::Github => diagnosed(
            "check",
            &fleet,
            printer,
            |answers| answers.exit(strict),
            |target, answers| diagnostic::checks(target, &answers.checked, strict),
        ),
        Format::Junit => whole(
            &fleet,
            printer,
            |answers| answers.exit(strict),
            |parts| {
                let rows = |answers: &Answers| (answers.seen.live.home.clone(), answers.checked.clone());
                let parts: Vec<_> =
                    parts.iter().map(|(name, part)| (*name, part.as_ref().map(|it| rows(it)).map_err(Clone::clone))).collect();
                let written = report::junit::checks(&asked.plan(), &parts, strict);
                written.map_err(|error| Stop::usage(format!("no JUnit report: {error}")))
            },
        ),
        Format::Text | Format::Json | Format::Markdown => {
            let told = |answers: Answers| Ok(told(args, &answers));
            tell(&asked.plan(), fleet.into_iter().map(|each| each.and(told)).collect(), printer)
        }
    }
}

fn told(args: &Args, answers: &Answers) -> Told {
    let Answers { seen, checked } = answers;
    let exit = answers.exit(args.plan.strict);
    Told::new(exit, report::text::checks(checked), json(answers)).counting(stats(&args.aws, calls(seen)))
}

fn json(answers: &Answers) -> Value {
    let Answers { seen, checked } = answers;
    let count = |answer| answers.count(answer);
    let summary = json!({
        "allowed": count(Answer::Allowed), "denied": count(Answer::Denied),
        "depends": count(Answer::Depends), "unreadable": count(Answer::Unreadable),
    });
    json!({
        "format_version": report::json::FORMAT,
        "plan": seen.plan.name,
        "targets": [{
            "target": null, "account": seen.live.home.account, "region": seen.live.home.region,
            "summary": summary, "checks": checked, "calls": calls(seen),
        }],
    })
}
