//! `senders:` and `archive_users:`

use std::collections::BTreeMap;

use super::super::choices::Choice;
use super::super::language::identities::{ArchiveUse, ArchiveUser, Identity, Sender};
use super::super::language::{Placed, Spot};
use super::super::words::{self, Reader};
use super::{once, only};

/// What sends mail, by both APIs: <https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html>.
const SENDING: [&str; 2] = ["SendEmail", "SendRawEmail"];

pub(super) fn sender(name: Placed<String>, written: words::Sender, reader: &mut Reader<'_>) -> Option<Sender> {
    let words::Sender { attach_to, actions, identities, configuration_sets, only } = written;
    let actions: Vec<_> = match actions {
        Some(actions) => actions.into_iter().map(action).collect(),
        // A default stands where the entry does.
        None => SENDING.map(|action| Placed { value: action.to_owned(), spot: name.spot.clone() }).into(),
    };
    once::once("the action", &actions, reader);
    if let Some(all) = actions.iter().find(|action| action.value == "*").filter(|_| actions.len() > 1) {
        let problem = reader.tell("contradiction", "`*` beside other actions", &all.spot, "this is every action of SES");
        problem.help = Some("write `actions: [\"*\"]`, or leave it out".to_owned());
    }
    once::among("the identity", identities.iter().flatten().flatten(), reader);
    let configuration_sets = configuration_sets.unwrap_or_default();
    once::once("the configuration set", &configuration_sets, reader);
    let only = only.map(|only| only::conditions(only, &actions, reader)).unwrap_or_default();
    let attach_to = attached(attach_to?, reader);
    let spot = name.spot.clone();
    Some(Sender { name, attach_to, actions, identities: identities?, configuration_sets, only, spot })
}

/// IAM knows no difference between `ses:SendEmail` and `SES:sendemail`; the plan keeps the name as written, without the prefix.
fn action(written: Placed<String>) -> Placed<String> {
    let bare = written.value.split_once(':').map(|(_, bare)| bare.to_owned());
    Placed { value: bare.unwrap_or(written.value), spot: written.spot }
}

fn attached(written: Vec<words::AttachTo>, reader: &mut Reader<'_>) -> Vec<Identity> {
    let named = |one: &words::AttachTo| {
        let words::AttachTo { user, group, role, .. } = one;
        let kinds = [("user", user), ("group", group), ("role", role)];
        kinds
            .into_iter()
            .find_map(|(kind, name)| name.as_ref().map(|name| Placed { value: format!("{kind}/{}", name.value), spot: name.spot.clone() }))
    };
    let names: Vec<_> = written.iter().filter_map(named).collect();
    once::once("the identity", &names, reader);
    let one = |one: words::AttachTo| {
        let user = one.user.map(Identity::User);
        user.or_else(|| one.group.map(Identity::Group)).or_else(|| one.role.map(Identity::Role))
    };
    written.into_iter().filter_map(one).collect()
}

pub(super) fn archive_user(name: Placed<String>, written: words::ArchiveUser, reader: &mut Reader<'_>) -> Option<ArchiveUser> {
    let words::ArchiveUser { given, attach_to, archives, allow, create_with_tags, export_to, key_principals } = written;
    once::among("the archive", archives.iter().flatten().flatten(), reader);
    uses(allow.as_deref().unwrap_or_default(), &given, reader);
    let export_to = export_to.unwrap_or_default();
    once::once("the bucket", &export_to, reader);
    let key_principals = key_principals.unwrap_or_default();
    once::once("the principal", &key_principals, reader);
    let mut tags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, values) in create_with_tags.unwrap_or_default() {
        once::once("the value", &values, reader);
        tags.insert(key.value, values.into_iter().map(|value| value.value).collect());
    }
    let attach_to = attached(attach_to?, reader);
    let (archives, allow, spot) = (archives?, allow?, name.spot.clone());
    Some(ArchiveUser { name, attach_to, archives, allow, create_with_tags: tags, export_to, key_principals, spot })
}

/// `export` and `export_to` mean nothing without each other. `create_with_tags` may stand without `create`, as in the contract's own example.
fn uses(allow: &[Placed<ArchiveUse>], given: &words::Given, reader: &mut Reader<'_>) {
    let spelled: Vec<_> = allow.iter().map(|one| Placed { value: spelling(one.value), spot: one.spot.clone() }).collect();
    once::once("the use", &spelled, reader);
    let find = |wanted: ArchiveUse| allow.iter().find(|one| one.value == wanted).map(|one| &one.spot);
    let missing = |reader: &mut Reader<'_>, message: &str, spot: &Spot, label: &str, help: &str| {
        reader.tell("contradiction", message, spot, label).help = Some(help.to_owned());
    };
    match (find(ArchiveUse::Export), given.spot("export_to")) {
        (Some(export), None) => {
            let help = "name the buckets that exports may go to: they get the statements that let SES write";
            missing(reader, "`export` without `export_to`", export, "where to?", help);
        }
        (None, Some(buckets)) if given.spot("allow").is_some() => {
            missing(reader, "`export_to` without `export`", buckets, "nothing may be exported", "add `export` to `allow`");
        }
        _ => {}
    }
}

fn spelling(one: ArchiveUse) -> &'static str {
    ArchiveUse::ALL.iter().find(|(choice, ..)| *choice == one).map_or("", |(_, spelling, _)| spelling)
}
