//! Accounts to measure on, made the same way every time.

pub mod account;
