//! Whole accounts, and many of them.

use std::time::Duration;

use crate::Ground;
use crate::binary::Binary;
use crate::figure::{Figure, Goal, Row, Unit};
use crate::sections::{Scratch, Section};
use crate::slow::{ACCOUNT, Estate, Slow};

pub static SECTION: Section = Section {
    name: "estate",
    title: "Whole accounts, and many of them",
    about: "Against the same server: `audit` of an account, and `plan` for many targets in one run, each reached by a role. The ratio is to what the \
        answers alone take with so many reads under way at each service; SES is not paced.",
    run,
};

const DELAY: Duration = Duration::from_millis(50);
const RUNS: usize = 3;

fn run(ground: &Ground) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for parallel in [64, 1000] {
        rows.push(audit(ground, parallel)?);
    }
    rows.push(targets(ground, 50)?);
    Ok(rows)
}

fn audit(ground: &Ground, parallel: usize) -> Result<Row, String> {
    let estate = Estate { rules: 20, buckets: 1000, topics: 500, keys: 200 };
    let server = Slow::start(estate, DELAY, 0).map_err(|error| error.to_string())?;
    let binary = Binary::shipped(ground)?.calling(&server.url, ACCOUNT).with("POSTROOM_SES_RATE", "0");
    let parallel_text = parallel.to_string();
    let arguments = ["audit", "--region", "eu-west-1", "--format", "json", "--parallel", &parallel_text];
    // Lists and their pages, the policies of the buckets in turns of `parallel`, and what the rules use.
    let turns = estate.topics.div_ceil(100) + estate.buckets.div_ceil(parallel) + 1;
    row(format!("audit of 1000 buckets, 500 topics, 200 keys, {parallel} at once"), &binary, &arguments, &server, turns)
}

fn targets(ground: &Ground, targets: usize) -> Result<Row, String> {
    let estate = Estate::of(3);
    let server = Slow::start(estate, DELAY, 0).map_err(|error| error.to_string())?;
    let plan = Scratch::file("targets.yaml", &estate.plan_of_targets(targets))?;
    let binary = Binary::shipped(ground)?.calling(&server.url, ACCOUNT).with("POSTROOM_SES_RATE", "0");
    let arguments = ["plan", plan.path(), "--all-targets", "--format", "json", "--parallel", "1000"];
    // The role of each, and two waves.
    row(format!("plan for {targets} targets"), &binary, &arguments, &server, 3)
}

fn row(what: String, binary: &Binary, arguments: &[&str], server: &Slow, turns: usize) -> Result<Row, String> {
    let mut seconds = Vec::new();
    let before = server.asked();
    for _ in 0..RUNS {
        seconds.push(binary.run(arguments)?.took.as_secs_f64());
    }
    let calls = (server.asked() - before) / RUNS;
    let least = DELAY.as_secs_f64() * turns as f64;
    let peak = binary.peak(arguments)?;
    Ok(Row {
        what,
        figure: Figure::of(seconds.iter().map(|took| took / least).collect(), Unit::Times),
        goal: Goal::None,
        beside: format!(
            "{} for {calls} calls, {:.0} µs of it each, {} at most held",
            Figure::of(seconds.clone(), Unit::Seconds),
            Figure::of(seconds, Unit::Seconds).median * 1e6 / calls as f64,
            Figure::exact(peak, Unit::Bytes)
        ),
    })
}
