//! What IAM can be told of the thing that an address names.

use super::assumed::is_made;
use super::calls::On;
use crate::core::address::{Address, AddressKind};
use crate::core::scene::Scene;
use crate::kinds::mail_manager;
use crate::plan::language::Stance;
use crate::policy::Conditions;

/// The resources, each with what binds it further.
pub(super) fn of(scene: &Scene<'_>, at: &Address, on: On) -> Vec<(String, Conditions)> {
    match on {
        On::Everything => vec![plain("*".to_owned())],
        On::Alias => vec![plain(arn(scene, at, "kms", &at.name))],
        On::Thing => thing(scene, at),
        On::Locks => {
            let prefix = scene.plan.lock.as_ref().map_or("", |lock| lock.value.prefix.as_str());
            vec![plain(scene.s3_arn(&format!("{}/{prefix}*", at.name)))]
        }
    }
}

fn plain(resource: String) -> (String, Conditions) {
    (resource, Conditions::new())
}

fn arn(scene: &Scene<'_>, at: &Address, service: &str, resource: &str) -> String {
    let region = at.region.as_ref().map_or("", |region| region.as_str());
    format!("arn:{}:{service}:{region}:{}:{resource}", scene.home().partition(), at.account)
}

fn thing(scene: &Scene<'_>, at: &Address) -> Vec<(String, Conditions)> {
    use AddressKind::{
        AddressListMembers, AttachedPolicies, Bucket, BucketAcl, BucketEncryption, BucketObjectLock, BucketPolicy, BucketTags, Function,
        FunctionAliases, FunctionPolicy, GroupPolicies, GroupPolicy, Key, KeyPolicy, ManagedPolicy, Role, RolePolicies, RolePolicy,
        RoleTrust, Secret, SecretPolicy, Topic, TopicPolicy, UserPolicies, UserPolicy,
    };
    let name = at.name.split('/').next().unwrap_or_default();
    match at.kind {
        Bucket | BucketAcl | BucketPolicy | BucketEncryption | BucketObjectLock | BucketTags => vec![plain(scene.s3_arn(&at.name))],
        Key | KeyPolicy => vec![key(scene, at)],
        Topic | TopicPolicy => vec![plain(arn(scene, at, "sns", &at.name))],
        Function | FunctionAliases | FunctionPolicy => {
            // With a qualifier IAM is asked about the one or about the other.
            // <https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>
            let bare = at.name.split(':').next().unwrap_or_default();
            let mut both = vec![plain(arn(scene, at, "lambda", &format!("function:{bare}")))];
            if bare != at.name {
                both.push(plain(arn(scene, at, "lambda", &format!("function:{}", at.name))));
            }
            both
        }
        Secret | SecretPolicy if name == "*" => vec![plain(arn(scene, at, "secretsmanager", "secret:*"))],
        // "the six random characters": <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
        Secret | SecretPolicy => vec![plain(arn(scene, at, "secretsmanager", &format!("secret:{}-??????", at.name)))],
        Role | RoleTrust | RolePolicy | RolePolicies | AttachedPolicies => role(scene, at, name),
        UserPolicy | UserPolicies => anywhere(scene, at, "user", name),
        GroupPolicy | GroupPolicies => anywhere(scene, at, "group", name),
        ManagedPolicy => vec![plain(at.name.clone())],
        AddressListMembers => vec![plain(mail_manager::arn_of_any(scene.home(), AddressKind::AddressList))],
        kind if mail_manager::is_resource(kind) => vec![plain(mail_manager::arn_of_any(scene.home(), kind))],
        _ => vec![plain("*".to_owned())],
    }
}

/// The id of a key that is named by its alias is not known here. What carries the alias is that key; of one that is about to be made KMS may not
/// know that for minutes, so it is any.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html>
fn key(scene: &Scene<'_>, at: &Address) -> (String, Conditions) {
    if at.name == "*" {
        // Whatever a bucket encrypts with is in the bucket's region, and a role may write into any.
        return plain(format!("arn:{}:kms:*:{}:key/*", scene.home().partition(), at.account));
    }
    if !at.name.starts_with("alias/") {
        return plain(arn(scene, at, "kms", &format!("key/{}", at.name)));
    }
    let any = arn(scene, at, "kms", "key/*");
    if is_made(scene.plan, &at.with_kind(AddressKind::Key)) && at.account == scene.home().account {
        return plain(any);
    }
    let carries = [("kms:ResourceAliases".to_owned(), [at.name.clone()].into())].into();
    (any, [("ForAnyValue:StringEquals".to_owned(), carries)].into())
}

/// A role that the plan makes has the path that the plan says; anybody else's may have one.
fn role(scene: &Scene<'_>, at: &Address, name: &str) -> Vec<(String, Conditions)> {
    let ours = scene.role_entry(name).filter(|entry| entry.stance != Stance::Existing && at.account == scene.home().account);
    match ours {
        Some(entry) => vec![plain(arn(scene, at, "iam", &format!("role{}{name}", entry.path)))],
        None => anywhere(scene, at, "role", name),
    }
}

fn anywhere(scene: &Scene<'_>, at: &Address, what: &str, name: &str) -> Vec<(String, Conditions)> {
    if name == "*" {
        return vec![plain(arn(scene, at, "iam", &format!("{what}/*")))];
    }
    [format!("{what}/{name}"), format!("{what}/*/{name}")].map(|resource| plain(arn(scene, at, "iam", &resource))).into()
}
