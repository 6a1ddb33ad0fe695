//! `targets:`

use super::{Placed, Spot, Via};
use crate::core::ids::{AccountId, Region};

/// One account and region that a plan is for.
#[derive(Debug, Clone)]
pub struct Target {
    /// What `--target` calls it; none is the one target of a plan without `targets:`.
    pub name: Option<String>,
    /// Guard: any other account is refused. Its own, else the plan's, else that of its role.
    pub account: Option<Placed<AccountId>>,
    /// Its own region, else the plan's.
    pub region: Option<Placed<Region>>,
    /// How to get credentials there.
    pub via: Via,
    /// `external_id` for the role.
    pub external_id: Option<String>,
    /// Where it stands.
    pub spot: Spot,
}
