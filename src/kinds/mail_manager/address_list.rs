//! Address lists: addresses and patterns that conditions look up. A list has no update; its members come and go one by one.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_CreateAddressList.html>

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ours::{self, Spec};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::Desired;
use crate::core::draft::Draft;
use crate::core::live::{Live, Seen};
use crate::core::scene::Scene;
use crate::kinds::Kind;
use crate::plan::language::mail_manager::AddressList as Written;

/// The members of an address list, in both senses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddressList {
    /// Its name, which AWS does not change.
    pub address_list_name: String,
    /// Who is in it, where the plan says so. Reports say how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<String>>,
    /// `existing_members: keep`: others stay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_others: bool,
}

/// `ListMembersOfAddressList`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMembers {
    /// In the order of AWS.
    pub members: Vec<String>,
}

impl Spec for AddressList {
    const KIND: AddressKind = AddressKind::AddressList;
    const WHAT: &'static str = "address list";
    const RENAMES: bool = false;

    fn complete(&self, found: &mut Self, at: &Address, live: &Live) -> Result<(), String> {
        if self.members.is_none() {
            return Ok(());
        }
        match live.get::<ListMembers>(&at.with_kind(AddressKind::AddressListMembers)) {
            Seen::Present(ListMembers { members }) => found.members = Some(sorted(members)),
            Seen::Absent => found.members = Some(Vec::new()),
            Seen::Unreadable(why) => return Err(why),
            Seen::Unread => return Err("its members were not read".to_owned()),
        }
        Ok(())
    }

    fn leave_alone(&mut self, have: &Self) {
        match (&mut self.members, &have.members) {
            (Some(want), Some(have)) if self.keep_others => *want = sorted(want.iter().chain(have).cloned().collect()),
            (want @ None, have) => want.clone_from(have),
            _ => {}
        }
        self.keep_others = false;
    }

    fn note(&self, have: &Self) -> Option<String> {
        let (come, go) = difference(self.members.as_deref().unwrap_or_default(), have.members.as_deref().unwrap_or_default());
        let members = |count: usize| if count == 1 { "1 member".to_owned() } else { format!("{count} members") };
        (!come.is_empty() || !go.is_empty()).then(|| format!("{} to come, {} to go", members(come.len()), members(go.len())))
    }
}

/// Who comes and who goes. Addresses are compared without regard to case (assumed, as those of receipt rules are: whether AWS re-cases them
/// is not documented).
#[must_use]
pub fn difference<'a>(want: &'a [String], have: &'a [String]) -> (Vec<&'a str>, Vec<&'a str>) {
    fn missing<'a>(here: &'a [String], there: &[String]) -> Vec<&'a str> {
        let there: BTreeSet<String> = there.iter().map(|member| member.to_lowercase()).collect();
        here.iter().filter(|member| !there.contains(&member.to_lowercase())).map(String::as_str).collect()
    }
    (missing(want, have), missing(have, want))
}

fn sorted(mut members: Vec<String>) -> Vec<String> {
    members.sort_by_cached_key(|member| member.to_lowercase());
    members.dedup_by_key(|member| member.to_lowercase());
    members
}

/// Members as they are compared.
pub(super) fn normal(members: &[Value]) -> Vec<Value> {
    let members: BTreeSet<String> = members.iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
    members.into_iter().map(|member| json!(member)).collect()
}

/// The row of the table.
#[derive(Debug)]
pub struct AddressLists;

impl Kind for AddressLists {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::AddressList, AddressKind::AddressListMembers]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        let lists = &scene.plan.mail_manager.address_lists;
        ours::reads(scene, AddressKind::AddressList, lists.iter().flat_map(ours::names), wanted);
        for entry in lists.iter().filter(|entry| entry.spec().is_some_and(|spec| spec.members.is_some())) {
            let at = scene.home().at(AddressKind::AddressList, entry.name.value.as_str());
            if wanted.contains(&at) {
                wanted.insert(at.with_kind(AddressKind::AddressListMembers));
            }
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        ours::desire(scene, desired, &scene.plan.mail_manager.address_lists, |entry| entry.name.value.clone(), settle);
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        ours::diff::<AddressList>(desired, live, draft);
    }
}

fn settle(name: &str, list: &Written) -> AddressList {
    let members = list.members.as_ref();
    AddressList {
        address_list_name: name.to_owned(),
        members: members.map(|members| sorted(members.listed.iter().map(|member| member.value.clone()).collect())),
        keep_others: members.is_some_and(|members| members.keep_others),
    }
}
