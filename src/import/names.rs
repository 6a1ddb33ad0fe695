//! What AWS names by ids and ARNs, as a plan names it: the short way where that stands for the same.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::core::address::{Address, AddressKind, Home};
use crate::core::ids::{AccountId, Arn};
use crate::core::live::{Live, Seen};
use crate::kinds::inventory::Buckets;
use crate::kinds::key::{Aliases, aliases_at};
use crate::kinds::mail_manager::{Names as MailNames, names_address, resource_of};
use crate::kinds::role::Role;
use crate::kinds::secret::Secret;

/// The names of one account, and what was named so far.
#[derive(Debug)]
pub(super) struct Names<'a> {
    pub(super) live: &'a Live,
    /// Roles of the account that an action names: they must be declared.
    pub(super) roles: RefCell<BTreeSet<String>>,
    /// Accounts that own something that is named.
    pub(super) accounts: RefCell<BTreeSet<AccountId>>,
    /// Mail Manager resources that are named, by their names.
    pub(super) mail: RefCell<BTreeSet<Address>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(live: &'a Live) -> Self {
        Self { live, roles: RefCell::default(), accounts: RefCell::default(), mail: RefCell::default() }
    }

    pub(super) fn home(&self) -> &'a Home {
        &self.live.home
    }

    /// The ARN, where it is of this service, account and region; what is another account's is remembered.
    fn here(&self, text: &str, service: &str) -> Option<Arn> {
        let arn: Arn = text.parse().ok()?;
        if let Some(account) = arn.account_id().filter(|account| *account != self.home().account) {
            self.accounts.borrow_mut().insert(account);
        }
        let home = self.home();
        let here = arn.service() == service
            && arn.partition() == home.partition().as_str()
            && arn.region() == home.region.as_str()
            && arn.account() == home.account.as_str();
        here.then_some(arn)
    }

    fn short(&self, text: &str, service: &str, prefix: &str) -> String {
        let short = self.here(text, service).and_then(|arn| arn.resource().strip_prefix(prefix).map(str::to_owned));
        short.unwrap_or_else(|| text.to_owned())
    }

    pub(super) fn topic(&self, arn: &str) -> String {
        self.short(arn, "sns", "")
    }

    pub(super) fn function(&self, arn: &str) -> String {
        self.short(arn, "lambda", "function:")
    }

    pub(super) fn organization(&self, arn: &str) -> String {
        self.short(arn, "workmail", "organization/")
    }

    pub(super) fn instance(&self, arn: &str) -> String {
        self.short(arn, "connect", "instance/")
    }

    /// A key by its alias where it has one, else by its ARN: an id alone says nothing to a reader either.
    pub(super) fn key(&self, text: &str) -> String {
        let Some(arn) = self.here(text, "kms") else { return text.to_owned() };
        if let Some(managed) = arn.resource().strip_prefix("alias/aws/") {
            return if managed == "ses" { "aws/ses".to_owned() } else { text.to_owned() };
        }
        match arn.resource().strip_prefix("key/") {
            Some(id) => self.alias(id).unwrap_or_else(|| text.to_owned()),
            None => arn.resource().to_owned(),
        }
    }

    /// The alias of a key of this account and region.
    pub(super) fn alias(&self, id: &str) -> Option<String> {
        let aliases: Aliases = self.live.get(&aliases_at(&self.home().at(AddressKind::Key, id))).present()?;
        aliases.into_iter().find(|(alias, key)| key == id && !alias.starts_with("alias/aws/")).map(|(alias, _)| alias)
    }

    /// Where a container is, as a person writes it: a key by its alias.
    pub(super) fn container(&self, at: &Address) -> String {
        let alias = (at.kind == AddressKind::KeyPolicy && at.account == self.home().account).then(|| self.alias(&at.name)).flatten();
        alias.map_or_else(|| at.seen_from(self.home()), |alias| format!("key-policy/{alias}"))
    }

    /// A secret by its name, once it is seen that the name leads to this ARN.
    pub(super) fn secret(&self, text: &str) -> String {
        let Some(arn) = self.here(text, "secretsmanager") else { return text.to_owned() };
        let name = arn.resource().strip_prefix("secret:").and_then(|name| name.rsplit_once('-')).map(|(name, _)| name);
        let leads_there = |name: &&str| {
            let secret: Option<Secret> = self.live.get(&self.home().at(AddressKind::Secret, *name)).present();
            secret.is_some_and(|secret| secret.arn == text)
        };
        // A comma cannot stand in a name that a plan says.
        name.filter(leads_there).filter(|name| !name.contains(',')).map_or_else(|| text.to_owned(), str::to_owned)
    }

    /// Where a role of this account is.
    pub(super) fn role_address(&self, arn: &str) -> Option<Address> {
        let arn: Arn = arn.parse().ok()?;
        let name = arn.resource().strip_prefix("role/")?.rsplit('/').next()?.to_owned();
        (arn.account_id()? == self.home().account).then(|| self.home().at(AddressKind::Role, name))
    }

    /// A role by its name once it was seen, which then must be declared; one of another account, or one that is gone, by its ARN.
    pub(super) fn role(&self, text: &str) -> String {
        let Some(at) = self.role_address(text) else {
            if let Some(account) = text.parse::<Arn>().ok().and_then(|arn| arn.account_id()) {
                self.accounts.borrow_mut().insert(account);
            }
            return text.to_owned();
        };
        match self.live.get::<Role>(&at) {
            Seen::Present(role) if role.arn == text => {
                self.roles.borrow_mut().insert(at.name.clone());
                at.name
            }
            _ => text.to_owned(),
        }
    }

    /// Whether `ListBuckets` has it; `None` where nobody asked, or it could not be said.
    pub(super) fn owns_bucket(&self, name: &str) -> Option<bool> {
        let list: Buckets = self.live.get(&self.home().at(AddressKind::Buckets, "all")).present()?;
        Some(list.contains_key(name))
    }

    /// A Mail Manager resource by its name, whether AWS names it by its id or its ARN; one whose name is not its own, as AWS does.
    pub(super) fn mail(&self, kind: AddressKind, text: &str) -> String {
        let id = text.parse::<Arn>().ok().and_then(|arn| resource_of(self.home(), &arn)).map_or_else(|| text.to_owned(), |(_, id)| id);
        let list: MailNames = self.live.get(&names_address(self.home(), kind)).present().unwrap_or_default();
        // An archive may be named by its name.
        let is_it = |item: &&crate::kinds::mail_manager::Named| item.id == id || kind == AddressKind::Archive && item.name == text;
        let found = list.items.iter().find(is_it).filter(|item| !item.is_leaving() && list.living(&item.name).count() == 1);
        match found {
            Some(item) => {
                self.mail.borrow_mut().insert(self.home().at(kind, item.name.as_str()));
                item.name.clone()
            }
            None => text.to_owned(),
        }
    }

    /// An add-on by its name in the plan.
    pub(super) fn addon(&self, analyzer: &str) -> String {
        let name = self.mail(AddressKind::AddonInstance, analyzer);
        if name == analyzer { name } else { addon_entry(&name) }
    }
}

/// The plan's own name of an add-on: `ABUSIX_MAIL_INTELLIGENCE` is said in small letters.
pub(super) fn addon_entry(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}
