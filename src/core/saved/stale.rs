//! Whether a saved plan still says what would be done, and which objects have moved under it.
//!
//! It is asked of the engine itself: an object has moved in something that a change depends on when, with that object as it is now and all
//! others as they were, other changes come out, or other statements decide them. So nobody has to say for each kind what matters of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Terms;
use crate::core::address::{Address, AddressKind};
use crate::core::change::{self, Change, ChangeSet};
use crate::core::compile::compile;
use crate::core::judge::judge;
use crate::core::live::{Live, Observed};
use crate::core::origin::Origin;
use crate::core::problem::{Cause, Severity};
use crate::core::scene::Scene;
use crate::plan::language::Plan;
use crate::policy::Document;

/// What makes a saved plan stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stale {
    /// Something that a change depends on is different.
    #[default]
    Relevant,
    /// Anything that was read is different in any byte.
    Strict,
}

/// An object that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub address: Address,
    /// In which way, in words.
    pub what: String,
}

/// What became of a saved plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The objects that make it stale.
    pub stale: Vec<Moved>,
    /// What could be read then and cannot be read now, so that nothing can be said of it.
    pub unreadable: Vec<(Address, String)>,
    /// The changes as they come out of the account as it was.
    pub then: ChangeSet,
    /// The changes as they come out now.
    pub now: ChangeSet,
}

/// More objects than these are not tried one by one: the account is another by then, and all of them are named.
const TRIED: usize = 100;

/// Holds the account as it is against the account as it was seen. `then` is what the plan was saved with.
#[must_use]
pub fn verdict(plan: &Plan, terms: &Terms, then: &Live, now: &Live, how: Stale) -> Verdict {
    let (was, is) = (outcome(plan, terms, then), outcome(plan, terms, now));
    let mut moved: Vec<&Address> = then.seen.keys().chain(now.seen.keys()).filter(|at| then.seen.get(at) != now.seen.get(at)).collect();
    moved.sort();
    moved.dedup();
    let (lost, moved): (Vec<&Address>, Vec<&Address>) = moved.into_iter().partition(|at| is_lost(now.seen.get(at)));
    let decides = |at: &&Address| outcome(plan, terms, &with(then, at, now.seen.get(*at))).parts != was.parts;
    let stale: Vec<&Address> = match how {
        Stale::Strict => moved,
        Stale::Relevant if was.parts == is.parts => Vec::new(),
        Stale::Relevant if moved.len() > TRIED => moved,
        Stale::Relevant => {
            let alone: Vec<&Address> = moved.iter().copied().filter(decides).collect();
            // None of them alone, and all of them together.
            if alone.is_empty() { moved } else { alone }
        }
    };
    let unreadable = lost.into_iter().filter(|at| how == Stale::Strict || decides(at));
    let why = |at: &Address| match now.seen.get(at) {
        Some(Observed::Unreadable(why)) => why.clone(),
        _ => String::new(),
    };
    Verdict {
        stale: stale.into_iter().map(|at| Moved { address: at.clone(), what: what(at, then.seen.get(at), now.seen.get(at)) }).collect(),
        unreadable: unreadable.map(|at| (at.clone(), why(at))).collect(),
        then: was.set,
        now: is.set,
    }
}

fn is_lost(now: Option<&Observed>) -> bool {
    matches!(now, Some(Observed::Unreadable(_)))
}

/// The account as it was but for one object. What is not asked for any more is as little known as what never was.
fn with(then: &Live, at: &Address, now: Option<&Observed>) -> Live {
    let mut live = then.clone();
    match now {
        Some(observed) => drop(live.seen.insert(at.clone(), observed.clone())),
        None => drop(live.seen.remove(at)),
    }
    live
}

/// What a plan makes of an account.
struct Outcome {
    set: ChangeSet,
    parts: Parts,
}

