//! The domain: one file per use that SES makes of something. A use becomes grants, each at one container, with its AWS page and the
//! plan line that caused it. Grants name containers by address and never write; containers never know why a statement is theirs.
//!
//! A new use is a file here, its `mod` line and its line in [`PURPOSES`].

pub mod asks;
pub mod assume_execution_role;
pub mod deliver_to_mailbox;
pub mod deliver_to_q_business;
pub mod deliver_to_s3;
pub mod encrypt_messages;
pub mod export_archives;
pub mod invoke_as_role;
pub mod invoke_function;
pub mod publish_to_topic;
pub mod read_ingress_secret;
pub mod read_relay_secret;
mod secrets;
pub mod send_as;
pub mod send_bounce;
pub mod send_to_internet;
pub mod start_email_contact;
pub mod statements;
mod taking_over;
mod tenants;
pub mod use_archive_key;
pub mod use_archives;
pub mod use_bucket_key;
pub mod use_topic_key;
pub mod write_to_s3;

pub(crate) use taking_over::looks;
pub(crate) use tenants::{loose, ours_at};

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::core::address::{Address, AddressKind};
use crate::core::ids::{Arn, Partition};
use crate::core::origin::Origin;
use crate::core::owner::Owner;
use crate::core::problem::Cause;
use crate::core::scene::{KeyRef, RoleRef, Scene};
use crate::plan::language::RoleKeys;
use crate::policy::Statement;

/// Why a statement is there: the third part of a Sid.
#[derive(Debug, PartialEq, Eq)]
pub struct Purpose {
    /// At most 20 letters.
    pub name: &'static str,
    /// What SES does with it, as an explanation to a person.
    pub about: &'static str,
    /// The AWS page.
    pub doc: &'static str,
    /// Whose requests it is for.
    pub users: Users,
}

/// Whose requests statements of one purpose are for: who must be looked for before one of them goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Users {
    /// Receipt rules.
    Rules,
    /// Mail Manager resources.
    MailManager,
    /// Both of them.
    Both,
    /// Identities that the plan names: nobody else.
    Entries,
}

impl Users {
    /// Whether receipt rules are among them.
    #[must_use]
    pub fn are_rules(self) -> bool {
        matches!(self, Self::Rules | Self::Both)
    }

    /// Whether Mail Manager resources are among them.
    #[must_use]
    pub fn are_mail_manager(self) -> bool {
        matches!(self, Self::MailManager | Self::Both)
    }
}

/// The closed list, sorted by name.
pub static PURPOSES: &[&Purpose] = &[
    &assume_execution_role::PURPOSE,
    &use_archives::CREATE,
    &read_ingress_secret::DECRYPT,
    &read_relay_secret::DECRYPT,
    &deliver_to_mailbox::PURPOSE,
    &deliver_to_s3::PURPOSE,
    &deliver_to_q_business::ENCRYPT,
    &encrypt_messages::PURPOSE,
    &write_to_s3::ENCRYPT,
    &use_archives::EXPORT,
    &export_archives::FIND,
    &deliver_to_q_business::INDEX,
    &invoke_as_role::PURPOSE,
    &invoke_function::PURPOSE,
    &use_archives::LIST_EXPORTS,
    &use_archives::LIST_SEARCHES,
    &use_archives::LIST,
    &write_to_s3::LIST,
    &use_archives::MANAGE,
    &publish_to_topic::PURPOSE,
    &use_archives::READ,
    &read_ingress_secret::READ,
    &read_relay_secret::READ,
    &use_archives::SEARCH,
    &send_as::PURPOSE,
    &send_bounce::PURPOSE,
    &send_to_internet::PURPOSE,
    &start_email_contact::PURPOSE,
    &use_archives::TAG,
    &use_archive_key::PURPOSE,
    &use_bucket_key::PURPOSE,
    &use_topic_key::PURPOSE,
    &use_archives::VIEW,
    &export_archives::WRITE,
    &write_to_s3::WRITE,
];

/// The purpose that a Sid of ours names: what stands between the plan's name and the last eight digits.
#[must_use]
pub fn purpose_of(sid: &str) -> Option<&'static Purpose> {
    let body = sid.get(..sid.len().checked_sub(8)?)?;
    PURPOSES.iter().copied().find(|purpose| body.ends_with(purpose.name))
}

/// Stands in a Sid where a purpose does: a statement that is kept for the length of one apply.
const ASIDE: &str = "Leaving";

/// The Sid under which a statement of ours stands aside while another takes its place.
#[must_use]
pub fn aside(owner: &Owner, statement: &Statement) -> String {
    owner.sid(ASIDE, &statement.digest())
}

/// Whether a Sid of ours is that of a statement that stands aside; left behind by an apply that did not finish, it goes in the next.
#[must_use]
pub fn is_aside(sid: &str) -> bool {
    sid.len().checked_sub(8).and_then(|end| sid.get(..end)).is_some_and(|body| body.ends_with(ASIDE))
}

