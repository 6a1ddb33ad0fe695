//! Each statement is tried: could SES use it in the name of somebody else's account? What holds against that is a guard, whichever way it
//! is written.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>

use std::collections::BTreeSet;

use crate::core::address::{Address, AddressKind, Home};
use crate::policy::{self, Caller, Context, Decision, Document, How, Request, Statement, Verdict};

/// The service.
pub const SES: &str = "ses.amazonaws.com";
/// An account that is nobody's here.
const STRANGER: &str = "999999999999";
/// The key that CDK guards key statements with (facts §3, P001-4).
const IN_ENCRYPTION_CONTEXT: &str = "kms:EncryptionContext:aws:ses:source-account";

/// Keys that say for whom SES acts, in lower case.
pub const SOURCE_KEYS: [&str; 6] =
    ["aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:referer", "aws:sourceorgid", "aws:sourceorgpaths"];

/// What SES does at a container, for statements that let everybody do it.
#[must_use]
pub fn actions_at(kind: AddressKind) -> &'static [&'static str] {
    match kind {
        AddressKind::BucketPolicy => &["s3:PutObject"],
        AddressKind::KeyPolicy => &["kms:GenerateDataKey", "kms:Decrypt"],
        AddressKind::TopicPolicy => &["sns:Publish"],
        AddressKind::FunctionPolicy => &["lambda:InvokeFunction"],
        AddressKind::SecretPolicy => &["secretsmanager:GetSecretValue"],
        AddressKind::RoleTrust => &["sts:AssumeRole"],
        _ => &[],
    }
}

/// Whether SES may use the statement at all: alone, in some request.
#[must_use]
pub fn lets_ses_in(statement: &Statement, at: &Address, home: &Home) -> bool {
    let requests = samples(statement, at, home).into_iter().map(|(action, resource)| request(action, resource, Context::open()));
    requests.into_iter().any(|request| may(&alone(statement, &request)))
}

/// Whether SES may assume a role, by its whole trust policy.
#[must_use]
pub fn may_be_assumed(trust: &Document, role_arn: &str) -> bool {
    let asked = request("sts:AssumeRole".to_owned(), role_arn.to_owned(), Context::open());
    may(&policy::evaluate(&[("", trust)], &asked))
}

/// What comes of it when SES acts for a stranger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hole {
    /// It is let in.
    Open,
    /// Whether it is let in hangs on these keys, none of which says for whom SES acts.
    HangsOn(BTreeSet<String>),
}

/// Tries the statement as a stranger would, who may call his rules as he likes. A Deny beside it may keep him out.
#[must_use]
pub fn hole(statement: &Statement, at: &Address, home: &Home, document: &Document) -> Option<Hole> {
    let mut hangs = None;
    for (action, resource) in samples(statement, at, home) {
        for arn in strangers_arns(statement, home) {
            let context = Context::open()
                .with("aws:SourceArn", [arn])
                .with("aws:SourceAccount", [STRANGER])
                .with("aws:SourceOwner", [STRANGER])
                .with("aws:Referer", [STRANGER])
                .with("aws:SourceOrgID", ["o-stranger"])
                .with("aws:SourceOrgPaths", ["o-stranger/r-stranger/"])
                .with(IN_ENCRYPTION_CONTEXT, [STRANGER]);
            let request = request(action.clone(), resource.clone(), context);
            let verdict = alone(statement, &request);
            match verdict.decision {
                _ if policy::evaluate(&[("", document)], &request).decision == Decision::ExplicitDeny => {}
                Decision::Allowed => return Some(Hole::Open),
                Decision::Depends => hangs = Some(Hole::HangsOn(verdict.on)),
                Decision::ExplicitDeny | Decision::ImplicitDeny => {}
            }
        }
    }
    hangs
}

