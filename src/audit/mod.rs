//! `postroom audit`: every statement of an account that lets SES in, listed and judged. Pure but for what it asks a [`World`] to read.
//!
//! `scan` says what to read, `entries` finds the statements, `guard` tries each of them as somebody else's SES would, `blocks` knows the
//! forms that AWS documents, `judge/` holds one file per finding, and `migration` says how the old statements go once a plan's own stand.
//!
//! [`World`]: crate::core::world::World

pub mod blocks;
pub mod entries;
pub mod guard;
pub mod judge;
pub mod marks;
pub mod migration;
pub mod needs;
pub mod scan;

use std::collections::BTreeSet;

use crate::core::address::{Address, Home};
use crate::core::change::Unreadable;
use crate::core::ids::Region;
use crate::core::live::{Live, Observed};
use crate::core::problem::Severity;
use crate::core::scene::Scene;
use crate::plan::language::Plan;

pub use entries::{Entry, LetsIn, Whose};
pub use migration::Migration;

/// What is judged, and with what in mind.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The account.
    pub live: &'a Live,
    /// Whose buckets are whose, when no more is known than that: the plan that was given, or an empty one.
    pub eyes: &'a Plan,
    /// Whether `eyes` is a plan that was given: then its marks are ours, and what it wants may take the place of what is old.
    pub planned: bool,
}

impl<'a> Subject<'a> {
    /// The account as the plan sees it.
    #[must_use]
    pub fn scene(&self) -> Scene<'a> {
        Scene::new(self.eyes, self.live)
    }

    /// The account and region that the audit is about.
    #[must_use]
    pub fn home(&self) -> &'a Home {
        &self.live.home
    }
}

/// One thing that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// From the table of `judge/`.
    pub code: &'static str,
    /// Where.
    pub at: Address,
    /// Which statement: its Sid, else its digest.
    pub statement: Option<String>,
    /// The same by its place among [`Audit::entries`]: Sids may be given twice, and a managed policy may be on two roles.
    pub entry: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The AWS page.
    pub doc: &'static str,
    /// The reason the plan gives for accepting it.
    pub accepted: Option<String>,
}

impl Finding {
    /// Whether it makes the audit fail.
    #[must_use]
    pub fn is_problem(&self) -> bool {
        self.severity != Severity::Info && self.accepted.is_none()
    }
}

/// The whole of it.
#[derive(Debug)]
pub struct Audit {
    /// Where.
    pub home: Home,
    /// The name of the plan that was given.
    pub plan: Option<String>,
    /// Lists that nobody read: a snapshot that was taken for a plan holds only what that plan looks at.
    pub partial: Vec<Address>,
    /// The regions whose rules were looked at.
    pub regions: BTreeSet<Region>,
    /// Every statement that lets SES in.
    pub entries: Vec<Entry>,
    /// What is to be said of them, worst first.
    pub findings: Vec<Finding>,
    /// How old statements go, where the plan's own take their place.
    pub migrations: Vec<Migration>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Judges an account.
#[must_use]
pub fn audit(subject: &Subject<'_>) -> Audit {
    let (entries, mut unreadable) = entries::entries(subject);
    let needs = needs::needs(subject);
    let mut findings = judge::findings(subject, &entries, &needs);
    let accept = subject.planned.then_some(&subject.eyes.accept);
    for finding in &mut findings {
        finding.accepted = accept.and_then(|accept| accept.get(finding.code).cloned());
    }
    let migrations = if subject.planned { migration::migrations(subject, &entries, &findings, &needs) } else { Vec::new() };
    let wanted = scan::reads(subject);
    let why = |at: &Address| match subject.live.seen.get(at) {
        Some(Observed::Unreadable(why)) => Some(Unreadable { address: at.clone(), why: why.clone() }),
        _ => None,
    };
    unreadable.extend(wanted.iter().filter_map(why));
    let partial = wanted.into_iter().filter(|at| scan::is_list(at) && !subject.live.has(at)).collect();
    Audit {
        home: subject.home().clone(),
        plan: subject.planned.then(|| subject.eyes.name.to_string()),
        partial,
        regions: needs.regions,
        entries,
        findings,
        migrations,
        unreadable: unreadable.into_iter().collect(),
    }
}
