//! Nothing lost: a fault at every call, between the real binary and the emulator.
//!
//! Unasked, a sample that fits into minutes; `make chaos` (`POSTROOM_CHAOS=whole`) takes every fault at every call. Each test prints its figures.

mod first_day;
mod pace;
mod proxy;
mod races;
mod stage;
#[allow(dead_code)] // The flows use all of it.
#[path = "../flows/support/mod.rs"]
mod support;
mod sweep;
mod tally;
mod wire;
mod witness;
