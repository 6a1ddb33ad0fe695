//! The documents that decide together about one request. A resource's own policy stands alone. For a role it is everything that is on it:
//! inline policies, attached managed policies, and the permissions boundary, which allows nothing and limits what the others allow.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>

use std::sync::Arc;

use super::address::{Address, AddressKind};
use super::live::{Live, Seen};
use crate::kinds::managed_policy::{AttachedPolicies, policy_address};
use crate::kinds::role::{InlinePolicies, Role};
use crate::policy::{self, Decision, Document, Request, Statement, Verdict};

/// What decides.
#[derive(Debug, Clone, Default)]
pub struct Permissions {
    /// Each may allow, and each may deny.
    pub documents: Vec<(Address, Arc<Document>)>,
    /// Each may deny: the policy of another account's resource. That it allows is a grant of its own.
    pub denying: Vec<(Address, Arc<Document>)>,
    /// Both it and one of the documents must allow.
    pub boundary: Option<(Address, Arc<Document>)>,
}

impl Permissions {
    /// What stands at a container, or on the role whose inline policy it is. One document that cannot be read leaves everything open:
    /// it may deny.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn at(live: &Live, container: &Address) -> Result<Self, String> {
        if container.kind != AddressKind::RolePolicy {
            return Ok(Self { documents: document(live, container)?.into_iter().collect(), ..Self::default() });
        }
        let role_name = container.name.split('/').next().unwrap_or_default();
        let role = Address { name: role_name.to_owned(), ..container.with_kind(AddressKind::Role) };
        let boundary = match live.get::<Role>(&role) {
            Seen::Absent => return Ok(Self::default()),
            Seen::Unreadable(why) => return Err(why),
            Seen::Present(role) => role.permissions_boundary,
            Seen::Unread => None,
        };
        let mut permissions = Self::default();
        for at in on_role(live, &role)? {
            permissions.documents.extend(document(live, &at)?);
        }
        if let Some(arn) = boundary {
            let at = policy_address(&role, &arn);
            // One that is gone allows nothing.
            permissions.boundary = Some(document(live, &at)?.unwrap_or_else(|| (at, Arc::new(Document::empty()))));
        }
        Ok(permissions)
    }

    /// The same with the policy of what a role acts on: in one account an Allow of either side is enough, across accounts both must allow.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
    ///
    /// # Errors
    /// It cannot be read, so that it may deny.
    pub fn beside(&self, live: &Live, resource: &Address, same_account: bool) -> Result<Self, String> {
        let mut both = self.clone();
        let place = if same_account { &mut both.documents } else { &mut both.denying };
        place.extend(document(live, resource)?);
        Ok(both)
    }

    /// The same without one document: what others grant.
    #[must_use]
    pub fn without(mut self, container: &Address) -> Self {
        self.documents.retain(|(at, _)| at != container);
        self
    }

    /// Every statement but those of the boundary, which grants nothing.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.documents.iter().flat_map(|(_, document)| document.statements())
    }

    /// Whether any of them denies something, or limits what the others allow.
    #[must_use]
    pub fn may_deny(&self) -> bool {
        let all = self.documents.iter().chain(&self.denying);
        self.boundary.is_some() || all.flat_map(|(_, document)| document.statements()).any(Statement::denies)
    }

    /// Whether any of them surely denies this.
    #[must_use]
    pub fn surely_deny(&self, request: &Request) -> bool {
        let all = self.documents.iter().chain(&self.denying).chain(&self.boundary);
        policy::surely_denies(all.map(|(_, document)| document.as_ref()), request)
    }

    /// What they say together.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Verdict {
        self.ask(request, |granting, request| {
            let labelled: Vec<(String, &Arc<Document>)> = self.denying.iter().map(|(at, document)| (at.to_string(), document)).collect();
            let denying: Vec<(&str, &Document)> = labelled.iter().map(|(label, document)| (label.as_str(), document.as_ref())).collect();
            policy::evaluate_with_denials(granting, &denying, request)
        })
    }

    /// As [`Permissions::decide`], where an Allow for the caller's account counts as one for the caller.
    #[must_use]
    pub fn decide_with_delegation(&self, request: &Request) -> Verdict {
        self.ask(request, policy::evaluate_with_delegation)
    }

    fn ask(&self, request: &Request, evaluate: impl Fn(&[(&str, &Document)], &Request) -> Verdict) -> Verdict {
        let labelled: Vec<(String, &Arc<Document>)> = self.documents.iter().map(|(at, document)| (at.to_string(), document)).collect();
        let labelled: Vec<(&str, &Document)> = labelled.iter().map(|(label, document)| (label.as_str(), document.as_ref())).collect();
        let granted = evaluate(&labelled, request);
        let Some((at, document)) = &self.boundary else { return granted };
        let limit = policy::evaluate(&[(at.to_string().as_str(), document)], request);
        match (granted.decision, limit.decision) {
            (Decision::ExplicitDeny | Decision::ImplicitDeny, Decision::ExplicitDeny) if granted.decision != Decision::ExplicitDeny => {
                limit
            }
            (Decision::ExplicitDeny | Decision::ImplicitDeny, _) => granted,
            (_, Decision::ExplicitDeny | Decision::ImplicitDeny) => limit,
            (Decision::Depends, Decision::Depends) => Verdict { on: granted.on.union(&limit.on).cloned().collect(), ..granted },
            (_, Decision::Depends) => limit,
            (_, Decision::Allowed) => granted,
        }
    }

    /// Whether the boundary surely does not allow it: then nothing that is granted helps.
    #[must_use]
    pub fn is_limited(&self, request: &Request) -> bool {
        let limit = self.boundary.as_ref().map(|(_, document)| policy::evaluate(&[("", document)], request).decision);
        matches!(limit, Some(Decision::ImplicitDeny | Decision::ExplicitDeny))
    }

    /// Where a verdict comes from: the document of the statement that decides, or the boundary that says nothing where something else
    /// allows.
    #[must_use]
    pub fn source(&self, verdict: &Verdict, request: &Request) -> Option<Address> {
        if let Some(deciding) = &verdict.deciding {
            return deciding.document.parse().ok();
        }
        let (at, _) = self.boundary.as_ref().filter(|_| self.is_limited(request))?;
        let unlimited = Self { boundary: None, ..self.clone() }.decide(request);
        (unlimited.decision != Decision::ImplicitDeny).then(|| at.clone())
    }
}

