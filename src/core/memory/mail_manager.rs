//! Mail Manager's resources, as SES keeps them: found by id, named once, refused while something names them. What AWS does over minutes is
//! done at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{State, refused};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change};
use crate::core::deferred::promises_in;
use crate::core::draft::names_id;
use crate::core::live::{Live, Observed};
use crate::core::world::{Done, Failure};
use crate::kinds::mail_manager::address_list::ListMembers;
use crate::kinds::mail_manager::normal::digest;
use crate::kinds::mail_manager::{Named, Names, RESOURCE_TYPES, archive, is_resource, names_address};

/// What cannot be changed in place (facts §2.1).
const FIXED: [(AddressKind, &str); 6] = [
    (AddressKind::IngressEndpoint, "Type"),
    (AddressKind::IngressEndpoint, "NetworkConfiguration"),
    (AddressKind::Archive, "KmsKeyArn"),
    (AddressKind::AddressList, "AddressListName"),
    (AddressKind::AddonSubscription, "AddonName"),
    (AddressKind::AddonInstance, "AddonSubscriptionId"),
];

/// What `List…` says of one kind.
pub(super) fn names(account: &Live, list: &Address) -> Observed {
    if let Some(given) = account.seen.get(list) {
        return given.clone();
    }
    let Some(kind) = AddressKind::ALL.iter().find(|kind| kind.name() == list.name) else { return Observed::Absent };
    let here = account.of_kind(*kind).filter(|at| at.account == list.account && at.region == list.region);
    let named = |at: &Address| {
        let found: Value = account.get(at).present()?;
        let text = |member: &str| found.get(member).and_then(Value::as_str).map(str::to_owned);
        Some(Named { id: text("Id")?, name: at.name.clone(), state: text("State").or_else(|| text("Status")) })
    };
    Observed::Present(json!(Names { items: here.filter_map(named).collect() }))
}

/// The account, and what its lists say: who looks at Mail Manager finds everything by its name, and not what is being deleted.
pub(super) fn listed(account: &Live) -> Live {
    let mut whole = account.clone();
    for (kind, _) in RESOURCE_TYPES {
        let list = names_address(&account.home, kind);
        let items = names(account, &list);
        whole.seen.insert(list.clone(), items);
        let found: Names = whole.get(&list).present().unwrap_or_default();
        for item in found.items.iter().filter(|item| item.is_leaving()) {
            whole.seen.remove(&account.home.at(kind, item.name.as_str()));
        }
    }
    whole
}

impl State {
    pub(super) fn mail_manager(&mut self, change: &Change) -> Result<Done, Failure> {
        if let Some(open) = promises_in(&change.after).first() {
            return Err(refused("ValidationException", format!("{open} is no id")));
        }
        let id = change.before.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
        match change.action {
            Action::Create => self.made(change),
            Action::Update | Action::Adopt => {
                let at = self.by_id(change.address.kind, &id)?;
                self.changed(&at, &change.address, &change.after)?;
                Ok(Done::Written)
            }
            Action::Delete => {
                let at = self.by_id(change.address.kind, &id)?;
                self.deleted(&at, &id)?;
                Ok(Done::Written)
            }
            Action::Replace => {
                let at = self.by_id(change.address.kind, &id)?;
                if at.kind == AddressKind::Archive {
                    let aside = Address { name: archive::aside(&at.name, &id), ..at.clone() };
                    self.changed(&at, &aside, &json!({"ArchiveName": aside.name}))?;
                } else {
                    self.deleted(&at, &id)?;
                }
                self.made(change)
            }
            other => Err(refused("Unknown", format!("{other:?} of a Mail Manager resource"))),
        }
    }

    fn by_id(&self, kind: AddressKind, id: &str) -> Result<Address, Failure> {
        let found = self.account.of_kind(kind).find(|at| self.present::<Value>(at).is_some_and(|found| found["Id"] == id));
        found.cloned().ok_or_else(|| refused("ResourceNotFoundException", format!("no {} {id}", kind.name())))
    }

    fn made(&mut self, change: &Change) -> Result<Done, Failure> {
        let at = &change.address;
        if self.account.has(at) {
            return Err(refused("ConflictException", format!("{} already exists", at.name)));
        }
        let resource_type = RESOURCE_TYPES.iter().find(|(kind, _)| *kind == at.kind).map_or("", |(_, name)| name);
        let ids = (self.writes..).map(|number| format!("{}-{number}", resource_type.trim_start_matches("mailmanager-")));
        // No id is given twice, not even by another run.
        let fresh =
            |id: &String| !self.account.seen.values().any(|observed| matches!(observed, Observed::Present(found) if found["Id"] == **id));
        let Some(id) = ids.into_iter().find(fresh) else { return Err(refused("InternalFailure", "no id is left")) };
        let mut found = kept(&change.after, None);
        self.knows_what_is_named(&found)?;
        found.insert("Id".to_owned(), json!(id));
        let mut made = BTreeMap::from([("id".to_owned(), id.clone())]);
        if at.kind == AddressKind::IngressEndpoint {
            let record = format!("{id}.mail-manager.example");
            found.insert("ARecord".to_owned(), json!(record));
            made.insert("a_record".to_owned(), record);
        }
        self.account.put(at.clone(), &found);
        self.members(at, &change.after);
        Ok(Done::Made(made))
    }

