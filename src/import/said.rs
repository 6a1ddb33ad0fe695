//! What a draft of the plan knows: the account, what was wished, and what was found out about how each thing must be said.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Wishes;
use super::names::Names;
use crate::audit::{Subject, audit};
use crate::core::address::{Address, AddressKind};
use crate::core::change::Unreadable;
use crate::core::ids::AccountId;
use crate::core::live::Live;
use crate::core::owner::Owner;
use crate::core::scene::Scene;
use crate::kinds::mail_manager::ingress_endpoint::{Configuration, FAILED, IngressEndpoint, PASSING};
use crate::kinds::mail_manager::ours::Found;
use crate::kinds::mail_manager::{Names as MailNames, RESOURCE_TYPES, names_address};

/// From so many members on a list stands in a file of its own.
const MANY_MEMBERS: usize = 50;

/// How things must be said, as far as that was found out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::import) struct Said {
    /// What is only referred to (`existing: true`), and why.
    pub(super) aside: BTreeMap<Address, String>,
    /// What is not said at all.
    pub(super) left_out: BTreeMap<Address, String>,
    /// Containers that are not written (`manage: false`), and why.
    pub(super) hands_off: BTreeMap<Address, String>,
    /// Statements of others that ours take over.
    pub(super) replace: BTreeMap<Address, Vec<String>>,
    /// Whether it was looked for them.
    pub(super) took_over: bool,
    /// Findings that stand in the account as it is.
    pub(super) accept: BTreeMap<String, String>,
    /// What a person should look at.
    pub(super) hints: Vec<String>,
    /// What could not be read.
    pub(super) unreadable: Vec<Unreadable>,
}

impl Said {
    /// What is known before anything is tried.
    pub(super) fn before(&mut self, live: &Live, wishes: &Wishes) {
        for at in live.of_kind(AddressKind::IngressEndpoint) {
            let found: Option<Found<IngressEndpoint>> = live.get(at).present();
            let has_store = found
                .is_some_and(|found| matches!(found.spec.ingress_point_configuration, Some(Configuration::TlsAuthConfiguration { .. })));
            if has_store && !wishes.stores.contains_key(&at.name) {
                let why = "its certificates are in AWS alone: `postroom import -o FILE` writes them beside the plan";
                self.aside.insert(at.clone(), why.to_owned());
            }
        }
        self.before_of_mail_manager(live, wishes);
    }

    fn before_of_mail_manager(&mut self, live: &Live, wishes: &Wishes) {
        let names = |kind| live.get::<MailNames>(&names_address(&live.home, kind)).present().unwrap_or_default();
        let instances = names(AddressKind::AddonInstance);
        for (kind, _) in RESOURCE_TYPES {
            let listed = names(kind);
            for item in listed.items.iter().filter(|item| !item.is_leaving()) {
                let at = live.home.at(kind, item.name.as_str());
                let is_lonely = kind == AddressKind::AddonSubscription && instances.living(&item.name).next().is_none();
                let why = match item.state.as_deref() {
                    _ if listed.living(&item.name).count() > 1 => "more than one bears this name, and a plan names it by nothing else",
                    _ if is_lonely => "it has no instance, so that nothing uses it; a plan makes both or none",
                    Some(state) if kind == AddressKind::IngressEndpoint && is_under_way(state) => {
                        self.aside.entry(at).or_insert_with(|| format!("AWS has it as {state}: import it once it is ACTIVE or CLOSED"));
                        continue;
                    }
                    _ => continue,
                };
                if wishes.wants(&at.seen_from(&live.home)) {
                    self.left_out.insert(at, why.to_owned());
                }
            }
        }
    }

    /// What an audit says of the statements that are accepted.
    pub(super) fn hear(&mut self, scene: &Scene<'_>, live: &Live) {
        let audited = audit(&Subject { live, eyes: scene.plan, planned: false });
        let names = Names::new(live);
        let said = audited.findings.iter().filter(|finding| finding.is_problem()).map(|finding| {
            let statement = finding.statement.as_ref().map(|name| format!(" `{}`", short(name))).unwrap_or_default();
            format!("{}{statement}: {} (`{}`)", names.container(&finding.at), finding.message, finding.code)
        });
        self.hints = said.collect();
    }

    /// What is not the plan's to write.
    pub(super) fn kept_out(&self) -> Vec<(Address, String)> {
        let all = self.aside.iter().chain(&self.left_out).chain(&self.hands_off);
        all.map(|(at, why)| (at.clone(), why.clone())).collect()
    }
}

/// Neither made nor taken away yet, or never to be.
fn is_under_way(state: &str) -> bool {
    state == FAILED || PASSING.contains(&state)
}

/// A statement without a Sid goes by its digest, of which the beginning tells a reader enough.
fn short(name: &str) -> String {
    match name.strip_prefix("sha256:") {
        Some(digest) => format!("sha256:{}…", digest.get(..12).unwrap_or(digest)),
        None => name.to_owned(),
    }
}

/// One draft while it is written.
#[derive(Debug)]
pub(in crate::import) struct Draft<'a> {
    pub(super) names: Names<'a>,
    pub(super) wishes: &'a Wishes,
    pub(super) said: &'a Said,
    owner: Owner,
    with_files: bool,
    pub(super) files: RefCell<BTreeMap<String, String>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(live: &'a Live, wishes: &'a Wishes, said: &'a Said, with_files: bool) -> Self {
        let owner = Owner::new(&wishes.name, &live.home, &[]);
        Self { names: Names::new(live), wishes, said, owner, with_files, files: RefCell::default() }
    }

    pub(super) fn live(&self) -> &'a Live {
        self.names.live
    }

    /// Whether it was asked for.
    pub(super) fn is_wanted(&self, at: &Address) -> bool {
        self.wishes.wants(&at.seen_from(&self.live().home))
    }

    /// Why it is only referred to.
    pub(super) fn aside(&self, at: &Address) -> Option<&'a str> {
        self.said.aside.get(at).map(String::as_str)
    }

    pub(super) fn is_left_out(&self, at: &Address) -> bool {
        self.said.left_out.contains_key(at)
    }

    /// Whether a thing with this tag is to be adopted; why it cannot be where it is another plan's.
    pub(super) fn stance(&self, tag: Option<&str>) -> Result<bool, String> {
        match tag {
            None => Ok(true),
            Some(tag) if self.owner.made(tag) => Ok(false),
            Some(tag) => Err(format!("it is the plan's that is called `{}`", tag.split('/').next().unwrap_or_default())),
        }
    }

    /// The accounts that own what is named, where they can be told.
    pub(super) fn accounts(&self) -> BTreeSet<AccountId> {
        self.names.accounts.borrow().clone()
    }

    /// The file for the members of a long list.
    pub(super) fn file_of_members(&self, at: &Address, members: &[String]) -> Option<String> {
        let fits = members.len() >= MANY_MEMBERS && !members.iter().any(|member| member.starts_with('#'));
        if !(self.with_files && fits) {
            return None;
        }
        let file = format!("{}.members.txt", at.name);
        self.files.borrow_mut().insert(file.clone(), members.join("\n") + "\n");
        Some(file)
    }

    pub(super) fn files_of_store(&self, at: &Address) -> Option<(String, Option<String>)> {
        self.wishes.stores.get(&at.name).cloned()
    }
}
