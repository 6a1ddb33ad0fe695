//! `destroy`: the plan's own last version, in which all that it made shall be absent. From there on everything is as in an apply: what is live
//! decides what goes, rules before grants, and no grant is taken from a live user.
//!
//! Buckets, keys, topics and secrets are not the plan's, whoever made them; neither is anything that it only refers to.

pub(crate) mod keeps;

use crate::core::change::ChangeSet;
use crate::core::change::Finding;
use crate::core::compile::compile;
use crate::core::desired::Desired;
use crate::core::diff::diff;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::grants::ours_at;
use crate::kinds::identity;
use crate::plan::language::create::Create;
use crate::plan::language::mail_manager::{Body, Entry, MailManager};
use crate::plan::language::{Filter, FilterBody, GrantException, OtherRules, Placed, Plan, Receipt, Role, Rule, RuleBody, RuleSet, Stance};
use crate::policy::Statement;

/// What must be done so that nothing of the plan's is left in the account.
#[must_use]
pub fn destroy(plan: &Plan, live: &Live) -> ChangeSet {
    let mut last = farewell(plan);
    let kept = keeps::keeps(&Scene::new(&last, live));
    keeps::refer_to(&kept, &mut last.mail_manager);
    let scene = Scene::new(&last, live);
    let mut desired = compile(&scene);
    desired.parting = desired.resources.keys().cloned().collect();
    let stays = stays(&scene, &desired);
    let resources = kept.into_iter().map(|(at, (code, why))| keeps::told(code, format!("{} stays: {why}", at.seen_from(scene.home()))));
    desired.findings.extend(resources.chain(stays));
    diff(&desired, live)
}

/// The last version of a plan. Every member is named: a new word of the language must say what becomes of it.
#[must_use]
pub fn farewell(plan: &Plan) -> Plan {
    let Plan {
        source,
        lines,
        name,
        account,
        region,
        accounts,
        mut defaults,
        safety,
        lock,
        receipt,
        mail_manager,
        roles,
        senders,
        archive_users,
        grants,
        was,
        mut retired,
        accept,
        create: _,
        tests: _,
        target,
        files,
    } = plan.clone();
    // Rules of others in a set of ours are not ours to take away.
    defaults.other_rules = OtherRules::Keep;
    let of_senders = senders.iter().map(|sender| (&sender.attach_to, &sender.spot));
    let of_users = archive_users.iter().map(|user| (&user.attach_to, &user.spot));
    let policies = of_senders.chain(of_users).flat_map(|(identities, spot)| identities.iter().map(move |identity| (identity, spot)));
    retired.extend(policies.map(|(identity, spot)| {
        let kind = identity::policy_kind(identity);
        Placed { value: format!("{}/{}", kind.name(), identity.name().value), spot: spot.clone() }
    }));
    Plan {
        target,
        files,
        source,
        lines,
        name,
        account,
        region,
        accounts,
        defaults,
        safety,
        lock,
        receipt: without_rules(receipt),
        mail_manager: without_resources(mail_manager),
        roles: roles.into_iter().map(|(name, role)| (name, gone(role))).collect(),
        senders: Vec::new(),
        archive_users: Vec::new(),
        // What is not ours to write is not ours to strip.
        grants: grants
            .into_iter()
            .map(|(at, exception)| (at, GrantException { manage: exception.manage, spot: exception.spot, ..GrantException::default() }))
            .collect(),
        was,
        retired,
        accept,
        // What was made for the first day stays.
        create: Create::default(),
        // Where mail must end up while the plan lasts says nothing of its end.
        tests: Vec::new(),
    }
}

fn gone(role: Role) -> Role {
    let stance = match role.stance {
        Stance::Existing => Stance::Existing,
        Stance::Ours | Stance::Adopt | Stance::Absent => Stance::Absent,
    };
    Role { stance, ..role }
}

