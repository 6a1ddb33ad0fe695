//! Grants become statements: one per container, purpose, principal and distinct resource set, so that no rule gains what another needs.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::asks::{SETUP_OBJECT, asks};
use super::{Grant, Principal, taking_over, tenants};
use crate::containers;
use crate::core::address::{Address, AddressKind};
use crate::core::desired::{Container, Desired, WantedStatement};
use crate::core::ids::Sid;
use crate::core::origin::Origin;
use crate::core::permissions::Permissions;
use crate::core::problem::Cause;
use crate::core::scene::Scene;
use crate::kinds::receipt_rule_set::rule_of;
use crate::kinds::{identity, mail_manager};
use crate::plan::language::{ConfusedDeputy, ForeignGrants};
use crate::policy::{self, Allow, Conditions, Decision, Edits, Request, Statement};

/// Fills `desired.containers` from its grants: every container the plan names or may have left something in.
pub(crate) fn gather(scene: &Scene<'_>, desired: &mut Desired) {
    // A need that others meet is one all the same: somebody's Deny can keep SES from it.
    let accepts = scene.plan.defaults.foreign_grants == ForeignGrants::Accept && !scene.every_need;
    let unmet = desired.grants.iter().filter(|grant| !accepts || !granted_by_others(scene, grant));
    for (at, statements) in merge(scene, unmet) {
        desired.containers.entry(at).or_default().statements = statements;
    }
    // Measured before anything is kept for others: what they do never changes the form of ours.
    let sizes: BTreeMap<Address, usize> = desired.containers.iter().map(|(at, container)| (at.clone(), size(container))).collect();
    let former: BTreeSet<String> = scene.owner.former_inline_policies().collect();
    let is_former = |at: &Address| at.name.split_once('/').is_some_and(|(_, policy)| former.contains(policy));
    let ours_or_shared = |at: &&Address| containers::of(at.kind).is_some() && (!containers::is_foreign_inline(at) || is_former(at));
    let read = scene.live.seen.keys().filter(ours_or_shared);
    for at in read {
        tenants::keep(scene, desired, at);
    }
    for (at, container) in &mut desired.containers {
        container.hands_off = !may_write(scene, at);
        container.replace = scene.exception(at).into_iter().flat_map(|exception| &exception.replace).map(|sid| sid.value.clone()).collect();
        compact(scene, at, container, sizes.get(at).copied().unwrap_or_default());
    }
    let taking = |(at, container): (&Address, &Container)| (at.clone(), taking_over::loses(scene, desired, at, container));
    let lost: Vec<_> = desired.containers.iter().map(taking).filter(|(_, lost)| !lost.is_empty()).collect();
    for (at, lost) in lost {
        desired.containers.entry(at).or_default().loses = lost;
    }
}

/// A role that the plan does not declare, and to which it attaches no policy, is somebody else's, whatever uses it.
fn may_write(scene: &Scene<'_>, at: &Address) -> bool {
    let in_role = matches!(at.kind, AddressKind::RoleTrust | AddressKind::RolePolicy);
    let role = at.name.split('/').next().unwrap_or_default();
    let named = || at.kind == AddressKind::RolePolicy && identity::gives_policy_to(scene, role);
    let declared = || at.account == scene.home().account && (scene.writes_on_role(role) || named());
    scene.may_write(at) && (!in_role || declared())
}

/// Whether somebody else's statement grants the same, and ours is not beside it already: one that is there is left.
fn granted_by_others(scene: &Scene<'_>, grant: &Grant) -> bool {
    let Ok(permissions) = Permissions::at(scene.live, &grant.at) else { return false };
    let Some(Written { sid, statement: alone, .. }) = write(scene, grant, &BTreeSet::from([grant.origin.clone()])) else { return false };
    let foreign =
        |statement: &&Statement| !statement.sid().is_some_and(|sid| scene.owner.owns_sid(sid)) && !is_replaced(scene, grant, statement);
    // Ours may be there for other rules alone: that is not beside it.
    let source = scene.source_arn(&grant.origin);
    let serves = |statement: &Statement| {
        let named = statement.source_arns();
        named.is_empty() || named.iter().any(|arn| arn.contains('*') || source.as_deref() == Some(*arn))
    };
    let beside_ours = permissions.statements().any(|statement| statement.sid() == Some(&sid) && serves(statement));
    let covered = || permissions.statements().filter(foreign).any(|statement| statement.covers(&alone));
    !beside_ours && (covered() || met_by_others(scene, grant, &permissions))
}

