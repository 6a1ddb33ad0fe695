//! Would this request be allowed, as far as these documents and what we know of the request say.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
//!
//! IAM's own simulator cannot play a service principal, and needs the network. What neither of us can see are the policies of the
//! organisation and of VPC endpoints.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::iter::once_with;

use super::caller::{Caller, Delegated};
use super::context::Context;
use super::truth::Truth;
use super::variables::Reading;
use super::wildcard::{Pattern, matches_wildcard};
use super::{Document, Effect, Statement};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// To do what, as `s3:PutObject`.
    pub action: String,
    /// To what, by its ARN.
    pub resource: String,
    /// What else is known. Keys that follow from the caller are filled in where it does not name them.
    pub context: Context,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it. No other statement can help.
    ExplicitDeny,
    /// No statement allows it. Whether one denies it, too, may be open.
    ImplicitDeny,
    /// It hangs on what is not known of the request.
    Depends,
}

/// An answer with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub decision: Decision,
    /// The statement that decides; for [`Decision::Depends`] the first that may.
    pub deciding: Option<Deciding>,
    /// What it depends on: condition keys in lower case, or a member of the statement that we cannot read (`Resource`).
    pub on: BTreeSet<String>,
}

/// A statement among several documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// The label of its document.
    pub document: String,
    /// Its place there, counted from 0.
    pub index: usize,
    /// Its Sid.
    pub sid: Option<String>,
}

/// Asks all documents together, as AWS does with those of one account: any Deny decides, else any Allow does.
///
/// Which documents count together is the caller's knowledge. Across accounts, and for a KMS key, each side must be asked alone.
#[must_use]
pub fn evaluate(documents: &[(&str, &Document)], request: &Request) -> Verdict {
    decide(&answers(documents, request, Delegated::DoesNotCount))
}

/// As [`evaluate()`], where an Allow for the caller's account counts as one for the caller: would it be allowed if IAM allows it?
#[must_use]
pub fn evaluate_with_delegation(documents: &[(&str, &Document)], request: &Request) -> Verdict {
    decide(&answers(documents, request, Delegated::Counts))
}

/// As [`evaluate()`], with documents of which only the Denies count: those of the other side of a request across accounts.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
#[must_use]
pub fn evaluate_with_denials(documents: &[(&str, &Document)], denials: &[(&str, &Document)], request: &Request) -> Verdict {
    let mut answers_of_all = answers(documents, request, Delegated::DoesNotCount);
    let denying = answers(denials, request, Delegated::DoesNotCount).into_iter().filter(|answer| answer.effect == Effect::Deny);
    answers_of_all.extend(denying);
    decide(&answers_of_all)
}

/// Whether a statement of theirs surely denies it, whatever others allow.
#[must_use]
pub fn surely_denies<'a>(documents: impl IntoIterator<Item = &'a Document>, request: &Request) -> bool {
    let asked = Asked::of(request, Delegated::DoesNotCount);
    let denies = |document: &Document, statement: &Statement| {
        statement.denies() && !asked.is_surely_not_met_by(statement) && asked.is_met_by(statement, document.has_variables()) == Truth::Yes
    };
    documents.into_iter().any(|document| document.statements().any(|statement| denies(document, statement)))
}

/// What one statement says of a request.
pub(super) struct Answer {
    pub(super) effect: Effect,
    pub(super) applies: Truth,
    pub(super) deciding: Option<Deciding>,
}

/// What each statement says that has something to say.
pub(super) fn answers(documents: &[(&str, &Document)], request: &Request, delegated: Delegated) -> Vec<Answer> {
    let asked = Asked::of(request, delegated);
    let mut answers = Vec::new();
    for (label, document) in documents {
        for (index, statement) in document.statements().enumerate() {
            // Without an effect it says nothing; no service stores such a statement.
            let Some(effect) = statement.effect() else { continue };
            if asked.is_surely_not_met_by(statement) {
                continue;
            }
            let applies = asked.is_met_by(statement, document.has_variables());
            if applies != Truth::No {
                let deciding = Deciding { document: (*label).to_owned(), index, sid: statement.sid().map(str::to_owned) };
                answers.push(Answer { effect, applies, deciding: Some(deciding) });
            }
        }
    }
    answers
}