    fn changed(&mut self, at: &Address, to: &Address, after: &Value) -> Result<(), Failure> {
        let have: Map<String, Value> = self.present(at).unwrap_or_default();
        if have.get("State").is_some_and(|state| state == "PENDING_DELETION") {
            return Err(refused("ConflictException", format!("{} is being deleted", at.name)));
        }
        let mut next = kept(after, Some(&have));
        self.knows_what_is_named(&next)?;
        for (_, member) in FIXED.iter().filter(|(kind, _)| *kind == at.kind) {
            if next.get(*member).is_some_and(|next| Some(next) != have.get(*member)) {
                return Err(refused("ValidationException", format!("{member} cannot be changed")));
            }
        }
        for (name, value) in have {
            next.entry(name).or_insert(value);
        }
        if at != to {
            if self.account.has(to) {
                return Err(refused("ConflictException", format!("{} already exists", to.name)));
            }
            self.account.seen.remove(at);
        }
        self.account.put(to.clone(), &next);
        self.members(to, after);
        Ok(())
    }

    fn deleted(&mut self, at: &Address, id: &str) -> Result<(), Failure> {
        let others = self.account.seen.iter().filter(|(other, _)| *other != at && is_resource(other.kind));
        let user = others.into_iter().find(|(_, observed)| matches!(observed, Observed::Present(found) if names_id(found, id)));
        if let Some((user, _)) = user {
            return Err(refused("ConflictException", format!("{} is in use by {user}", at.name)));
        }
        if at.kind == AddressKind::Archive {
            let mut found: Map<String, Value> = self.present(at).unwrap_or_default();
            found.insert("State".to_owned(), json!("PENDING_DELETION"));
            self.account.put(at.clone(), &found);
        } else {
            self.account.seen.remove(at);
            self.account.seen.remove(&at.with_kind(AddressKind::AddressListMembers));
        }
        Ok(())
    }

    /// An endpoint names its rule set and policy, an instance its subscription; rule sets and policies are not looked into (assumed).
    fn knows_what_is_named(&self, spec: &Map<String, Value>) -> Result<(), Failure> {
        let members = [
            ("RuleSetId", AddressKind::MailRuleSet),
            ("TrafficPolicyId", AddressKind::TrafficPolicy),
            ("AddonSubscriptionId", AddressKind::AddonSubscription),
        ];
        for (member, kind) in members {
            if let Some(id) = spec.get(member).and_then(Value::as_str) {
                self.by_id(kind, id)?;
            }
        }
        Ok(())
    }

    fn members(&mut self, list: &Address, after: &Value) {
        let members: Option<Vec<String>> = after.get("Members").and_then(|members| serde_json::from_value(members.clone()).ok());
        if let Some(members) = members.filter(|_| list.kind == AddressKind::AddressList) {
            self.account.put(list.with_kind(AddressKind::AddressListMembers), &ListMembers { members });
        }
    }
}

/// What AWS keeps of what it is told: no password, digests of certificates, and the tags of others.
fn kept(after: &Value, have: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut spec = after.as_object().cloned().unwrap_or_default();
    for member in ["Id", "Members", "KeepOthers"] {
        spec.remove(member);
    }
    if let Some(password) = after.pointer("/IngressPointConfiguration/SmtpPassword") {
        let before = have.and_then(|have| have.get("IngressPointConfiguration")?.pointer("/SmtpPassword/Version")?.as_str()?.parse().ok());
        let sent = before.is_none() || password.get("Rotate").is_some();
        let version: u32 = before.unwrap_or(0) + u32::from(sent);
        spec.insert("IngressPointConfiguration".to_owned(), json!({"SmtpPassword": {"Version": version.to_string()}}));
    }
    if let Some(store) = spec.get_mut("IngressPointConfiguration").and_then(|it| it.pointer_mut("/TlsAuthConfiguration/TrustStore")) {
        for member in ["CAContent", "CrlContent"] {
            if let Some(text) = store.get(member).and_then(Value::as_str).map(digest) {
                store[member] = json!(text);
            }
        }
    }
    if spec.contains_key("IngressPointName") {
        let state = spec.get("Status").and_then(Value::as_str).filter(|state| ["ACTIVE", "CLOSED"].contains(state));
        let state = state.map(str::to_owned).or_else(|| have.and_then(|have| have.get("Status")?.as_str().map(str::to_owned)));
        let passes = |state: &String| state == "PROVISIONING" || state == "UPDATING";
        spec.insert("Status".to_owned(), json!(state.filter(|state| !passes(state)).unwrap_or_else(|| "ACTIVE".to_owned())));
    }
    let mut tags: Map<String, Value> = have.and_then(|have| have.get("Tags")?.as_object().cloned()).unwrap_or_default();
    tags.extend(spec.get("Tags").and_then(Value::as_object).cloned().unwrap_or_default());
    spec.insert("Tags".to_owned(), Value::Object(tags));
    spec
}
