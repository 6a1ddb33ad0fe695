//! Changes while they are being found: they get their ids and their order when all are there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::address::{Address, AddressKind, Home};
use super::change::{Action, Change, Finding, Flag, Permission, Phase, Unreadable};
use super::deferred::{fill, promises_in, unknown_in};
use super::desired::Wanted;
use super::ids::Arn;
use super::origin::Origin;
use super::problem::{Cause, Severity};
use crate::kinds::mail_manager;
use crate::policy::Statement;

/// One change on its way. `key` names it among the others until it has an id.
#[derive(Debug, Clone)]
pub struct Sketch {
    /// What it is done to.
    pub at: Address,
    /// The Sid, for a statement.
    pub statement: Option<String>,
    /// What is done.
    pub action: Action,
    /// When.
    pub phase: Phase,
    /// As it shall be.
    pub after: Value,
    /// As it is.
    pub before: Value,
    /// The rule or Mail Manager resource whose change it is, or those that a statement is for.
    pub users: BTreeSet<Origin>,
    /// Index in the draft of changes that come before.
    pub needs: BTreeSet<usize>,
    /// The flag it takes.
    pub flag: Option<Flag>,
    /// Foreign statements that grant the same.
    pub also_granted_by: Vec<String>,
    /// The plan lines.
    pub because: Vec<Cause>,
    /// The AWS page.
    pub doc: Option<String>,
    /// A sentence.
    pub note: Option<String>,
}

impl Sketch {
    /// A change with nothing but what every change has.
    #[must_use]
    pub fn new(at: Address, action: Action, phase: Phase, after: Value, before: Value) -> Self {
        Self {
            at,
            statement: None,
            action,
            phase,
            after,
            before,
            users: BTreeSet::new(),
            needs: BTreeSet::new(),
            flag: None,
            also_granted_by: Vec::new(),
            because: Vec::new(),
            doc: None,
            note: None,
        }
    }

    /// The plan lines that asked for it.
    #[must_use]
    pub fn because(mut self, because: &[Cause]) -> Self {
        self.because = because.to_vec();
        self
    }

    /// The flag without which it is refused.
    #[must_use]
    pub fn needing(mut self, flag: Flag) -> Self {
        self.flag = Some(flag);
        self
    }

    /// A sentence for the reader.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// All that was found.
#[derive(Debug, Default)]
pub struct Draft {
    sketches: Vec<Sketch>,
    /// The indices of those that are about one thing.
    about: BTreeMap<Address, Vec<usize>>,
    /// How many things are as they should be.
    pub unchanged: usize,
    /// What should be known.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub unreadable: BTreeSet<Unreadable>,
}

impl Draft {
    /// Nothing found yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a change; the index names it in the needs of others.
    pub fn push(&mut self, sketch: Sketch) -> usize {
        let index = self.sketches.len();
        self.about.entry(sketch.at.clone()).or_default().push(index);
        self.sketches.push(sketch);
        index
    }

    /// The changes of one thing that were found so far, each with its index.
    pub fn of(&self, at: &Address) -> impl Iterator<Item = (usize, &Sketch)> {
        let indices = self.about.get(at).into_iter().flatten();
        indices.filter_map(|index| Some((*index, self.sketches.get(*index)?)))
    }

    /// One change that was found already comes before another.
    pub fn tie(&mut self, change: usize, need: usize) {
        if let Some(sketch) = self.sketches.get_mut(change) {
            sketch.needs.insert(need);
        }
    }

    /// Something should be known.
    pub fn find(&mut self, code: &'static str, severity: Severity, message: String, because: &[Cause]) {
        let doc = None;
        self.findings.push(Finding { code: code.to_owned(), severity, message, because: because.to_vec(), doc, accepted: None });
    }

    /// Something could not be read, so that nothing can be said of it.
    pub fn cannot_read(&mut self, at: &Address, why: &str) {
        self.unreadable.insert(Unreadable { address: at.clone(), why: why.to_owned() });
    }

