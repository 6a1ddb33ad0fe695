//! `grants:` and `retired:`

use super::super::language::{GrantException, Placed};
use super::super::suggest::did_you_mean;
use super::super::words::{self, Reader};
use super::once;
use crate::core::address::{Address, AddressKind, Home};

/// Where statements of ours are kept.
const CONTAINERS: [AddressKind; 9] = [
    AddressKind::BucketPolicy,
    AddressKind::KeyPolicy,
    AddressKind::TopicPolicy,
    AddressKind::FunctionPolicy,
    AddressKind::SecretPolicy,
    AddressKind::RoleTrust,
    AddressKind::RolePolicy,
    AddressKind::UserPolicy,
    AddressKind::GroupPolicy,
];

pub(super) fn exception(at: Placed<String>, written: words::Grant, reader: &mut Reader<'_>) -> (Placed<String>, GrantException) {
    let words::Grant { given, manage, actions, conditions, replace } = written;
    let kind = kind_of(&at, &CONTAINERS, reader);
    if let (Some(spot), Some(kind)) = (given.spot("actions"), kind.filter(|kind| *kind != AddressKind::KeyPolicy)) {
        let message = format!("`actions: legacy` is about keys, not about a {}", kind.name());
        reader.tell("contradiction", message, spot, "only for a `key-policy/…`");
    }
    let replace = replace.unwrap_or_default();
    once::once("the statement", &replace, reader);
    let mut merged =
        GrantException { manage, legacy_actions: actions.is_some(), replace, spot: at.spot.clone(), ..GrantException::default() };
    for (operator, keys) in conditions.unwrap_or_default() {
        let keys = keys.into_iter().map(|(key, values)| (key.value, values.into_iter().map(|value| value.value).collect()));
        merged.conditions.insert(operator.value, keys.collect());
    }
    (at, merged)
}

/// What is retired is a container, or a role that was made.
pub(super) fn retired(addresses: &[Placed<String>], reader: &mut Reader<'_>) {
    let kinds: Vec<_> = CONTAINERS.into_iter().chain([AddressKind::Role]).collect();
    for address in addresses {
        kind_of(address, &kinds, reader);
    }
    once::once("the address", addresses, reader);
}

/// The kind of an address, if it is one of `kinds`.
fn kind_of(address: &Placed<String>, kinds: &[AddressKind], reader: &mut Reader<'_>) -> Option<AddressKind> {
    // Whose address it is in the end does not matter here: what it leaves out is the plan's own account and region.
    let anywhere = Home { account: "000000000000".parse().ok()?, region: "us-east-1".parse().ok()? };
    let read = Address::read_at(&address.value, &anywhere);
    if let Ok(Address { kind, .. }) = read
        && kinds.contains(&kind)
    {
        return Some(kind);
    }
    let word = address.value.split('/').next().unwrap_or_default();
    let message = match read {
        Ok(_) => format!("a {word} cannot stand here"),
        Err(_) => format!("`{}` is not an address", address.value),
    };
    let help = did_you_mean(word, kinds.iter().map(|kind| kind.name()));
    reader.tell("bad-address", message, &address.spot, "expected the address of what holds statements").help = help;
    None
}
