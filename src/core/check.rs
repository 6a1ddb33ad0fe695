//! Would SES be allowed, by the policies that are live now, everybody's Denies included? One answer for each request that each action of
//! each rule leads to.

use serde::Serialize;

use super::compile::compile;
use super::judge::{Judged, judge};
use super::owner::Owner;
use super::problem::Cause;
use super::scene::Scene;
use crate::grants::Grant;
use crate::grants::asks::asks;
use crate::policy::{Decision, Request, Verdict};

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
    /// The policy that decides, as people read it; where none does, the one that would have to allow.
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
        let rows: Vec<Checked> = match judge(scene, grant) {
            Ok(judged) => judged.into_iter().map(|judged| answer(scene, grant, judged)).collect(),
            Err(why) => {
                asks(scene, grant).iter().map(|request| row(scene, grant, request, Answer::Unreadable, vec![why.clone()])).collect()
            }
        };
        for checked in rows {
            if !all.contains(&checked) {
                all.push(checked);
            }
        }
    }
    all
}

fn answer(scene: &Scene<'_>, grant: &Grant, judged: Judged) -> Checked {
    let Verdict { decision, deciding, on } = judged.verdict;
    let outcome = match decision {
        Decision::Allowed => Answer::Allowed,
        Decision::ExplicitDeny | Decision::ImplicitDeny => Answer::Denied,
        Decision::Depends => Answer::Depends,
    };
    let mut checked = row(scene, grant, &judged.request, outcome, on.into_iter().collect());
    checked.at = judged.at.seen_from(scene.home());
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
