//! What `compile` and `diff` look at: the plan, the live account, and what the names in them stand for.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::language::{GrantException, Plan, Role, Stance};

use super::address::{Address, AddressKind, Home};
use super::deferred::Deferred;
use super::ids::{AccountId, Arn, Region};
use super::live::{Live, Seen};
use super::origin::Origin;
use super::owner::Owner;
use crate::kinds::key::{self, Key};
use crate::kinds::made::Promises;
use crate::kinds::mail_manager;

/// A plan seen against an account.
#[derive(Debug)]
pub struct Scene<'a> {
    /// What is wanted.
    pub plan: &'a Plan,
    /// What is there.
    pub live: &'a Live,
    /// Whose marks are ours.
    pub owner: Owner,
    /// Every need is derived, also one that is met without a statement of ours: `check` asks about all of them.
    pub every_need: bool,
    /// What `create:` is about to make: `live` says of it what will be true then.
    pub making: BTreeSet<Address>,
    exceptions: BTreeMap<Address, &'a GrantException>,
}

/// A key as a plan or a live rule names it, resolved as far as what was read allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRef {
    /// `alias/aws/ses`: SES may use it without anybody's statement (the S3 action page, "To use the default KMS key").
    SesManaged(Arn),
    /// A key whose id is known.
    Known {
        /// `key/<id>`.
        at: Address,
        /// Its ARN.
        arn: Arn,
    },
    /// An alias that points nowhere yet, or was not read.
    Pending {
        /// `key/alias/…`.
        alias: Address,
        /// Read, not there, and not made by the plan either.
        absent: bool,
    },
}

impl KeyRef {
    /// The ARN that is written to AWS; a promise of it while only the alias is known.
    #[must_use]
    pub fn arn_text(&self, home: &Home) -> String {
        match self {
            Self::SesManaged(arn) | Self::Known { arn, .. } => arn.to_string(),
            Self::Pending { alias, .. } => Deferred { of: alias.seen_from(home), attribute: "arn".to_owned() }.to_string(),
        }
    }

    /// The address of the key itself, where it can have a policy of its own.
    #[must_use]
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::SesManaged(_) => None,
            Self::Known { at, .. } => Some(at),
            Self::Pending { alias, .. } => Some(alias),
        }
    }
}

/// A role as a plan or a live rule names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleRef {
    /// `role/NAME`.
    pub at: Address,
    /// Its ARN.
    pub arn: Arn,
    /// Whether the plan has an entry for it that lets us write there.
    pub ours_to_write: bool,
}

impl<'a> Scene<'a> {
    /// Looks at `live` with the eyes of `plan`.
    #[must_use]
    pub fn new(plan: &'a Plan, live: &'a Live) -> Self {
        let former: Vec<_> = plan.was.iter().map(|name| name.value.clone()).collect();
        let owner = Owner::new(&plan.name, &live.home, &former);
        let mut scene = Self { plan, live, owner, every_need: false, making: BTreeSet::new(), exceptions: BTreeMap::new() };
        let entries = plan.grants.iter().filter_map(|(at, exception)| {
            let address = scene.container_address(&at.value)?;
            Some((address, exception))
        });
        scene.exceptions = entries.collect();
        scene
    }

