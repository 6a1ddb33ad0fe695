//! Values → text and JSON. Nothing else formats output.

pub mod audit;
pub mod drift;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod mask;
pub mod metrics;
pub mod problems;
pub mod reference;
pub mod text;
