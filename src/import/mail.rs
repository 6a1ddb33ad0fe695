//! The resources of Mail Manager as entries of a plan, each by its name.

use serde::de::DeserializeOwned;

use super::Draft;
use super::mail_rules::{asked, in_list, inside, is, rules, small, values};
use super::names::addon_entry;
use crate::core::address::{Address, AddressKind};
use crate::core::live::Seen;
use crate::core::owner::OWNER_TAG;
use crate::kinds::mail_manager::addon_subscription::AddonSubscription;
use crate::kinds::mail_manager::address_list::{AddressList, ListMembers};
use crate::kinds::mail_manager::archive::{Archive, Retention};
use crate::kinds::mail_manager::ingress_endpoint::{Configuration, IngressEndpoint, Network};
use crate::kinds::mail_manager::ours::Found;
use crate::kinds::mail_manager::relay::{Authentication, Relay};
use crate::kinds::mail_manager::rule_set::RuleSet;
use crate::kinds::mail_manager::traffic_policy::{Attribute, BooleanToEvaluate, PolicyCondition, StringToEvaluate, TrafficPolicy};
use crate::kinds::mail_manager::{Names, names_address};
use crate::plan::write::{Item, Map, Yaml};

/// `mail_manager:`. What uses others comes first, so that it is known by then which are used; they are written in the contract's order.
pub(super) fn mail_manager(draft: &Draft<'_>) -> Map {
    let endpoints = section(draft, AddressKind::IngressEndpoint, |at, found: &IngressEndpoint| endpoint(draft, at, found));
    let sets = section(draft, AddressKind::MailRuleSet, |_, found: &RuleSet| Map::of_lines().with("rules", rules(draft, found)));
    let policies = section(draft, AddressKind::TrafficPolicy, |_, found: &TrafficPolicy| traffic_policy(draft, found));
    let addons = section(draft, AddressKind::AddonInstance, |at, _: &AddonSubscription| Map::default().with("name", at.name.as_str()));
    let relays = section(draft, AddressKind::Relay, |_, found: &Relay| relay(draft, found));
    let archives = section(draft, AddressKind::Archive, |_, found: &Archive| archive(draft, found));
    let lists = section(draft, AddressKind::AddressList, |at, _: &AddressList| address_list(draft, at));
    let mut manager = Map::of_lines();
    for (key, entries) in [
        ("address_lists", lists),
        ("archives", archives),
        ("relays", relays),
        ("addons", addons),
        ("traffic_policies", policies),
        ("rule_sets", sets),
        ("ingress_endpoints", endpoints),
    ] {
        if !entries.is_empty() {
            manager.put(key, entries);
        }
    }
    manager
}

/// The entries of one kind, in the order of their names.
fn section<S: DeserializeOwned>(draft: &Draft<'_>, kind: AddressKind, body: impl Fn(&Address, &S) -> Map) -> Map {
    let live = draft.live();
    let names: Names = live.get(&names_address(&live.home, kind)).present().unwrap_or_default();
    let mut items: Vec<_> = names.items.iter().filter(|item| !item.is_leaving()).map(|item| item.name.as_str()).collect();
    items.sort_unstable();
    items.dedup();
    let mut entries = Map::of_lines();
    for name in items {
        let at = live.home.at(kind, name);
        let wanted = draft.is_wanted(&at);
        let is_named = draft.names.mail.borrow().contains(&at);
        // A name that two have leads to neither: what names one of them does it by its id.
        if !(wanted || is_named) || draft.is_left_out(&at) || names.living(name).count() != 1 {
            continue;
        }
        let is_addon = kind == AddressKind::AddonInstance;
        let key = if is_addon { addon_entry(name) } else { name.to_owned() };
        let aside = |why: Option<&str>| {
            let mut map = Map::default();
            map.maybe("name", is_addon.then_some(name));
            let item = Item::from(map.with("existing", true));
            why.map_or(item.clone(), |why| item.note(why))
        };
        let item = match (live.get::<Found<S>>(&at), draft.aside(&at)) {
            (Seen::Present(found), None) if wanted => {
                let (mut map, stance) = (body(&at, &found.spec), draft.stance(found.tags.get(OWNER_TAG).map(String::as_str)));
                match stance {
                    Ok(adopt) => {
                        map.maybe("adopt", adopt.then_some(true));
                        map.maybe("accept_pricing", (is_addon && !adopt).then_some(true));
                        Item::from(map)
                    }
                    Err(why) => aside(Some(&why)),
                }
            }
            (Seen::Present(_), why) => aside(why),
            (Seen::Unreadable(why), _) => aside(Some(&format!("could not be read: {why}"))),
            (Seen::Absent | Seen::Unread, _) => aside(Some("could not be read")),
        };
        entries.put(&key, item.about(at));
    }
    entries
}

fn address_list(draft: &Draft<'_>, at: &Address) -> Map {
    let mut map = Map::default();
    match draft.live().get::<ListMembers>(&at.with_kind(AddressKind::AddressListMembers)) {
        Seen::Present(ListMembers { mut members }) => {
            members.sort();
            match draft.file_of_members(at, &members) {
                Some(file) => map.put("members_file", file),
                None => map.put("members", members),
            }
            map
        }
        Seen::Unreadable(why) => {
            let mut map = Map::of_lines();
            map.put("existing_members", Item::from("keep").note(format!("its members could not be read, and are left alone: {why}")));
            map
        }
        Seen::Absent | Seen::Unread => map.with("existing_members", "keep"),
    }
}

