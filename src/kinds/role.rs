//! IAM roles that actions use: made when missing and tagged as the plan's. Who may assume them and what they may do follows from use.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Kind;
use super::managed_policy::AttachedPolicies;
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Flag, Phase};
use crate::core::desired::{Desired, State, Wanted};
use crate::core::draft::{Draft, Sketch};
use crate::core::live::{Live, PolicyText, Seen};
use crate::core::owner::OWNER_TAG;
use crate::core::problem::Severity;
use crate::core::scene::Scene;
use crate::grants::Grant;
use crate::plan::language::Stance;
use crate::policy::Document;

/// `GetRole`, less the trust policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its ARN, which holds its path.
    pub arn: String,
    /// `/` or `/…/`.
    pub path: String,
    /// The permissions boundary.
    pub permissions_boundary: Option<String>,
    /// All its tags.
    pub tags: BTreeMap<String, String>,
}

/// `ListRolePolicies`, and its like for users and groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InlinePolicies {
    /// Names.
    pub names: Vec<String>,
}

/// A role as the plan wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WantedRole {
    /// IAM path.
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// ARN of the boundary.
    pub permissions_boundary: Option<String>,
    /// Ours among its tags; others are left alone.
    pub tags: BTreeMap<String, String>,
    /// At creation a role must say who may assume it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume_role_policy_document: Option<Value>,
}

/// The row of the table.
#[derive(Debug)]
pub struct Roles;

impl Kind for Roles {
    fn handles(&self) -> &'static [AddressKind] {
        &[AddressKind::Role, AddressKind::RolePolicies]
    }

    fn reads(&self, scene: &Scene<'_>, wanted: &mut BTreeSet<Address>) {
        for (name, role) in &scene.plan.roles {
            for name in std::iter::once(name).chain(&role.was) {
                reads(scene, &scene.home().at(AddressKind::Role, name.value.as_str()), wanted);
            }
        }
        for name in scene.retired_roles() {
            reads(scene, &scene.home().at(AddressKind::Role, name), wanted);
        }
    }

    fn desire(&self, scene: &Scene<'_>, desired: &mut Desired) {
        for text in &scene.plan.retired {
            let Some(at) = Address::read_at(&text.value, scene.home()).ok().filter(|at| at.kind == AddressKind::Role) else { continue };
            // One that this plan made goes; one that it only used is stripped of what is ours, like every container.
            let tags = scene.live.get::<Role>(&at).present().map(|role| role.tags).unwrap_or_default();
            if tags.get(OWNER_TAG).is_some_and(|tag| scene.owner.made(tag)) {
                let because = vec![scene.plan.cause(&text.spot)];
                desired.want(at, Wanted { state: State::Absent, because, was: Vec::new(), adopt: false });
            }
        }
        for (name, role) in &scene.plan.roles {
            let mut tags = scene.plan.defaults.tags.clone();
            tags.extend(role.tags.clone());
            tags.insert(OWNER_TAG.to_owned(), scene.owner.tag());
            let wanted = WantedRole {
                path: role.path.clone(),
                permissions_boundary: role.permissions_boundary.as_ref().map(|arn| arn.value.to_string()),
                tags,
                assume_role_policy_document: None,
            };
            let state = match role.stance {
                Stance::Ours | Stance::Adopt => State::Present(json!(wanted)),
                Stance::Existing => State::Pinned,
                Stance::Absent => State::Absent,
            };
            let because = vec![scene.plan.cause(&name.spot)];
            for former in &role.was {
                // New before old: under its former name the role goes when nothing uses it any more.
                let gone = Wanted { state: State::Absent, because: because.clone(), was: Vec::new(), adopt: false };
                desired.want(scene.home().at(AddressKind::Role, former.value.as_str()), gone);
            }
            let adopt = role.stance == Stance::Adopt;
            desired.want(scene.home().at(AddressKind::Role, name.value.as_str()), Wanted { state, because, was: Vec::new(), adopt });
        }
    }

    fn diff(&self, desired: &Desired, live: &Live, draft: &mut Draft) {
        for (at, wanted) in desired.resources.iter().filter(|(at, _)| at.kind == AddressKind::Role) {
            diff_one(at, wanted, desired, live, draft);
        }
    }
}

