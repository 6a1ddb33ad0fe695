//! From a plan and an account to the changes, over the number of statements: the pure middle of `plan --live`.

use std::hint::black_box;

use postroom::core::compile::compile;
use postroom::core::diff::diff;
use postroom::core::scene::Scene;
use postroom_benches::account::{SUBJECTS, Subject};
use serde_json::Value;

use crate::Ground;
use crate::figure::{Figure, Goal, Row, Unit, by_turns, ratio, seconds};
use crate::sections::Section;

pub static SECTION: Section = Section {
    name: "diff",
    title: "Compile and compare",
    about: "`compile` and `diff` of an account with so many policy statements, against the time that serde_json takes to make a `Value` of the \
        same account. A snapshot keeps each policy as a text within its JSON, as AWS hands it out: *policies too* parses them as well, which is the \
        least that anybody must do who looks into them; *the text alone* leaves them as strings.\n\n\
        *spread*: ten statements in each document, and for each rule a bucket, a topic and a key. *huge*: one bucket, one topic and one key, far over \
        what AWS allows. *applied*: nothing is to be done. *new*: everything of ours is to be made.",
    run,
};

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];

fn run(_: &Ground) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (name, shape, before) in SUBJECTS {
        let mut figures = Vec::new();
        for size in SIZES {
            let [with_policies, text_alone] = of_size(name, &Subject::new(shape, before, size), size);
            figures.push(with_policies.figure.median);
            rows.extend([with_policies, text_alone]);
        }
        // The smallest is mostly what every run costs.
        if let [_, small, .., large] = figures.as_slice() {
            let what = format!("{name}: the figure of {} over that of {}", SIZES[3], SIZES[1]);
            let beside = "1 is flat".to_owned();
            rows.push(Row { what, figure: Figure::exact(large / small, Unit::Times), goal: Goal::None, beside });
        }
    }
    Ok(rows)
}

fn of_size(name: &str, subject: &Subject, size: usize) -> [Row; 2] {
    let (snapshot, documents) = (subject.snapshot(), subject.documents());
    let engine = |fresh: &Subject| diff(&compile(&Scene::new(&fresh.plan, &fresh.live)), &fresh.live);
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(black_box(bytes)).ok();
    let with_policies = || (value(&snapshot), documents.iter().map(|text| value(text.as_bytes())).collect::<Vec<_>>());
    let rows: [(&str, Vec<(f64, f64)>); 2] = [
        ("policies too", by_turns(runs(size), || subject.fresh(), engine, with_policies)),
        ("the text alone", by_turns(runs(size), || subject.fresh(), engine, || value(&snapshot))),
    ];
    rows.map(|(against, times)| {
        let (ours, theirs): (Vec<f64>, Vec<f64>) = times.iter().copied().unzip();
        Row {
            what: format!("{name}, {size} statements; {against}"),
            figure: ratio(&times),
            goal: Goal::AtMost(5.0),
            beside: format!("{} against {} for {} KB", seconds(ours), seconds(theirs), snapshot.len() / 1000),
        }
    })
}

/// The smaller, the oftener.
fn runs(size: usize) -> usize {
    if size > 10_000 { 5 } else { 11 }
}