    /// Something that the plan only refers to is not there.
    pub fn missing(&mut self, at: &Address, wanted: &Wanted, why: &str) {
        self.find("existing-missing", Severity::Error, format!("{} `{}` is {why}", at.kind.name(), at.name), &wanted.because);
    }

    /// What was found so far.
    #[must_use]
    pub fn sketches(&self) -> &[Sketch] {
        &self.sketches
    }

    /// Gives the changes their order and ids. Within a phase they go by address, except that what is needed comes first and that changes of
    /// one rule set keep the order in which they were found.
    #[must_use]
    pub fn finish(mut self, home: &Home) -> (Vec<Change>, Vec<Finding>, BTreeSet<Unreadable>) {
        self.tie_rules_to_grants();
        self.tie_to_makers(home);
        self.tie_to_made();
        self.tie_removals();
        self.keep_behind_needs();
        let order = self.order();
        let ids: BTreeMap<usize, String> = order.iter().enumerate().map(|(place, index)| (*index, format!("c{}", place + 1))).collect();
        let id = |index: &usize| ids.get(index).cloned();
        let mut sketches: Vec<Option<Sketch>> = self.sketches.into_iter().map(Some).collect();
        let changes = order.iter().filter_map(|index| {
            let sketch = sketches.get_mut(*index)?.take()?;
            let permission = permission(&sketch);
            Some(Change {
                id: id(index)?,
                address: sketch.at,
                statement: sketch.statement,
                action: sketch.action,
                permission,
                phase: sketch.phase,
                unknown: unknown_in(&sketch.after),
                before: sketch.before,
                after: sketch.after,
                needs: sketch.needs.iter().filter_map(id).collect(),
                needs_flag: sketch.flag,
                also_granted_by: sketch.also_granted_by,
                because: sketch.because,
                doc: sketch.doc,
                note: sketch.note,
            })
        });
        let changes = changes.collect();
        let mut findings = self.findings;
        findings.sort_by(|a, b| (a.severity, &a.code, &a.because, &a.message).cmp(&(b.severity, &b.code, &b.because, &b.message)));
        findings.dedup();
        (changes, findings, self.unreadable)
    }

    /// A rule needs its grants; a grant that is taken away needs the change of its rule; a statement in a role needs the role, and a role
    /// that goes needs the changes of all rules.
    fn tie_rules_to_grants(&mut self) {
        let mut grants: BTreeMap<&Origin, Vec<usize>> = BTreeMap::new();
        let mut rules: BTreeMap<&Origin, Vec<usize>> = BTreeMap::new();
        let mut roles: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (index, sketch) in self.sketches.iter().enumerate() {
            match (sketch.phase, sketch.statement.is_some()) {
                (Phase::Widen, true) => sketch.users.iter().for_each(|rule| grants.entry(rule).or_default().push(index)),
                (Phase::Resources | Phase::Remove, false) => {
                    sketch.users.iter().for_each(|rule| rules.entry(rule).or_default().push(index))
                }
                (Phase::Roles, _) if sketch.at.kind == AddressKind::Role => {
                    roles.insert((sketch.at.name.as_str(), sketch.at.account.as_str()), index);
                }
                _ => {}
            }
        }
        let moved = self.sketches.iter().enumerate().filter(|(_, sketch)| sketch.phase == Phase::Activate);
        let moved: Vec<(usize, &str)> = moved.filter_map(|(index, sketch)| Some((index, sketch.before.get("Active")?.as_str()?))).collect();
        let receives = |sketch: &Sketch| moved.iter().filter(|(_, set)| is_of_set(&sketch.at, set)).map(|(index, _)| *index).collect();
        let ties = self.sketches.iter().map(|sketch| match (sketch.phase, sketch.statement.is_some()) {
            // What receives now is not taken apart before another set does.
            (Phase::Remove, false) => receives(sketch),
            (Phase::Resources, false) => sketch.users.iter().filter_map(|rule| grants.get(rule)).flatten().copied().collect(),
            (Phase::Narrow, true) => sketch.users.iter().filter_map(|rule| rules.get(rule)).flatten().copied().collect(),
            // A role goes when every rule has let go of it.
            (Phase::RemoveRoles, false) => rules.values().flatten().copied().collect(),
            (Phase::Widen, true) if in_role(sketch) => {
                roles.get(&(sketch.at.name.as_str(), sketch.at.account.as_str())).copied().into_iter().collect()
            }
            _ => Vec::new(),
        });
        let ties: Vec<Vec<usize>> = ties.collect();
        for (sketch, tied) in self.sketches.iter_mut().zip(ties) {
            sketch.needs.extend(tied);
        }
    }

