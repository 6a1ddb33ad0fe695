//! How the work grows with the account: instructions, which no other program on the machine disturbs.

use std::process::Command;

use postroom::core::change::ChangeSet;
use postroom_benches::account::{SUBJECTS, Subject};

use crate::Ground;
use crate::figure::{Figure, Goal, Row, Unit};
use crate::sections::Section;

pub static SECTION: Section = Section {
    name: "instructions",
    title: "Twice the account, twice the work",
    about: "Instructions of everything that `plan` does between reading the account and printing, counted by `valgrind --tool=callgrind`, for twice \
        as many statements against once. 2 is a straight line.",
    run,
};

const SIZES: [usize; 2] = [3_000, 30_000];

fn run(_: &Ground) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (name, ..) in SUBJECTS {
        for size in SIZES {
            let (once, twice) = (instructions(name, size)?, instructions(name, 2 * size)?);
            rows.push(Row {
                what: format!("{name}, {} against {size} statements", 2 * size),
                figure: Figure::exact(twice / once, Unit::Times),
                goal: Goal::AtMost(2.1),
                beside: format!("{:.0} million instructions against {:.0}", twice / 1e6, once / 1e6),
            });
        }
    }
    Ok(rows)
}

/// How many instructions the measured function takes, in a process of its own.
fn instructions(name: &str, size: usize) -> Result<f64, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no", "--toggle-collect=*measured*"])
        .arg(this)
        .args(["once", SECTION.name, name, &size.to_string()])
        .output()
        .map_err(|error| format!("valgrind is not to be had ({error}): install it, and measure this section again"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse::<f64>().ok());
    collected.filter(|count| *count > 0.0).ok_or_else(|| format!("valgrind counted nothing: {said}"))
}

/// The process that valgrind looks into.
pub fn once(arguments: &[String]) -> Result<(), String> {
    let [name, size] = arguments else { return Err("a subject and a size".to_owned()) };
    let size = size.parse().map_err(|error| format!("{size}: {error}"))?;
    let set = measured(&Subject::named(name, size).ok_or("no such subject")?);
    println!("{} changes", set.changes.len());
    Ok(())
}

/// By its name valgrind knows where to count.
#[inline(never)]
fn measured(subject: &Subject) -> ChangeSet {
    subject.changes()
}