/// Whether ours take a statement over: what it grants is granted by others no more.
fn is_replaced(scene: &Scene<'_>, grant: &Grant, statement: &Statement) -> bool {
    let replaced = scene.exception(&grant.at).into_iter().flat_map(|exception| &exception.replace);
    replaced.into_iter().any(|name| statement.sid() == Some(&name.value) || statement.digest() == name.value)
}

/// An object that SES may write: the one of its test is not the only one that must be allowed.
const ANY_OBJECT: &str = "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1";

/// Whether every request that the grant is for is allowed without ours, whatever form the statements have that allow it. What SES said of
/// itself in 2019, the account as `aws:Referer`, counts here: a rule that lives by it has been saved by it (block P000-1).
fn met_by_others(scene: &Scene<'_>, grant: &Grant, permissions: &Permissions) -> bool {
    let mut others = permissions.clone();
    for (_, document) in &mut others.documents {
        let goes =
            |statement: &&Statement| statement.sid().is_some_and(|sid| scene.owner.owns_sid(sid)) || is_replaced(scene, grant, statement);
        let names = document.statements().filter(goes).map(|statement| statement.sid().map_or_else(|| statement.digest(), str::to_owned));
        *document = Arc::new(document.splice(&Edits { drop: names.collect(), ..Edits::default() }));
    }
    let mut requests = asks(scene, grant);
    if grant.at.kind == AddressKind::BucketPolicy && matches!(grant.principal, Principal::Ses { .. }) {
        for request in &mut requests {
            request.context = request.context.clone().with("aws:Referer", [scene.home().account.as_str()]);
        }
    }
    let any_object =
        requests.iter().map(|request| Request { resource: request.resource.replace(SETUP_OBJECT, ANY_OBJECT), ..request.clone() });
    let requests: Vec<Request> = any_object.chain(requests.iter().cloned()).collect();
    let allowed = |request: &Request| others.decide_with_delegation(request).decision == Decision::Allowed;
    !requests.is_empty() && requests.iter().all(allowed)
}

/// What makes two grants one statement.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Distinct<'a> {
    at: &'a Address,
    purpose: &'static str,
    principal: &'a Principal,
    actions: &'a [Cow<'static, str>],
    resources: &'a [String],
    conditions: &'a BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Rules stand under another operator than Mail Manager resources.
    resource_kind: Option<AddressKind>,
    /// Lambda takes one source ARN per statement, and an entry of the plan has its own.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>
    alone: Option<&'a Origin>,
}

impl<'a> Distinct<'a> {
    fn of(grant: &'a Grant) -> Self {
        Self {
            at: &grant.at,
            purpose: grant.purpose.name,
            principal: &grant.principal,
            actions: &grant.actions,
            resources: &grant.resources,
            conditions: &grant.conditions,
            resource_kind: grant.origin.resource_kind(),
            alone: (grant.at.kind == AddressKind::FunctionPolicy || is_of_entry(grant)).then_some(&grant.origin),
        }
    }
}

/// Whether it is an entry's own: what `senders:` or `archive_users:` gives an identity.
fn is_of_entry(grant: &Grant) -> bool {
    grant.principal == Principal::Identity && matches!(grant.origin, Origin::Entry(_))
}

/// Statements by container and Sid.
type Statements = BTreeMap<Address, BTreeMap<String, WantedStatement>>;

/// The statements of grants.
pub(crate) fn merge<'a>(scene: &Scene<'_>, grants: impl IntoIterator<Item = &'a Grant>) -> Statements {
    let mut groups: BTreeMap<Distinct<'a>, Vec<&'a Grant>> = BTreeMap::new();
    for grant in grants {
        groups.entry(Distinct::of(grant)).or_default().push(grant);
    }
    let mut containers = Statements::new();
    for (distinct, group) in groups {
        let Some(first) = group.first() else { continue };
        let users: BTreeSet<Origin> = group.iter().map(|grant| grant.origin.clone()).collect();
        let because: BTreeSet<Cause> = group.iter().flat_map(|grant| grant.because.clone()).collect();
        let Some(Written { sid, statement, until }) = write(scene, first, &users) else { continue };
        let wanted = WantedStatement {
            statement,
            until,
            users,
            because: because.into_iter().collect(),
            doc: first.purpose.doc,
            note: None,
            grants: group.into_iter().cloned().collect(),
        };
        match containers.entry(distinct.at.clone()).or_default().entry(sid) {
            Entry::Vacant(place) => drop(place.insert(wanted)),
            // One permission of a function, whoever uses it: without source ARNs those of several rules are the same.
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.users.extend(wanted.users);
                known.because.extend(wanted.because);
                known.grants.extend(wanted.grants);
            }
        }
    }
    containers
}

