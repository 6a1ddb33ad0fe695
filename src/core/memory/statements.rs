//! Policies: all statements of one container in one phase are one write.

use super::{State, refused};
use crate::containers::{self, Container};
use crate::core::address::{Address, AddressKind};
use crate::core::change::Change;
use crate::core::live::PolicyText;
use crate::core::world::{Done, Failure};
use crate::kinds::role::Role;
use crate::policy::{Document, Edits, Statement};

impl State {
    pub(super) fn edit(&mut self, at: &Address, batch: &[Change]) -> Result<Done, Failure> {
        let Some(container) = containers::of(at.kind) else { return Err(refused("Unknown", "no such container")) };
        let in_role = matches!(at.kind, AddressKind::RoleTrust | AddressKind::RolePolicy);
        let role = Address { name: at.name.split('/').next().unwrap_or_default().to_owned(), ..at.with_kind(AddressKind::Role) };
        if in_role && self.present::<Role>(&role).is_none() {
            return Err(refused("NoSuchEntity", format!("no role {}", role.name)));
        }
        if at.kind == AddressKind::BucketPolicy && !self.account.has(&at.with_kind(AddressKind::Bucket)) {
            return Err(refused("NoSuchBucket", at.name.as_str()));
        }
        if at.kind == AddressKind::KeyPolicy && at.name.starts_with("alias/") {
            return Err(refused("NotFoundException", format!("{} is not the id of a key", at.name)));
        }
        let edits = edits(batch)?;
        let mut done = Done::AlreadyThere;
        let steps = steps(at, edits, self.document(at).as_ref());
        let several = steps.len() > 1;
        for step in steps {
            if self.put(container, at, &step)? == Done::Written {
                done = Done::Written;
                if several {
                    self.promises.check(&self.account, &format!("a step of write {} ({at})", self.writes));
                }
            }
        }
        Ok(done)
    }

    fn document(&self, at: &Address) -> Option<Document> {
        let policy: PolicyText = self.present(&self.whole_name(at))?;
        Document::parse(&policy.text).ok()
    }

    fn put(&mut self, container: &dyn Container, at: &Address, edits: &Edits) -> Result<Done, Failure> {
        let have = self.document(at);
        let (there, have) = (have.is_some(), have.unwrap_or_else(Document::empty));
        let next = have.splice(edits);
        if next.text() == have.text() || (next.is_bare() && !there) {
            return Ok(Done::AlreadyThere);
        }
        let next = if next.is_bare() { container.bare(at) } else { Some(next) };
        let key = self.whole_name(at);
        match next {
            None if matches!(at.kind, AddressKind::KeyPolicy | AddressKind::TopicPolicy | AddressKind::RoleTrust) => {
                return Err(refused("MalformedPolicyDocument", format!("{at} cannot be without a policy")));
            }
            None => drop(self.account.seen.remove(&key)),
            Some(next) if container.measure(&next) > container.raised_limit() => {
                return Err(refused(
                    "LimitExceeded",
                    format!("{at} would be {} of {}", container.measure(&next), container.raised_limit()),
                ));
            }
            Some(next) if container.most_statements().is_some_and(|most| next.statements().count() > most) => {
                return Err(refused("LimitExceeded", format!("{at} would hold too many statements")));
            }
            Some(next) => self.account.put(key, &PolicyText { text: next.to_string(), revision: None }),
        }
        Ok(Done::Written)
    }
}

fn edits(batch: &[Change]) -> Result<Edits, Failure> {
    let mut edits = Edits::default();
    for change in batch {
        if change.after.is_null() {
            edits.drop.insert(change.statement.clone().unwrap_or_default());
        } else {
            let statement = Statement::from_value(change.after.clone()).map_err(|error| refused("MalformedPolicy", error.to_string()))?;
            edits.put.push(statement);
        }
    }
    Ok(edits)
}

/// Lambda takes one statement at a time, and cannot change one: what is new comes first, what is bent goes and comes again.
fn steps(at: &Address, edits: Edits, have: Option<&Document>) -> Vec<Edits> {
    if at.kind != AddressKind::FunctionPolicy {
        return vec![edits];
    }
    let one = |put: &Statement| Edits { put: vec![put.clone()], ..Edits::default() };
    let without = |sid: &str| Edits { drop: [sid.to_owned()].into(), ..Edits::default() };
    let there = |put: &Statement| have.zip(put.sid()).and_then(|(have, sid)| have.statement(sid)).cloned();
    let (known, new): (Vec<&Statement>, Vec<&Statement>) = edits.put.iter().partition(|put| there(put).is_some());
    let mut steps: Vec<Edits> = new.into_iter().map(one).collect();
    for put in known.into_iter().filter(|put| there(put).is_some_and(|have| !have.means_the_same(put))) {
        steps.push(without(put.sid().unwrap_or_default()));
        steps.push(one(put));
    }
    steps.extend(edits.drop.iter().map(|sid| without(sid)));
    steps
}
