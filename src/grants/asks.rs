//! The requests that a grant is for, as SES makes them: what the evaluator is asked when it must be known whether a grant is there.

use std::borrow::Cow;

use super::{
    Grant, Principal, Purpose, deliver_to_q_business, encrypt_messages, read_ingress_secret, read_relay_secret, use_bucket_key,
    use_topic_key, write_to_s3,
};
use crate::core::address::AddressKind;
use crate::core::ids::Arn;
use crate::core::scene::{KeyRef, Scene};
use crate::kinds::bucket::Bucket;
use crate::kinds::key::aliases_of;
use crate::kinds::receipt_rule_set::rule_of;
use crate::kinds::secret;
use crate::policy::{Caller, Context, Request};

/// The object that SES writes when a rule is saved (facts §1.4).
pub(super) const SETUP_OBJECT: &str = "AMAZON_SES_SETUP_NOTIFICATION";

/// Whatever id SES gives a message.
const ANY_MESSAGE: &str = "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1";

/// SES is in no VPC of ours, and comes through no endpoint of one.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce>
pub(crate) static NO_ENDPOINT: [&str; 7] =
    ["aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpcSourceIp", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];

/// Headers that SES does not send with an object (assumed: it writes what the bucket's defaults make of it).
static NO_HEADERS: [&str; 15] = [
    "s3:x-amz-acl",
    "s3:x-amz-copy-source",
    "s3:x-amz-grant-full-control",
    "s3:x-amz-grant-read",
    "s3:x-amz-grant-read-acp",
    "s3:x-amz-grant-write",
    "s3:x-amz-grant-write-acp",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-object-ownership",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-website-redirect-location",
    "s3:object-lock-mode",
    "s3:object-lock-legal-hold",
];

/// One request for each action. Of the context only what SES is known to send is said; everything else is unknown, not absent.
#[must_use]
pub fn asks(scene: &Scene<'_>, grant: &Grant) -> Vec<Request> {
    // What an identity does for itself SES does not ask for.
    let Some(source_arn) = scene.source_arn(&grant.origin) else { return Vec::new() };
    // A role of another account has a path that nobody here knows.
    let is_here = grant.at.account == scene.home().account;
    let role_arn = || scene.role(grant.at.name.as_str()).filter(|_| is_here).map(|role| role.arn);
    let caller = match &grant.principal {
        Principal::Ses { .. } => Caller::Service("ses.amazonaws.com".to_owned()),
        Principal::Aws(arn) => Caller::Identity(arn.clone()),
        Principal::Identity => match role_arn() {
            Some(arn) => Caller::Identity(arn),
            None => return Vec::new(),
        },
    };
    let resources = match grant.at.kind {
        AddressKind::KeyPolicy => vec![scene.key(&grant.at.name).arn_text(scene.home())],
        AddressKind::SecretPolicy => vec![secret::arn_text(scene, &grant.at.with_kind(AddressKind::Secret))],
        AddressKind::RoleTrust => role_arn().map(|arn| arn.to_string()).into_iter().collect(),
        // A key named by its alias is any key of the account that carries it: the request is for the one that does.
        _ if alias(grant).is_some() => {
            let key = alias(grant).map(|alias| scene.key(alias)).filter(|key| !matches!(key, KeyRef::Pending { .. }));
            key.into_iter().map(|key| key.arn_text(scene.home())).collect()
        }
        _ => grant.resources.iter().map(|resource| one_of(resource)).collect(),
    };
    let caller_context = about_caller(scene, grant, &source_arn);
    let of_resource = |resource| requests(scene, grant, &caller, resource, caller_context.clone());
    resources.into_iter().flat_map(of_resource).collect()
}

/// Something that a pattern stands for.
fn one_of(resource: &str) -> String {
    resource.strip_suffix('*').map_or_else(|| resource.to_owned(), |prefix| format!("{prefix}{SETUP_OBJECT}"))
}