/// One statement for those that share it.
pub(super) struct Written {
    pub(super) sid: String,
    pub(super) statement: Statement,
    /// What stands in its place until AWS has made the ids that it names.
    pub(super) until: Option<Statement>,
}

pub(super) fn write(scene: &Scene<'_>, grant: &Grant, users: &BTreeSet<Origin>) -> Option<Written> {
    let tighten = scene.plan.defaults.tighten;
    let conditions = conditions(scene, grant, users, !tighten);
    let sid: Sid = scene.owner.sid(grant.purpose.name, &distinct_text(scene, grant, &conditions)).parse().ok()?;
    let pending = tighten && users.iter().any(|user| mail_manager::is_pending(scene, user));
    let until = pending.then(|| self::conditions(scene, grant, users, true)).filter(|until| *until != conditions);
    Some(Written {
        until: until.map(|until| allow(grant, sid.clone(), until)),
        statement: allow(grant, sid.clone(), conditions),
        sid: sid.to_string(),
    })
}

fn allow(grant: &Grant, sid: Sid, conditions: Conditions) -> Statement {
    let principal = match &grant.principal {
        Principal::Ses { .. } => policy::Principal::Service("ses.amazonaws.com".to_owned()),
        Principal::Aws(arn) => policy::Principal::Aws(BTreeSet::from([arn.to_string()])),
        Principal::Identity => policy::Principal::Attached,
    };
    let allow = Allow {
        sid,
        principal,
        actions: grant.actions.iter().map(ToString::to_string).collect(),
        resources: grant.resources.iter().cloned().collect(),
        conditions,
    };
    allow.into_statement()
}

/// `any_id`: Mail Manager resources are named by the wildcard of their kind.
fn conditions(scene: &Scene<'_>, grant: &Grant, users: &BTreeSet<Origin>, any_id: bool) -> Conditions {
    let mut conditions: Conditions = BTreeMap::new();
    for (operator, keys) in &grant.conditions {
        add(&mut conditions, operator, keys);
    }
    if grant.principal == (Principal::Ses { guarded: true }) {
        guard(scene, grant.at.kind, users, any_id, &mut conditions);
    }
    if let Some(exception) = scene.exception(&grant.at) {
        for (operator, keys) in &exception.conditions {
            add(&mut conditions, operator, keys);
        }
    }
    conditions
}

fn add(conditions: &mut Conditions, operator: &str, keys: &BTreeMap<String, Vec<String>>) {
    let operator = conditions.entry(operator.to_owned()).or_default();
    for (key, values) in keys {
        operator.entry(key.clone()).or_default().extend(values.iter().cloned());
    }
}

/// What the last eight digits of the Sid are made of: the resource set (and whoever is let in beside SES); for Lambda the whole permission, so
/// that a changed one is added under a new id before the old one goes (contract/language.md). Nothing that AWS has yet to make.
fn distinct_text(scene: &Scene<'_>, grant: &Grant, conditions: &Conditions) -> String {
    let resources: Vec<String> = grant.resources.iter().map(|resource| scene.lasting_name(resource)).collect();
    let resources = resources.join("\n");
    match (&grant.principal, grant.at.kind) {
        (_, AddressKind::FunctionPolicy) => format!("{resources}\n{conditions:?}"),
        (Principal::Aws(arn), _) => format!("{resources}\n{arn}"),
        // An entry has at most two statements of one purpose: what is about everything, and what is about what it names.
        (Principal::Identity, _) if is_of_entry(grant) => format!("{}\n{}", grant.origin, resources == "*"),
        // Two keys that are named by their aliases share the resource `key/*`.
        (Principal::Identity, _) if !grant.conditions.is_empty() => format!("{resources}\n{:?}", grant.conditions),
        (Principal::Ses { guarded: true }, _) => match grant.origin.resource_kind() {
            Some(kind) => format!("{resources}\n{}", kind.name()),
            None => resources,
        },
        (Principal::Ses { .. } | Principal::Identity, _) => resources,
    }
}

