//! More tags than AWS takes, with those of `defaults` and the owner's. The numbers are of the services' quotas: Mail Manager 200, everything
//! else that the plan tags 50.

use std::collections::BTreeMap;

use super::{Check, Found, Look, once};
use crate::core::problem::{Cause, Severity};
use crate::plan::language::mail_manager::Entry;
use crate::plan::language::{Plan, Spot, Stance};

pub(super) static CHECK: Check = Check {
    code: "too-many-tags",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
    about: "More tags than AWS takes, with those of `defaults` and the owner's: Mail Manager 200, everything else 50.",
    look,
};

const MOST: usize = 50;
/// The tag that says whose it is. A key also says its alias, a bucket for a while that it is not finished.
const OWNER: usize = 1;
/// <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_TagResource.html>
const MOST_OF_MAIL_MANAGER: usize = 200;

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let roles = plan.roles.iter().filter(|(_, role)| matches!(role.stance, Stance::Ours | Stance::Adopt));
    let roles = roles.map(|(name, role)| (name.value.as_str(), &role.tags, &role.spot, OWNER));
    let create = &plan.create;
    let buckets = create.buckets.iter().map(|new| (new.name.value.as_str(), &new.tags, &new.name.spot, OWNER + 1));
    let keys = create.keys.iter().map(|new| (new.alias.value.as_str(), &new.tags, &new.alias.spot, OWNER + 1));
    let topics = create.topics.iter().map(|new| (new.name.value.as_str(), &new.tags, &new.name.spot, OWNER));
    let secrets = create.secrets.iter().map(|new| (new.name.value.as_str(), &new.tags, &new.name.spot, OWNER));
    let others = roles.chain(buckets).chain(keys).chain(topics).chain(secrets);
    let mut said: Vec<(String, Cause)> = others.filter_map(|(name, tags, spot, own)| over(plan, name, tags, spot, own, MOST)).collect();
    let manager = &plan.mail_manager;
    said.extend(of(plan, &manager.address_lists));
    said.extend(of(plan, &manager.archives));
    said.extend(of(plan, &manager.relays));
    said.extend(of(plan, &manager.addons));
    said.extend(of(plan, &manager.traffic_policies));
    said.extend(of(plan, &manager.rule_sets));
    said.extend(of(plan, &manager.ingress_endpoints));
    once(said.into_iter())
}

fn of<'a, T>(plan: &'a Plan, entries: &'a [Entry<T>]) -> impl Iterator<Item = (String, Cause)> + 'a {
    let ours = entries.iter().filter(|entry| entry.spec().is_some());
    ours.filter_map(|entry| over(plan, &entry.name.value, &entry.tags, &entry.spot, OWNER, MOST_OF_MAIL_MANAGER))
}

fn over(plan: &Plan, name: &str, tags: &BTreeMap<String, String>, spot: &Spot, own: usize, most: usize) -> Option<(String, Cause)> {
    let more = tags.keys().filter(|key| !plan.defaults.tags.contains_key(*key)).count();
    let count = plan.defaults.tags.len() + more + own;
    (count > most).then(|| (format!("`{name}` would carry {count} tags, ours among them; AWS takes at most {most}"), plan.cause(spot)))
}
