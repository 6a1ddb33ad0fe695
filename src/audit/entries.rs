//! The statements that let SES in: by its name, by letting everybody in, or by what a role may do that SES may assume.

use std::collections::BTreeSet;

use super::Subject;
use super::blocks::{blocks_of, documented_without_condition};
use super::guard::{self, Hole};
use crate::containers;
use crate::core::address::{Address, AddressKind};
use crate::core::change::Unreadable;
use crate::core::owner::Owner;
use crate::core::permissions::Permissions;
use crate::kinds::role::Role;
use crate::policy::{Document, Statement};

/// How it lets SES in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetsIn {
    /// It names SES.
    Ses,
    /// It lets everybody in.
    Everybody,
    /// It is on a role that SES may assume.
    ByRole,
}

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The plan's that was given.
    Ours,
    /// Some plan's: it carries the mark of postroom.
    AnotherPlan,
    /// Anybody else's.
    Somebody,
}

impl Whose {
    /// As `check` calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::AnotherPlan => "another plan's",
            Self::Somebody => "foreign",
        }
    }
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place among all of them.
    pub id: usize,
    /// Where it stands.
    pub at: Address,
    /// The role that SES assumes to use it.
    pub role: Option<Address>,
    /// Its place in the document, counted from 0.
    pub index: usize,
    /// Its Sid, else its digest.
    pub name: String,
    /// As read.
    pub statement: Statement,
    /// How it lets SES in.
    pub lets_in: LetsIn,
    /// Whose it is.
    pub whose: Whose,
    /// Which blocks of the AWS pages it is.
    pub blocks: Vec<&'static str>,
    /// Whether somebody else's SES may use it.
    pub hole: Option<Hole>,
    /// The block that AWS documents without any condition, where it is exactly that.
    pub exception: Option<&'static str>,
}

/// Every one of them, by place; and the documents that do not parse.
#[must_use]
pub fn entries(subject: &Subject<'_>) -> (Vec<Entry>, BTreeSet<Unreadable>) {
    let owner = subject.scene().owner;
    let mut found = Found { subject, owner, entries: Vec::new(), unreadable: BTreeSet::new() };
    let home = subject.home();
    for at in subject.live.seen.keys().filter(|at| at.account == home.account) {
        if !guard::actions_at(at.kind).is_empty() {
            found.container(at);
        }
    }
    for at in subject.live.of_kind(AddressKind::RoleTrust).filter(|at| at.account == home.account) {
        found.role(at);
    }
    found.entries.sort_by(|one, other| (&one.at, one.index, &one.role).cmp(&(&other.at, other.index, &other.role)));
    for (id, entry) in found.entries.iter_mut().enumerate() {
        entry.id = id;
    }
    (found.entries, found.unreadable)
}

struct Found<'a> {
    subject: &'a Subject<'a>,
    owner: Owner,
    entries: Vec<Entry>,
    unreadable: BTreeSet<Unreadable>,
}

impl<'a> Found<'a> {
    fn document(&mut self, at: &Address) -> Option<&'a Document> {
        match self.subject.live.document(at).present()? {
            Ok(document) => Some(document),
            Err(error) => {
                self.unreadable.insert(Unreadable { address: at.clone(), why: format!("it does not parse: {error}") });
                None
            }
        }
    }

    fn container(&mut self, at: &Address) {
        let Some(document) = self.document(at) else { return };
        for (index, statement) in document.statements().enumerate().filter(|(_, statement)| statement.allows()) {
            let Some(lets_in) = how(statement) else { continue };
            if guard::lets_ses_in(statement, at, self.subject.home()) {
                self.push(at, None, index, statement, lets_in, document);
            }
        }
    }

    /// What is on a role that SES may assume. Where its policies cannot be read, `unreadable` says so already.
    fn role(&mut self, trust_at: &Address) {
        let Some(trust) = self.document(trust_at) else { return };
        let role_at = trust_at.with_kind(AddressKind::Role);
        let role: Option<Role> = self.subject.live.get(&role_at).present();
        let arn = role.as_ref().map(|role| role.arn.clone());
        let arn = arn.unwrap_or_else(|| format!("arn:{}:iam::{}:role/{}", self.subject.home().partition(), role_at.account, role_at.name));
        if !guard::may_be_assumed(trust, &arn) {
            return;
        }
        match Permissions::at(self.subject.live, &role_at.with_kind(AddressKind::RolePolicy)) {
            Err(why) => drop(self.unreadable.insert(Unreadable { address: role_at, why: format!("what it may do: {why}") })),
            Ok(permissions) => {
                for (at, document) in permissions.documents {
                    for (index, statement) in document.statements().enumerate().filter(|(_, statement)| statement.allows()) {
                        self.push(&at, Some(&role_at), index, statement, LetsIn::ByRole, &document);
                    }
                }
            }
        }
    }

    fn push(&mut self, at: &Address, role: Option<&Address>, index: usize, statement: &Statement, lets_in: LetsIn, document: &Document) {
        let exception = (lets_in == LetsIn::Ses).then(|| documented_without_condition(statement, at, document)).flatten();
        let hole = (lets_in != LetsIn::ByRole).then(|| guard::hole(statement, at, self.subject.home(), document)).flatten();
        self.entries.push(Entry {
            id: 0,
            at: at.clone(),
            role: role.cloned(),
            index,
            name: name_of(statement),
            statement: statement.clone(),
            lets_in,
            whose: self.whose(statement),
            blocks: blocks_of(statement),
            hole,
            exception,
        });
    }

    fn whose(&self, statement: &Statement) -> Whose {
        match statement.sid() {
            Some(sid) if self.subject.planned && self.owner.owns_sid(sid) => Whose::Ours,
            Some(sid) if Owner::is_postroom(sid) => Whose::AnotherPlan,
            _ => Whose::Somebody,
        }
    }
}

/// How a statement is called: its Sid, else its digest.
#[must_use]
pub fn name_of(statement: &Statement) -> String {
    statement.sid().map_or_else(|| statement.digest(), str::to_owned)
}

/// By its name, or as everybody.
fn how(statement: &Statement) -> Option<LetsIn> {
    if statement.principals().any(|(kind, name)| kind == "Service" && name == guard::SES) {
        return Some(LetsIn::Ses);
    }
    let everybody = statement.has_not_principal() || statement.principals().any(|(kind, name)| kind == "AWS" && name == "*");
    everybody.then_some(LetsIn::Everybody)
}

/// Whether an address holds statements that a plan can name in `grants:`.
#[must_use]
pub fn is_container(at: &Address) -> bool {
    containers::of(at.kind).is_some() && !containers::is_foreign_inline(at)
}
