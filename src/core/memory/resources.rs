//! Rule sets, rules, filters, the pointer and roles, as SES and IAM keep them.

use serde_json::Value;

use super::{State, inline_names, refused};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change};
use crate::core::live::PolicyText;
use crate::core::order;
use crate::core::world::{Done, Failure};
use crate::kinds::managed_policy::AttachedPolicies;
use crate::kinds::receipt_filter::IpFilter;
use crate::kinds::receipt_rule_set::rule::ReceiptRule;
use crate::kinds::receipt_rule_set::{LiveSet, Pointer, pointer_address};
use crate::kinds::role::{Role, WantedRole};

impl State {
    pub(super) fn act(&mut self, change: &Change) -> Result<Done, Failure> {
        if crate::kinds::mail_manager::is_resource(change.address.kind) {
            return self.mail_manager(change);
        }
        if crate::core::draft::is_made_when_missing(change.address.kind) {
            return self.make(change);
        }
        match change.address.kind {
            AddressKind::ReceiptRule => self.rule(change),
            AddressKind::ReceiptRuleSet => self.set(change),
            AddressKind::ReceiptFilter => self.filter(change),
            AddressKind::Role => self.role(change),
            other => Err(refused("Unknown", format!("a {} is not written", other.name()))),
        }?;
        Ok(Done::Written)
    }

    fn rule(&mut self, change: &Change) -> Result<(), Failure> {
        let (set_name, name) = change.address.name.split_once('/').unwrap_or_default();
        let at = Address { name: set_name.to_owned(), ..change.address.with_kind(AddressKind::ReceiptRuleSet) };
        let Some(LiveSet { mut rules }) = self.present(&at) else { return Err(refused("RuleSetDoesNotExist", set_name)) };
        let place = rules.iter().position(|rule| rule.name == name);
        match (change.action, place) {
            (Action::Delete, None) => return Ok(()),
            (Action::Delete, Some(place)) => drop(rules.remove(place)),
            (Action::Create, Some(_)) => return Err(refused("AlreadyExists", format!("Rule already exists: {name}"))),
            (Action::Create, None) => {
                let place = match change.after.get("After").and_then(Value::as_str) {
                    None => 0,
                    Some(after) => match rules.iter().position(|rule| rule.name == after) {
                        Some(before) => before + 1,
                        None => return Err(refused("RuleDoesNotExist", format!("Rule does not exist: {after}"))),
                    },
                };
                rules.insert(place, read(&change.after)?);
            }
            (Action::Update, Some(place)) => drop(std::mem::replace(&mut rules[place], read(&change.after)?)),
            (Action::Update, None) => return Err(refused("RuleDoesNotExist", format!("Rule does not exist: {name}"))),
            (other, _) => return Err(refused("Unknown", format!("{other:?} of a rule"))),
        }
        let mut next = self.account.clone();
        next.put(at.clone(), &LiveSet { rules });
        if let Some(what) = self.promises.refuses(&next, &change.address.name).filter(|_| change.action != Action::Delete) {
            return Err(refused("InvalidS3Configuration", format!("a target cannot be used: {what}")));
        }
        self.account = next;
        Ok(())
    }

    fn set(&mut self, change: &Change) -> Result<(), Failure> {
        let at = &change.address;
        let pointer = pointer_address(&self.account.home);
        let active = self.present::<Pointer>(&pointer).and_then(|pointer| pointer.active);
        let have: Option<LiveSet> = self.present(at);
        match (change.action, have) {
            (Action::Create, Some(_)) => Err(refused("AlreadyExists", at.name.as_str())),
            (Action::Create, None) => {
                self.account.put(at.clone(), &LiveSet { rules: Vec::new() });
                Ok(())
            }
            (Action::Delete, _) if active.as_deref() == Some(&at.name) => {
                Err(refused("CannotDelete", format!("Cannot delete active rule set: {}", at.name)))
            }
            (Action::Delete, _) => {
                self.account.seen.remove(at);
                Ok(())
            }
            (Action::Deactivate, _) => {
                self.account.put(pointer, &Pointer { active: None });
                Ok(())
            }
            (_, None) => Err(refused("RuleSetDoesNotExist", at.name.as_str())),
            (Action::Activate, Some(_)) => {
                self.account.put(pointer, &Pointer { active: Some(at.name.clone()) });
                Ok(())
            }
            (Action::Reorder, Some(have)) => {
                let rules = reordered(have.rules, &change.after)?;
                self.account.put(at.clone(), &LiveSet { rules });
                Ok(())
            }
            (other, Some(_)) => Err(refused("Unknown", format!("{other:?} of a rule set"))),
        }
    }

