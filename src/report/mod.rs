//! Values → text, JSON, Markdown, SARIF, annotations, JUnit. Nothing else formats output.

pub mod audit;
pub mod codes;
pub mod diagnostic;
pub mod drift;
pub mod faults;
pub mod github;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod mask;
pub mod metrics;
pub mod problems;
pub mod reference;
pub mod route;
pub mod sarif;
pub mod schema;
pub mod text;
