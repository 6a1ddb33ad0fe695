//! `mail_manager:`

mod action;
mod condition;
mod file;
mod ingress;
mod references;

pub(super) use references::{absent, used};

use super::super::choices::Choice;
use super::super::language::mail_manager::{
    Addon, AddressList, Archive, Body, Entry, MailManager, MailRule, MailRuleSet, Members, Relay, TrafficPolicy, TrafficStatement,
};
use super::super::language::{Placed, Spot};
use super::super::words::mail_manager as words;
use super::super::words::{Answer, Reader};
use super::{nothing_beside, once, values};
pub(super) use file::Files;

/// What `mail_manager:` says. `files` is where the files that it names are.
pub(super) fn mail_manager(written: words::MailManager, files: Files<'_>, reader: &mut Reader<'_>) -> MailManager {
    let words::MailManager { address_lists, archives, relays, addons, traffic_policies, rule_sets, ingress_endpoints } = written;
    let found = MailManager {
        address_lists: entries("address list", address_lists, reader, |name, list, reader| {
            entry(name, list, false, reader, |list, _, reader| Some(address_list(list, files, reader)))
        }),
        archives: entries("archive", archives, reader, |name, archive, reader| {
            entry(name, archive, true, reader, |archive, _, _| Some(Archive { retention: archive.retention?, kms_key: archive.kms_key }))
        }),
        relays: entries("relay", relays, reader, |name, relay, reader| entry(name, relay, false, reader, |relay, _, _| self::relay(relay))),
        addons: entries("add-on", addons, reader, addon),
        traffic_policies: entries("traffic policy", traffic_policies, reader, |name, policy, reader| {
            entry(name, policy, false, reader, |policy, _, reader| traffic_policy(policy, reader))
        }),
        rule_sets: entries("rule set", rule_sets, reader, |name, set, reader| {
            entry(name, set, false, reader, |set, _, reader| rule_set(set, reader))
        }),
        ingress_endpoints: entries("ingress endpoint", ingress_endpoints, reader, |name, endpoint, reader| {
            entry(name, endpoint, false, reader, |endpoint, name, reader| ingress::endpoint(endpoint, name, files, reader))
        }),
    };
    same_addon(&found.addons, reader);
    let kept = found.address_lists.iter().filter(|list| !matches!(list.body, Body::Absent { .. })).map(|list| &list.spot);
    once::at_most(words::ADDRESS_LISTS, "address lists", kept, reader);
    found
}