/// What to read of a role: itself, its trust policy (one call), our inline policy and the names of all policies, then everybody else's.
pub(crate) fn reads(scene: &Scene<'_>, role: &Address, wanted: &mut BTreeSet<Address>) {
    if matches!(scene.live.get::<Role>(role), Seen::Absent) {
        return;
    }
    wanted.extend([AddressKind::Role, AddressKind::RoleTrust, AddressKind::RolePolicy].map(|kind| role.with_kind(kind)));
    wanted.insert(role.with_kind(AddressKind::RolePolicies));
    super::managed_policy::reads(scene.live, role, wanted);
    let policies: Option<InlinePolicies> = scene.live.get(&role.with_kind(AddressKind::RolePolicies)).present();
    let others = policies.into_iter().flat_map(|policies| policies.names).filter(|name| *name != scene.owner.inline_policy());
    wanted.extend(others.map(|name| Address { kind: AddressKind::RolePolicy, name: format!("{}/{name}", role.name), ..role.clone() }));
}

fn diff_one(at: &Address, wanted: &Wanted, desired: &Desired, live: &Live, draft: &mut Draft) {
    match (&wanted.state, live.get::<Role>(at)) {
        (_, Seen::Unreadable(why)) => draft.cannot_read(at, &why),
        (_, Seen::Unread) => draft.cannot_read(at, "not read"),
        (State::Absent, Seen::Absent) | (State::Pinned, Seen::Present(_)) => draft.unchanged += 1,
        (State::Pinned, Seen::Absent) if desired.parting.contains(at) => draft.unchanged += 1,
        (State::Pinned, Seen::Absent) => draft.missing(at, wanted, "`existing: true`, but there is no such role"),
        (State::Present(want), Seen::Absent) => create(at, want, wanted, desired, draft),
        (State::Present(want), Seen::Present(have)) => update(at, want, &have, wanted, desired, draft),
        (State::Absent, Seen::Present(have)) => remove(at, &have, wanted, desired, live, draft),
    }
}

/// A role is made with the trust statements that its use asks for. One that nothing uses is not made: there is nobody to trust.
fn create(at: &Address, want: &Value, wanted: &Wanted, desired: &Desired, draft: &mut Draft) {
    let trust = desired.containers.get(&at.with_kind(AddressKind::RoleTrust));
    let statements: Vec<_> = trust
        .into_iter()
        .flat_map(|trust| trust.statements.values())
        .map(|wanted| wanted.until.as_ref().unwrap_or(&wanted.statement).clone())
        .collect();
    if statements.is_empty() {
        // `checks/role_unused.rs` says so.
        return;
    }
    let mut spec = want.clone();
    let document = Document::empty().splice(&crate::policy::Edits { put: statements, ..Default::default() });
    let document: Value = serde_json::from_str(&document.to_string()).unwrap_or_default();
    if let Some(members) = spec.as_object_mut() {
        members.insert("AssumeRolePolicyDocument".to_owned(), document);
    }
    draft.push(Sketch::new(at.clone(), Action::Create, Phase::Roles, spec, Value::Null).because(&wanted.because));
}

