//! `diff(Desired, Live) -> ChangeSet`: want before have, statement by statement, and every statement make before break.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::address::{Address, AddressKind};
use super::change::{Action, ChangeSet, Phase, Unreadable};
use super::desired::{Container, Desired, WantedStatement};
use super::draft::{Draft, Sketch};
use super::ids::Arn;
use super::live::{Live, Observed, Seen};
use super::origin::Origin;
use super::owner::Owner;
use super::problem::Severity;
use super::room;
use crate::containers;
use crate::kinds::{KINDS, mail_manager};
use crate::policy::{Document, Statement};

/// What must be done so that `live` becomes `desired`.
#[must_use]
pub fn diff(desired: &Desired, live: &Live) -> ChangeSet {
    let mut draft = Draft::default();
    for kind in KINDS {
        kind.diff(desired, live, &mut draft);
    }
    let rules = rule_changes(&draft);
    for (at, container) in &desired.containers {
        diff_container(at, container, desired, live, &rules, &mut draft);
    }
    draft.findings.extend(desired.findings.iter().cloned());
    unreadable_facts(desired, live, &mut draft);
    let unchanged = draft.unchanged;
    let (changes, mut findings, unreadable) = draft.finish(&desired.home);
    for finding in &mut findings {
        finding.accepted = desired.accept.get(&finding.code).cloned();
    }
    ChangeSet {
        plan: desired.plan.clone(),
        home: desired.home.clone(),
        changes,
        unchanged,
        findings,
        unreadable: unreadable.into_iter().collect(),
        outputs: mail_manager::ingress_endpoint::outputs(desired, live),
        fingerprints: BTreeMap::new(),
        mail: Vec::new(),
    }
}

/// What could not be read is never clean, whatever it was for. Containers that are not ours to write are a finding's matter.
fn unreadable_facts(desired: &Desired, live: &Live, draft: &mut Draft) {
    for (address, observed) in &live.seen {
        // Containers are looked at one by one. Everybody else's policies on a role, and aliases that no key is named by, decide nothing.
        let of_others = [AddressKind::RolePolicies, AddressKind::AttachedPolicies, AddressKind::ManagedPolicy, AddressKind::KeyAliases];
        let decides = containers::of(address.kind).is_none() && !of_others.contains(&address.kind);
        let ours = !desired.not_ours.contains(&address.account) && !is_hands_off(desired, address);
        if let (Observed::Unreadable(why), true) = (observed, decides && ours) {
            draft.unreadable.insert(Unreadable { address: address.clone(), why: why.clone() });
        }
    }
}

/// Whether a fact is about a thing whose policy is not ours to write: its owner may well keep it from us (contract/language.md).
fn is_hands_off(desired: &Desired, fact: &Address) -> bool {
    let policy = match fact.kind {
        AddressKind::Bucket | AddressKind::BucketEncryption | AddressKind::BucketObjectLock | AddressKind::BucketTags => {
            AddressKind::BucketPolicy
        }
        AddressKind::Key => AddressKind::KeyPolicy,
        AddressKind::Topic => AddressKind::TopicPolicy,
        AddressKind::Function => AddressKind::FunctionPolicy,
        _ => return false,
    };
    desired.containers.get(&fact.with_kind(policy)).is_some_and(|container| container.hands_off)
}

/// Every change to a rule, or to a Mail Manager resource, that was found.
fn rule_changes(draft: &Draft) -> BTreeSet<usize> {
    let acts = |other: &Sketch| other.at.kind == AddressKind::ReceiptRule || mail_manager::is_resource(other.at.kind);
    let changes = draft.sketches().iter().enumerate().filter(|(_, other)| other.statement.is_none() && acts(other));
    changes.map(|(index, _)| index).collect()
}