/// ARNs that a stranger's rules may have: one of his own making, and each that the statement asks for with his account in its place.
fn strangers_arns(statement: &Statement, home: &Home) -> Vec<String> {
    let own = format!("arn:{}:ses:{}:{STRANGER}:receipt-rule-set/s:receipt-rule/r", home.partition(), home.region);
    let mut arns = vec![own];
    for asked in statement.source_arns() {
        let parts: Vec<&str> = asked.splitn(6, ':').collect();
        if let [arn, partition, service, region, _, resource] = parts[..] {
            let region = if region.contains(['*', '?']) { home.region.as_str() } else { region };
            arns.push(format!("{arn}:{partition}:{service}:{region}:{STRANGER}:{}", filled(resource)));
        }
    }
    arns
}

/// Actions and resources to try: what SES does there where the statement covers it, else what the statement itself names.
fn samples(statement: &Statement, at: &Address, home: &Home) -> Vec<(String, String)> {
    let resource = match (statement.resources(), at.kind) {
        (_, AddressKind::RoleTrust) => format!("arn:{}:iam::{}:role/{}", home.partition(), at.account, at.name),
        (Some(resources), _) => resources.iter().next().map(|first| filled(first)).unwrap_or_default(),
        (None, _) => "arn:aws:s3:::x/x".to_owned(),
    };
    let named = statement.actions().into_iter().flatten().map(|action| filled(action));
    let usual = actions_at(at.kind).iter().map(|action| (*action).to_owned());
    // Everybody is let in to SES's own doings or is not our matter; SES itself to whatever it is named for.
    let everybody = statement.has_not_principal() || statement.principals().any(|(kind, name)| kind == "AWS" && name == "*");
    let actions: Vec<String> = if everybody { usual.collect() } else { usual.chain(named).collect() };
    actions.into_iter().map(|action| (action, resource.clone())).collect()
}

/// A text that a pattern covers.
fn filled(pattern: &str) -> String {
    pattern.replace(['*', '?'], "x")
}

/// SES asks in its own name, over TLS; through no VPC, and shows no external id. The account that
/// KMS takes for the caller's is no customer's (assumed).
fn request(action: String, resource: String, context: Context) -> Request {
    let context = context.with("aws:SecureTransport", ["true"]).with("kms:CallerAccount", [STRANGER]).without("sts:ExternalId");
    let context = context.without_all(&crate::grants::asks::NO_ENDPOINT);
    Request { caller: Caller::Service(SES.to_owned()), action, resource, context }
}

fn alone(statement: &Statement, request: &Request) -> Verdict {
    let document = Document::alone(statement);
    policy::evaluate(&[("", &document)], request)
}

fn may(verdict: &Verdict) -> bool {
    matches!(verdict.decision, Decision::Allowed | Decision::Depends)
}

/// The source keys that a statement asks for, in a way that shuts something out.
#[must_use]
pub fn asked_for(statement: &Statement) -> BTreeSet<&'static str> {
    let positive = statement.conditions().filter(|asked| matches!(asked.how, How::Exact | How::Pattern));
    let keys: BTreeSet<&str> = positive.map(|asked| asked.key).collect();
    SOURCE_KEYS.into_iter().filter(|key| keys.contains(key)).collect()
}

/// The accounts that a statement asks for, in whichever key.
#[must_use]
pub fn accounts(statement: &Statement) -> BTreeSet<String> {
    let mut accounts = BTreeSet::new();
    for asked in statement.conditions().filter(|asked| matches!(asked.how, How::Exact | How::Pattern)) {
        match asked.key {
            "aws:sourceaccount" | "aws:sourceowner" | "aws:referer" => accounts.extend(asked.values.iter().cloned()),
            "aws:sourcearn" => accounts.extend(asked.values.iter().filter_map(|arn| arn.split(':').nth(4)).map(str::to_owned)),
            _ => {}
        }
    }
    accounts.retain(|account| !account.is_empty() && !account.contains(['*', '?', '$']));
    accounts
}
