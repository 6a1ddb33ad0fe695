//! End to end: the real binary, an emulated account of its own for every test, and the Rust SDK to look at what it did.

mod calls;
mod foreign;
mod order;
mod plans;
mod shared;
mod support;