/// Path, boundary and our tags. Tags of others are theirs.
fn update(at: &Address, want: &Value, have: &Role, wanted: &Wanted, desired: &Desired, draft: &mut Draft) {
    let Ok(mut want) = serde_json::from_value::<WantedRole>(want.clone()) else { return };
    let owner = have.tags.get(OWNER_TAG);
    let ours = owner.is_some_and(|tag| desired.owner.made(tag));
    match owner {
        Some(tag) if !ours => {
            let message = format!("role `{}` is another plan's (`{OWNER_TAG} = {tag}`): refer to it with `existing: true`", at.name);
            draft.find("not-ours", Severity::Error, message, &wanted.because);
            return;
        }
        None if !wanted.adopt => {
            let message = format!(
                "role `{}` is there and carries no tag `{OWNER_TAG}`: say `existing: true` to only use it, or `adopt: true` to take it over",
                at.name
            );
            draft.find("not-ours", Severity::Error, message, &wanted.because);
            return;
        }
        _ => {}
    }
    if let Some(tag) = owner.filter(|tag| desired.owner.is_plan_of(tag)) {
        // The tag says who made it, in whichever region of the plan that was. One of an earlier name of the plan is re-marked.
        want.tags.insert(OWNER_TAG.to_owned(), tag.clone());
    }
    if want.path != have.path {
        let message = format!(
            "role `{}` has the path `{}`, the plan says `{}`, and IAM cannot move a role: write the path it has",
            at.name, have.path, want.path
        );
        draft.find("role-path-fixed", Severity::Error, message, &wanted.because);
        return;
    }
    let kept = have.tags.iter().filter(|(name, _)| want.tags.contains_key(*name)).map(|(name, value)| (name.clone(), value.clone()));
    let now = WantedRole {
        path: have.path.clone(),
        permissions_boundary: have.permissions_boundary.clone(),
        tags: kept.collect(),
        assume_role_policy_document: None,
    };
    if wanted.adopt && owner.is_none() && want.permissions_boundary.is_none() {
        // Taking over changes nothing but the tag (contract/language.md).
        want.permissions_boundary.clone_from(&now.permissions_boundary);
    }
    if want == now {
        draft.unchanged += 1;
        return;
    }
    let action = if owner.is_none() { Action::Adopt } else { Action::Update };
    draft.push(Sketch::new(at.clone(), action, Phase::Roles, json!(want), json!(now)).because(&wanted.because));
}

/// Whether the plan puts another permissions boundary on a role of its own, or takes it off: what stands there says nothing of later then.
pub fn changes_boundary(scene: &Scene<'_>, desired: &Desired, at: &Address) -> bool {
    let (Some(have), Some(wanted)) = (scene.live.get::<Role>(at).present(), desired.resources.get(at)) else { return false };
    let State::Present(spec) = &wanted.state else { return false };
    let Ok(want) = serde_json::from_value::<WantedRole>(spec.clone()) else { return false };
    let stays = match have.tags.get(OWNER_TAG) {
        None => !wanted.adopt || want.permissions_boundary.is_none(),
        Some(tag) => !desired.owner.made(tag),
    };
    !stays && want.permissions_boundary != have.permissions_boundary
}

/// A role goes only when it is this plan's and nothing of anybody else is on it.
fn remove(at: &Address, have: &Role, wanted: &Wanted, desired: &Desired, live: &Live, draft: &mut Draft) {
    let mut refuse = |code: &'static str, why: &str| {
        let message = format!("role `{}` shall be absent, but {why}: it is left as it is", at.name);
        draft.find(code, desired.refusal(at), message, &wanted.because);
    };
    if !have.tags.get(OWNER_TAG).is_some_and(|tag| desired.owner.made(tag)) {
        return refuse("not-ours", "it is not this plan's");
    }
    let in_role = |grant: &&Grant| matches!(grant.at.kind, AddressKind::RoleTrust | AddressKind::RolePolicy);
    let users = desired.grants.iter().chain(&desired.tenants).filter(in_role);
    if let Some(user) = users.into_iter().find(|grant| grant.at.name == at.name && grant.at.account == at.account) {
        return refuse("role-in-use", &format!("a live rule acts with it (`{}`)", user.origin.in_account()));
    }
    let policies: Option<InlinePolicies> = live.get(&at.with_kind(AddressKind::RolePolicies)).present();
    let Some(policies) = policies else { return refuse("role-in-use", "its inline policies could not be read") };
    let ours = desired.owner.inline_policy();
    if let Some(other) = policies.names.iter().find(|name| **name != ours) {
        return refuse("role-in-use", &format!("it carries the inline policy `{other}`, which is not ours"));
    }
    let attached: Option<AttachedPolicies> = live.get(&at.with_kind(AddressKind::AttachedPolicies)).present();
    match attached.map(|attached| attached.arns) {
        None => return refuse("role-in-use", "the managed policies on it could not be read"),
        Some(arns) if !arns.is_empty() => return refuse("role-in-use", &format!("it carries the managed policy `{}`", arns.join("`, `"))),
        Some(_) => {}
    }
    let trust: Option<PolicyText> = live.get(&at.with_kind(AddressKind::RoleTrust)).present();
    let Some(Ok(trust)) = trust.map(|trust| Document::parse(&trust.text)) else {
        return refuse("role-in-use", "its trust policy could not be read");
    };
    let foreign = trust
        .statements()
        .find(|statement| !statement.sid().is_some_and(|sid| desired.owner.owns_sid(sid) || sid == crate::containers::role_trust::NOBODY));
    if let Some(foreign) = foreign {
        return refuse("role-in-use", &format!("somebody else's trust statement is on it ({})", foreign.sid().unwrap_or("without a Sid")));
    }
    draft.push(
        Sketch::new(at.clone(), Action::Delete, Phase::RemoveRoles, Value::Null, json!(have))
            .because(&wanted.because)
            .needing(Flag::AllowDelete),
    );
}

