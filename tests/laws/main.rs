//! What holds for every plan in every account, tried on an account in memory.

mod account;
mod agreement;
mod destroy;
mod foreign;
mod furnish;
mod grants;
mod import;
mod only;
mod order;
mod plans;
mod prune;
mod reshape;
mod run;
mod saved;

/// A failure prints the plans that it takes; nothing is written beside the sources.
fn config(cases: u32) -> proptest::prelude::ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    proptest::prelude::ProptestConfig { cases, failure_persistence: None, max_global_rejects: 4 * cases, ..Default::default() }
}