/// The entries of one kind; no name is of two.
fn entries<W, T>(
    what: &str,
    written: Option<Vec<(Placed<String>, W)>>,
    reader: &mut Reader<'_>,
    read: impl Fn(Placed<String>, W, &mut Reader<'_>) -> Option<Entry<T>>,
) -> Vec<Entry<T>> {
    let found: Vec<_> = written.unwrap_or_default().into_iter().filter_map(|(name, one)| read(name, one, reader)).collect();
    once::names(what, found.iter().map(|entry| (&entry.name, entry.was.as_slice())), reader);
    found
}

/// One entry: somebody else's, absent, or ours, and then `spec` says the rest.
fn entry<W: words::Entry, T>(
    name: Placed<String>,
    written: W,
    protected: bool,
    reader: &mut Reader<'_>,
    spec: impl FnOnce(W, &Placed<String>, &mut Reader<'_>) -> Option<T>,
) -> Option<Entry<T>> {
    entry_with(name, written, protected, None, reader, spec)
}

fn entry_with<W: words::Entry, T>(
    name: Placed<String>,
    mut written: W,
    protected: bool,
    addon: Option<Placed<String>>,
    reader: &mut Reader<'_>,
    spec: impl FnOnce(W, &Placed<String>, &mut Reader<'_>) -> Option<T>,
) -> Option<Entry<T>> {
    let words::Said { given, was, tags, protect, existing, adopt, absent } = written.said();
    // An add-on says its name even then: the entry's is the plan's own.
    let own = if addon.is_some() { "name" } else { "absent" };
    let body = if absent {
        nothing_beside(
            "absent",
            &given,
            &["absent", "existing", "adopt", "protect", own],
            "what shall not exist says nothing else",
            reader,
        );
        if protect.unwrap_or(protected) {
            kept(&name, given.spot("absent"), reader);
        }
        Body::Absent { addon }
    } else if existing {
        nothing_beside("existing", &given, &["absent", "existing", "adopt", own], "what is somebody else's is only referred to", reader);
        Body::Existing { addon }
    } else {
        // With `existing: false` or `absent: false` nobody has asked for them yet.
        if given.spot("existing").or(given.spot("absent")).is_some() {
            for key in W::NEEDS.iter().filter(|key| given.spot(key).is_none()) {
                reader.tell("missing-key", format!("`{}` needs `{key}`", name.value), &given.at, format!("add `{key}:` here"));
            }
        }
        Body::Ours { spec: spec(written, &name, reader)?, adopt }
    };
    let (tags, protect, spot) = (values(tags), protect.unwrap_or(protected), name.spot.clone());
    Some(Entry { name, was, body, tags, protect, spot })
}

/// What is protected is never deleted.
fn kept(name: &Placed<String>, absent: Option<&Spot>, reader: &mut Reader<'_>) {
    let Some(absent) = absent else { return };
    let message = format!("`{}` shall not exist, and is protected", name.value);
    let problem = reader.tell("contradiction", message, absent, "what is protected is never deleted");
    problem.help = Some("an archive is protected unless its entry says `protect: false`".to_owned());
}

fn address_list(written: words::AddressList, files: Files<'_>, reader: &mut Reader<'_>) -> AddressList {
    let words::AddressList { members, members_file, existing_members, .. } = written;
    let listed = members_file.map(|file| files.members(&file, reader)).or_else(|| {
        members.inspect(|members| {
            file::no_member_twice(members.iter().map(|member| (member.value.as_str(), &member.spot)), reader);
        })
    });
    AddressList { members: listed.map(|listed| Members { listed, keep_others: existing_members.is_some() }) }
}

fn relay(written: words::Relay) -> Option<Relay> {
    let words::Relay { server, port, auth, .. } = written;
    Some(Relay { server: server?, port: u16::try_from(port?).ok()?, secret: auth?.secret })
}

fn addon(name: Placed<String>, written: words::Addon, reader: &mut Reader<'_>) -> Option<Entry<Addon>> {
    let addon = written.name.clone()?;
    entry_with(name, written, false, Some(addon.clone()), reader, |written, name, reader| {
        if !written.accept_pricing && !written.adopt {
            let message = format!("`{}` has a price that nobody accepts", name.value);
            let problem = reader.tell("missing-key", message, &written.given.at, "add `accept_pricing: true` here");
            problem.help = Some("subscribing to an add-on accepts its terms and its price; `existing: true` only refers to one".to_owned());
        }
        Some(Addon { addon, accept_pricing: written.accept_pricing })
    })
}

/// There is one subscription of an add-on in an account and region.
fn same_addon(addons: &[Entry<Addon>], reader: &mut Reader<'_>) {
    let names = addons.iter().filter_map(|entry| match &entry.body {
        Body::Ours { spec, .. } => Some(&spec.addon),
        Body::Existing { addon } | Body::Absent { addon } => addon.as_ref(),
    });
    once::among("the add-on", names, reader);
}

fn traffic_policy(written: words::TrafficPolicy, reader: &mut Reader<'_>) -> Option<TrafficPolicy> {
    let words::TrafficPolicy { default, max_message_size, statements, .. } = written;
    let statement = |written: words::TrafficStatement| {
        let allow = written.allow.is_some();
        let conditions = written.allow.or(written.deny)?;
        Some(TrafficStatement { allow, conditions: conditions.into_iter().filter_map(|one| condition::traffic(one, reader)).collect() })
    };
    let statements = statements.unwrap_or_default().into_iter().filter_map(statement).collect();
    let max_message_size = max_message_size.and_then(|size| u32::try_from(size).ok());
    Some(TrafficPolicy { allow_by_default: default? == Answer::Allow, max_message_size, statements })
}

fn rule_set(written: words::MailRuleSet, reader: &mut Reader<'_>) -> Option<MailRuleSet> {
    let rules = written.rules?;
    once::among("rule", rules.iter().filter_map(|rule| rule.name.as_ref()), reader);
    let rule = |rule: words::MailRule| {
        let words::MailRule { given, name, when, unless, actions } = rule;
        let mut conditions =
            |written: Option<Vec<_>>| written.unwrap_or_default().into_iter().filter_map(|one| condition::of_rule(one, reader)).collect();
        let (when, unless) = (conditions(when), conditions(unless));
        let actions = actions.unwrap_or_default().into_iter().map(|Placed { value, spot }| Placed { value: action::action(value), spot });
        MailRule { name, when, unless, actions: actions.collect(), spot: given.at }
    };
    Some(MailRuleSet { rules: rules.into_iter().map(rule).collect() })
}

/// How a choice is written.
fn spelling<C: Choice + PartialEq>(one: C) -> &'static str {
    C::ALL.iter().find(|(choice, ..)| *choice == one).map_or("", |(_, spelling, _)| spelling)
}
