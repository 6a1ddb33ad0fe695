//! The account that is assumed where nobody has looked: what the plan refers to is there, and as encrypted and as policed as it can be, so that
//! whatever such an account has to be asked for is allowed. What the plan makes is as the plan makes it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::core::address::{Address, AddressKind};
use crate::core::compile::{compile, reads};
use crate::core::farewell::farewell;
use crate::core::live::{Live, Observed, PolicyText};
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::plan::language::mail_manager::Body;
use crate::policy::{Document, Edits};

/// More rounds than any plan takes.
const ROUNDS: usize = 8;

/// What the plan looks at, wave after wave as it would be read: what is known, and what is assumed of the rest. Statements of ours are looked into
/// once they are there, so that a later plan may look at more than the first: at the addresses that come second.
pub(super) fn account(plan: &Plan, facts: &Live) -> (Live, BTreeSet<Address>) {
    let first = seen(plan, facts);
    let mut both = seen(plan, &applied(plan, facts, &first));
    let later = both.seen.keys().filter(|at| !first.has(at)).cloned().collect();
    both.seen.extend(first.seen);
    (both, later)
}

/// What is looked at to take everything back: whether a statement of ours may go hangs on whatever lives beside the plan.
pub(super) fn taken_back(plan: &Plan, facts: &Live) -> BTreeSet<Address> {
    let applied = applied(plan, facts, &seen(plan, facts));
    let mut live = seen(plan, &applied);
    // The policy of a key that only its alias names is read once the key is there.
    live.seen.extend(applied.seen.iter().filter(|(at, _)| at.kind == AddressKind::KeyPolicy).map(|(at, have)| (at.clone(), have.clone())));
    grow(&farewell(plan), live, &applied).seen.into_iter().map(|(at, _)| at).collect()
}

/// The facts, and every container as the plan leaves it.
fn applied(plan: &Plan, facts: &Live, seen: &Live) -> Live {
    let mut applied = facts.clone();
    for (at, container) in compile(&Scene::new(plan, seen)).containers {
        let put = container.statements.into_values().map(|wanted| wanted.statement).collect();
        let document = Document::empty().splice(&Edits { put, ..Edits::default() });
        applied.seen.entry(at).or_insert_with(|| Observed::Present(json!(PolicyText { text: document.to_string(), revision: None })));
    }
    applied
}

fn seen(plan: &Plan, facts: &Live) -> Live {
    grow(plan, Live { caller: facts.caller.clone(), ..Live::new(facts.home.clone()) }, facts)
}

fn grow(plan: &Plan, mut live: Live, facts: &Live) -> Live {
    for _ in 0..ROUNDS {
        let missing = live.missing(&reads(&Scene::new(plan, &live)));
        if missing.is_empty() {
            break;
        }
        let known = |at: &Address| facts.seen.get(at).cloned();
        let answers: Vec<_> = missing.into_iter().map(|at| (at.clone(), known(&at).unwrap_or_else(|| assume(plan, &live, &at)))).collect();
        live.seen.extend(answers);
    }
    live
}

/// Whether the plan makes it when it is missing.
pub(super) fn is_made(plan: &Plan, at: &Address) -> bool {
    let create = &plan.create;
    match at.kind {
        AddressKind::Bucket => create.buckets.iter().any(|new| new.name.value == at.name),
        AddressKind::Topic => create.topics.iter().any(|new| new.name.value == at.name),
        AddressKind::Secret => create.secrets.iter().any(|new| new.name.value == at.name),
        AddressKind::Key => create.keys.iter().any(|new| new.alias.value == at.name),
        _ => false,
    }
}

fn assume(plan: &Plan, live: &Live, at: &Address) -> Observed {
    let home = &live.home;
    let region = at.region.as_ref().unwrap_or(&home.region);
    let arn = |service: &str, resource: &str| format!("arn:{}:{service}:{region}:{}:{resource}", home.partition(), at.account);
    let any_key = arn("kms", "key/*");
    let present = |value: Value| Observed::Present(value);
    if is_made(plan, at) {
        return Observed::Absent;
    }
    match at.kind {
        AddressKind::Bucket => present(json!({"region": home.region})),
        AddressKind::BucketEncryption if !is_made(plan, &at.with_kind(AddressKind::Bucket)) => {
            present(json!({"algorithm": "aws:kms", "key": any_key}))
        }
        AddressKind::Key => present(
            json!({"arn": any_key, "state": "Enabled", "manager": "CUSTOMER", "spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"}),
        ),
        AddressKind::KeyAliases => present(json!(BTreeMap::<String, String>::new())),
        AddressKind::Topic => present(json!({"owner": at.account, "key": any_key, "fifo": false})),
        AddressKind::Secret => {
            present(json!({"arn": arn("secretsmanager", &format!("secret:{}-??????", at.name)), "key": any_key, "deleted": false}))
        }
        AddressKind::Role => present(json!({
            "arn": format!("arn:{}:iam::{}:role{}{}", home.partition(), at.account, path(plan, &at.name), at.name),
            "path": path(plan, &at.name),
            "permissions_boundary": null,
            "tags": {},
        })),
        AddressKind::RolePolicies | AddressKind::UserPolicies | AddressKind::GroupPolicies => present(json!({"names": []})),
        AddressKind::AttachedPolicies => present(json!({"arns": [format!("arn:{}:iam::*:policy/*", home.partition())]})),
        AddressKind::MailManagerNames if at.name == AddressKind::Archive.name() => {
            let items: Vec<Value> = archives_of_others(plan).into_iter().map(|name| json!({"id": name, "name": name})).collect();
            present(json!({"items": items}))
        }
        AddressKind::Archive => present(json!({"Id": at.name, "ArchiveName": at.name, "KmsKeyArn": any_key, "Tags": {}})),
        AddressKind::MailManagerNames => present(json!({"items": []})),
        AddressKind::ReceiptRuleSets => present(json!({"names": []})),
        AddressKind::ActiveReceiptRuleSet => present(json!({"active": null})),
        _ => Observed::Absent,
    }
}

fn path<'a>(plan: &'a Plan, role: &str) -> &'a str {
    plan.roles.iter().find(|(name, _)| name.value == role).map_or("/", |(_, entry)| entry.path.as_str())
}

/// Archives that the plan speaks of and does not make.
fn archives_of_others(plan: &Plan) -> BTreeSet<&str> {
    let entries = &plan.mail_manager.archives;
    let existing = entries.iter().filter(|entry| matches!(entry.body, Body::Existing { .. })).map(|entry| entry.name.value.as_str());
    let used = plan.archive_users.iter().flat_map(|user| user.archives.iter().flatten()).map(|archive| archive.value.as_str());
    let made = |name: &str| entries.iter().any(|entry| entry.name.value == name && entry.spec().is_some());
    existing.chain(used.filter(|name| !name.starts_with("arn:"))).filter(|name| !made(name)).collect()
}
