//! How the work grows with the account: instructions, which no other program on the machine disturbs.

use std::fs;
use std::path::Path;
use std::process::Command;

use postroom::report;
use postroom_benches::account::{SUBJECTS, Shape, Subject, load, plan_text};

use crate::Ground;
use crate::figure::{Figure, Goal, Row, Unit};
use crate::sections::Section;

pub static SECTION: Section = Section {
    name: "instructions",
    title: "Twice the account, twice the work",
    about: "Instructions, counted by `valgrind --tool=callgrind`, for twice as much against once: 2 is a straight line. *changes*: everything that \
        `plan` does between reading the account and printing. *report*: the changes as text and as JSON. *load*: from the text of a plan to its rules.",
    run,
};

/// Statements; rules, for a plan that is only loaded.
const SIZES: [usize; 2] = [1_000, 4_000];
/// How the files of one subject are called.
const PLAN: &str = "plan.yaml";
const SNAPSHOT: &str = "live.json";

fn run(_: &Ground) -> Result<Vec<Row>, String> {
    let folder = std::env::temp_dir().join(format!("postroom-benches-{}", std::process::id()));
    let rows = all(&folder);
    // What is left of it is in the way of nobody.
    fs::remove_dir_all(&folder).ok();
    rows
}

fn all(folder: &Path) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for size in SIZES {
        for (name, ..) in SUBJECTS {
            let subject = |size| Subject::named(name, size).map(|subject| (subject.text.clone(), subject.snapshot())).unwrap_or_default();
            rows.push(row(&format!("changes: {name}"), "changes", folder, size, subject)?);
        }
        let new = |size| Subject::named(SUBJECTS[1].0, size).map(|subject| (subject.text.clone(), subject.snapshot())).unwrap_or_default();
        rows.push(row(&format!("report: {}", SUBJECTS[1].0), "report", folder, size, new)?);
        rows.push(row("load: a rule with a bucket and a topic", "load", folder, size, |size| {
            (plan_text(Shape::Spread, size), Vec::new())
        })?);
    }
    Ok(rows)
}

fn row(what: &str, work: &str, folder: &Path, size: usize, make: impl Fn(usize) -> (String, Vec<u8>)) -> Result<Row, String> {
    let count = |size| {
        let (plan, snapshot) = make(size);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(PLAN), plan));
        written.and_then(|()| fs::write(folder.join(SNAPSHOT), snapshot)).map_err(|error| format!("{}: {error}", folder.display()))?;
        instructions(work, folder)
    };
    let (once, twice) = (count(size)?, count(2 * size)?);
    Ok(Row {
        what: format!("{what}, {} against {size}", 2 * size),
        figure: Figure::exact(twice / once, Unit::Times),
        goal: Goal::AtMost(2.1),
        beside: format!("{:.0} million instructions against {:.0}", twice / 1e6, once / 1e6),
    })
}

/// How many instructions the measured function takes, in a process of its own.
fn instructions(work: &str, folder: &Path) -> Result<f64, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no", "--toggle-collect=*measured*"])
        .arg(this)
        .args(["once", SECTION.name, work])
        .arg(folder)
        .output()
        .map_err(|error| format!("valgrind is not to be had ({error}): install it, and measure this section again"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse::<f64>().ok());
    collected.filter(|count| *count > 0.0).ok_or_else(|| format!("valgrind counted nothing: {said}"))
}

/// The process that valgrind looks into.
pub fn once(arguments: &[String]) -> Result<(), String> {
    let [work, folder] = arguments else { return Err("what to do, and the folder of its files".to_owned()) };
    let file = |name: &str| fs::read(Path::new(folder).join(name)).map_err(|error| format!("{folder}/{name}: {error}"));
    let text = String::from_utf8(file(PLAN)?).map_err(|error| error.to_string())?;
    if work == "load" {
        println!("{} rule sets", measured(|| load(&text)).receipt.rule_sets.len());
        return Ok(());
    }
    let subject = Subject::read(text, &file(SNAPSHOT)?);
    if work == "report" {
        let set = subject.changes();
        let told = measured(|| report::text::change_set(&set, false) + &report::json::change_set(&set, None, false, None).to_string());
        println!("{} bytes", told.len());
        return Ok(());
    }
    println!("{} changes", measured(|| subject.changes()).changes.len());
    Ok(())
}

/// By its name valgrind knows where to count.
#[inline(never)]
fn measured<T>(work: impl FnOnce() -> T) -> T {
    work()
}
