//! A role that SES may assume and that may do far more than SES ever does: who can make a rule that uses it, can do all of that.

use super::{Found, Judgement, Look, listed};
use crate::audit::entries::{Entry, LetsIn};
use crate::core::problem::Severity;
use crate::policy::matches_wildcard;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "role-too-wide",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    about: "SES may assume a role that may do more than SES needs. An error where it may do everything or give itself more rights, a warning \
            for a whole service or every resource, info for single actions that SES never needs.",
    look,
};

/// What SES does with a role: the actions of the pages, and those that the service model asks for (docs/facts.md §2.4, §3.1).
const NEEDED: [&str; 20] = [
    "s3:putobject",
    "s3:listbucket",
    "s3:getbucketlocation",
    "kms:generatedatakey*",
    "kms:generatedatakey",
    "kms:encrypt",
    "kms:decrypt",
    "kms:reencrypt*",
    "kms:describekey",
    "sns:publish",
    "lambda:invokefunction",
    "connect:startemailcontact",
    "ses:sendemail",
    "ses:sendrawemail",
    "ses:sendbounce",
    "workmail:delivertomailbox",
    "qbusiness:batchputdocument",
    "kms:generatedatakeywithoutplaintext",
    "kms:generatedatakeypair",
    "kms:generatedatakeypairwithoutplaintext",
];
/// Who may do these can let himself do everything.
const ESCALATING: [&str; 3] = ["iam:putrolepolicy", "iam:attachrolepolicy", "iam:updateassumerolepolicy"];

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::ByRole, |entry| {
        let statement = &entry.statement;
        let role = entry.role.as_ref().map(|role| role.name.clone()).unwrap_or_default();
        let remedy = "give the role only what its rules need (`postroom render` prints it), or let SES use a role of its own";
        if statement.means_all_but_some() {
            let message = format!("SES may assume role `{role}`, and this lets it do everything but some things (NotAction, NotResource)");
            return Some(Found::of(entry, message, remedy).weighing(Severity::Error));
        }
        let actions: Vec<&str> = statement.actions().into_iter().flatten().map(String::as_str).collect();
        let beyond: Vec<&str> = actions.into_iter().filter(|action| !NEEDED.contains(action)).collect();
        let escalating = |action: &&&str| ESCALATING.iter().any(|worst| matches_wildcard(action, worst));
        let worst: Vec<&str> = beyond.iter().filter(escalating).copied().collect();
        if !worst.is_empty() {
            let message =
                format!("SES may assume role `{role}`, and this lets it do {}: with that it can let itself do anything", listed(worst));
            return Some(Found::of(entry, message, remedy).weighing(Severity::Error));
        }
        let wild: Vec<&str> = beyond.iter().filter(|action| action.contains(['*', '?'])).copied().collect();
        if !wild.is_empty() {
            let message = format!("SES may assume role `{role}`, and this lets it do {}: far more than SES needs", listed(wild));
            return Some(Found::of(entry, message, remedy));
        }
        if beyond.is_empty() && reaches_everything(entry) {
            let message = format!("SES may assume role `{role}`, and this lets it act on every resource there is");
            return Some(Found::of(entry, message, remedy));
        }
        let message = format!("SES may assume role `{role}`, and this lets it do {}, which SES never does", listed(&beyond));
        (!beyond.is_empty()).then(|| Found::of(entry, message, remedy).weighing(Severity::Info))
    })
}

/// Every bucket, every key, every topic, with nothing that narrows it.
fn reaches_everything(entry: &Entry) -> bool {
    let everything = |resource: &String| {
        let name = resource.splitn(6, ':').nth(5).unwrap_or(resource);
        matches!(name, "*" | "*/*" | "key/*" | "function:*" | "identity/*")
    };
    entry.statement.conditions().next().is_none() && entry.statement.resources().is_some_and(|resources| resources.iter().any(everything))
}