/// The conditions that keep somebody else's SES from using the statement.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
fn guard(scene: &Scene<'_>, kind: AddressKind, users: &BTreeSet<Origin>, any_id: bool, conditions: &mut Conditions) {
    let account = scene.home().account.to_string();
    let mut equals = |key: &str, value: String| {
        conditions.entry("StringEquals".to_owned()).or_default().entry(key.to_owned()).or_default().insert(value);
    };
    match (scene.plan.defaults.confused_deputy, kind) {
        // The forms of 2019 (blocks P000-1 and P000-5), for estates that are described before they are tightened.
        (ConfusedDeputy::SourceOwner, AddressKind::TopicPolicy) => return equals("AWS:SourceOwner", account),
        (ConfusedDeputy::Referer, AddressKind::BucketPolicy) => return equals("aws:Referer", account),
        _ => equals("aws:SourceAccount", account),
    }
    if scene.plan.defaults.confused_deputy != ConfusedDeputy::SourceArn {
        return;
    }
    for user in users {
        let (operator, arn) = match user {
            // Lambda stores a source ARN under ArnLike, whatever was meant (facts §4.1).
            Origin::Rule(arn) => (if kind == AddressKind::FunctionPolicy { "ArnLike" } else { "StringEquals" }, arn.to_string()),
            // "aws:SourceArn" under ArnLike: the Mail Manager permission page, all blocks.
            Origin::Resource(at) if any_id => ("ArnLike", mail_manager::arn_of_any(scene.home(), at.kind)),
            Origin::Resource(at) => ("ArnLike", mail_manager::arn_text(scene, at)),
            Origin::Entry(_) => continue,
        };
        conditions.entry(operator.to_owned()).or_default().entry("aws:SourceArn".to_owned()).or_default().insert(arn);
    }
}

/// Whether a statement of the plan names each rule that it is for.
pub(super) fn names_its_rules(scene: &Scene<'_>, wanted: &WantedStatement) -> bool {
    let guarded = |grant: &Grant| grant.principal == Principal::Ses { guarded: true };
    scene.plan.defaults.confused_deputy == ConfusedDeputy::SourceArn
        && wanted.grants.first().is_some_and(guarded)
        && wanted.users.iter().all(|user| matches!(user, Origin::Rule(_)))
}

fn size(container: &Container) -> usize {
    container.statements.values().map(|wanted| wanted.statement.size()).sum()
}

/// The last resort for size: the rules of a set become the wildcard of their set. Decided from the plan's own statements alone, when these
/// exceed half of what the container holds, so that somebody else's growth never changes ours (contract/language.md).
fn compact(scene: &Scene<'_>, at: &Address, container: &mut Container, size: usize) {
    let Some(kind) = containers::of(at.kind) else { return };
    if size * 2 <= kind.limit() || at.kind == AddressKind::FunctionPolicy {
        return;
    }
    for wanted in container.statements.values_mut().filter(|wanted| wanted.users.len() > 1) {
        let by_set: BTreeSet<String> = wanted
            .users
            .iter()
            .filter_map(|user| rule_of(scene.home(), user.rule()?))
            .map(|(set, _)| scene.rule_arn(&set, "*").to_string())
            .collect();
        let mut value = wanted.statement.value();
        let Some(condition) = value.get_mut("Condition").and_then(|condition| condition.as_object_mut()) else { continue };
        let Some(equals) = condition.get_mut("StringEquals").and_then(|keys| keys.as_object_mut()) else { continue };
        if equals.remove("aws:SourceArn").is_none() {
            continue;
        }
        condition.insert("ArnLike".to_owned(), serde_json::json!({"aws:SourceArn": one_or_many(by_set)}));
        if let Ok(statement) = Statement::from_value(value) {
            wanted.statement = statement;
            wanted.note = Some(format!(
                "widened to every rule of the set: naming each would take more than half of the {} bytes that fit",
                kind.limit()
            ));
        }
    }
}

fn one_or_many(values: BTreeSet<String>) -> serde_json::Value {
    let mut values: Vec<String> = values.into_iter().collect();
    if values.len() == 1 { serde_json::json!(values.pop()) } else { serde_json::json!(values) }
}
