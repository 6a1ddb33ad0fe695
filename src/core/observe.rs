//! Reads what a plan needs, in as few waves as the answers allow: everything the plan names at once, then what those answers point to.

use std::collections::BTreeSet;

use super::compile::reads;
use super::live::{Live, Observed};
use super::scene::Scene;
use super::world::World;
use crate::plan::language::Plan;

/// More rounds than any plan takes; what is still asked for then is unreadable, not asked for forever.
const ROUNDS: usize = 16;

/// Everything the plan looks at. `live` says where from, and may hold what is known already.
pub async fn observe(world: &impl World, plan: &Plan, live: Live) -> Live {
    observe_all(world, &[plan], live).await
}

/// Everything that several plans look at together: what is taken back is looked at with the plan's own eyes, too.
pub async fn observe_all(world: &impl World, plans: &[&Plan], mut live: Live) -> Live {
    let wanted = |live: &Live| plans.iter().flat_map(|plan| reads(&Scene::new(plan, live))).collect();
    for _ in 0..ROUNDS {
        let missing = live.missing(&wanted(&live));
        if missing.is_empty() {
            return live;
        }
        let answers = world.read(&missing).await;
        let stuck = answers.is_empty();
        live.seen.add(answers);
        if stuck {
            give_up(&mut live, missing);
        }
    }
    let missing = live.missing(&wanted(&live));
    give_up(&mut live, missing);
    live
}

fn give_up(live: &mut Live, missing: BTreeSet<super::address::Address>) {
    live.seen.extend(missing.into_iter().map(|at| (at, Observed::Unreadable("no answer could be had".to_owned()))));
}