/// `rules`: the changes that [`rule_changes`] names.
fn diff_container(at: &Address, container: &Container, desired: &Desired, live: &Live, rules: &BTreeSet<usize>, draft: &mut Draft) {
    if container.hands_off {
        return;
    }
    let removed = |role: &Address| draft.of(role).any(|(_, other)| other.action == Action::Delete);
    if matches!(at.kind, AddressKind::RoleTrust | AddressKind::RolePolicy) && removed(&at.with_kind(AddressKind::Role)) {
        // They go with their role.
        return;
    }
    // What is made in this run begins with a policy of its own.
    let begins = desired.begins.get(at).map(|begins| Document::parse(&begins.text).map(Arc::new));
    let have = match (live.document(at), &begins) {
        (Seen::Absent | Seen::Unread, Some(begins)) => Seen::Present(begins.as_ref()),
        (have, _) => have,
    };
    let document = match have {
        Seen::Present(Ok(document)) => Some(document.as_ref()),
        Seen::Present(Err(error)) => {
            draft.cannot_read(at, &format!("its policy does not parse and is left as it is: {error}"));
            return;
        }
        Seen::Absent => None,
        Seen::Unreadable(why) => return draft.cannot_read(at, &why),
        // A key that is only an alias yet, or a role that is not there yet.
        Seen::Unread if container.statements.is_empty() => return,
        Seen::Unread if at.kind == AddressKind::KeyPolicy => match live.seen.get(&crate::kinds::key::aliases_at(at)) {
            Some(Observed::Unreadable(why)) => return draft.cannot_read(at, why),
            // That there is no such alias is a finding's matter, and there is no policy to write.
            _ => return,
        },
        Seen::Unread => None,
    };
    let is_ours = |have: &&Statement| have.sid().is_some_and(|sid| desired.owner.owns_sid(sid));
    let (ours, foreign): (Vec<_>, Vec<&Statement>) = document.into_iter().flat_map(|document| document.statements()).partition(is_ours);
    let ours: BTreeMap<&str, &Statement> = ours.into_iter().filter_map(|have| Some((have.sid()?, have))).collect();
    let replaced: BTreeSet<String> = foreign
        .iter()
        .filter(|have| container.replace.iter().any(|name| have.sid() == Some(name) || have.digest() == *name))
        .map(|have| have.sid().map_or_else(|| have.digest(), str::to_owned))
        .collect();
    let mut at_container = AtContainer { at, draft, owner: &desired.owner, foreign: &foreign, replaced: &replaced, rules, live };
    for (sid, want) in &container.statements {
        at_container.wanted(sid, want, ours.get(sid.as_str()).copied());
    }
    for (sid, have) in ours.iter().filter(|(sid, _)| !container.statements.contains_key(**sid)) {
        at_container.unwanted(sid, have);
    }
    at_container.takes_over(container, &foreign);
    at_container.makes_room(container, &foreign);
    room::too_large(at, container, document, desired, live, draft);
}

/// One container while its changes are found.
struct AtContainer<'a> {
    at: &'a Address,
    draft: &'a mut Draft,
    owner: &'a Owner,
    foreign: &'a [&'a Statement],
    replaced: &'a BTreeSet<String>,
    rules: &'a BTreeSet<usize>,
    live: &'a Live,
}