/// Who acts, for what, because of which plan line.
#[derive(Debug, Clone)]
pub struct Actor {
    /// What it acts for: `aws:SourceArn`.
    pub origin: Origin,
    /// With a role SES uses the role and only the role.
    pub role: Option<RoleRef>,
    /// The plan line; none for a rule that is live and in no plan.
    pub because: Vec<Cause>,
}

/// Who a statement lets in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// `ses.amazonaws.com`, guarded against confused deputies where AWS documents a condition for it.
    Ses {
        /// Whether AWS documents source conditions here.
        guarded: bool,
    },
    /// A role or a user, by its ARN: in resource policies.
    Aws(Arn),
    /// Nobody: an identity policy speaks for its own identity.
    Identity,
}

/// One need: who may do what to which, kept where, because of what.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The container.
    pub at: Address,
    /// Why.
    pub purpose: &'static Purpose,
    /// Who.
    pub principal: Principal,
    /// What.
    pub actions: Vec<Cow<'static, str>>,
    /// To which. Empty in a trust policy, which is about its own role.
    pub resources: Vec<String>,
    /// Conditions beside the source guard: operator → key → values.
    pub conditions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// What it is for.
    pub origin: Origin,
    /// The plan lines.
    pub because: Vec<Cause>,
}

impl Actor {
    /// A grant for this actor at a resource's own policy.
    fn at_resource(&self, at: Address, purpose: &'static Purpose, actions: &[&'static str], resource: impl Into<String>) -> Grant {
        let principal = self.role.as_ref().map_or(Principal::Ses { guarded: true }, |role| Principal::Aws(role.arn.clone()));
        self.grant(at, purpose, principal, actions, vec![resource.into()])
    }

    /// A grant in the inline policy of this actor's role.
    fn at_role(&self, role: &RoleRef, purpose: &'static Purpose, actions: &[&'static str], resource: impl Into<String>) -> Grant {
        self.grant(role.at.with_kind(AddressKind::RolePolicy), purpose, Principal::Identity, actions, vec![resource.into()])
    }

    fn grant(
        &self,
        at: Address,
        purpose: &'static Purpose,
        principal: Principal,
        actions: &[&'static str],
        resources: Vec<String>,
    ) -> Grant {
        Grant {
            at,
            purpose,
            principal,
            actions: actions.iter().map(|action| Cow::Borrowed(*action)).collect(),
            resources,
            conditions: BTreeMap::new(),
            origin: self.origin.clone(),
            because: self.because.clone(),
        }
    }

    /// What a role needs to use a key: a statement of its own that names the key, and one in the key's policy where that policy does not
    /// leave the matter to the role's account (another account, or no delegation).
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam>
    fn role_uses_key(
        &self,
        scene: &Scene<'_>,
        role: &RoleRef,
        key: &KeyRef,
        alias: Option<&str>,
        purpose: &'static Purpose,
        actions: &[&'static str],
    ) -> Vec<Grant> {
        let Some(at) = key.address() else { return Vec::new() };
        let mut own = self.at_role(role, purpose, actions, key.arn_text(scene.home()));
        if let (RoleKeys::Alias, Some(alias)) = (scene.plan.defaults.role_keys, alias) {
            // the Mail Manager permission page, "write to S3 with an encrypted bucket": any key of the account that carries the alias.
            own.resources = vec![any_key_beside(scene, at)];
            let by_alias = BTreeMap::from([("kms:ResourceAliases".to_owned(), vec![alias.to_owned()])]);
            own.conditions.insert("ForAnyValue:StringEquals".to_owned(), by_alias);
        }
        let mut grants = vec![own];
        let elsewhere = at.account != role.at.account;
        if elsewhere || !crate::kinds::key::leaves_it_to_its_account(scene, at, actions) {
            grants.push(self.at_resource(at.with_kind(AddressKind::KeyPolicy), purpose, actions, "*"));
        }
        grants
    }
}

/// Every key of the account and region of a key.
fn any_key_beside(scene: &Scene<'_>, at: &Address) -> String {
    let region = at.region.as_ref().unwrap_or(&scene.home().region);
    Arn::new(&Partition::of(region), "kms", region.as_str(), at.account.as_str(), "key/*").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_are_sorted_fit_a_sid_and_none_ends_another() {
        let names: Vec<_> = PURPOSES.iter().map(|purpose| purpose.name).collect();
        assert!(names.is_sorted());
        for name in &names {
            assert!(name.len() <= 20 && name.bytes().all(|b| b.is_ascii_alphanumeric()), "{name}");
            assert_eq!(names.iter().filter(|other| other.ends_with(name)).count(), 1, "a Sid must name one purpose");
            assert!(!name.ends_with(ASIDE), "a Sid must not seem to stand aside");
        }
    }

    #[test]
    fn every_file_of_this_folder_is_in_the_table() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/grants");
        let table = include_str!("mod.rs");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let is_use = !matches!(name, "mod" | "asks" | "secrets" | "statements" | "taking_over" | "tenants");
            assert!(!is_use || table.contains(&format!("    &{name}::")), "{name}");
        }
    }
}
