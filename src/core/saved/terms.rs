//! What a plan is asked for beside its text, and the changes that follow: the pure middle of `plan` and `apply`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::core::address::Address;
use crate::core::change::ChangeSet;
use crate::core::compile::compile;
use crate::core::desired::Desired;
use crate::core::diff::diff;
use crate::core::live::Live;
use crate::core::prune::pruned;
use crate::core::scene::Scene;
use crate::core::selection::select;
use crate::plan::language::Plan;
use crate::route::routing::Routing;
use crate::route::{expect, moved};

/// What was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// `--prune`: what carries the plan's mark and is not in it shall go. The account was looked through for it.
    pub prune: bool,
    /// `--only`, as it was written.
    pub only: Vec<String>,
    /// `--rotate`: the ingress endpoints whose password is sent again, as they were written.
    pub rotate: Vec<String>,
}

impl Terms {
    /// Everything that is wanted.
    #[must_use]
    pub fn desired(&self, plan: &Plan, live: &Live) -> Desired {
        let mut desired = if self.prune { pruned(plan, live).compile(live) } else { compile(&Scene::new(plan, live)) };
        let named: BTreeSet<Address> = self.rotate.iter().filter_map(|text| Address::read_at(text, &live.home).ok()).collect();
        desired.rotate = named;
        desired
    }

    /// Compile, compare, select; with what the plan's tests say and what the mail does.
    #[must_use]
    pub fn changes(&self, plan: &Plan, live: &Live) -> ChangeSet {
        let mut set = diff(&self.desired(plan, live), live);
        // The tests are of the whole plan, also where a part of it is chosen.
        let whole = Routing::of_live(live).after(&set.changes, live);
        set.findings.extend(expect::findings(plan, &whole));
        select(&mut set, &self.only);
        moved::tell(&mut set, live);
        set
    }
}
