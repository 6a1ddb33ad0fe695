//! What the release build costs and gives.

use crate::Ground;
use crate::binary::Binary;
use crate::figure::{Figure, Goal, Row, Unit};
use crate::sections::Section;

pub static SECTION: Section = Section {
    name: "release",
    title: "The release build",
    about: "Before: thin LTO, four codegen units, unwinding, S3 with the signing of multi-region access points. Now: fat LTO, one codegen unit, \
        `panic = \"abort\"`, and of the SDK what is used; with an allocator of its own. The build took 924 seconds of processor from nothing before; now it \
        took 870 with the smallest crates already built, some 220 of them the link, on one core: a change is tried with `make build`.",
    run,
};

/// The binary before, in bytes.
const BEFORE: f64 = 48_768_768.0;

fn run(ground: &Ground) -> Result<Vec<Row>, String> {
    let binary = Binary::shipped(ground)?;
    let now = std::fs::metadata(binary.path()).map_err(|error| error.to_string())?.len() as f64;
    let bytes = |size| Figure::exact(size, Unit::Bytes);
    Ok(vec![Row {
        what: "size of the binary, now against before".to_owned(),
        figure: Figure::exact(now / BEFORE, Unit::Times),
        goal: Goal::None,
        beside: format!("{} against {}", bytes(now), bytes(BEFORE)),
    }])
}
