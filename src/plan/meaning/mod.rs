//! What was written → what it means: defaults are in, short forms are written out, contradictions are refused.

mod access;
mod action;
mod create;
mod grant;
mod identities;
mod mail_manager;
mod once;
mod only;
mod receipt;
mod role;
mod routes;
mod target;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Given as Outside;
pub(super) use target::targets;

use super::language::{Defaults, Placed, Plan, Safety};
use super::node::Node;
use super::words::{self, Given, Reader};
use crate::core::problem::{Lines, Source};

/// The whole plan, from what was written (`root` is its text);
/// `None` when there is not enough of it. Every reason has been told to the reader.
pub(crate) fn plan(written: words::Plan, root: &Node, source: &Arc<Source>, given: &Outside, reader: &mut Reader<'_>) -> Option<Plan> {
    let name = written.name;
    let roles: Vec<_> = written.roles.unwrap_or_default().into_iter().map(|(name, role)| role::role(name, role, reader)).collect();
    once::names("role", roles.iter().map(|(name, role)| (name, role.was.as_slice())), reader);
    let receipt = written.receipt.map(|receipt| receipt::receipt(receipt, name.as_ref(), reader)).unwrap_or_default();
    let read = RefCell::default();
    let files = mail_manager::Files { folder: given.folder.as_deref(), kept: given.kept.as_ref(), read: &read };
    let mail_manager = written.mail_manager.map(|written| mail_manager::mail_manager(written, files, reader)).unwrap_or_default();
    role::used(&receipt, &mail_manager, root, &roles, reader);
    let senders: Vec<_> = written.senders.unwrap_or_default();
    let senders = senders.into_iter().filter_map(|(name, sender)| identities::sender(name, sender, reader)).collect();
    let users = written.archive_users.unwrap_or_default();
    let archive_users: Vec<_> = users.into_iter().filter_map(|(name, user)| identities::archive_user(name, user, reader)).collect();
    mail_manager::used(&mail_manager, &archive_users, root, reader);
    let accounts = access::accounts(written.accounts.unwrap_or_default(), reader);
    let create = written.create.map(|written| create::create(written, &accounts, reader)).unwrap_or_default();
    let grants = written.grants.unwrap_or_default().into_iter().map(|(at, grant)| grant::exception(at, grant, reader)).collect();
    let retired = written.retired.unwrap_or_default();
    grant::retired(&retired, reader);
    let tests = written.tests.unwrap_or_default();
    let tests = tests.into_iter().filter_map(|written| routes::test(written, &mail_manager, reader)).collect();
    let was = written.was.unwrap_or_default();
    once::once("the earlier name", &was, reader);
    let (min_objects, max_change) = written.safety.map_or((10, 30), |safety| (safety.min_objects, safety.max_change.0));
    drop(written.vars); // they have been replaced
    let defaults_of_targets = (written.account.as_ref(), written.region.as_ref());
    let target = target::chosen(root.get("targets"), written.targets, defaults_of_targets, given.target.as_deref(), reader);
    written.postroom?;
    Some(Plan {
        source: Arc::clone(source),
        lines: Arc::new(Lines::of(&source.text)),
        name: name?.value,
        account: target.as_ref().and_then(|target| target.account.clone()).or(written.account),
        region: target.as_ref().and_then(|target| target.region.clone()).or(written.region),
        accounts,
        defaults: defaults(written.defaults),
        safety: Safety { max_change, min_objects },
        lock: written.lock,
        receipt,
        mail_manager,
        roles,
        senders,
        archive_users,
        create,
        grants,
        was,
        retired,
        accept: values(written.accept.unwrap_or_default()),
        tests,
        target: target.and_then(|target| target.name),
        files: read.into_inner(),
    })
}

fn defaults(written: Option<words::Defaults>) -> Defaults {
    let Some(written) = written else {
        let (confused_deputy, foreign_grants, other_rules) = Default::default();
        let (scope, role_keys, tags) = Default::default();
        return Defaults { confused_deputy, foreign_grants, other_rules, tighten: true, scope, role_keys, tags };
    };
    let words::Defaults { confused_deputy, foreign_grants, other_rules, tighten, scope, role_keys, tags, .. } = written;
    Defaults { confused_deputy, foreign_grants, other_rules, tighten, scope, role_keys, tags: values(tags.unwrap_or_default()) }
}

/// Names and values, where nobody asks for their places.
fn values(entries: Vec<(Placed<String>, Placed<String>)>) -> BTreeMap<String, String> {
    entries.into_iter().map(|(key, value)| (key.value, value.value)).collect()
}

/// Refuses all keys but `these` beside a `word` that leaves no room for them.
fn nothing_beside(word: &str, given: &Given, these: &[&str], why: &str, reader: &mut Reader<'_>) {
    let Some(at) = given.spot(word).map(|spot| reader.place(spot)) else { return };
    for other in given.beside(these) {
        let message = format!("`{}` beside `{word}: true`", other.value);
        let problem = reader.tell("contradiction", message, &other.spot, why);
        problem.also.push((at.clone(), "because of this".to_owned()));
    }
}