/// What must be the same for a saved plan to go on.
#[derive(Debug, PartialEq)]
struct Parts {
    changes: Vec<Change>,
    /// Where mail goes another way: what a reader looks at first.
    mail: Vec<change::Moved>,
    /// What was to be known before it is done, by code and plan line.
    findings: BTreeSet<(String, Vec<Cause>)>,
    /// What could not be read.
    unreadable: BTreeSet<Address>,
    /// Each request that a change is for, and which statement answers it how.
    decided: BTreeSet<String>,
    /// The things themselves that are changed, whole: the rules of a set take mail from one another, and a bucket elsewhere is another one.
    themselves: BTreeMap<Address, Option<Observed>>,
}

fn outcome(plan: &Plan, terms: &Terms, live: &Live) -> Outcome {
    let set = terms.changes(plan, live);
    let told = set.findings.iter().filter(|finding| finding.severity <= Severity::Warning && finding.accepted.is_none());
    let parts = Parts {
        changes: set.changes.clone(),
        mail: set.mail.clone(),
        findings: told.map(|finding| (finding.code.clone(), finding.because.clone())).collect(),
        unreadable: set.unreadable.iter().map(|it| it.address.clone()).collect(),
        decided: decided(plan, live, &set),
        themselves: themselves(&set, live),
    };
    Outcome { set, parts }
}

/// The answers to the requests that the changes are for.
fn decided(plan: &Plan, live: &Live, set: &ChangeSet) -> BTreeSet<String> {
    if set.is_empty() {
        return BTreeSet::new();
    }
    let mut scene = Scene::new(plan, live);
    // What somebody else's statement grants already has no change of its own, and hangs on that statement.
    scene.every_need = true;
    let (desired, scene) = (compile(&scene), &scene);
    let changed: BTreeSet<&Address> = set.changes.iter().map(|change| &change.address).collect();
    let rules: BTreeSet<Origin> = changed.iter().map(|at| origin(scene, at)).collect();
    let concerned = desired.grants.iter().chain(&desired.tenants);
    let concerned = concerned.filter(|grant| changed.contains(&grant.at) || rules.contains(&grant.origin));
    let mut answers = BTreeSet::new();
    for grant in concerned {
        match judge(scene, grant) {
            Ok(judged) => answers.extend(judged.into_iter().map(|it| {
                let by =
                    it.verdict.deciding.as_ref().map(|by| statement(scene.live, &it.at, by.index).unwrap_or_else(|| by.document.clone()));
                let (request, verdict) = (&it.request, &it.verdict);
                let limit = it.limited_by.as_ref().map(ToString::to_string);
                format!(
                    "{:?} {} {} at {}: {:?} by {by:?} on {:?} limited by {limit:?}",
                    request.caller, request.action, request.resource, grant.at, verdict.decision, verdict.on
                )
            })),
            Err(why) => drop(answers.insert(format!("{}: {why}", grant.at))),
        }
    }
    answers
}

/// A statement by what it says: its place moves when others come and go.
fn statement(live: &Live, at: &Address, index: usize) -> Option<String> {
    let document = live.document(at).present()?.ok()?;
    document.statements().nth(index).map(crate::policy::Statement::digest)
}

fn origin(scene: &Scene<'_>, at: &Address) -> Origin {
    match at.name.split_once('/') {
        Some((set, rule)) if at.kind == AddressKind::ReceiptRule => Origin::Rule(scene.rule_arn(set, rule)),
        _ => Origin::Resource(at.clone()),
    }
}

/// What is changed, and what the policies guard that are changed.
fn themselves(set: &ChangeSet, live: &Live) -> BTreeMap<Address, Option<Observed>> {
    let things = set.changes.iter().map(|change| {
        let at = &change.address;
        let first = || Address { name: at.name.split('/').next().unwrap_or_default().to_owned(), ..at.clone() };
        match at.kind {
            AddressKind::ReceiptRule => first().with_kind(AddressKind::ReceiptRuleSet),
            AddressKind::RoleTrust | AddressKind::RolePolicy => first().with_kind(AddressKind::Role),
            AddressKind::BucketPolicy => at.with_kind(AddressKind::Bucket),
            AddressKind::KeyPolicy => at.with_kind(AddressKind::Key),
            AddressKind::TopicPolicy => at.with_kind(AddressKind::Topic),
            AddressKind::FunctionPolicy => at.with_kind(AddressKind::Function),
            AddressKind::SecretPolicy => at.with_kind(AddressKind::Secret),
            _ => at.clone(),
        }
    });
    // Policies themselves are held by what decides: others may write beside us.
    things.filter(|at| crate::containers::of(at.kind).is_none()).map(|at| (at.clone(), live.seen.get(&at).cloned())).collect()
}