    /// What names something that AWS has yet to make needs the change that makes it.
    fn tie_to_makers(&mut self, home: &Home) {
        let makes = |sketch: &Sketch| sketch.statement.is_none() && matches!(sketch.action, Action::Create | Action::Replace);
        let makers = self.sketches.iter().enumerate().filter(|(_, sketch)| makes(sketch));
        let makers: BTreeMap<String, usize> = makers.map(|(index, sketch)| (sketch.at.seen_from(home), index)).collect();
        for (index, sketch) in self.sketches.iter_mut().enumerate() {
            let named = promises_in(&sketch.after).into_iter().filter_map(|promise| makers.get(&promise.of).copied());
            sketch.needs.extend(named.filter(|maker| *maker != index));
        }
    }

    /// What `create:` makes comes before what is kept in it and what goes there: their names say nothing of the change that makes them.
    fn tie_to_made(&mut self) {
        let made = |sketch: &Sketch| sketch.statement.is_none() && is_made_when_missing(sketch.at.kind);
        let makers: Vec<usize> = self.sketches.iter().enumerate().filter(|(_, sketch)| made(sketch)).map(|(index, _)| index).collect();
        for maker in makers {
            let Some(at) = self.sketches.get(maker).map(|sketch| sketch.at.clone()) else { continue };
            for (_, sketch) in self.sketches.iter_mut().enumerate().filter(|(index, _)| *index != maker) {
                let kept_there = sketch.statement.is_some() && keeper(&sketch.at).as_ref() == Some(&at);
                if kept_there || (sketch.statement.is_none() && goes_to(&sketch.after, &at)) {
                    sketch.needs.insert(maker);
                }
            }
        }
    }

    /// What is taken away goes when everything that names it has let go of it: AWS refuses to delete what is in use (facts §2.2).
    fn tie_removals(&mut self) {
        let resource = |sketch: &Sketch| sketch.statement.is_none() && mail_manager::is_resource(sketch.at.kind);
        let ties = |index: usize, leaving: &Sketch| -> BTreeSet<usize> {
            let id = leaving.before.get("Id").and_then(Value::as_str).filter(|_| leaving.action == Action::Delete && resource(leaving));
            let others = self.sketches.iter().enumerate().filter(|(other, sketch)| *other != index && resource(sketch));
            id.map(|id| others.filter(|(_, sketch)| names_id(&sketch.before, id)).map(|(other, _)| other).collect()).unwrap_or_default()
        };
        let ties: Vec<BTreeSet<usize>> = self.sketches.iter().enumerate().map(|(index, sketch)| ties(index, sketch)).collect();
        for (sketch, tied) in self.sketches.iter_mut().zip(ties) {
            sketch.needs.extend(tied);
        }
    }

