//! The least IAM policy with which a plan can be looked at, applied or destroyed: one for each account that it touches.
//!
//! What is read follows from `reads`, wave after wave, over an account that is assumed where no facts are given; what is written follows from
//! what the plan wants. Which calls that makes is said in `uses`, and what IAM asks for a call in `calls`. What only such an account needs as
//! may be there, and need not, is kept apart ([`Need::maybe`]): with the facts of a snapshot it falls away.

mod assumed;
pub mod calls;
mod document;
mod missing;
mod resources;
pub mod uses;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::calls::On;
use self::document::document;
pub use self::missing::missing;
use self::uses::Act;
use crate::core::address::{Address, AddressKind};
use crate::core::compile::compile;
use crate::core::desired::{Container, Desired, State};
use crate::core::ids::AccountId;
use crate::core::live::Live;
use crate::core::scene::Scene;
use crate::grants::Principal;
use crate::kinds::made::Promises;
use crate::kinds::mail_manager;
use crate::plan::language::mail_manager::{IngressAccess, IngressNetwork};
use crate::plan::language::{FilterBody, OtherRules, Plan, RuleBody, Via};
use crate::policy::Conditions;

pub use whole::Whole;

/// What the policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Looking.
    Plan,
    /// Looking and doing.
    Apply,
    /// Looking, from a cron job.
    Drift,
    /// Looking, and taking away what is the plan's.
    Destroy,
}

/// Calls that follow from what a thing says, not from its kind.
#[cfg(test)]
const BY_CONTENT: &[&str] = &["s3:PutBucketVersioning", "ses:ReorderReceiptRuleSet", "ses:SetActiveReceiptRuleSet"];

/// Calls of the plan's lock.
const LOCKING: &[&str] = &["s3:GetObject", "s3:PutObject"];

/// One thing that must be allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Where.
    pub account: AccountId,
    /// It hangs on facts that were not given whether it is needed.
    pub maybe: bool,
    /// What it is bound to.
    pub conditions: Conditions,
    /// `*`, or what IAM can be told.
    pub resource: String,
    /// `s3:PutBucketPolicy`
    pub action: String,
}

/// The policies by account.
#[must_use]
pub fn policies(needs: impl IntoIterator<Item = Need>) -> BTreeMap<AccountId, Value> {
    let mut by_account: BTreeMap<AccountId, BTreeSet<Need>> = BTreeMap::new();
    for need in needs {
        by_account.entry(need.account.clone()).or_default().insert(need);
    }
    by_account.into_iter().map(|(account, needs)| (account, document(&needs))).collect()
}

/// Everything that must be allowed. `facts` says where from, and what is known; `whole` is who looks at the whole account beside.
#[must_use]
pub fn needs(plan: &Plan, facts: &Live, purpose: For, whole: Option<Whole>) -> BTreeSet<Need> {
    let (live, later) = assumed::account(plan, facts);
    let scene = Scene::new(plan, &live);
    let desired = compile(&scene);
    let making = Promises::of(&scene).map(|promises| promises.making).unwrap_or_default();
    let mut gather = Gather { scene: &scene, facts, found: BTreeSet::new() };
    gather.read(&desired, &making, &later);
    if purpose == For::Destroy {
        for at in assumed::taken_back(plan, facts) {
            gather.calls(&at, Act::Read, false);
        }
    }
    if matches!(purpose, For::Apply | For::Destroy) {
        gather.write(&desired, &making, purpose == For::Destroy);
    }
    gather.other_accounts();
    if let Some(whole) = whole {
        gather.whole(whole, purpose);
    }
    let Gather { mut found, .. } = gather;
    let sure: BTreeSet<Need> = found.iter().filter(|need| !need.maybe).cloned().collect();
    found.retain(|need| !need.maybe || !sure.contains(&Need { maybe: false, ..need.clone() }));
    found
}

struct Gather<'a> {
    scene: &'a Scene<'a>,
    facts: &'a Live,
    found: BTreeSet<Need>,
}