impl AtContainer<'_> {
    fn sketch(&self, sid: &str, action: Action, phase: Phase, after: Value, before: Value) -> Sketch {
        let mut sketch = Sketch::new(self.at.clone(), action, phase, after, before);
        sketch.statement = Some(sid.to_owned());
        sketch
    }

    fn wanted(&mut self, sid: &str, want: &WantedStatement, have: Option<&Statement>) {
        // Ids that AWS has yet to make cannot stand in what is put before it makes them.
        let before_narrowing = want.until.as_ref().unwrap_or(&want.statement);
        let Some(have) = have else {
            let sketch = self.sketch(sid, Action::Create, Phase::Widen, before_narrowing.value(), Value::Null);
            let created = self.push(sketch, want);
            if let Some(until) = &want.until {
                self.tighten(sid, want, until, Some(created));
            }
            return;
        };
        if want.statement.means_the_same(have) {
            self.draft.unchanged += 1;
            return;
        }
        // What leaves the statement leaves it last; until then it says the old and the new.
        if have.covers(before_narrowing) {
            self.tighten(sid, want, have, None);
            return;
        }
        let union = union(before_narrowing, have);
        let stands_aside = union.is_none() && !before_narrowing.covers(have);
        let both = union.filter(|both| !both.means_the_same(before_narrowing) && !before_narrowing.covers(both));
        let first = both.as_ref().unwrap_or(before_narrowing);
        let widen = self.sketch(sid, Action::Update, Phase::Widen, first.value(), have.value());
        let widened = self.push(widen, want);
        if both.is_some() || want.until.is_some() {
            self.tighten(sid, want, first, Some(widened));
        }
        if stands_aside {
            self.stand_aside(sid, want, have, widened);
        }
    }

    /// The statement comes down to what is wanted from what stands there by then.
    fn tighten(&mut self, sid: &str, want: &WantedStatement, from: &Statement, widened: Option<usize>) {
        let mut narrow = self.narrowing(sid, Action::Update, want.statement.value(), from);
        narrow.needs.extend(widened);
        self.push(narrow, want);
    }

    /// A change that takes something away, after the changes of the rules that leave. A statement that names no rule, or all of a set,
    /// waits for every change to a rule.
    fn narrowing(&self, sid: &str, action: Action, after: Value, have: &Statement) -> Sketch {
        let want = Statement::from_value(after.clone()).ok();
        let stay = want.as_ref().map(Statement::source_arns).unwrap_or_default();
        let mut sketch = self.sketch(sid, action, Phase::Narrow, after, have.value());
        let named = have.source_arns();
        let leaving = named.difference(&stay).filter_map(|arn| arn.parse().ok());
        sketch.users = leaving.map(|arn| origin_of(self.live, arn)).collect();
        if named.is_empty() || named.iter().any(|arn| arn.contains('*')) {
            sketch.needs.clone_from(self.rules);
        }
        sketch
    }

    /// They differ in more than the rules they name, and each allows what the other does not: what is there stands aside, under a Sid of its
    /// own, until every rule that leaves it has changed.
    fn stand_aside(&mut self, sid: &str, want: &WantedStatement, have: &Statement, updated: usize) {
        let lets_in = have.value().get("Effect").and_then(Value::as_str) == Some("Allow");
        if self.rules.is_empty() || !lets_in {
            return;
        }
        let aside = crate::grants::aside(self.owner, have);
        let mut copy = have.value();
        if let Some(members) = copy.as_object_mut() {
            members.insert("Sid".to_owned(), json!(aside));
        }
        let mut stay = self.sketch(&aside, Action::Create, Phase::Widen, copy.clone(), Value::Null);
        stay.note = Some(format!("`{sid}` as it is, until the rules that still need it have changed"));
        stay.because.clone_from(&want.because);
        let stayed = self.draft.push(stay);
        // Chosen alone, the change brings with it what keeps the others served.
        self.draft.tie(updated, stayed);
        let mut leave = self.sketch(&aside, Action::Delete, Phase::Narrow, Value::Null, copy).because(&want.because);
        leave.needs.extend(self.rules.iter().copied().chain([stayed, updated]));
        self.draft.push(leave);
    }

    fn push(&mut self, mut sketch: Sketch, want: &WantedStatement) -> usize {
        if sketch.phase == Phase::Widen {
            sketch.users.clone_from(&want.users);
        }
        sketch.because.clone_from(&want.because);
        sketch.doc = (!want.doc.is_empty()).then(|| want.doc.to_owned());
        sketch.note.clone_from(&want.note);
        let kept = self.foreign.iter().filter(|have| !self.replaced.contains(&name_of(have)));
        sketch.also_granted_by = kept.filter(|have| have.covers(&want.statement)).map(|have| name_of(have)).collect();
        self.draft.push(sketch)
    }

    fn unwanted(&mut self, sid: &str, have: &Statement) {
        let mut sketch = self.narrowing(sid, Action::Delete, Value::Null, have);
        sketch.doc = crate::grants::purpose_of(sid).map(|purpose| purpose.doc.to_owned());
        self.draft.push(sketch);
    }

    /// Foreign statements that the plan says ours take over: theirs go in the put that brings ours, and only when ours cover what live
    /// rules need of them — which they do when every need of this container is met by ours.
    fn takes_over(&mut self, container: &Container, foreign: &[&Statement]) {
        for have in foreign.iter().filter(|have| self.replaced.contains(&name_of(have))) {
            let covered = container.statements.values().any(|want| !want.users.is_empty() || !want.grants.is_empty());
            let mut lost = uncovered(have, container, self.live);
            lost.extend(container.loses.get(&name_of(have)).into_iter().flatten().cloned());
            if !covered || !lost.is_empty() {
                let message = format!(
                    "statement `{}` of {} is to be replaced, but live rules need it that ours do not cover: {}",
                    name_of(have),
                    self.at.kind.name(),
                    if lost.is_empty() {
                        "nothing of ours is there to take its place".to_owned()
                    } else {
                        lost.into_iter().collect::<Vec<_>>().join(", ")
                    }
                );
                self.draft.find("replace-uncovered", Severity::Error, message, &[]);
                continue;
            }
            let mut sketch = self.sketch(&name_of(have), Action::Delete, Phase::Widen, Value::Null, have.value());
            sketch.note = Some("somebody else's statement, taken over by ours in the same put (`replace:`)".to_owned());
            let ours = self.draft.of(self.at).filter(|(_, other)| other.phase == Phase::Widen);
            sketch.needs = ours.map(|(index, _)| index).collect();
            self.draft.push(sketch);
        }
    }

    /// What stands in an otherwise empty policy goes in the put that brings the first statement.
    fn makes_room(&mut self, container: &Container, foreign: &[&Statement]) {
        let stand_in = containers::of(self.at.kind).and_then(|kind| kind.stand_in());
        let standing = foreign.iter().find(|have| stand_in.is_some() && have.sid() == stand_in);
        let Some(have) = standing.filter(|_| !container.statements.is_empty()) else { return };
        let mut sketch = self.sketch(&name_of(have), Action::Delete, Phase::Widen, Value::Null, have.value());
        sketch.note = Some("it stood for the statements that were not there".to_owned());
        self.draft.push(sketch);
    }
}

