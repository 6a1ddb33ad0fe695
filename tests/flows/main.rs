//! End to end: the real binary, an emulated account of its own for every test, and the Rust SDK to look at what it did.

mod calls;
mod failures;
mod foreign;
mod order;
mod plans;
mod refusals;
mod shared;
mod support;
mod unreadable;