fn archive(draft: &Draft<'_>, archive: &Archive) -> Map {
    let Retention::RetentionPeriod(period) = &archive.retention;
    let mut map = Map::default().with("retention", small(period));
    map.maybe("kms_key", archive.kms_key_arn.as_ref().map(|key| draft.names.key(key)));
    map
}

fn relay(draft: &Draft<'_>, relay: &Relay) -> Map {
    let map = Map::default().with("server", relay.server_name.as_str()).with("port", Yaml::word(relay.server_port));
    match &relay.authentication {
        Authentication::NoAuthentication {} => map.with("auth", Yaml::word("none")),
        Authentication::SecretArn(arn) => map.with("auth", Yaml::one("secret", draft.names.secret(arn))),
    }
}

fn traffic_policy(draft: &Draft<'_>, policy: &TrafficPolicy) -> Map {
    let statement = |statement: &crate::kinds::mail_manager::traffic_policy::PolicyStatement| {
        let conditions = statement.conditions.iter().map(|condition| traffic_condition(draft, condition).into());
        Item::from(Map::of_lines().with(&small(&statement.action), Yaml::Lines(conditions.collect::<Vec<Item>>())))
    };
    let mut map = Map::of_lines().with("default", small(&policy.default_action));
    map.maybe("max_message_size", policy.max_message_size_bytes.map(Yaml::word));
    if !policy.policy_statements.is_empty() {
        map.put("statements", Yaml::Lines(policy.policy_statements.iter().map(statement).collect()));
    }
    map
}

fn traffic_condition(draft: &Draft<'_>, condition: &PolicyCondition) -> Yaml {
    match condition {
        PolicyCondition::StringExpression { evaluate, operator, values: texts } => match evaluate {
            StringToEvaluate::Attribute(attribute) => Yaml::one(&small(attribute), Yaml::one(&small(operator), values(texts))),
            StringToEvaluate::Analysis(analysis) => Yaml::one("analysis", asked(draft, analysis).with(&small(operator), values(texts))),
        },
        PolicyCondition::IpExpression { evaluate: Attribute::Attribute(attribute), operator, values: ranges }
        | PolicyCondition::Ipv6Expression { evaluate: Attribute::Attribute(attribute), operator, values: ranges } => {
            Yaml::one(&small(attribute), Yaml::one(&inside(operator), values(ranges)))
        }
        PolicyCondition::TlsExpression { operator, value, .. } => {
            let operator = if operator == "MINIMUM_TLS_VERSION" { "at_least".to_owned() } else { small(operator) };
            let version = value.strip_prefix("TLS").unwrap_or(value).replace('_', ".");
            Yaml::one("tls", Yaml::one(&operator, Yaml::word(version)))
        }
        PolicyCondition::BooleanExpression { evaluate, operator } => match evaluate {
            BooleanToEvaluate::Analysis(analysis) => Yaml::one("analysis", asked(draft, analysis).with("is", is(operator))),
            BooleanToEvaluate::IsInAddressList(test) => in_list(draft, test, operator, false),
        },
    }
}

fn endpoint(draft: &Draft<'_>, at: &Address, endpoint: &IngressEndpoint) -> Map {
    let names = &draft.names;
    let mut map = Map::of_lines().with("type", small(&endpoint.r#type));
    match &endpoint.ingress_point_configuration {
        Some(Configuration::SecretArn(arn)) => map.put("auth", Yaml::one("secret", names.secret(arn))),
        Some(Configuration::SmtpPassword(_)) => {
            let note = "AWS never returns the password. It stays as it is; this variable is asked for only by `apply --rotate`";
            map.put("auth", Item::from(Yaml::one("password_from_env", variable(&at.name))).note(note));
        }
        Some(Configuration::TlsAuthConfiguration { trust_store }) => {
            let mut store = Map::default();
            if let Some((ca, crl)) = draft.files_of_store(at) {
                store.put("ca_file", ca);
                store.maybe("crl_file", crl);
            }
            store.maybe("kms_key", trust_store.kms_key_arn.as_ref().map(|key| names.key(key)));
            map.put("trust_store", store);
        }
        None => {}
    }
    map.put("traffic_policy", names.mail(AddressKind::TrafficPolicy, &endpoint.traffic_policy_id));
    map.put("rule_set", names.mail(AddressKind::MailRuleSet, &endpoint.rule_set_id));
    let tls = match endpoint.tls_policy.as_deref() {
        Some("REQUIRED") => "require".to_owned(),
        Some(other) => small(other),
        None => "optional".to_owned(),
    };
    map.put("tls", tls);
    match &endpoint.network_configuration {
        Some(Network::PublicNetworkConfiguration { ip_type }) => {
            map.maybe("ip", Some(small(ip_type)).filter(|kind| kind != "ipv4"));
        }
        Some(Network::PrivateNetworkConfiguration { vpc_endpoint_id }) => map.put("vpc_endpoint", vpc_endpoint_id.as_str()),
        None => {}
    }
    map.maybe("status", endpoint.status.as_deref().filter(|status| *status == "CLOSED").map(small));
    map
}

/// The environment variable for the password of an endpoint.
fn variable(endpoint: &str) -> String {
    let name: String = endpoint.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("SMTP_PASSWORD_OF_{name}")
}
