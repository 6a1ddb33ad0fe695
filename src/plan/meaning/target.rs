//! `targets:`

use std::collections::BTreeMap;

use super::super::language::{Placed, Target, Via};
use super::super::node::{Kind, Node};
use super::super::words::{self, Reader};
use crate::core::ids::{AccountId, Region};
use crate::core::problem::Place;

/// As it was read.
pub(crate) type Written = Vec<(Placed<String>, words::Target)>;

/// What the plan says for all targets that say nothing else.
pub(crate) type Defaults<'a> = (Option<&'a Placed<AccountId>>, Option<&'a Placed<Region>>);

/// The targets in the order written.
pub(crate) fn targets(section: Option<&Node>, written: Written, defaults: Defaults<'_>, reader: &mut Reader<'_>) -> Vec<Target> {
    if let Some(section) = section.filter(|section| matches!(&section.kind, Kind::Mapping(entries) if entries.is_empty())) {
        let spot = reader.below("targets", |reader| reader.spot_of(section));
        reader.tell("bad-value", "`targets` names no target", &spot, "expected at least one").help =
            Some("or leave `targets` out".to_owned());
    }
    let mut seen: BTreeMap<(AccountId, Region), (String, Place)> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, entry) in written {
        let target = target(&name, entry, defaults, reader);
        if let (Some(account), Some(region)) = (&target.account, &target.region)
            && let Some((other, place)) =
                seen.insert((account.value.clone(), region.value.clone()), (name.value.clone(), reader.place(&name.spot)))
        {
            // The owner of a statement is plan, account and region: each of the two would take away what the other gives.
            let message = format!("targets `{other}` and `{}` are both {} {}", name.value, account.value, region.value);
            let problem = reader.tell("contradiction", message, &name.spot, "one account and region is one target");
            problem.also.push((place, "the other".to_owned()));
        }
        found.push(target);
    }
    found
}

fn target(name: &Placed<String>, written: words::Target, defaults: Defaults<'_>, reader: &mut Reader<'_>) -> Target {
    let words::Target { given, account, region, role, role_arn, profile, external_id, vars } = written;
    drop(vars); // they have been replaced
    if let (Some(spot), None) = (given.spot("external_id"), given.spot("role").or(given.spot("role_arn"))) {
        let problem = reader.tell("contradiction", "`external_id` without a role", spot, "expected `role` or `role_arn` beside it");
        problem.help = given.spot("profile").map(|_| "a profile carries its own external id".to_owned());
    }
    for text in [&role, &profile].into_iter().flatten().filter(|text| text.value.contains("${")) {
        let problem = reader.tell("bad-value", "a target takes no variables", &text.spot, "expected the name itself");
        problem.help = Some("who is reached hangs on nothing that could be given from outside".to_owned());
    }
    let wanted = account.as_ref().or(defaults.0);
    let in_role = role_arn.as_ref().and_then(|arn| Some(Placed { value: arn.value.account_id()?, spot: arn.spot.clone() }));
    if let (Some(role), Some(wanted), Some(in_role)) = (&role_arn, wanted, &in_role)
        && wanted.value != in_role.value
    {
        let place = reader.place(&wanted.spot);
        let problem = reader.tell("contradiction", format!("the role is in account {}", in_role.value), &role.spot, "another account");
        problem.also.push((place, "the target is this account".to_owned()));
    }
    if let (Some(role), None) = (&role, wanted) {
        let problem =
            reader.tell("missing-key", "`role` is a name in an account, and no `account` is said", &role.spot, "in which account?");
        problem.help = Some("add `account:` to the target, or write `role_arn`".to_owned());
    }
    let via = match (role, role_arn, profile) {
        (Some(role), ..) => Via::Role(role.value),
        (_, Some(arn), _) => Via::RoleArn(arn.value),
        (_, _, Some(profile)) => Via::Profile(profile.value),
        (None, None, None) => Via::Caller,
    };
    Target {
        name: Some(name.value.clone()),
        account: wanted.cloned().or(in_role),
        region: region.as_ref().or(defaults.1).cloned(),
        via,
        external_id: external_id.map(|id| id.value),
        spot: name.spot.clone(),
    }
}

/// The target that was asked for: a plan with targets is always for one of them.
pub(super) fn chosen(
    section: Option<&Node>,
    written: Option<Written>,
    defaults: Defaults<'_>,
    asked: Option<&str>,
    reader: &mut Reader<'_>,
) -> Option<Target> {
    let all = targets(section, written.unwrap_or_default(), defaults, reader);
    all.into_iter().find(|target| target.name.as_deref() == asked && asked.is_some())
}