    /// The same plan, seen with what it is about to make.
    #[must_use]
    pub fn promised<'b>(&self, promises: &'b Promises) -> Scene<'b>
    where
        'a: 'b,
    {
        let scene = Scene::new(self.plan, &promises.live);
        Scene { every_need: self.every_need, making: promises.making.clone(), ..scene }
    }

    /// The account and region that the plan is about.
    #[must_use]
    pub fn home(&self) -> &'a Home {
        &self.live.home
    }

    /// A container address as a person writes it: an alias becomes the id of its key once that is known.
    #[must_use]
    pub fn container_address(&self, text: &str) -> Option<Address> {
        let address = Address::read_at(text, self.home()).ok()?;
        if address.kind == AddressKind::KeyPolicy {
            let key = self.key_at(&address.with_kind(AddressKind::Key));
            return key.address().map(|key| key.with_kind(AddressKind::KeyPolicy));
        }
        if matches!(address.kind, AddressKind::BucketPolicy) && address.account == self.home().account {
            return Some(self.bucket(&address.name).with_kind(AddressKind::BucketPolicy));
        }
        Some(address)
    }

    /// The plan's exception for a container, if it makes one.
    #[must_use]
    pub fn exception(&self, container: &Address) -> Option<&'a GrantException> {
        self.exceptions.get(container).copied()
    }

    /// Whether the plan lets us write this container: `manage: false` on it or on its account says no.
    #[must_use]
    pub fn may_write(&self, container: &Address) -> bool {
        let by_account = || self.plan.accounts.by_id.get(&container.account).is_none_or(|access| access.manage);
        self.exception(container).and_then(|exception| exception.manage).unwrap_or_else(by_account)
    }

    /// `bucket/NAME` in the account that owns it: the account of a bucket is in no ARN, so the plan says it.
    #[must_use]
    pub fn bucket(&self, text: &str) -> Address {
        let name = text.rsplit(":::").next().unwrap_or(text);
        let owner = self.plan.accounts.by_id.iter().find(|(_, access)| access.owns.iter().any(|bucket| bucket.value == name));
        let account = owner.map_or(&self.home().account, |(id, _)| id);
        Address::new(AddressKind::Bucket, name, account.clone(), &self.home().region)
    }

    /// The ARN of an S3 resource.
    #[must_use]
    pub fn s3_arn(&self, resource: &str) -> String {
        format!("arn:{}:s3:::{resource}", self.home().partition())
    }

    /// The ARN of a topic named by its name or ARN.
    #[must_use]
    pub fn topic_arn(&self, text: &str) -> Arn {
        text.parse().unwrap_or_else(|_| self.home_arn("sns", text))
    }

    /// The ARN of a function named `name[:qualifier]` or by its ARN; the ARN keeps the qualifier.
    #[must_use]
    pub fn function_arn(&self, text: &str) -> Arn {
        text.parse().unwrap_or_else(|_| self.home_arn("lambda", &format!("function:{text}")))
    }

    /// The ARN of a thing in this account and region.
    #[must_use]
    pub fn home_arn(&self, service: &str, resource: &str) -> Arn {
        let home = self.home();
        Arn::new(&home.partition(), service, home.region.as_str(), home.account.as_str(), resource)
    }

    /// The ARN of a receipt rule, made of names: SES returns none.
    /// <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html>
    #[must_use]
    pub fn rule_arn(&self, set: &str, rule: &str) -> Arn {
        self.home_arn("ses", &format!("receipt-rule-set/{set}:receipt-rule/{rule}"))
    }

    /// What SES names as `aws:SourceArn`; an identity that acts for itself has none.
    #[must_use]
    pub fn source_arn(&self, origin: &Origin) -> Option<String> {
        match origin {
            Origin::Rule(arn) => Some(arn.to_string()),
            Origin::Resource(at) => Some(mail_manager::arn_text(self, at)),
            Origin::Entry(_) => None,
        }
    }

    /// A key named by ARN, id, `alias/…` or (in a rule) `aws/ses`.
    #[must_use]
    pub fn key(&self, text: &str) -> KeyRef {
        self.key_of_resource(text, &self.home().account, &self.home().region)
    }

    /// A key as a bucket or a topic names its own: a bare id or alias is one of its account and region.
    #[must_use]
    pub fn key_of_resource(&self, text: &str, account: &AccountId, region: &Region) -> KeyRef {
        if let Some(at) = promised_key(text, self.home()) {
            return self.key_at(&at);
        }
        let (named_account, named_region, resource) = match text.parse::<Arn>() {
            Ok(arn) => (arn.account_id(), arn.region_id(), arn.resource().to_owned()),
            Err(_) => (None, None, if text.starts_with("aws/") { format!("alias/{text}") } else { text.to_owned() }),
        };
        let name = resource.strip_prefix("key/").unwrap_or(&resource);
        let (account, region) = (named_account.unwrap_or_else(|| account.clone()), named_region.unwrap_or_else(|| region.clone()));
        self.key_at(&Address::new(AddressKind::Key, name, account, &region))
    }

    /// A key by its address.
    #[must_use]
    pub fn key_at(&self, at: &Address) -> KeyRef {
        let region = at.region.as_ref().unwrap_or(&self.home().region);
        let arn = |name: &str| {
            Arn::new(
                &Home { account: at.account.clone(), region: region.clone() }.partition(),
                "kms",
                region.as_str(),
                at.account.as_str(),
                name,
            )
        };
        if at.name == "alias/aws/ses" {
            return KeyRef::SesManaged(arn(&at.name));
        }
        if !at.name.starts_with("alias/") {
            return KeyRef::Known { at: at.clone(), arn: arn(&format!("key/{}", at.name)) };
        }
        match key::behind(self.live, at) {
            Seen::Present(id) => KeyRef::Known { arn: arn(&format!("key/{id}")), at: Address { name: id, ..at.clone() } },
            Seen::Absent => KeyRef::Pending { alias: at.clone(), absent: !self.creates_key(at) },
            Seen::Unreadable(_) | Seen::Unread => KeyRef::Pending { alias: at.clone(), absent: false },
        }
    }

    /// Whether the plan's `create:` has this alias.
    #[must_use]
    pub fn creates_key(&self, at: &Address) -> bool {
        let named = || self.plan.create.keys.iter().any(|key| key.alias.value == at.name);
        *at == self.home().at(AddressKind::Key, at.name.as_str()) && named()
    }

    /// A resource as it is called before AWS has made it and after: a key of `create:` by its alias. What is told apart by its resources must
    /// not change its name with them.
    #[must_use]
    pub fn lasting_name(&self, resource: &str) -> String {
        let keys = || self.plan.create.keys.iter().map(|key| self.home().at(AddressKind::Key, key.alias.value.as_str()));
        if resource.starts_with("${after:") || resource.contains(":kms:") {
            let made = keys().find(|at| self.key_at(at).arn_text(self.home()) == resource);
            return made.map_or_else(|| resource.to_owned(), |at| at.seen_from(self.home()));
        }
        resource.to_owned()
    }

    /// What is known of a key.
    #[must_use]
    pub fn key_facts(&self, key: &KeyRef) -> Option<Key> {
        self.live.get(key.address()?).present()
    }

    /// A role named by its name (as `roles:` declares it) or its ARN.
    #[must_use]
    pub fn role(&self, text: &str) -> Option<RoleRef> {
        let home = self.home();
        let arn = match text.parse::<Arn>() {
            Ok(arn) => arn,
            Err(_) => {
                let path = self.role_entry(text).map_or("/", |entry| entry.path.as_str());
                let live: Option<crate::kinds::role::Role> = self.live.get(&home.at(AddressKind::Role, text)).present();
                match live {
                    // An existing role may have a path that the plan does not know.
                    Some(role) => role.arn.parse().ok()?,
                    None => Arn::new(&home.partition(), "iam", "", home.account.as_str(), &format!("role{path}{text}")),
                }
            }
        };
        let name = arn.resource().rsplit('/').next()?.to_owned();
        let account = arn.account_id()?;
        let declared = account == home.account && self.role_entry(&name).is_some_and(|entry| entry.stance != Stance::Absent);
        Some(RoleRef { at: Address::new(AddressKind::Role, name, account, &home.region), arn, ours_to_write: declared })
    }

    /// The entry of `roles:` with this name.
    #[must_use]
    pub fn role_entry(&self, name: &str) -> Option<&'a Role> {
        self.plan.roles.iter().find(|(known, _)| known.value == name).map(|(_, entry)| entry)
    }

    /// Whether a role is the plan's to write on: it has an entry, or is named in `retired:` (itself, or a policy of it).
    #[must_use]
    pub fn writes_on_role(&self, role: &str) -> bool {
        self.role_entry(role).is_some() || self.retired_roles().any(|retired| retired == role)
    }

    /// The roles that `retired:` names.
    pub fn retired_roles(&self) -> impl Iterator<Item = String> {
        let addresses = self.plan.retired.iter().filter_map(|text| Address::read_at(&text.value, self.home()).ok());
        let here = addresses.filter(|at| at.account == self.home().account);
        here.filter(|at| matches!(at.kind, AddressKind::Role | AddressKind::RoleTrust | AddressKind::RolePolicy)).map(|at| at.name)
    }

    /// The address of a topic, function or other thing that an ARN names.
    #[must_use]
    pub fn address_of(&self, kind: AddressKind, arn: &Arn, name: &str) -> Address {
        let account = arn.account_id().unwrap_or_else(|| self.home().account.clone());
        let region: Region = arn.region_id().unwrap_or_else(|| self.home().region.clone());
        Address::new(kind, name, account, &region)
    }

    /// `topic/NAME`.
    #[must_use]
    pub fn topic_address(&self, arn: &Arn) -> Address {
        self.address_of(AddressKind::Topic, arn, arn.resource())
    }

    /// `function/NAME[:QUALIFIER]`.
    #[must_use]
    pub fn function_address(&self, arn: &Arn) -> Address {
        let name = arn.resource().strip_prefix("function:").unwrap_or(arn.resource());
        self.address_of(AddressKind::Function, arn, name)
    }
}

/// The key that a promise of its ARN names.
fn promised_key(text: &str, home: &Home) -> Option<Address> {
    let promise: Deferred = text.parse().ok()?;
    Address::read_at(&promise.of, home).ok().filter(|at| at.kind == AddressKind::Key)
}
