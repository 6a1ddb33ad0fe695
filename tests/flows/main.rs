//! End to end: the real binary, an emulated account of its own for every test, and the Rust SDK to look at what it did.

mod accounts;
mod audit;
mod calls;
mod destroy;
mod drift;
mod failures;
mod filters;
mod foreign;
mod functions;
mod identities;
mod import;
mod interrupt;
mod mail_manager;
mod managed;
mod order;
mod plans;
mod public;
mod races;
mod refusals;
mod regions;
mod roles;
mod shared;
mod snapshot;
mod support;
mod topics;
mod unreadable;
