//! `--prune`: what carries this plan's mark and is in no line of it any more, anywhere in the account. It is put into the plan as absent, and
//! from there on everything is as in an apply: what a live rule still needs stays, and so does everything of anybody else's.

use std::collections::BTreeSet;

use super::address::{Address, AddressKind};
use super::compile::compile;
use super::desired::{Container, Desired};
use super::farewell::keeps::{self, Why};
use super::live::{Live, Observed};
use super::owner::OWNER_TAG;
use super::scene::Scene;
use crate::containers;
use crate::kinds::mail_manager::{addon_name, is_resource};
use crate::kinds::role::Role;
use crate::plan::language::mail_manager::{Body, Entry, MailManager};
use crate::plan::language::{self, Placed, Plan, Spot, Stance};

/// The plan, with every orphan in it as absent.
#[derive(Debug)]
pub struct Pruned {
    /// What is wanted.
    pub plan: Plan,
    /// The orphans that have an entry now.
    pub orphans: BTreeSet<Address>,
    kept: Vec<(Address, Why)>,
}

/// Finds the orphans among what was read.
#[must_use]
pub fn pruned(plan: &Plan, live: &Live) -> Pruned {
    let scene = Scene::new(plan, live);
    let mut next = plan.clone();
    let mut orphans = BTreeSet::new();
    let named = named(&scene);
    let unnamed = live.seen.keys().filter(|at| at.account == scene.home().account && !named.contains(at));
    for at in unnamed.filter(|at| is_resource(at.kind) && is_marked(&scene, at)) {
        add(&mut next.mail_manager, at);
        orphans.insert(at.clone());
    }
    for at in roles(&scene, &named) {
        let stance = if is_marked(&scene, &at) { Stance::Absent } else { Stance::Existing };
        if stance == Stance::Absent {
            orphans.insert(at.clone());
        }
        next.roles.push((placed(&at.name), role(stance)));
    }
    let mut kept = keeps::keeps(&Scene::new(&next, live));
    // What the plan itself says is absent is the plan's to answer for.
    kept.retain(|at, _| orphans.contains(at));
    keeps::refer_to(&kept, &mut next.mail_manager);
    Pruned { plan: next, orphans, kept: kept.into_iter().collect() }
}

impl Pruned {
    /// The whole of what is wanted, orphans gone.
    #[must_use]
    pub fn compile(self, live: &Live) -> Desired {
        let scene = Scene::new(&self.plan, live);
        let mut desired = compile(&scene);
        for at in &self.orphans {
            if let Some(wanted) = desired.resources.get_mut(at) {
                // No line of the plan speaks of it.
                wanted.because.clear();
            }
        }
        desired.parting = self.orphans;
        let told = self.kept.into_iter().map(|(at, (code, why))| keeps::told(code, format!("{} stays: {why}", at.seen_from(scene.home()))));
        desired.findings.extend(told);
        // Whether a mark is in what could not be read, nobody knows.
        let unread = live.seen.iter().filter(|(at, observed)| matches!(observed, Observed::Unreadable(_)) && holds_marks(at, scene.home()));
        for (at, _) in unread {
            desired.containers.entry(at.clone()).or_default();
        }
        desired
    }
}

fn holds_marks(at: &Address, home: &super::address::Home) -> bool {
    containers::of(at.kind).is_some() && !containers::is_foreign_inline(at) && at.account == home.account
}

/// Whether the tag of a thing says that this very owner made it: another region's target of the plan is another owner.
fn is_marked(scene: &Scene<'_>, at: &Address) -> bool {
    let marked = |tag: Option<&str>| tag.is_some_and(|tag| scene.owner.is_owner(tag));
    if at.kind == AddressKind::Role {
        let role: Option<Role> = scene.live.get(at).present();
        return role.is_some_and(|role| marked(role.tags.get(OWNER_TAG).map(String::as_str)));
    }
    let found: Option<serde_json::Value> = scene.live.get(at).present();
    found.is_some_and(|found| marked(found.get("Tags").and_then(|tags| tags.get(OWNER_TAG)?.as_str())))
}

