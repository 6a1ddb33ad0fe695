//! A grant is never taken from a live user: what is ours in a container and serves a rule that lives on beside the plan stays in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::asks::asks;
use super::{Grant, Users, is_aside, purpose_of, statements};
use crate::core::address::{Address, AddressKind};
use crate::core::desired::{Desired, WantedStatement};
use crate::core::ids::Arn;
use crate::core::origin::Origin;
use crate::core::permissions::Permissions;
use crate::core::scene::Scene;
use crate::kinds::mail_manager;
use crate::kinds::receipt_rule_set::{lives, rule_of, stays};
use crate::policy::{Decision, Document, Edits, Request, Statement, evaluate_with_delegation};

/// The statements of ours in a container.
pub(crate) fn ours_at<'a>(scene: &Scene<'a>, at: &Address) -> impl Iterator<Item = &'a Statement> {
    let document = scene.live.document(at).present().and_then(Result::ok);
    let statements = document.into_iter().flat_map(|document| document.statements());
    statements.filter(|statement| statement.sid().is_some_and(|sid| scene.owner.owns_sid(sid)))
}

/// Whose requests those statements of ours are for that do not say it, and that are not wanted as they are: these must be looked for before
/// one of them goes. One that the plan wants as it is stays, whoever else uses it.
pub(crate) fn loose(scene: &Scene<'_>) -> Vec<Users> {
    let have = scene.live.seen.keys().flat_map(|at| ours_at(scene, at).map(move |statement| (at, statement)));
    let nameless: Vec<(&Address, &Statement)> = have.filter(|(_, statement)| !names_each_user(statement)).collect();
    if nameless.is_empty() {
        return Vec::new();
    }
    let wanted = statements::merge(scene, &crate::kinds::grants(scene));
    let want = |at: &Address, have: &Statement| wanted.get(at).zip(have.sid()).and_then(|(wanted, sid)| wanted.get(sid));
    let stays = |at: &Address, have: &Statement| want(at, have).is_some_and(|want| want.statement.means_the_same(have));
    let loose = nameless.iter().filter(|(at, statement)| !stays(at, statement));
    loose.map(|(_, have)| have.sid().and_then(purpose_of).map_or(Users::Both, |purpose| purpose.users)).collect()
}

/// Adds to what is wanted in a container what live rules need there of ours.
pub(crate) fn keep(scene: &Scene<'_>, desired: &mut Desired, at: &Address) {
    let Some(Ok(document)) = scene.live.document(at).present() else { return };
    let ours = document.statements().filter_map(|statement| Some((statement.sid()?, statement)));
    let ours: Vec<(&str, &Statement)> = ours.filter(|(sid, _)| scene.owner.owns_sid(sid)).collect();
    if ours.is_empty() {
        return;
    }
    // Present even when nothing is wanted any more: that is what strips it.
    desired.containers.entry(at.clone()).or_default();
    // What is there as it is wanted, and says who it is for, is the plan's own rules' alone.
    let wanted = desired.containers.get(at).map(|container| &container.statements);
    let is_plans = |(sid, have): &(&str, &Statement)| {
        let want = wanted.and_then(|wanted| wanted.get(*sid));
        want.is_some_and(|want| want.statement.text() == have.text() && statements::names_its_rules(scene, want))
    };
    let ours: Vec<(&str, &Statement)> = ours.into_iter().filter(|ours| !is_plans(ours)).collect();
    // Only of a statement that does not say who it is for is it asked who that may be.
    let says_all = ours.iter().all(|(_, have)| names_each_user(have));
    let needs = if says_all { Needs::default() } else { Needs::of(scene, desired, at, document) };
    let Some(container) = desired.containers.get_mut(at) else { return };
    for (sid, have) in ours.into_iter().filter(|(sid, _)| !is_aside(sid)) {
        let kept = kept_rules(scene, have, &needs);
        if let Some(wanted) = container.statements.get_mut(sid) {
            let known = wanted.users.len();
            wanted.users.extend(kept);
            let written = || wanted.grants.first().and_then(|first| statements::write(scene, first, &wanted.users));
            if let Some(written) = (wanted.users.len() > known).then(written).flatten() {
                (wanted.statement, wanted.until) = (written.statement, written.until);
            }
        } else if let Some(statement) = retained(scene, have, &kept) {
            let doc = purpose_of(sid).map_or("", |purpose| purpose.doc);
            let because = Vec::new();
            let wanted = WantedStatement { statement, until: None, users: kept, because, doc, note: None, grants: Vec::new() };
            container.statements.insert(sid.to_owned(), wanted);
        }
    }
}

