//! `postroom import`: a live account as a plan that then plans nothing but the tags of what it adopts. Pure but for what it asks a
//! [`World`] to read.
//!
//! `scan` says what to read, `receipt`, `mail` and `mail_rules` write what was found in the words of the plan, `grants` what stands in the
//! policies. What the text says is not taken on trust: it is read back, compiled and compared with the account, and `revise` takes back
//! whatever would plan a change.
//!
//! [`World`]: crate::core::world::World

mod grants;
mod hands_off;
mod mail;
mod mail_rules;
mod names;
mod receipt;
mod revise;
mod said;
pub mod scan;
mod sends;
mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::core::address::{Address, AddressKind};
use crate::core::change::{ChangeSet, Unreadable};
use crate::core::compile::compile;
use crate::core::diff::diff;
use crate::core::ids::PlanName;
use crate::core::live::Live;
use crate::core::problem::{Problem, Source};
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::plan::write::Written;
use crate::plan::{Given, load};
use crate::policy::matches_wildcard;

pub(in crate::import) use said::{Draft, Said};

/// More rounds than any account takes: each takes back one thing at least.
const ROUNDS: usize = 200;

/// How an account is to be said.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// The name of the plan.
    pub name: PlanName,
    /// Only what is at these addresses (`*` and `?` match), and what it names.
    pub only: Vec<String>,
    /// Roles become the plan's: `adopt: true` instead of `existing: true`.
    pub adopt_roles: bool,
    /// Statements of others that let SES in are taken over by ours.
    pub take_over: bool,
    /// Where the plan will stand, if files may stand beside it.
    pub folder: Option<PathBuf>,
    /// The files that hold the trust stores of ingress endpoints, by their names: certificates, and the revocation list if there is one.
    pub stores: BTreeMap<String, (String, Option<String>)>,
}

impl Wishes {
    /// Everything, said so that nothing changes.
    #[must_use]
    pub fn named(name: PlanName) -> Self {
        Self { name, only: Vec::new(), adopt_roles: false, take_over: false, folder: None, stores: BTreeMap::new() }
    }
}

impl Wishes {
    /// Whether what goes by this name was asked for.
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|pattern| matches_wildcard(pattern, name))
    }

    /// Whether something of this kind may have been asked for.
    fn may_want(&self, kind: AddressKind) -> bool {
        let begins = format!("{}/", kind.name());
        let literal = |pattern: &String| pattern.split(['*', '?']).next().unwrap_or_default().to_owned();
        let fits = |head: String| head.starts_with(&begins) || begins.starts_with(&head);
        self.only.is_empty() || self.only.iter().map(literal).any(fits)
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Imported {
    /// The plan.
    pub text: String,
    /// Files that stand beside it, by their names.
    pub files: BTreeMap<String, String>,
    /// What could not be read, so that the plan may lack it.
    pub unreadable: Vec<Unreadable>,
    /// What is not the plan's to write, and why.
    pub kept_out: Vec<(Address, String)>,
    /// What the plan does not read by: a mistake of ours.
    pub problems: Vec<Problem>,
    /// What the plan would change.
    pub set: Option<ChangeSet>,
}

/// The account as a plan.
#[must_use]
pub fn import(live: &Live, wishes: &Wishes) -> Imported {
    let Settled { mut said, plan, set, problems } = settled(live, wishes);
    if let Some(plan) = &plan {
        said.hear(&Scene::new(plan, live), live);
    }
    let unreadable = scan::unreadable(live, wishes, set.as_ref());
    said.unreadable.clone_from(&unreadable);
    let draft = Draft::new(live, wishes, &said, wishes.folder.is_some());
    let written = text::write(&draft);
    Imported { text: written.text, files: draft.files.take(), unreadable, kept_out: said.kept_out(), problems, set }
}

/// What was found out about how things must be said.
struct Settled {
    said: Said,
    plan: Option<Plan>,
    /// What that plan would change.
    set: Option<ChangeSet>,
    problems: Vec<Problem>,
}

fn settled(live: &Live, wishes: &Wishes) -> Settled {
    let mut said = Said::default();
    said.before(live, wishes);
    for _ in 0..ROUNDS {
        let (written, plan) = match readable(live, wishes, &mut said) {
            Ok(tried) => tried,
            Err(problems) => return Settled { said, plan: None, set: None, problems },
        };
        let scene = Scene::new(&plan, live);
        let found = diff(&compile(&scene), live);
        let before = said.clone();
        grants::take_over(&scene, wishes, &mut said);
        revise::by_changes(&scene, &found, &written, &mut said);
        if said == before {
            // What was wrong with an earlier text alone is not wrong with the account.
            said.accept.retain(|code, _| found.findings.iter().any(|finding| finding.code == *code));
            return Settled { said, plan: Some(plan), set: Some(found), problems: Vec::new() };
        }
    }
    Settled { said, plan: None, set: None, problems: Vec::new() }
}

/// A text that reads, with what of it had to be said in another way.
pub(in crate::import) fn readable(live: &Live, wishes: &Wishes, said: &mut Said) -> Result<(Written, Plan), Vec<Problem>> {
    loop {
        let written = text::write(&Draft::new(live, wishes, said, false));
        let given = Given {
            account: Some(live.home.account.clone()),
            region: Some(live.home.region.clone()),
            folder: wishes.folder.clone(),
            ..Given::default()
        };
        let source = Source { name: "imported".to_owned(), text: written.text.clone() };
        match load(Arc::new(source), &given) {
            Ok(plan) => return Ok((written, plan)),
            Err(problems) => {
                if !revise::by_problems(&problems, &written, said) {
                    return Err(problems);
                }
            }
        }
    }
}
