//! The requests that a grant is for, as SES makes them: what the evaluator is asked when it must be known whether a grant is there.

use super::{Grant, Principal};
use crate::core::address::AddressKind;
use crate::core::ids::Arn;
use crate::core::scene::{KeyRef, Scene};
use crate::kinds::key::aliases_of;
use crate::policy::{Caller, Context, Request};

/// The object that SES writes when a rule is saved (facts §1.4).
const SETUP_OBJECT: &str = "AMAZON_SES_SETUP_NOTIFICATION";

/// Keys that a request of a service in its own name does not carry: it is made by no identity of an organisation, and through no VPC.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(crate) const NOT_OF_A_SERVICE: [&str; 9] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    "aws:SourceVpc",
    "aws:SourceVpce",
];

/// Headers that SES does not send with an object (assumed: it writes what the bucket's default encryption makes of it).
const NO_HEADERS: [&str; 3] = ["s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-acl"];

/// One request for each action. Of the context only what SES is known to send is said; everything else is unknown, not absent.
#[must_use]
pub fn asks(scene: &Scene<'_>, grant: &Grant) -> Vec<Request> {
    // A role of another account has a path that nobody here knows.
    let is_here = grant.at.account == scene.home().account;
    let role_arn = || scene.role(grant.at.name.as_str()).filter(|_| is_here).map(|role| role.arn);
    let caller = match &grant.principal {
        Principal::Ses { .. } => Caller::Service("ses.amazonaws.com".to_owned()),
        Principal::Role(arn) => Caller::Identity(arn.clone()),
        Principal::Identity => match role_arn() {
            Some(arn) => Caller::Identity(arn),
            None => return Vec::new(),
        },
    };
    let resource = match (grant.at.kind, grant.resources.first()) {
        (AddressKind::KeyPolicy, _) => scene.key(&grant.at.name).arn_text(scene.home()),
        (AddressKind::RoleTrust, _) => role_arn().map(|arn| arn.to_string()).unwrap_or_default(),
        // A key named by its alias is any key of the account that carries it: the request is for the one that does.
        (_, Some(_)) if alias(grant).is_some() => {
            let key = alias(grant).map(|alias| scene.key(alias)).filter(|key| !matches!(key, KeyRef::Pending { .. }));
            let Some(key) = key else { return Vec::new() };
            key.arn_text(scene.home())
        }
        (_, Some(resource)) => resource.strip_suffix('*').map_or_else(|| resource.clone(), |prefix| format!("{prefix}{SETUP_OBJECT}")),
        (_, None) => return Vec::new(),
    };
    let account = scene.home().account.to_string();
    let mut context = Context::open().with("aws:SecureTransport", ["true"]);
    if let Principal::Ses { .. } = grant.principal {
        for key in NOT_OF_A_SERVICE {
            context = context.without(key);
        }
        if grant.at.kind == AddressKind::BucketPolicy {
            for key in NO_HEADERS {
                context = context.without(key);
            }
        }
        context = context.with("aws:SourceAccount", [account.clone()]).with("aws:SourceArn", [grant.rule.to_string()]);
        if grant.at.kind == AddressKind::TopicPolicy {
            context = context.with("aws:SourceOwner", [account]);
        }
    }
    let key = resource.parse::<Arn>().ok().filter(|arn| arn.service() == "kms").map(|_| scene.key(&resource));
    if let Some(aliases) = key.and_then(|key| aliases_of(scene, &key)) {
        context = context.with("kms:ResourceAliases", aliases);
    }
    let request = |action: &&str| Request {
        caller: caller.clone(),
        action: action.replace('*', ""),
        resource: resource.clone(),
        context: context.clone(),
    };
    grant.actions.iter().map(request).collect()
}

/// The alias by which a role's statement names a key (`role_keys: alias`).
fn alias(grant: &Grant) -> Option<&str> {
    let mut keys = grant.conditions.values().flatten().filter(|(key, _)| key.as_str() == "kms:ResourceAliases");
    keys.next().and_then(|(_, values)| values.first()).map(String::as_str)
}
