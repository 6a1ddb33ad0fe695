//! From a plan and an account to the changes, over the number of statements: the pure middle of `plan --live`.

use std::hint::black_box;

use postroom::core::compile::compile;
use postroom::core::diff::diff;
use postroom::core::scene::Scene;
use postroom_benches::account::{SUBJECTS, Subject};
use serde_json::Value;

use crate::Ground;
use crate::figure::{Goal, Row, by_turns, ratio, seconds};
use crate::sections::Section;

pub static SECTION: Section = Section {
    name: "diff",
    title: "Compile and compare",
    about: "`compile` and `diff` of an account of so many policy statements, against the time that serde_json takes to parse the same account. \
        A snapshot has each policy as a text in a text; what it is made of is parsed here once as the snapshot, and once policy by policy. \
        *spread*: ten statements in each document, three documents for each rule. *huge*: one bucket, one topic and one key for all rules. \
        *applied*: nothing is to be done. *new*: everything of ours is to be made.",
    run,
};

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];

fn run(_: &Ground) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (name, shape, before) in SUBJECTS {
        for size in SIZES {
            rows.push(row(name, &Subject::new(shape, before, size), size));
        }
    }
    Ok(rows)
}

fn row(name: &str, subject: &Subject, size: usize) -> Row {
    let (snapshot, documents) = (subject.snapshot(), subject.documents());
    let parse = || {
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).is_ok();
        let whole = serde_json::from_slice::<Value>(black_box(&snapshot)).ok();
        (whole, documents.iter().all(|text| read(text.as_bytes())))
    };
    let engine = || {
        let desired = compile(&Scene::new(&subject.plan, &subject.live));
        diff(&desired, &subject.live)
    };
    let times = by_turns(runs(size), engine, parse);
    let (ours, theirs): (Vec<f64>, Vec<f64>) = times.iter().copied().unzip();
    Row {
        what: format!("{name}, {size} statements"),
        figure: ratio(&times),
        goal: Goal::AtMost(5.0),
        beside: format!("{} against {} for {} KB", seconds(ours), seconds(theirs), snapshot.len() / 1000),
    }
}

/// The smaller, the oftener.
pub fn runs(size: usize) -> usize {
    if size > 10_000 { 5 } else { 11 }
}
