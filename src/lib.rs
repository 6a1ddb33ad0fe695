pub mod core;
pub mod plan;
pub mod policy;
pub mod report;
