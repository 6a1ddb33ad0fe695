//! What somebody writes who means harm, or who knows no better: plans, policies, snapshots, messages and names. Nothing panics, nothing hangs,
//! memory stays bounded, and nothing that is shown is obeyed by a terminal.

#[cfg(feature = "aws")]
mod files;
mod folder;
mod plans;
mod policies;
mod reports;

#[path = "../laws/run.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod run;

#[path = "../../fuzz/src/shown.rs"]
#[allow(dead_code, reason = "the fuzz targets use more of it")]
mod shown;

use std::time::{Duration, Instant};

use postroom::core::address::Home;

/// What every text gets that somebody else wrote: a window's title, a cleared screen, text from right to left, a letter that nobody sees.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{200b}\u{e0041}";

fn home() -> Home {
    Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
}

/// Does something that takes a moment, also on a busy machine and without optimisation; what takes the square of its input takes minutes.
#[track_caller]
fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(20), "{what} took {took:?}");
    done
}