/// Deny wins. What is open counts as long as it could still turn the answer: a Deny always, an Allow only while nothing else allows.
pub(super) fn decide(answers: &[Answer]) -> Verdict {
    let sure = |effect| answers.iter().find(|answer| answer.effect == effect && answer.applies == Truth::Yes);
    let verdict = |decision, answer: Option<&Answer>| Verdict {
        decision,
        deciding: answer.and_then(|answer| answer.deciding.clone()),
        on: BTreeSet::new(),
    };
    if let Some(denied) = sure(Effect::Deny) {
        return verdict(Decision::ExplicitDeny, Some(denied));
    }
    if answers.iter().all(|answer| answer.effect == Effect::Deny) {
        return verdict(Decision::ImplicitDeny, None);
    }
    let allowed = sure(Effect::Allow);
    let open = |effect| answers.iter().filter(move |answer| answer.effect == effect && answer.applies != Truth::Yes);
    let open: Vec<&Answer> = open(Effect::Deny).chain(open(Effect::Allow).filter(|_| allowed.is_none())).collect();
    if open.is_empty() {
        return verdict(Decision::Allowed, allowed);
    }
    let on = open.iter().flat_map(|answer| answer.applies.depending_on());
    Verdict { on: on.cloned().collect(), ..verdict(Decision::Depends, open.first().copied()) }
}

/// A request made ready to be held against statements.
struct Asked<'a> {
    request: &'a Request,
    /// In lower case.
    action: String,
    /// Made when a statement is found that needs it, as is the context.
    resource: OnceCell<Pattern>,
    context: OnceCell<Context>,
    delegated: Delegated,
}

impl<'a> Asked<'a> {
    fn of(request: &'a Request, delegated: Delegated) -> Self {
        let action = request.action.to_ascii_lowercase();
        Self { request, action, resource: OnceCell::new(), context: OnceCell::new(), delegated }
    }

    /// Most statements are about something else, and need not be understood for that.
    fn is_surely_not_met_by(&self, statement: &Statement) -> bool {
        self.request.caller.surely_is_not_meant_by(statement) || statement.surely_names_other_actions_than(&self.action)
    }

    fn is_met_by(&self, statement: &Statement, has_variables: bool) -> Truth {
        let meaning = statement.meaning();
        // Most statements are about something else: what tells that soonest is asked first, and the rest only of those that are left. Of those
        // most are kept away by a condition (a Deny of plain HTTP), which costs less than a resource.
        let action = once_with(|| self.has_action(statement));
        let caller = once_with(|| self.request.caller.is_meant_by(statement, self.delegated));
        let resource = once_with(|| self.has_resource(statement, has_variables));
        let conditions = meaning.condition.iter().map(|test| test.holds(self.context(), has_variables));
        let unread = meaning.other.keys().filter(|name| GRAMMAR.contains(&name.as_str())).map(|name| Truth::depends_on(name));
        Truth::all(action.chain(caller).chain(conditions).chain(resource).chain(unread))
    }

    /// What is known of the request, with what follows from who asks.
    fn context(&self) -> &Context {
        self.context.get_or_init(|| {
            let mut context = self.request.context.clone();
            self.request.caller.fill_in(&mut context);
            context
        })
    }

    /// A statement without an action does nothing; KMS stores such ones.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
    fn has_action(&self, statement: &Statement) -> Truth {
        let meaning = statement.meaning();
        let among = |actions: &BTreeSet<String>| actions.iter().any(|action| matches_wildcard(action, &self.action));
        let named = meaning.action.as_ref().map_or(meaning.not_action.is_some() || statement.has("Action"), among);
        let excepted = meaning.not_action.as_ref().is_some_and(among);
        (named && !excepted).into()
    }

    /// Without a resource only a trust policy speaks: its resource is the role it belongs to.
    fn has_resource(&self, statement: &Statement, has_variables: bool) -> Truth {
        let meaning = statement.meaning();
        let reading = Reading { variables: has_variables.then(|| self.context()), wildcards: true };
        let among = |resources: &BTreeSet<String>, negated: bool| {
            let covers = |pattern: &Pattern| pattern.covers_resource(self.resource.get_or_init(|| Pattern::plain(&self.request.resource)));
            // What stands before the first wildcard or variable must be there, whatever follows; to except something, a variable counts for itself.
            let may_cover = |resource: &&String| {
                let fixed = resource.split(['*', '?', '$']).next().unwrap_or_default();
                negated || self.request.resource.starts_with(fixed)
            };
            Truth::any(resources.iter().filter(may_cover).map(|resource| reading.fill(resource).matches(negated, covers)))
        };
        let implied = || (meaning.not_resource.is_some() || statement.has("Resource") || self.action_is_of("sts")).into();
        let named = meaning.resource.as_ref().map_or_else(implied, |resources| among(resources, false));
        let excepted = meaning.not_resource.as_ref().map_or(Truth::No, |resources| among(resources, true));
        Truth::all([named, excepted.not()])
    }

    fn action_is_of(&self, service: &str) -> bool {
        self.request.action.split_once(':').is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(service))
    }
}

/// Members that say to whom and to what a statement applies. One that holds what it should not leaves that open.
const GRAMMAR: [&str; 8] = ["Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

#[cfg(test)]
mod tests;
