//! What must hold of any bytes at all: one file for each target, each with a `check` that panics when a law is broken.
//!
//! A body is called from two sides: by libFuzzer with bytes of its making (`fuzz_targets/`), and by `tests/fuzz.rs` of the repository with the
//! corpus that is kept.

pub mod eml;
pub mod evaluator;
pub mod meaning;
pub mod plan;
pub mod policy;
pub mod saved;
mod shown;
pub mod snapshot;
mod spelling;

use postroom::core::address::Home;

/// Where everything is.
fn home() -> Home {
    Home { account: "111122223333".parse().expect("an account"), region: "eu-west-1".parse().expect("a region") }
}