fn requests(scene: &Scene<'_>, grant: &Grant, caller: &Caller, resource: String, context: Context) -> Vec<Request> {
    let mut context = about_resource(scene, &resource, context);
    let key = resource.parse::<Arn>().ok().filter(|arn| arn.service() == "kms").map(|_| scene.key(&resource));
    if let Some(aliases) = key.and_then(|key| aliases_of(scene, &key)) {
        context = context.with("kms:ResourceAliases", aliases);
    }
    let request = |action: &Cow<'static, str>| Request {
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

/// What follows from who asks, and how.
fn about_caller(scene: &Scene<'_>, grant: &Grant, source_arn: &str) -> Context {
    let mut context = Context::open().with("aws:SecureTransport", ["true"]).without_all(&NO_ENDPOINT);
    // The keys of buckets, topics and secrets are used by their services, in the name of SES or of the role.
    let is_direct = !USED_BY_OTHERS.contains(&grant.purpose);
    // What the page makes a condition of, the request holds: through which service, from which address.
    for (key, values) in grant.conditions.get("StringEquals").into_iter().flatten() {
        context = context.with(key, values.iter().map(String::as_str));
    }
    context = match (is_direct, &grant.principal) {
        (false, _) => VIA.iter().fold(context, |context, key| context.with_unknown(key)),
        (true, Principal::Ses { .. }) => context,
        (true, Principal::Aws(_) | Principal::Identity) => context.without_all(&VIA).with("aws:ViaAWSService", ["false"]),
    };
    let account = scene.home().account.as_str();
    if *grant.purpose == encrypt_messages::PURPOSE {
        context = about_message(scene, grant, context);
    }
    match grant.principal {
        // Where AWS documents no source condition it is not known whether one would hold.
        Principal::Ses { guarded: true } => {
            context = context.with("aws:SourceAccount", [account]).with("aws:SourceArn", [source_arn]);
            if grant.at.kind == AddressKind::TopicPolicy { context.with("aws:SourceOwner", [account]) } else { context }
        }
        Principal::Ses { guarded: false } => context,
        // A service that takes a role shows no second factor; whether that is said of a session or left out is not documented.
        Principal::Aws(_) | Principal::Identity => {
            context.with_one_of("aws:MultiFactorAuthPresent", &[Some("false"), None]).without("aws:MultiFactorAuthAge")
        }
    }
}

/// The encryption context of a message that SES encrypts: AWS no longer documents it, and CDK's key statements rest on it (facts, P001-4).
fn about_message(scene: &Scene<'_>, grant: &Grant, context: Context) -> Context {
    let rule = grant.origin.rule().and_then(|arn| rule_of(scene.home(), arn)).map(|(_, rule)| rule);
    let said = |name: &str| format!("kms:EncryptionContext:aws:ses:{name}");
    let context = context.with(&said("source-account"), [scene.home().account.as_str()]).with(&said("message-id"), [ANY_MESSAGE]);
    context.with(&said("rule-name"), rule)
}

/// What is done by another service, in the name of SES or of the role.
static USED_BY_OTHERS: [&Purpose; 6] = [
    &use_bucket_key::PURPOSE,
    &use_topic_key::PURPOSE,
    &write_to_s3::ENCRYPT,
    &read_ingress_secret::DECRYPT,
    &read_relay_secret::DECRYPT,
    &deliver_to_q_business::ENCRYPT,
];

/// Keys that tell of a service which acts with somebody else's credentials.
static VIA: [&str; 4] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:ViaAWSService"];

/// What follows from what is asked for.
fn about_resource(scene: &Scene<'_>, resource: &str, mut context: Context) -> Context {
    let Ok(arn) = resource.parse::<Arn>() else { return context };
    if arn.service() != "s3" {
        let regional = if arn.region().is_empty() { context } else { context.with("aws:RequestedRegion", [arn.region()]) };
        return if arn.account().is_empty() { regional } else { regional.with("aws:ResourceAccount", [arn.account()]) };
    }
    let bucket = scene.bucket(arn.resource().split('/').next().unwrap_or_default());
    context = context.without_all(&NO_HEADERS);
    if let Some(found) = scene.live.get::<Bucket>(&bucket).present() {
        context = context.with("aws:RequestedRegion", [found.region.as_str()]);
    }
    let account = bucket.account.as_str();
    // "TLS 1.2 to become the minimum TLS protocol level for all AWS API endpoints"
    // (https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/): it is that or the next.
    let context = context.with_one_of("s3:TlsVersion", &[Some("1.2"), Some("1.3")]);
    context.with("aws:ResourceAccount", [account]).with("s3:ResourceAccount", [account])
}
