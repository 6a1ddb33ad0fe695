//! Values → text and JSON. Nothing else formats output.

pub mod problems;
