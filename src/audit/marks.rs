//! What must be read to find every mark of one plan in an account: the lists, every policy that they lead to, and of identities those alone that
//! carry the mark. Asked again after each wave, as [`super::scan::reads`] is.

use std::collections::BTreeSet;

use super::scan;
use crate::containers;
use crate::core::address::{Address, AddressKind};
use crate::core::compile;
use crate::core::live::{Live, Observed};
use crate::core::owner::OWNER_TAG;
use crate::core::prune::pruned;
use crate::core::scene::Scene;
use crate::core::world::World;
use crate::kinds::inventory::{Identities, list_address};
use crate::kinds::mail_manager::{Names, RESOURCE_TYPES, names_address};
use crate::kinds::role;
use crate::plan::language::Plan;
use crate::policy::Document;

/// More rounds than any account takes.
const ROUNDS: usize = 12;

/// The lists that the rest follows from.
pub const LISTS: [AddressKind; 6] =
    [AddressKind::Buckets, AddressKind::Keys, AddressKind::Topics, AddressKind::Functions, AddressKind::Secrets, AddressKind::Identities];

/// A scan that would read more than it was allowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch {
    /// Things to read.
    pub wanted: usize,
}

/// Everything that the plan looks at, and everything that may carry its mark. `wave` is told how many things are read, and how many in all.
///
/// # Errors
/// There are more than `most`; nothing beyond the lists that told so was read then.
pub async fn observe(
    world: &impl World,
    plan: &Plan,
    mut live: Live,
    most: usize,
    wave: &(impl Fn(usize, usize) + Sync),
) -> Result<Live, TooMuch> {
    for _ in 0..ROUNDS {
        let wanted = reads(plan, &live);
        if wanted.len() > most {
            return Err(TooMuch { wanted: wanted.len() });
        }
        let missing = live.missing(&wanted);
        if missing.is_empty() {
            break;
        }
        wave(wanted.len() - missing.len(), wanted.len());
        let answers = world.read(&missing).await;
        if answers.is_empty() {
            let lost = || Observed::Unreadable("no answer could be had".to_owned());
            live.seen.extend(missing.into_iter().map(|at| (at, lost())));
        } else {
            live.seen.add(answers);
        }
    }
    Ok(live)
}

/// Whether a snapshot was taken for this.
#[must_use]
pub fn is_whole(live: &Live) -> bool {
    LISTS.iter().all(|kind| live.has(&list_address(&live.home, *kind)))
}

/// What must be read, as far as what was already read tells.
#[must_use]
pub fn reads(plan: &Plan, live: &Live) -> BTreeSet<Address> {
    let scene = Scene::new(plan, live);
    let home = scene.home();
    let mut wanted: BTreeSet<Address> = LISTS.iter().map(|kind| list_address(home, *kind)).collect();
    wanted.insert(home.at(AddressKind::KeyAliases, "all"));
    scan::policies(live, &mut wanted);
    identities(&scene, &mut wanted);
    for (kind, _) in RESOURCE_TYPES {
        let list = names_address(home, kind);
        let names: Names = live.get(&list).present().unwrap_or_default();
        let living = names.items.iter().filter(|item| !item.is_leaving() && names.living(&item.name).count() == 1);
        wanted.extend(living.map(|item| home.at(kind, item.name.as_str())));
        wanted.insert(list);
    }
    // Of other accounts only the buckets that the plan says they own: nobody here may list what they hold.
    wanted.retain(|at| at.account == home.account);
    let elsewhere = plan.accounts.by_id.values().filter(|access| access.manage).flat_map(|access| &access.owns);
    for bucket in elsewhere.map(|bucket| scene.bucket(&bucket.value)) {
        wanted.insert(bucket.with_kind(AddressKind::BucketPolicy));
        wanted.insert(bucket);
    }
    wanted.extend(compile::reads(&scene));
    wanted.extend(compile::reads(&Scene::new(&pruned(plan, live).plan, live)));
    wanted
}

/// Of users and groups the policies that bear our name, of roles everything that is on those that bear our mark.
fn identities(scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
    let home = scene.home();
    let list: Identities = scene.live.get(&list_address(home, AddressKind::Identities)).present().unwrap_or_default();
    let ours = scene.owner.inline_policy();
    let former: BTreeSet<String> = scene.owner.former_inline_policies().collect();
    let bears = |policies: &BTreeSet<String>| policies.contains(&ours) || policies.iter().any(|policy| former.contains(policy));
    for (name, listed) in &list.roles {
        let tagged = listed.tags.get(OWNER_TAG).is_some_and(|tag| scene.owner.is_owner(tag));
        let trusts = Document::parse(&listed.trust)
            .is_ok_and(|trust| trust.statements().any(|have| have.sid().is_some_and(|sid| scene.owner.owns_sid(sid))));
        if tagged || trusts || bears(&listed.policies) {
            role::reads(scene, &home.at(AddressKind::Role, name.as_str()), wanted);
        }
    }
    for (kind, all) in [(AddressKind::UserPolicy, &list.users), (AddressKind::GroupPolicy, &list.groups)] {
        for (name, policies) in all.iter().filter(|(_, policies)| bears(policies)) {
            let policy = home.at(kind, name.as_str());
            wanted.extend(containers::names_of_inline(kind).map(|names| policy.with_kind(names)));
            let old = policies.iter().filter(|policy| former.contains(*policy));
            wanted.extend(old.map(|old| Address { name: format!("{name}/{old}"), ..policy.clone() }));
            if policies.contains(&ours) {
                wanted.insert(policy);
            }
        }
    }
}