    /// A change stands in no phase before that of what it needs: a statement that names what AWS has yet to make is not put before that.
    fn keep_behind_needs(&mut self) {
        for _ in Phase::ALL {
            let phases: Vec<Phase> = self.sketches.iter().map(|sketch| sketch.phase).collect();
            for sketch in &mut self.sketches {
                let needed = sketch.needs.iter().filter_map(|need| phases.get(*need)).max();
                sketch.phase = needed.map_or(sketch.phase, |needed| sketch.phase.max(*needed));
            }
        }
    }

    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sketches.len()).collect();
        // Stable: what has the same key stays as it was found. What is taken away goes in reverse: rules before their set.
        let kind = |sketch: &Sketch| {
            let place = AddressKind::ALL.iter().position(|kind| *kind == sketch.at.kind).unwrap_or_default();
            if sketch.phase == Phase::Remove { AddressKind::ALL.len() - place } else { place }
        };
        order.sort_by_cached_key(|index| {
            self.sketches.get(*index).map(|sketch| (sketch.phase, kind(sketch), sketch.at.account.clone(), first_segment(sketch)))
        });
        let mut placed = Vec::with_capacity(order.len());
        let mut seen = BTreeSet::new();
        for index in order {
            self.place(index, &mut seen, &mut placed);
        }
        placed
    }

    /// What a change needs stands before it.
    fn place(&self, index: usize, seen: &mut BTreeSet<usize>, placed: &mut Vec<usize>) {
        let Some(sketch) = self.sketches.get(index).filter(|_| seen.insert(index)) else { return };
        for need in &sketch.needs {
            self.place(*need, seen, placed);
        }
        placed.push(index);
    }
}

/// Rules of one set keep the order they were found in; everything else goes by its whole name.
fn first_segment(sketch: &Sketch) -> String {
    if sketch.at.kind == AddressKind::ReceiptRule {
        return sketch.at.name.split('/').next().unwrap_or_default().to_owned();
    }
    sketch.at.name.clone()
}

/// What a change of a statement does to permissions, computed and not judged by eye. Where neither statement covers the other it is said to
/// widen: a reviewer must look. Statements of ours only allow; one of somebody else's that is taken over may deny, and then its leaving widens.
fn permission(sketch: &Sketch) -> Option<Permission> {
    if sketch.statement.is_none() {
        return Some(Permission::None);
    }
    if sketch.before.is_null() {
        // What was not there allows more, whatever it says.
        return Some(if sketch.after.is_object() { Permission::Widened } else { Permission::None });
    }
    // An id that AWS has yet to make is an id.
    let known = |value: &Value| {
        let mut value = value.clone();
        let ids = promises_in(&value).into_iter().map(|promise| (promise, "id".to_owned())).collect();
        fill(&mut value, &ids);
        value
    };
    let read = |value: &Value| (!value.is_null()).then(|| Statement::from_value(known(value)).ok()).flatten();
    let verdict = match (read(&sketch.after), read(&sketch.before)) {
        (Some(want), Some(have)) if want.means_the_same(&have) => Permission::Equivalent,
        (Some(want), Some(have)) if have.covers(&want) => Permission::Narrowed,
        (Some(_), _) => Permission::Widened,
        (None, Some(have)) if have.value().get("Effect").and_then(Value::as_str) == Some("Deny") => Permission::Widened,
        (None, Some(_)) => Permission::Narrowed,
        (None, None) => Permission::None,
    };
    Some(verdict)
}

/// A rule set itself, or a rule in it.
#[must_use]
pub fn is_of_set(at: &Address, set: &str) -> bool {
    use super::address::AddressKind::{ReceiptRule, ReceiptRuleSet};
    matches!(at.kind, ReceiptRule | ReceiptRuleSet) && at.name.split('/').next() == Some(set)
}