/// Sets, rules and filters carry no tags: they are ours while named, under their earlier names, too.
fn without_rules(receipt: Receipt) -> Receipt {
    let Receipt { active_none: _, filters, rule_sets } = receipt;
    let filters = filters.into_iter().flat_map(|(name, filter)| {
        let existing = filter.body == FilterBody::Existing;
        let names: Vec<_> = if existing { Vec::new() } else { [vec![name], filter.was].concat() };
        names.into_iter().map(move |name| (name, Filter { body: FilterBody::Absent, was: Vec::new(), spot: filter.spot.clone() }))
    });
    let rule_sets = rule_sets.into_iter().flat_map(|(name, set)| {
        let last = RuleSet {
            was: Vec::new(),
            active: None,
            absent: true,
            other_rules: Some(OtherRules::Keep),
            rules: set.rules.into_iter().flat_map(without_rule).collect(),
            spot: set.spot,
        };
        [vec![name], set.was].concat().into_iter().map(move |name| (name, last.clone()))
    });
    Receipt { active_none: None, filters: filters.collect(), rule_sets: rule_sets.collect() }
}

fn without_rule(rule: Rule) -> Vec<Rule> {
    let body = match rule.body {
        RuleBody::Existing => return vec![Rule { was: Vec::new(), ..rule }],
        RuleBody::Ours(_) | RuleBody::Absent => RuleBody::Absent,
    };
    let names = [vec![rule.name], rule.was].concat().into_iter();
    names.map(|name| Rule { name, was: Vec::new(), body: body.clone(), spot: rule.spot.clone() }).collect()
}

fn without_resources(resources: MailManager) -> MailManager {
    let MailManager { address_lists, archives, relays, addons, traffic_policies, rule_sets, ingress_endpoints } = resources;
    let addons = addons.into_iter().flat_map(|entry| {
        // An entry's name is the plan's own; what it is about is AWS's.
        let addon = entry.spec().map(|spec| spec.addon.clone());
        absent(entry, addon)
    });
    MailManager {
        address_lists: all_absent(address_lists),
        archives: all_absent(archives),
        relays: all_absent(relays),
        addons: addons.collect(),
        traffic_policies: all_absent(traffic_policies),
        rule_sets: all_absent(rule_sets),
        ingress_endpoints: all_absent(ingress_endpoints),
    }
}

fn all_absent<T>(entries: Vec<Entry<T>>) -> Vec<Entry<T>> {
    entries.into_iter().flat_map(|entry| absent(entry, None)).collect()
}

/// What an entry made, under its name and its earlier ones; the tag says whether it is there.
fn absent<T>(entry: Entry<T>, addon: Option<Placed<String>>) -> Vec<Entry<T>> {
    let addon = match entry.body {
        Body::Existing { .. } => return Vec::new(),
        Body::Absent { addon } => addon,
        Body::Ours { .. } => addon,
    };
    let (tags, protect, spot) = (entry.tags, entry.protect, entry.spot);
    let one = |name| Entry {
        name,
        was: Vec::new(),
        body: Body::Absent { addon: addon.clone() },
        tags: tags.clone(),
        protect,
        spot: spot.clone(),
    };
    [vec![entry.name], entry.was].concat().into_iter().map(one).collect()
}

/// What of ours stays, and for whom: a live rule that is not the plan's, or an owner who does not let us write.
fn stays(scene: &Scene<'_>, desired: &Desired) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |message: String| found.push(keeps::told("grant-stays", message));
    for (at, container) in &desired.containers {
        let name = at.seen_from(scene.home());
        if container.hands_off {
            for sid in ours_at(scene, at).filter_map(Statement::sid) {
                say(format!("statement `{sid}` of {name} stays: the policy is not ours to write, and its owner may take it away"));
            }
            continue;
        }
        for (sid, statement) in &container.statements {
            let users: Vec<String> = statement.users.iter().map(crate::core::origin::Origin::in_account).collect();
            say(format!("statement `{sid}` of {name} stays: what the plan does not write needs it ({})", users.join(", ")));
        }
    }
    found
}
