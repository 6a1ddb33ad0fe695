//! A plan whose text reads, before it is known for which account and region it is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::language::{Placed, Plan, Spot, Target, Via};
use super::meaning;
use super::node::{Kind, Node};
use super::variables::{self, Replaced};
use super::words::{self, Reader, Word};
use super::{MOST_PROBLEMS, yaml};
use crate::core::ids::{AccountId, PlanName, Region};
use crate::core::problem::{Problem, Source};

/// What is known from outside of the plan.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Variables; they override those of the plan and are taken as they are.
    pub vars: BTreeMap<String, String>,
    /// The account, once it is known.
    pub account: Option<AccountId>,
    /// The region, once it is known.
    pub region: Option<Region>,
    /// The target that was asked for.
    pub target: Option<String>,
    /// Where the files are that the plan names: its own folder.
    pub folder: Option<PathBuf>,
    /// What stands in these files, by their paths in the plan; the folder is not looked at then.
    pub kept: Option<BTreeMap<String, String>>,
}

/// A plan as YAML.
#[derive(Debug, Clone)]
pub struct Draft {
    source: Arc<Source>,
    root: Node,
}

/// Reads the text as far as nothing from outside is needed.
///
/// # Errors
/// The text is not YAML, or holds what a plan may not hold.
pub fn parse(source: Arc<Source>) -> Result<Draft, Vec<Problem>> {
    let root = yaml::read(&source).map_err(cut)?;
    if let Kind::Mapping(_) = root.kind {
        return Ok(Draft { source, root });
    }
    let mut reader = Reader::new(&source);
    reader.wrong_type(&root, "a mapping that begins with `postroom: 1`");
    Err(reader.into_problems())
}

impl Draft {
    /// The text, under the name that the user gave it.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The plan's name, if it stands there and is one.
    #[must_use]
    pub fn name(&self) -> Option<PlanName> {
        self.literal("name")
    }

    /// The plan's account, if it stands there without variables.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.literal("account")
    }

    /// The plan's region, if it stands there without variables.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        self.literal("region")
    }

    /// The targets in the order written; one without a name where the plan has none.
    ///
    /// # Errors
    /// What is wrong with `targets:`.
    pub fn targets(&self) -> Result<Vec<Target>, Vec<Problem>> {
        let mut reader = Reader::new(&self.source);
        let said = |key| self.root.get(key);
        let account = said("account").and_then(|node| placed(node, &reader.below("account", |reader| reader.spot_of(node))));
        let region = said("region").and_then(|node| placed(node, &reader.below("region", |reader| reader.spot_of(node))));
        let Some(node) = said("targets") else {
            let (name, external_id, spot) = Default::default();
            return Ok(vec![Target { name, account, region, via: Via::Caller, external_id, spot }]);
        };
        let written = reader.below("targets", |reader| words::Targets::read(node, reader)).unwrap_or_default();
        let targets = meaning::targets(Some(node), written, (account.as_ref(), region.as_ref()), &mut reader);
        let problems = reader.into_problems();
        if problems.is_empty() { Ok(targets) } else { Err(cut(problems)) }
    }

    fn literal<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.root.get(key)?.scalar()?.0.parse().ok()
    }

    /// The whole plan.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of its text.
    pub fn settle(&self, given: &Given) -> Result<Plan, Vec<Problem>> {
        let Replaced { root, mut problems, broken } = variables::replace(&self.root, given, &self.source);
        let mut reader = Reader::new(&self.source);
        let written = words::Plan::read(&root, &mut reader);
        let plan = written.and_then(|written| meaning::plan(written, &root, &self.source, given, &mut reader));
        let told = reader.into_problems().into_iter();
        let broken: BTreeSet<_> = broken.iter().map(|span| span.start).collect();
        problems.extend(told.filter(|told| !broken.contains(&told.place.start)));
        match plan {
            Some(plan) if problems.is_empty() => Ok(plan),
            _ => {
                problems.sort_by_key(|problem| (problem.place.start, problem.place.end));
                problems.dedup();
                Err(cut(problems))
            }
        }
    }
}

/// What stands there without variables.
fn placed<T: std::str::FromStr>(node: &Node, spot: &Spot) -> Option<Placed<T>> {
    Some(Placed { value: node.scalar()?.0.parse().ok()?, spot: spot.clone() })
}

/// A text of nothing but mistakes has as many problems as words.
fn cut(mut problems: Vec<Problem>) -> Vec<Problem> {
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    let first = problems.get(MOST_PROBLEMS).map(|first| first.place.clone());
    problems.truncate(MOST_PROBLEMS);
    problems
        .extend(first.map(|place| Problem::new("more-problems", format!("{more} more problems from here on"), place, "the first of them")));
    problems
}