impl Gather<'_> {
    fn calls(&mut self, at: &Address, act: Act, maybe: bool) {
        // Nobody has looked at what stands here in the name of whatever may be there.
        let maybe = maybe || at.name.contains('*');
        for call in uses::calls(at.kind, &at.name, act) {
            self.call(call, at, maybe);
        }
    }

    fn call(&mut self, call: &str, at: &Address, maybe: bool) {
        // S3 mostly says where a bucket is without being asked, and whether its public grants are ignored is asked where it has any.
        let maybe = maybe || matches!(call, "s3:GetBucketLocation" | "s3:GetPublicAccessBlock");
        for (action, on) in calls::of(call).into_iter().flat_map(|row| row.takes) {
            for (resource, conditions) in resources::of(self.scene, at, *on) {
                self.need(&at.account, action, resource, conditions, maybe);
            }
        }
    }

    fn need(&mut self, account: &AccountId, action: &str, resource: String, conditions: Conditions, maybe: bool) {
        self.found.insert(Need { account: account.clone(), maybe, conditions, resource, action: action.to_owned() });
    }

    /// Anything that an account of this region may hold.
    fn whole(&mut self, whole: Whole, purpose: For) {
        let any = |kind| self.scene.home().at(kind, "*");
        let lists = whole::mail_manager(whole).map(|kind| mail_manager::names_address(self.scene.home(), kind));
        let reads: Vec<Address> = whole::reads(whole).map(any).chain(lists).collect();
        for at in reads {
            for call in uses::calls(at.kind, &at.name, Act::Read) {
                match whole::elsewhere(whole, at.kind) {
                    None => self.call(call, &at, false),
                    Some(anywhere) => {
                        let resource = format!("arn:{}:{anywhere}", self.scene.home().partition());
                        for (action, _) in calls::of(call).into_iter().flat_map(|row| row.takes) {
                            self.need(&at.account, action, resource.clone(), Conditions::new(), false);
                        }
                    }
                }
            }
        }
        if whole == Whole::Prune && purpose == For::Apply {
            let orphans: Vec<Address> = whole::ORPHANS.iter().map(|kind| self.scene.home().at(*kind, "*")).collect();
            for at in orphans {
                self.calls(&at, Act::Remove, true);
                if crate::containers::of(at.kind).is_some() {
                    self.calls(&at, Act::Change, true);
                }
            }
        }
    }

    fn read(&mut self, desired: &Desired, making: &BTreeSet<Address>, later: &BTreeSet<Address>) {
        use AddressKind::{AddressList, AddressListMembers, Bucket, BucketEncryption, BucketObjectLock, BucketPolicy, Key, KeyPolicy};
        // Everything that was asked for on the way, not what is still open.
        let mut wanted: BTreeSet<Address> = self.scene.live.seen.keys().cloned().collect();
        // What is not there yet is read once it is.
        wanted.extend(desired.resources.keys().filter(|at| mail_manager::is_resource(at.kind)).cloned());
        wanted.extend(desired.containers.keys().cloned());
        let lists: Vec<Address> = wanted.iter().filter(|at| at.kind == AddressList).map(|at| at.with_kind(AddressListMembers)).collect();
        wanted.extend(lists);
        for bucket in making.iter().filter(|at| at.kind == Bucket) {
            wanted.extend([BucketPolicy, BucketEncryption, BucketObjectLock].map(|kind| bucket.with_kind(kind)));
        }
        let keys: Vec<Address> = wanted.iter().filter(|at| at.kind == KeyPolicy).map(|at| at.with_kind(Key)).collect();
        wanted.extend(keys);
        wanted.extend(making.iter().filter(|at| at.kind == Key).flat_map(|key| [key.clone(), key.with_kind(KeyPolicy)]));
        for at in &wanted {
            self.calls(at, Act::Read, later.contains(at));
        }
        // What such a list names is read one by one: what lives beside the plan may use a statement that goes.
        let lists = wanted.iter().filter(|at| at.kind == AddressKind::MailManagerNames && !self.facts.has(at));
        let kinds: Vec<AddressKind> =
            lists.filter_map(|list| AddressKind::ALL.iter().find(|kind| kind.name() == list.name).copied()).collect();
        for kind in kinds {
            self.calls(&self.scene.home().at(kind, "*"), Act::Read, true);
        }
    }

    fn write(&mut self, desired: &Desired, making: &BTreeSet<Address>, destroy: bool) {
        for (at, container) in desired.containers.iter().filter(|(_, container)| !container.hands_off) {
            let maybe = self.is_maybe(at, container);
            self.calls(at, Act::Change, maybe);
            if destroy || container.statements.is_empty() {
                self.calls(at, Act::Remove, maybe);
            }
        }
        for (at, wanted) in &desired.resources {
            let made = crate::core::draft::is_made_when_missing(at.kind);
            match wanted.state {
                State::Present(_) if destroy => self.calls(at, Act::Remove, false),
                State::Present(_) if made && !making.contains(at) => {}
                State::Present(_) => {
                    self.calls(at, Act::Make, false);
                    self.change(at);
                    if !wanted.was.is_empty() {
                        self.calls(at, Act::Remove, false);
                    }
                }
                State::Absent => self.calls(at, Act::Remove, false),
                State::Pinned => {}
            }
        }
        if let Some(lock) = &self.scene.plan.lock {
            let bucket = self.scene.bucket(&lock.value.bucket);
            for call in LOCKING {
                self.call(call, &bucket, false);
            }
        }
        self.receipt(destroy);
        if !destroy {
            self.topics();
            self.beside(making);
            self.pass_roles(desired);
        }
    }

    /// A key policy that leaves roles of its account to themselves needs no statement for them, and most do.
    fn is_maybe(&self, at: &Address, container: &Container) -> bool {
        let of_role = |principal: &Principal| matches!(principal, Principal::Aws(_));
        let grants = || container.statements.values().flat_map(|wanted| &wanted.grants);
        at.kind == AddressKind::KeyPolicy
            && at.account == self.scene.home().account
            && !self.facts.has(at)
            && grants().all(|grant| of_role(&grant.principal))
    }

    fn change(&mut self, at: &Address) {
        let boundary = || self.scene.role_entry(&at.name).is_some_and(|role| role.permissions_boundary.is_some());
        let unneeded = match at.kind {
            AddressKind::Role if boundary() => "iam:DeleteRolePermissionsBoundary",
            AddressKind::Role => "iam:PutRolePermissionsBoundary",
            _ => "",
        };
        for call in uses::calls(at.kind, &at.name, Act::Change).iter().filter(|call| **call != unneeded) {
            self.call(call, at, false);
        }
    }

    /// A topic without its default statement must name SES.
    fn topics(&mut self) {
        let policies: Vec<Address> = self.scene.live.of_kind(AddressKind::TopicPolicy).cloned().collect();
        for at in policies.iter().filter(|at| !self.facts.has(at) && self.scene.may_write(at)) {
            self.calls(at, Act::Change, true);
        }
    }

    fn receipt(&mut self, destroy: bool) {
        let receipt = &self.scene.plan.receipt;
        let of = |kind, name: &str| self.scene.home().at(kind, name);
        let mut acts: Vec<(Address, Act)> = Vec::new();
        let mut also: Vec<(&str, Address)> = Vec::new();
        let other_rules = self.scene.plan.defaults.other_rules;
        for (name, set) in &receipt.rule_sets {
            let at = of(AddressKind::ReceiptRuleSet, name.value.as_str());
            let rule = of(AddressKind::ReceiptRule, name.value.as_str());
            if set.absent || destroy {
                acts.extend([(at.clone(), Act::Remove), (rule, Act::Remove)]);
                also.extend(destroy.then_some(("ses:SetActiveReceiptRuleSet", at)));
                continue;
            }
            acts.push((at.clone(), Act::Make));
            if !set.was.is_empty() {
                acts.extend([(at.clone(), Act::Remove), (rule.clone(), Act::Remove)]);
            }
            if set.rules.iter().any(|rule| matches!(rule.body, RuleBody::Ours(_))) {
                acts.extend([(rule.clone(), Act::Make), (rule.clone(), Act::Change)]);
            }
            let others_go = set.other_rules.unwrap_or(other_rules) == OtherRules::Remove;
            if others_go || set.rules.iter().any(|rule| matches!(rule.body, RuleBody::Absent) || !rule.was.is_empty()) {
                acts.push((rule, Act::Remove));
            }
            if set.rules.len() > 1 {
                also.push(("ses:ReorderReceiptRuleSet", at.clone()));
            }
            also.extend(set.active.is_some().then_some(("ses:SetActiveReceiptRuleSet", at)));
        }
        also.extend(
            receipt.active_none.is_some().then(|| ("ses:SetActiveReceiptRuleSet", of(AddressKind::ActiveReceiptRuleSet, "active"))),
        );
        for (name, filter) in &receipt.filters {
            let at = of(AddressKind::ReceiptFilter, name.value.as_str());
            match filter.body {
                FilterBody::Existing => {}
                FilterBody::Absent => acts.push((at, Act::Remove)),
                FilterBody::Block(_) | FilterBody::Allow(_) if destroy => acts.push((at, Act::Remove)),
                FilterBody::Block(_) | FilterBody::Allow(_) => acts.extend([(at.clone(), Act::Make), (at, Act::Change)]),
            }
        }
        for (at, act) in acts {
            self.calls(&at, act, false);
        }
        for (call, at) in also {
            self.call(call, &at, false);
        }
    }

    /// What AWS asks of the caller beside the call itself.
    fn beside(&mut self, making: &BTreeSet<Address>) {
        let (scene, create) = (self.scene, &self.scene.plan.create);
        for bucket in create.buckets.iter().filter(|bucket| bucket.versioning) {
            let at = scene.bucket(&bucket.name.value);
            if making.contains(&at) {
                self.call("s3:PutBucketVersioning", &at, false);
            }
        }
        for secret in &create.secrets {
            let at = crate::kinds::secret::address(scene, &secret.name.value);
            let key = secret.kms_key.as_ref().filter(|_| making.contains(&at)).and_then(|key| scene.key(&key.value).address().cloned());
            // "If you use a customer managed key … you must also have kms:GenerateDataKey and kms:Decrypt permissions to the key":
            // <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
            self.with_key(key.as_ref(), &["kms:Decrypt", "kms:GenerateDataKey"], Some("secretsmanager"));
        }
        let manager = &scene.plan.mail_manager;
        // The CloudFormation handler of an archive asks for these (facts §6.2).
        for archive in manager.archives.iter().filter_map(|entry| entry.spec()) {
            let key = archive.kms_key.as_ref().and_then(|key| scene.key(&key.value).address().cloned());
            self.with_key(key.as_ref(), &["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], None);
        }
        let home = scene.home();
        let endpoints: Vec<_> = manager.ingress_endpoints.iter().filter_map(|entry| entry.spec()).collect();
        for endpoint in &endpoints {
            if let IngressAccess::TrustStore(store) = &endpoint.access {
                let key = store.kms_key.as_ref().and_then(|key| scene.key(&key.value).address().cloned());
                self.with_key(key.as_ref(), &["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], None);
            }
            if matches!(endpoint.network, IngressNetwork::VpcEndpoint(_)) {
                self.need(&home.account, "ec2:DescribeVpcEndpoints", "*".to_owned(), Conditions::new(), false);
            }
        }
        if !endpoints.is_empty() || manager.archives.iter().any(|entry| entry.spec().is_some()) {
            // For which service is not documented (assumed: any role that services make for themselves).
            let linked = format!("arn:{}:iam::{}:role/aws-service-role/*", home.partition(), home.account);
            self.need(&home.account, "iam:CreateServiceLinkedRole", linked, Conditions::new(), false);
        }
    }

    fn with_key(&mut self, key: Option<&Address>, actions: &[&str], via: Option<&str>) {
        let Some(key) = key else { return };
        for (resource, mut conditions) in resources::of(self.scene, key, On::Thing) {
            if let Some(service) = via {
                let region = key.region.as_ref().unwrap_or(&self.scene.home().region);
                let service = format!("{service}.{region}.amazonaws.com");
                conditions.entry("StringEquals".to_owned()).or_default().entry("kms:ViaService".to_owned()).or_default().insert(service);
            }
            for action in actions {
                self.need(&key.account, action, resource.clone(), conditions.clone(), false);
            }
        }
    }

    /// Who hands a role to SES must be allowed to (facts §6.2).
    fn pass_roles(&mut self, desired: &Desired) {
        let trusts = desired.grants.iter().filter(|grant| grant.at.kind == AddressKind::RoleTrust);
        let roles: BTreeSet<Address> = trusts.map(|grant| grant.at.with_kind(AddressKind::Role)).collect();
        for role in roles {
            for (resource, mut conditions) in resources::of(self.scene, &role, On::Thing) {
                let to = conditions.entry("StringEquals".to_owned()).or_default();
                to.entry("iam:PassedToService".to_owned()).or_default().insert("ses.amazonaws.com".to_owned());
                self.need(&self.scene.home().account.clone(), "iam:PassRole", resource, conditions, false);
            }
        }
    }

    /// Other accounts are reached by a role there.
    fn other_accounts(&mut self) {
        let home = self.scene.home().clone();
        let accounts: BTreeSet<AccountId> = self.found.iter().map(|need| need.account.clone()).filter(|id| *id != home.account).collect();
        for id in accounts {
            let known = &self.scene.plan.accounts;
            let role = match known.by_id.get(&id).or(known.default.as_ref()).map(|access| &access.via) {
                Some(Via::RoleArn(arn)) => arn.to_string(),
                Some(Via::Role(name)) => format!("arn:{}:iam::{id}:role/{}", home.partition(), name.trim_start_matches('/')),
                Some(Via::Caller | Via::Profile(_)) | None => continue,
            };
            self.need(&home.account, "sts:AssumeRole", role, Conditions::new(), false);
        }
    }
}