    fn filter(&mut self, change: &Change) -> Result<(), Failure> {
        let there = self.account.has(&change.address);
        match change.action {
            Action::Create if there => Err(refused("AlreadyExists", change.address.name.as_str())),
            Action::Create | Action::Replace => {
                let filter: IpFilter = read(&change.after)?;
                self.account.put(change.address.clone(), &filter);
                Ok(())
            }
            Action::Delete => {
                self.account.seen.remove(&change.address);
                Ok(())
            }
            other => Err(refused("Unknown", format!("{other:?} of a filter"))),
        }
    }

    fn role(&mut self, change: &Change) -> Result<(), Failure> {
        let at = &change.address;
        let trust = at.with_kind(AddressKind::RoleTrust);
        let have: Option<Role> = self.present(at);
        match (change.action, have) {
            (Action::Create, Some(_)) => Err(refused("EntityAlreadyExists", at.name.as_str())),
            (Action::Create, None) => {
                let want: WantedRole = read(&change.after)?;
                let document = want.assume_role_policy_document.ok_or_else(|| refused("ValidationError", "a role must trust somebody"))?;
                let arn = format!("arn:{}:iam::{}:role{}{}", self.account.home.partition(), at.account, want.path, at.name);
                let role = Role { arn, path: want.path, permissions_boundary: want.permissions_boundary, tags: want.tags };
                self.account.put(at.clone(), &role);
                self.account.put(trust, &PolicyText { text: document.to_string(), revision: None });
                Ok(())
            }
            (Action::Delete, _) => {
                let ours = Address { name: format!("{}/{}", at.name, self.inline), ..at.with_kind(AddressKind::RolePolicy) };
                self.account.seen.remove(&ours);
                if let Some(other) = inline_names(&self.account, at).first() {
                    return Err(refused("DeleteConflict", format!("the role carries the inline policy {other}")));
                }
                let attached: AttachedPolicies = self.present(&at.with_kind(AddressKind::AttachedPolicies)).unwrap_or_default();
                if let Some(arn) = attached.arns.first() {
                    return Err(refused("DeleteConflict", format!("the role carries the managed policy {arn}")));
                }
                self.account.seen.remove(at);
                self.account.seen.remove(&trust);
                Ok(())
            }
            (Action::Update | Action::Adopt, Some(mut role)) => {
                let want: WantedRole = read(&change.after)?;
                role.tags.extend(want.tags);
                role.permissions_boundary = want.permissions_boundary;
                self.account.put(at.clone(), &role);
                Ok(())
            }
            (_, None) => Err(refused("NoSuchEntity", at.name.as_str())),
            (other, Some(_)) => Err(refused("Unknown", format!("{other:?} of a role"))),
        }
    }
}

/// The permutation must be exact. It is made of the set as it is now, as the AWS half makes it.
fn reordered(rules: Vec<ReceiptRule>, after: &Value) -> Result<Vec<ReceiptRule>, Failure> {
    let wanted: Vec<String> = read(after)?;
    let current: Vec<String> = rules.iter().map(|rule| rule.name.clone()).collect();
    let Some(next) = order::permutation(&wanted, &current) else { return Ok(rules) };
    let mut sorted = [next.clone(), current];
    sorted.iter_mut().for_each(|names| names.sort());
    if sorted[0] != sorted[1] {
        return Err(refused("InvalidParameterValue", "Positions for rules not found"));
    }
    Ok(next.iter().filter_map(|name| rules.iter().find(|rule| rule.name == *name).cloned()).collect())
}

pub(super) fn read<T: serde::de::DeserializeOwned>(after: &Value) -> Result<T, Failure> {
    serde_json::from_value(after.clone()).map_err(|error| refused("ValidationError", error.to_string()))
}