/// What live rules beside the plan's ask of a container and would not get there from others, nor from what the plan wants anyway.
#[derive(Default)]
struct Needs {
    asked: Vec<(Origin, Request)>,
}

impl Needs {
    fn of(scene: &Scene<'_>, desired: &Desired, at: &Address, document: &Document) -> Self {
        let wanted = desired.containers.get(at).into_iter().flat_map(|container| container.statements.values());
        let ours = document.statements().filter_map(Statement::sid).filter(|sid| scene.owner.owns_sid(sid));
        let edits = Edits { drop: ours.map(str::to_owned).collect(), put: wanted.map(|wanted| wanted.statement.clone()).collect() };
        let (rest, others) = (document.splice(&edits), others_on_role(scene, at));
        let rest: Vec<(&str, &Document)> =
            std::iter::once(&rest).chain(others.iter().map(Arc::as_ref)).map(|document| ("", document)).collect();
        let ask = |grant: &Grant| asks(scene, grant).into_iter().map(|request| (grant.origin.clone(), request)).collect::<Vec<_>>();
        let asked = desired.tenants.iter().filter(|grant| grant.at == *at).flat_map(ask);
        let left = |(_, request): &(Origin, Request)| evaluate_with_delegation(&rest, request).decision != Decision::Allowed;
        Self { asked: asked.filter(left).collect() }
    }

    /// The rules that get something of this statement, as far as can be said.
    fn met_by(&self, have: &Statement) -> BTreeSet<Origin> {
        let alone = Document::alone(have);
        let met = |request: &Request| {
            let decision = evaluate_with_delegation(&[("", &alone)], request).decision;
            matches!(decision, Decision::Allowed | Decision::Depends)
        };
        self.asked.iter().filter(|(_, request)| met(request)).map(|(rule, _)| rule.clone()).collect()
    }
}

/// Everything else that is on the role counts together with ours. What cannot be read grants nothing here: then ours stays.
pub(super) fn others_on_role(scene: &Scene<'_>, at: &Address) -> Vec<Arc<Document>> {
    if at.kind != AddressKind::RolePolicy {
        return Vec::new();
    }
    let others = Permissions::at(scene.live, at).unwrap_or_default().without(at).documents;
    others.into_iter().map(|(_, document)| document).collect()
}

/// The statement that no plan line asks for, cut down to what is still used; nothing when it is not.
fn retained(scene: &Scene<'_>, have: &Statement, kept: &BTreeSet<Origin>) -> Option<Statement> {
    if kept.is_empty() {
        return None;
    }
    if !names_each_user(have) {
        // It names no rule, or all of a set: it cannot be cut down, and it goes when nobody needs it.
        return Some(have.clone());
    }
    let kept: BTreeSet<String> = kept.iter().filter_map(|kept| scene.source_arn(kept)).collect();
    let mut value = have.value();
    let operators = value.get_mut("Condition").and_then(|condition| condition.as_object_mut())?;
    for keys in operators.values_mut().filter_map(|keys| keys.as_object_mut()) {
        for (_, values) in keys.iter_mut().filter(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn")) {
            if let Some(list) = values.as_array_mut() {
                list.retain(|arn| arn.as_str().is_some_and(|arn| kept.contains(arn)));
            }
        }
    }
    Statement::from_value(value).ok()
}

pub(super) fn names_each_user(statement: &Statement) -> bool {
    let arns = statement.source_arns();
    !arns.is_empty() && !arns.iter().any(|arn| arn.contains('*'))
}

/// The rules that a statement of ours serves and that live on without the plan's doing, or of which that cannot be said. Where it names no
/// rule, or all of a set, they are the ones that nothing else serves.
fn kept_rules(scene: &Scene<'_>, have: &Statement, needs: &Needs) -> BTreeSet<Origin> {
    let arns = have.source_arns();
    let named = arns.iter().filter(|arn| !arn.contains('*')).filter_map(|arn| arn.parse::<Arn>().ok());
    let kept = named.filter_map(|arn| match (rule_of(scene.home(), &arn), mail_manager::resource_of(scene.home(), &arn)) {
        (Some((set, rule)), _) => (stays(scene, &set, &rule) && lives(scene.live, &arn) != Some(false)).then_some(Origin::Rule(arn)),
        (None, Some(_)) => match mail_manager::lives(scene.live, &arn) {
            Some(false) => None,
            Some(true) => mail_manager::named_by(scene.live, &arn).filter(|at| mail_manager::stays(scene, at)).map(Origin::Resource),
            None => Some(Origin::Rule(arn)),
        },
        (None, None) => Some(Origin::Rule(arn)),
    });
    let mut kept: BTreeSet<Origin> = kept.collect();
    if !names_each_user(have) {
        kept.extend(needs.met_by(have));
    }
    kept
}