/// Everything that the plan has a word for, under all its names.
fn named(scene: &Scene<'_>) -> BTreeSet<Address> {
    use AddressKind as Kind;
    fn names<T>(entries: &[Entry<T>]) -> impl Iterator<Item = String> {
        entries.iter().flat_map(|entry| std::iter::once(&entry.name).chain(&entry.was)).map(|name| name.value.clone())
    }
    let MailManager { address_lists, archives, relays, addons, traffic_policies, rule_sets, ingress_endpoints } = &scene.plan.mail_manager;
    let mut named: BTreeSet<Address> = BTreeSet::new();
    let mut add = |kind: Kind, names: &mut dyn Iterator<Item = String>| named.extend(names.map(|name| scene.home().at(kind, name)));
    add(Kind::AddressList, &mut names(address_lists));
    add(Kind::Archive, &mut names(archives));
    add(Kind::Relay, &mut names(relays));
    add(Kind::TrafficPolicy, &mut names(traffic_policies));
    add(Kind::MailRuleSet, &mut names(rule_sets));
    add(Kind::IngressEndpoint, &mut names(ingress_endpoints));
    add(Kind::AddonSubscription, &mut addons.iter().map(addon_name));
    add(Kind::AddonInstance, &mut addons.iter().map(addon_name));
    let roles = scene.plan.roles.iter().flat_map(|(name, role)| std::iter::once(name).chain(&role.was)).map(|name| name.value.clone());
    add(Kind::Role, &mut roles.chain(scene.retired_roles()));
    // An archive that is being replaced is its entry's matter.
    let archives: Vec<String> = names(archives).collect();
    let aside =
        scene.live.of_kind(Kind::Archive).filter(|at| archives.iter().any(|name| crate::kinds::mail_manager::archive::is_aside(name, at)));
    named.extend(aside.cloned());
    named
}

/// Roles that the plan does not name, and that it made or has left something on. One that the plan's rules use by its ARN is not ours to write.
fn roles(scene: &Scene<'_>, named: &BTreeSet<Address>) -> Vec<Address> {
    let wanted = compile(scene).containers;
    let used = |role: &Address| {
        let on = |kind| {
            wanted
                .get(&role.with_kind(kind))
                .is_some_and(|container: &Container| container.statements.values().any(|it| !it.grants.is_empty()))
        };
        on(AddressKind::RoleTrust) || on(AddressKind::RolePolicy)
    };
    let ours = |role: &Address| {
        let on = |at: &Address| crate::grants::ours_at(scene, at).next().is_some();
        let former = scene
            .owner
            .former_inline_policies()
            .map(|policy| Address { name: format!("{}/{policy}", role.name), ..role.with_kind(AddressKind::RolePolicy) });
        is_marked(scene, role)
            || [AddressKind::RoleTrust, AddressKind::RolePolicy].map(|kind| role.with_kind(kind)).iter().any(on)
            || former.into_iter().any(|at| on(&at))
    };
    let here = scene.live.of_kind(AddressKind::Role).filter(|role| role.account == scene.home().account && !named.contains(*role));
    here.filter(|role| scene.live.get::<Role>(role).present().is_some() && ours(role) && !used(role)).cloned().collect()
}

fn placed(name: &str) -> Placed<String> {
    Placed { value: name.to_owned(), spot: Spot::default() }
}

fn role(stance: Stance) -> language::Role {
    language::Role {
        stance,
        was: Vec::new(),
        path: "/".to_owned(),
        permissions_boundary: None,
        tags: std::collections::BTreeMap::new(),
        spot: Spot::default(),
    }
}

/// Archives are protected as long as no line of the plan says otherwise: they hold mail.
fn add(plan: &mut MailManager, at: &Address) {
    use AddressKind as Kind;
    fn absent<T>(at: &Address) -> Entry<T> {
        Entry {
            name: placed(&at.name),
            was: Vec::new(),
            body: Body::Absent { addon: Some(placed(&at.name)) },
            tags: std::collections::BTreeMap::new(),
            protect: at.kind == AddressKind::Archive,
            spot: Spot::default(),
        }
    }
    match at.kind {
        Kind::AddressList => plan.address_lists.push(absent(at)),
        Kind::Archive => plan.archives.push(absent(at)),
        Kind::Relay => plan.relays.push(absent(at)),
        Kind::TrafficPolicy => plan.traffic_policies.push(absent(at)),
        Kind::MailRuleSet => plan.rule_sets.push(absent(at)),
        Kind::IngressEndpoint => plan.ingress_endpoints.push(absent(at)),
        // Subscription and instance are one entry.
        Kind::AddonSubscription | Kind::AddonInstance if !plan.addons.iter().any(|entry| addon_name(entry) == at.name) => {
            plan.addons.push(absent(at));
        }
        _ => {}
    }
}