/// The policies that are on a role, inline ones first.
fn on_role(live: &Live, role: &Address) -> Result<Vec<Address>, String> {
    let mut places = Vec::new();
    // Those that were read: ours goes by the role's name alone, and an account in memory knows all of them by their whole names.
    let of_role = |at: &&Address| at.account == role.account && at.name.split('/').next() == Some(role.name.as_str());
    places.extend(live.of_kind(AddressKind::RolePolicy).filter(of_role).cloned());
    let inline = live.get::<InlinePolicies>(&role.with_kind(AddressKind::RolePolicies));
    match (inline, live.get::<AttachedPolicies>(&role.with_kind(AddressKind::AttachedPolicies))) {
        (Seen::Unreadable(why), _) | (_, Seen::Unreadable(why)) => return Err(why),
        (_, Seen::Present(attached)) => places.extend(attached.arns.iter().map(|arn| policy_address(role, arn))),
        // A snapshot of a time when they were not asked for.
        (Seen::Present(_), Seen::Unread) => return Err("which managed policies are on the role was not read".to_owned()),
        (_, Seen::Absent | Seen::Unread) => {}
    }
    Ok(places)
}

fn document(live: &Live, at: &Address) -> Result<Option<(Address, Arc<Document>)>, String> {
    match live.document(at) {
        Seen::Present(document) => Ok(Some((at.clone(), Arc::clone(document.map_err(ToString::to_string)?)))),
        Seen::Unreadable(why) => Err(why),
        // A managed policy that is on a role and was not read may deny as well as allow.
        Seen::Unread if at.kind == AddressKind::ManagedPolicy => Err(format!("{at} was not read")),
        Seen::Absent | Seen::Unread => Ok(None),
    }
}
