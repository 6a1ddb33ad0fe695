//! Pure: no clock, no network, no environment, no async.

pub mod address;
pub mod ids;
pub mod problem;