/// Whether a spec names the id, alone or in an ARN, elsewhere than as its own.
pub(crate) fn names_id(spec: &Value, id: &str) -> bool {
    match spec {
        Value::String(text) => text == id || text.strip_suffix(id).is_some_and(|head| head.ends_with('/')),
        Value::Array(items) => items.iter().any(|item| names_id(item, id)),
        Value::Object(members) => members.iter().any(|(name, member)| name != "Id" && names_id(member, id)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether things of this kind are made by `create:`.
#[must_use]
pub fn is_made_when_missing(kind: AddressKind) -> bool {
    matches!(kind, AddressKind::Bucket | AddressKind::Key | AddressKind::Topic | AddressKind::Secret)
}

/// What a policy is the policy of.
fn keeper(policy: &Address) -> Option<Address> {
    let kind = match policy.kind {
        AddressKind::BucketPolicy => AddressKind::Bucket,
        AddressKind::KeyPolicy => AddressKind::Key,
        AddressKind::TopicPolicy => AddressKind::Topic,
        AddressKind::SecretPolicy => AddressKind::Secret,
        _ => return None,
    };
    Some(policy.with_kind(kind))
}

/// Whether a rule writes into the bucket or publishes to the topic. Keys and secrets are named by what AWS has yet to make.
fn goes_to(spec: &Value, at: &Address) -> bool {
    match spec {
        Value::Object(members) => members.iter().any(|(name, member)| match (name.as_str(), at.kind) {
            ("BucketName" | "S3Bucket", AddressKind::Bucket) => member == at.name.as_str(),
            ("TopicArn", AddressKind::Topic) => {
                let arn = member.as_str().and_then(|text| text.parse::<Arn>().ok());
                arn.is_some_and(|arn| {
                    arn.resource() == at.name && arn.account_id().as_ref() == Some(&at.account) && arn.region_id() == at.region
                })
            }
            _ => goes_to(member, at),
        }),
        Value::Array(items) => items.iter().any(|item| goes_to(item, at)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn in_role(sketch: &Sketch) -> bool {
    matches!(sketch.at.kind, AddressKind::RolePolicy | AddressKind::RoleTrust)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn home() -> Home {
        Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
    }

    fn sketch(kind: AddressKind, name: &str, action: Action, phase: Phase, after: Value, before: Value) -> Sketch {
        Sketch::new(home().at(kind, name), action, phase, after, before)
    }

    #[test]
    fn a_statement_that_names_what_is_yet_to_be_made_is_put_behind_it() {
        let mut draft = Draft::new();
        let statement = json!({"Sid": "A", "Effect": "Allow", "Action": "ses:GetArchive", "Resource": "arn:aws:ses:eu-west-1:111122223333:mailmanager-archive/${after:archive/legal#id}"});
        let mut grant = sketch(AddressKind::GroupPolicy, "auditors", Action::Create, Phase::Widen, statement, Value::Null);
        grant.statement = Some("A".to_owned());
        draft.push(grant);
        draft.push(sketch(AddressKind::Archive, "legal", Action::Create, Phase::Resources, json!({}), Value::Null));
        let (changes, ..) = draft.finish(&home());
        let [archive, grant] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!((archive.address.kind, grant.address.kind), (AddressKind::Archive, AddressKind::GroupPolicy));
        assert_eq!((grant.phase, &grant.needs), (Phase::Resources, &[archive.id.clone()].into()));
        assert_eq!(grant.unknown, ["/Resource"]);
    }

    #[test]
    fn what_is_taken_away_waits_for_what_names_it() {
        let mut draft = Draft::new();
        let gone = |kind, name: &str, before| sketch(kind, name, Action::Delete, Phase::Remove, Value::Null, before);
        draft.push(gone(AddressKind::AddressList, "l", json!({"Id": "al-1"})));
        draft.push(gone(
            AddressKind::MailRuleSet,
            "s",
            json!({"Id": "rs-1", "Rules": [{"AddressLists": ["arn:aws:ses:eu-west-1:111122223333:mailmanager-address-list/al-1"]}]}),
        ));
        draft.push(gone(AddressKind::IngressEndpoint, "e", json!({"Id": "inp-1", "RuleSetId": "rs-1"})));
        draft.push(gone(AddressKind::Relay, "r", json!({"Id": "l-1"})));
        let (changes, ..) = draft.finish(&home());
        let place = |kind| changes.iter().position(|change| change.address.kind == kind).unwrap();
        assert!(place(AddressKind::IngressEndpoint) < place(AddressKind::MailRuleSet));
        assert!(place(AddressKind::MailRuleSet) < place(AddressKind::AddressList));
        assert!(changes[place(AddressKind::Relay)].needs.is_empty(), "`l-1` is the end of `al-1` and another id");
    }
}
