//! How near a plan comes to what AWS's own time makes it take.

use std::time::Duration;

use serde_json::Value;

use crate::Ground;
use crate::binary::Binary;
use crate::figure::{Figure, Goal, Row, Unit};
use crate::sections::{Scratch, Section};
use crate::slow::{ACCOUNT, Estate, Slow};

pub static SECTION: Section = Section {
    name: "latency",
    title: "A plan against a server that takes 50 ms for every answer",
    about: "The time of `plan`, from start to end of the process, against the most of waves × 50 ms and calls to SES × its pace. The server is on the \
        loopback; n rules write into n buckets, each encrypted with a key of its own, and tell n topics. As many reads are under way at once as \
        there are objects (`--parallel`). Without pace stands what postroom itself costs: many calls at once take longer to sign and to send on the cores \
        of this machine than AWS takes to answer them. With pace stands what a run on AWS comes to.",
    run,
};

/// What every answer takes.
const DELAY: Duration = Duration::from_millis(50);
const RUNS: usize = 7;

fn run(ground: &Ground) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for pace in [0.0, 1.0] {
        for n in [1, 10, 100, 200] {
            rows.push(row(ground, n, pace)?);
        }
    }
    Ok(rows)
}

fn row(ground: &Ground, n: usize, rate: f64) -> Result<Row, String> {
    let estate = Estate::of(n);
    let server = Slow::start(estate, DELAY, 0).map_err(|error| error.to_string())?;
    let plan = Scratch::file("latency.yaml", &estate.plan())?;
    let binary = Binary::shipped(ground)?.calling(&server.url, ACCOUNT).with("POSTROOM_SES_RATE", &rate.to_string());
    let parallel = (8 * n + 8).to_string();
    let arguments = ["plan", plan.path(), "--stats", "--format", "json", "--parallel", &parallel];
    let (mut ratios, mut seconds, mut beside) = (Vec::new(), Vec::new(), String::new());
    let runs = if rate > 0.0 { 3 } else { RUNS };
    for _ in 0..runs {
        let ran = binary.run(&arguments)?;
        let told: Value = serde_json::from_slice(&ran.stdout).map_err(|error| error.to_string())?;
        let calls = &told["targets"][0]["calls"];
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let of_ses = ["DescribeReceiptRuleSet", "DescribeActiveReceiptRuleSet", "ListReceiptRuleSets", "ListReceiptFilters"];
        let ses: f64 = of_ses.iter().filter_map(|operation| calls["by_operation"][operation].as_f64()).sum();
        let paced = if rate > 0.0 { ses / rate } else { 0.0 };
        let bound = (number(&calls["waves"]) * DELAY.as_secs_f64()).max(paced);
        ratios.push(ran.took.as_secs_f64() / bound);
        seconds.push(ran.took.as_secs_f64());
        beside = format!("{} calls, {ses} of them to SES, {} waves", calls["total"], calls["waves"]);
    }
    let paced = if rate > 0.0 { "one call to SES a second" } else { "SES without pace" };
    Ok(Row {
        what: format!("{n} rules, {paced}"),
        figure: Figure::of(ratios, Unit::Times),
        goal: Goal::AtMost(1.25),
        beside: format!("{}: {beside}", Figure::of(seconds, Unit::Seconds)),
    })
}
