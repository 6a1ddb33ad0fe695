//! What it takes to begin, and how large it is.

use std::path::Path;

use crate::Ground;
use crate::binary::Binary;
use crate::figure::{Figure, Goal, Row, Unit, by_turns, ratio};
use crate::sections::{Scratch, Section};
use crate::slow::{ACCOUNT, Estate, Slow};

pub static SECTION: Section = Section {
    name: "start",
    title: "Start, size and memory",
    about: "By turns with `true`, which does nothing: what is beyond 1 is postroom's. Memory is the most that a run held.",
    run,
};

const RUNS: usize = 41;

fn run(ground: &Ground) -> Result<Vec<Row>, String> {
    let (binary, nothing) = (Binary::shipped(ground)?, Binary::at(Path::new("/bin/true")));
    let plan = ground.root.join("plans/store-to-s3.yaml").display().to_string();
    let mut rows = Vec::new();
    for arguments in [&["--version"][..], &["validate", &plan]] {
        binary.run(arguments)?;
        let times = by_turns(RUNS, || (), |()| binary.run(arguments), || nothing.run(&[]));
        let (ours, theirs): (Vec<f64>, Vec<f64>) = times.iter().copied().unzip();
        rows.push(Row {
            what: format!("`postroom {}`", if arguments.len() == 1 { "--version" } else { "validate plans/store-to-s3.yaml" }),
            figure: ratio(&times),
            goal: Goal::None,
            beside: format!("{} against {}", Figure::of(ours, Unit::Seconds), Figure::of(theirs, Unit::Seconds)),
        });
    }
    let size = std::fs::metadata(binary.path()).map_err(|error| error.to_string())?.len();
    rows.push(Row {
        what: "the binary".to_owned(),
        figure: Figure::exact(size as f64, Unit::Bytes),
        goal: Goal::None,
        beside: String::new(),
    });
    let validated = binary.peak(&["validate", &plan])?;
    rows.push(Row {
        what: "memory of `validate`".to_owned(),
        figure: Figure::exact(validated, Unit::Bytes),
        goal: Goal::None,
        beside: String::new(),
    });
    for n in [1, 200] {
        let estate = Estate::of(n);
        let server = Slow::start(estate, std::time::Duration::from_millis(5), 0).map_err(|error| error.to_string())?;
        let plan = Scratch::file("memory.yaml", &estate.plan())?;
        let binary = Binary::shipped(ground)?.calling(&server.url, ACCOUNT).with("POSTROOM_SES_RATE", "0");
        rows.push(Row {
            what: format!("memory of `plan`, {n} rules"),
            figure: Figure::exact(binary.peak(&["plan", plan.path()])?, Unit::Bytes),
            goal: Goal::None,
            beside: String::new(),
        });
    }
    Ok(rows)
}