/// The live rules that a foreign statement names and ours do not. Where it names many at once, `loses` says who they are.
fn uncovered(have: &Statement, container: &Container, live: &Live) -> BTreeSet<String> {
    let arns = have.source_arns().into_iter().filter_map(|arn| arn.parse::<Arn>().ok());
    let lives = |arn: &Arn| crate::kinds::receipt_rule_set::lives(live, arn) != Some(false);
    let ours = |arn: &Arn| container.statements.values().any(|want| want.users.contains(&origin_of(live, arn.clone())));
    let exact = arns.filter(|arn| !arn.as_str().contains(['*', '?']));
    exact.filter(|arn| lives(arn) && !ours(arn)).map(|arn| origin_of(live, arn).in_account()).collect()
}

/// What a source ARN is: a rule, or a Mail Manager resource by its name.
fn origin_of(live: &Live, arn: Arn) -> Origin {
    mail_manager::named_by(live, &arn).map_or(Origin::Rule(arn), Origin::Resource)
}

/// How a statement is called: its Sid, else its digest.
fn name_of(statement: &Statement) -> String {
    statement.sid().map_or_else(|| statement.digest(), str::to_owned)
}

/// `want` with the rules of `have` beside its own; `None` when they differ in more than the rules they name.
fn union(want: &Statement, have: &Statement) -> Option<Statement> {
    let (here, there) = (want.source_arns(), have.source_arns());
    let all: BTreeSet<&str> = here.union(&there).copied().collect();
    let both = with_arns(want, &all)?;
    let same_but_for_rules = with_arns(have, &all)?.means_the_same(&both);
    same_but_for_rules.then_some(both)
}

fn with_arns(statement: &Statement, arns: &BTreeSet<&str>) -> Option<Statement> {
    let mut value = statement.value();
    let operators = value.get_mut("Condition")?.as_object_mut()?;
    let mut keys = operators.values_mut().filter_map(Value::as_object_mut).flatten();
    let (_, values) = keys.find(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"))?;
    *values = json!(arns);
    Statement::from_value(value).ok()
}
