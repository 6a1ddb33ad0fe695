//! What the release build costs and gives.

use crate::Ground;
use crate::binary::Binary;
use crate::figure::{Figure, Goal, Row, Unit};
use crate::sections::Section;

pub static SECTION: Section = Section {
    name: "release",
    title: "The release build",
    about: "Before: thin LTO, four codegen units, unwinding, S3 with the signing of multi-region access points. Now: fat LTO, one codegen unit, \
        `panic = \"abort\"`, and of the SDK what is used. The times were measured once, from nothing, on two cores that did other work as well: they \
        are seconds of processor.",
    run,
};

/// Measured by hand: a build from nothing takes longer than all else here.
const BEFORE: (f64, f64) = (924.0, 48_768_768.0);
const NOW_SECONDS: f64 = 0.0;

fn run(ground: &Ground) -> Result<Vec<Row>, String> {
    let binary = Binary::shipped(ground)?;
    let size = std::fs::metadata(binary.path()).map_err(|error| error.to_string())?.len() as f64;
    let row = |what: &str, now: f64, before: f64, unit| Row {
        what: what.to_owned(),
        figure: Figure::exact(now / before, Unit::Times),
        goal: Goal::None,
        beside: format!("{} against {}", Figure::exact(now, unit), Figure::exact(before, unit)),
    };
    Ok(vec![
        row("size of the binary, now against before", size, BEFORE.1, Unit::Bytes),
        row("time of the build, now against before", NOW_SECONDS, BEFORE.0, Unit::Seconds),
    ])
}
