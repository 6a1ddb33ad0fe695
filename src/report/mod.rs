//! Values → text and JSON. Nothing else formats output.

pub mod audit;
pub mod json;
pub mod mask;
pub mod problems;
pub mod text;