#[cfg(feature = "aws")]
mod wire {
    use std::collections::BTreeMap;

    use super::{InlinePolicies, OWNER_TAG, Role, Roles, WantedRole};
    use crate::aws::{Answer, Ask, AwsError, Iam, Remote, Session, Soon};
    use crate::core::address::AddressKind;
    use crate::core::change::{Action, Change};
    use crate::core::world::Done;

    impl Remote for Roles {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
            Box::pin(async move {
                let iam = ask.aws.iam(ask.at).await?;
                if ask.at.kind == AddressKind::RolePolicies {
                    return Ok(Answer::of(iam.role_policy_names(&ask.at.name).await?.map(|names| InlinePolicies { names })));
                }
                let role = ask.aws.memo.role(&iam, ask.at).await?;
                Ok(Answer::of(role.map(|found| Role {
                    arn: found.arn,
                    path: found.path,
                    permissions_boundary: found.permissions_boundary,
                    tags: found.tags,
                })))
            })
        }

        fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
            Box::pin(async move { write(aws, change).await.map(|()| Done::Written) })
        }
    }

    /// Whether the role that is there carries the tag of the plan that wants to make it.
    async fn is_of_this_plan(iam: &Iam, name: &str, want: &WantedRole) -> Result<bool, AwsError> {
        let plan = |tags: &BTreeMap<String, String>| tags.get(OWNER_TAG)?.split_once('/').map(|(plan, _)| plan.to_owned());
        let have = iam.role(name).await?;
        Ok(have.is_some_and(|have| {
            have.path == want.path
                && have.permissions_boundary == want.permissions_boundary
                && plan(&have.tags).is_some()
                && plan(&have.tags) == plan(&want.tags)
        }))
    }

    async fn write(aws: &Session, change: &Change) -> Result<(), AwsError> {
        let iam = aws.iam(&change.address).await?;
        let name = &change.address.name;
        if change.action == Action::Delete {
            return iam.delete_role(name, &aws.inline_policy).await;
        }
        let want: WantedRole = serde_json::from_value(change.after.clone()).map_err(AwsError::malformed)?;
        if change.action == Action::Create {
            return match iam.create_role(name, &want).await {
                // Another region of this plan made it a moment ago: a role is shared by the targets of a plan.
                Err(error) if error.code == "EntityAlreadyExists" && is_of_this_plan(&iam, name, &want).await? => Ok(()),
                done => done,
            };
        }
        let have: WantedRole = serde_json::from_value(change.before.clone()).map_err(AwsError::malformed)?;
        iam.tag_role(name, &want.tags).await?;
        if want.permissions_boundary != have.permissions_boundary {
            iam.set_boundary(name, want.permissions_boundary.as_deref()).await?;
        }
        Ok(())
    }
}
