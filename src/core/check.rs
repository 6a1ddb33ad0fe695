//! Would SES be allowed, by the policies that are live now, everybody's Denies included? One answer for each request that each action of
//! each rule leads to.

use serde::Serialize;

use super::address::{Address, AddressKind};
use super::compile::compile;
use super::live::{PolicyText, Seen};
use super::owner::Owner;
use super::problem::Cause;
use super::scene::Scene;
use crate::grants::asks::asks;
use crate::grants::{Grant, Principal};
use crate::kinds::role::InlinePolicies;
use crate::policy::{self, Decision, Document, Request, Verdict};

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// A statement denies it, or none allows it.
    Denied,
    /// It hangs on what is not known of the request.
    Depends,
    /// The documents could not be read.
    Unreadable,
    /// It is allowed.
    Allowed,
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The ARN of the receipt rule or the Mail Manager resource that asks.
    pub rule: String,
    /// `s3:PutObject` and such.
    pub action: String,
    /// What it is done to.
    pub resource: String,
    /// Whose policy was asked, as people read it.
    pub at: String,
    /// The answer.
    pub answer: Answer,
    /// The statement that decides.
    pub by: Option<String>,
    /// Whose it is: `ours`, `another plan's` or `foreign`.
    pub owner: Option<String>,
    /// Condition keys that it hangs on, or why nothing could be read.
    pub on: Vec<String>,
    /// The plan line.
    pub because: Vec<Cause>,
}

/// Every request of every action of the plan.
#[must_use]
pub fn check(scene: &mut Scene<'_>) -> Vec<Checked> {
    scene.every_need = true;
    let desired = compile(scene);
    let scene = &*scene;
    let mut all: Vec<Checked> = Vec::new();
    for grant in &desired.grants {
        let documents = documents(scene, grant);
        for request in asks(scene, grant) {
            let checked = match &documents {
                Ok(documents) => answer(scene, grant, documents, &request),
                Err(why) => row(scene, grant, &request, Answer::Unreadable, vec![why.clone()]),
            };
            if !all.contains(&checked) {
                all.push(checked);
            }
        }
    }
    all
}

/// The documents that decide together: a resource's own policy alone; for a role all of its inline policies.
fn documents(scene: &Scene<'_>, grant: &Grant) -> Result<Vec<(Address, Document)>, String> {
    let mut addresses = vec![grant.at.clone()];
    if grant.principal == Principal::Identity {
        let names: Option<InlinePolicies> = scene.live.get(&grant.at.with_kind(AddressKind::RolePolicies)).present();
        let others = names.into_iter().flat_map(|policies| policies.names).filter(|name| *name != scene.owner.inline_policy());
        addresses.extend(others.map(|name| Address { name: format!("{}/{name}", grant.at.name), ..grant.at.clone() }));
    }
    let mut documents = Vec::new();
    for at in addresses {
        match scene.live.get::<PolicyText>(&at) {
            Seen::Present(policy) => documents.push((at, Document::parse(&policy.text).map_err(|error| error.to_string())?)),
            Seen::Unreadable(why) => return Err(why),
            Seen::Absent | Seen::Unread => {}
        }
    }
    Ok(documents)
}

fn answer(scene: &Scene<'_>, grant: &Grant, documents: &[(Address, Document)], request: &Request) -> Checked {
    let labelled: Vec<(String, &Document)> = documents.iter().map(|(at, document)| (at.to_string(), document)).collect();
    let labelled: Vec<(&str, &Document)> = labelled.iter().map(|(label, document)| (label.as_str(), *document)).collect();
    // A key policy that leaves the matter to its account leaves it to the role's own policy, which is a request of its own here.
    let delegated = matches!(grant.principal, Principal::Aws(_));
    let verdict = if delegated { policy::evaluate_with_delegation(&labelled, request) } else { policy::evaluate(&labelled, request) };
    let Verdict { decision, deciding, on } = verdict;
    let outcome = match decision {
        Decision::Allowed => Answer::Allowed,
        Decision::ExplicitDeny | Decision::ImplicitDeny => Answer::Denied,
        Decision::Depends => Answer::Depends,
    };
    let mut checked = row(scene, grant, request, outcome, on.into_iter().collect());
    if let Some(deciding) = deciding {
        let sid = deciding.sid.clone();
        checked.owner = Some(whose(scene, sid.as_deref()).to_owned());
        checked.by = Some(sid.unwrap_or_else(|| format!("number {}", deciding.index + 1)));
    }
    checked
}

fn whose(scene: &Scene<'_>, sid: Option<&str>) -> &'static str {
    match sid {
        Some(sid) if scene.owner.owns_sid(sid) => "ours",
        Some(sid) if Owner::is_postroom(sid) => "another plan's",
        _ => "foreign",
    }
}

fn row(scene: &Scene<'_>, grant: &Grant, request: &Request, answer: Answer, on: Vec<String>) -> Checked {
    Checked {
        rule: scene.source_arn(&grant.origin).unwrap_or_else(|| grant.origin.to_string()),
        action: request.action.clone(),
        resource: request.resource.clone(),
        at: grant.at.seen_from(scene.home()),
        answer,
        by: None,
        owner: None,
        on,
        because: grant.because.clone(),
    }
}
