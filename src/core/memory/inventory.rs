//! The lists that an audit begins with, made of what the account holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{State, inline_names};
use crate::core::address::{Address, AddressKind, Home};
use crate::core::live::{Observed, PolicyText};
use crate::kinds::bucket::Bucket;
use crate::kinds::inventory::{Buckets, Functions, Identities, ListedIdentity, ListedRole, Names, Roles};
use crate::kinds::role::Role;

impl State {
    /// What a list says, where `at` is the address of one.
    pub(super) fn listed(&self, at: &Address) -> Option<Observed> {
        let value = match at.kind {
            AddressKind::Buckets => json!(self.buckets(at)),
            AddressKind::Keys => json!(self.names(at, &[AddressKind::Key, AddressKind::KeyPolicy])),
            AddressKind::Topics => json!(self.names(at, &[AddressKind::Topic, AddressKind::TopicPolicy])),
            AddressKind::Secrets => json!(self.names(at, &[AddressKind::Secret, AddressKind::SecretPolicy])),
            AddressKind::Functions => json!(self.functions(at)),
            AddressKind::FunctionAliases => json!(self.qualifiers(at, false)),
            AddressKind::Roles => json!(self.roles(at)),
            AddressKind::Identities => json!(self.identities(at)),
            AddressKind::ReceiptFilters => json!(self.names(at, &[AddressKind::ReceiptFilter])),
            AddressKind::AccountAliases => json!(Names::new()),
            _ => return None,
        };
        Some(Observed::Present(value))
    }

    /// The names of things of these kinds in the place of a list.
    fn names(&self, list: &Address, kinds: &[AddressKind]) -> Names {
        let here = |at: &&Address| at.account == list.account && at.region == list.region;
        kinds.iter().flat_map(|kind| self.account.of_kind(*kind)).filter(here).map(|at| at.name.clone()).collect()
    }

    fn buckets(&self, list: &Address) -> Buckets {
        let names = self.names(list, &[AddressKind::Bucket, AddressKind::BucketPolicy]);
        let region = |name: &str| {
            let home = Home { account: list.account.clone(), ..self.account.home.clone() };
            self.present::<Bucket>(&home.at(AddressKind::Bucket, name)).map(|bucket| bucket.region)
        };
        names.into_iter().map(|name| (name.clone(), region(&name).or_else(|| Some(self.account.home.region.clone())))).collect()
    }

    /// A number is a version, a word an alias.
    fn functions(&self, list: &Address) -> Functions {
        let all = self.names(list, &[AddressKind::Function, AddressKind::FunctionPolicy]);
        let names: BTreeSet<String> = all.iter().map(|name| name.split(':').next().unwrap_or_default().to_owned()).collect();
        names.into_iter().map(|name| (name.clone(), self.qualifiers(&Address { name, ..list.clone() }, true))).collect()
    }

    fn qualifiers(&self, function: &Address, versions: bool) -> Names {
        let all = self.names(function, &[AddressKind::Function, AddressKind::FunctionPolicy]);
        let qualified = all.iter().filter_map(|name| name.split_once(':')).filter(|(name, _)| *name == function.name);
        let is_version = |qualifier: &str| qualifier.bytes().all(|byte| byte.is_ascii_digit());
        qualified.map(|(_, qualifier)| qualifier.to_owned()).filter(|qualifier| is_version(qualifier) == versions).collect()
    }

    fn identities(&self, list: &Address) -> Identities {
        let role = |name: String| {
            let at = Address { kind: AddressKind::Role, name: name.clone(), ..list.clone() };
            let role: Role = self.present(&at)?;
            let trust: PolicyText = self.present(&at.with_kind(AddressKind::RoleTrust))?;
            let policies = inline_names(&self.account, &at).into_iter().collect();
            Some((name, ListedIdentity { tags: role.tags, trust: trust.text, policies }))
        };
        let by_owner = |kind: AddressKind| {
            let policies = self.account.of_kind(kind).filter(|at| at.account == list.account);
            let mut owners: BTreeMap<String, Names> = BTreeMap::new();
            for (owner, policy) in policies.filter_map(|at| at.name.split_once('/')) {
                owners.entry(owner.to_owned()).or_default().insert(policy.to_owned());
            }
            owners
        };
        Identities {
            roles: self.names(list, &[AddressKind::Role]).into_iter().filter_map(role).collect(),
            users: by_owner(AddressKind::UserPolicy),
            groups: by_owner(AddressKind::GroupPolicy),
        }
    }

    fn roles(&self, list: &Address) -> Roles {
        let listed = |name: String| {
            let at = Address { kind: AddressKind::Role, name: name.clone(), ..list.clone() };
            let role: Role = self.present(&at)?;
            let trust: PolicyText = self.present(&at.with_kind(AddressKind::RoleTrust))?;
            Some((name, ListedRole { arn: role.arn, path: role.path, trust: trust.text }))
        };
        self.names(list, &[AddressKind::Role]).into_iter().filter_map(listed).collect()
    }
}