/// How an object differs, in words that repeat nothing of what may be private.
fn what(at: &Address, then: Option<&Observed>, now: Option<&Observed>) -> String {
    match (then, now) {
        (Some(Observed::Present(then)), Some(Observed::Present(now))) => difference(at, then, now),
        (Some(Observed::Present(_)), Some(Observed::Absent)) => "it is gone".to_owned(),
        (Some(Observed::Absent), Some(Observed::Present(now))) => {
            let came = policy(at, now).and_then(|now| statements(&Document::empty(), &now));
            format!("it is there by now{}", came.map(|came| format!(": {came}")).unwrap_or_default())
        }
        (None, _) => "nobody had to look at it then".to_owned(),
        (_, None) => "nobody has to look at it any more".to_owned(),
        (Some(Observed::Unreadable(_)), _) => "it could not be read then".to_owned(),
        _ => "it is different".to_owned(),
    }
}

fn policy(at: &Address, value: &Value) -> Option<Document> {
    crate::containers::of(at.kind)?;
    Document::parse(value.get("text")?.as_str()?).ok()
}

fn difference(at: &Address, then: &Value, now: &Value) -> String {
    if let (Some(then), Some(now)) = (policy(at, then), policy(at, now)) {
        return statements(&then, &now).unwrap_or_else(|| "written otherwise, and means the same".to_owned());
    }
    if let (Some(then), Some(now)) = (then.get("Rules").and_then(Value::as_array), now.get("Rules").and_then(Value::as_array)) {
        return rules(then, now);
    }
    let members = |value: &Value| value.as_object().map(|members| members.keys().cloned().collect::<BTreeSet<_>>()).unwrap_or_default();
    let names: BTreeSet<String> = members(then).union(&members(now)).cloned().collect();
    let names: Vec<String> = names.into_iter().filter(|name| then.get(name) != now.get(name)).map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "it is different".to_owned() } else { format!("different in {}", names.join(", ")) }
}

/// Which statements came, went or changed.
fn statements(then: &Document, now: &Document) -> Option<String> {
    let by_name = |document: &Document| -> BTreeMap<String, String> {
        let name = |it: &crate::policy::Statement| it.sid().map_or_else(|| it.digest(), str::to_owned);
        document.statements().map(|it| (name(it), it.digest())).collect()
    };
    told("statement", &by_name(then), &by_name(now))
}

fn rules(then: &[Value], now: &[Value]) -> String {
    let by_name = |rules: &[Value]| -> BTreeMap<String, String> {
        rules.iter().filter_map(|rule| Some((rule.get("Name")?.as_str()?.to_owned(), rule.to_string()))).collect()
    };
    told("rule", &by_name(then), &by_name(now)).unwrap_or_else(|| "its rules stand in another order".to_owned())
}

fn told(what: &str, then: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Option<String> {
    let came = now.keys().filter(|name| !then.contains_key(*name)).map(|name| format!("{what} `{name}` was added"));
    let went = then.keys().filter(|name| !now.contains_key(*name)).map(|name| format!("{what} `{name}` is gone"));
    let both = then.iter().filter(|(name, had)| now.get(*name).is_some_and(|has| has != *had));
    let changed = both.map(|(name, _)| format!("{what} `{name}` is different"));
    let all: Vec<String> = came.chain(went).chain(changed).collect();
    (!all.is_empty()).then(|| all.join(", "))
}
