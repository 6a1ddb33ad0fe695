//! What AWS refused, in words for whoever must put it right: who called what, where, what is missing, and the statement that would give it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::text::{BOLD, CYAN, DIM, RED, clean, paint};
use crate::core::address::{Address, AddressKind, Home};
use crate::core::fault::{Cause, Fault, Policy};
use crate::core::ids::AccountId;
use crate::core::problem;

/// One call that was refused.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What it was about.
    pub at: Address,
    /// What AWS said.
    pub fault: Fault,
    /// The plan lines that led to it.
    pub because: Vec<problem::Cause>,
}

/// Calls that were refused for one reason.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The reason.
    pub cause: Cause,
    /// Who called, as far as it is known.
    pub caller: Option<String>,
    /// In which account.
    pub account: AccountId,
    /// The permissions that are missing, or the calls.
    pub actions: BTreeSet<String>,
    /// What the calls were about, as people read it.
    pub objects: BTreeSet<String>,
    /// The plan lines.
    pub because: BTreeSet<problem::Cause>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The policy that would give what is missing.
    pub policy: Option<Value>,
}

/// Puts together what was refused for one reason. `allowing` knows the policy that allows some calls.
#[must_use]
pub fn explain(refused: &[Refused], home: &Home, caller: Option<&str>, allowing: impl Fn(&[&Refused]) -> Option<Value>) -> Vec<Explained> {
    let mut groups: BTreeMap<(Cause, Option<String>, AccountId), Vec<&Refused>> = BTreeMap::new();
    for one in refused {
        let Some(cause) = one.fault.cause() else { continue };
        // In another account calls whoever was assumed there; only AWS says who that is.
        let here = caller.filter(|_| one.at.account == home.account);
        let who = one.fault.caller().or(here).map(str::to_owned);
        groups.entry((cause, who, one.at.account.clone())).or_default().push(one);
    }
    let explained = |((cause, caller, account), group): ((Cause, Option<String>, AccountId), Vec<&Refused>)| {
        let called = |one: &&Refused| one.fault.action().unwrap_or(&one.fault.call).to_owned();
        let actions: BTreeSet<String> = group.iter().map(called).collect();
        let objects: BTreeSet<String> = group.iter().map(|one| one.at.seen_from(home)).collect();
        let helps = matches!(cause, Cause::NotAllowed(_) | Cause::AccessDenied);
        let policy = allowing(&group).filter(|_| helps);
        let words =
            Words { cause: &cause, who: caller.as_deref(), account: &account, home, actions: &actions, first: group.first().copied() };
        let (message, help) = (words.message(), words.help(policy.is_some()));
        let because = group.iter().flat_map(|one| one.because.iter().cloned()).collect();
        Explained { cause, caller, account, actions, objects, because, message, help, policy }
    };
    groups.into_iter().map(explained).collect()
}

/// One call that is about nothing but who calls: what is wrong, and what to do.
#[must_use]
pub fn alone(fault: Fault, home: &Home) -> Option<String> {
    let refused = Refused { at: home.at(AddressKind::Roles, "all"), fault, because: Vec::new() };
    let explained = explain(&[refused], home, None, |_| None);
    explained.into_iter().next().map(|one| format!("{}: {}", one.message, one.help))
}

/// What a sentence is made of.
struct Words<'a> {
    cause: &'a Cause,
    who: Option<&'a str>,
    account: &'a AccountId,
    home: &'a Home,
    actions: &'a BTreeSet<String>,
    first: Option<&'a Refused>,
}

impl Words<'_> {
    fn message(&self) -> String {
        let (who, account, region) = (self.who.unwrap_or("the caller"), self.account, &self.home.region);
        let actions = some(self.actions);
        let may_not = format!("{who} may not {actions} in account {account}");
        match self.cause {
            Cause::Denied(by) => format!("{may_not}: {} denies it, and no Allow helps against that", article(*by)),
            Cause::NotAllowed(None) => format!("{may_not}: no policy allows it"),
            Cause::NotAllowed(Some(Policy::Identity)) => format!("{may_not}: none of its own policies allows it"),
            Cause::NotAllowed(Some(by)) => format!("{may_not}: {} would have to allow it, and does not", article(Some(*by))),
            Cause::AccessDenied => format!("{may_not}: AWS does not say which policy decides, or whether one denies it"),
            Cause::Expired => format!("the credentials of {who} have expired"),
            Cause::NoCredentials => "there are no credentials to call AWS with, or they could not be had".to_owned(),
            Cause::UnknownKey => "AWS does not know the access key".to_owned(),
            Cause::WrongSecret => "the secret key is not the one that belongs to the access key".to_owned(),
            Cause::Clock => "the clock of this machine differs from AWS's by more than a signature may be old".to_owned(),
            Cause::Region => {
                format!("{actions} is not to be had in {region}: the service is not there, or the account has not turned the region on")
            }
            Cause::Throttled => format!("AWS answers {actions} more slowly than it was asked, after all retries"),
            Cause::NoName => format!(
                "the endpoint of {} in {region} has no address: there is no name service, or no such endpoint",
                services(self.actions)
            ),
            Cause::NoConnection => format!("no connection to {} in {region} came about, or it was cut", services(self.actions)),
            Cause::TooSlow => format!("{} in {region} did not answer in time", services(self.actions)),
            Cause::Certificate => {
                format!("the certificate of {} in {region} is signed by nobody whom this machine trusts", services(self.actions))
            }
        }
    }

    fn help(&self, policy: bool) -> String {
        let principal = self.who.map_or_else(|| "the caller".to_owned(), principal);
        let resource = self.first.and_then(|one| one.fault.resource()).unwrap_or("what it is about");
        let whole = "`postroom permissions PLAN` prints all that the plan needs";
        match self.cause {
            Cause::NotAllowed(None) if self.actions.iter().any(|action| action == "sts:AssumeRole") => {
                format!("give {principal} this policy, and let the trust policy of {resource} name {principal} (with the `external_id`, if it asks for one)")
            }
            Cause::NotAllowed(None | Some(Policy::Identity)) | Cause::AccessDenied if policy => {
                format!("give {principal} this policy; {whole}")
            }
            Cause::NotAllowed(None | Some(Policy::Identity)) | Cause::AccessDenied => format!("give {principal} the permission; {whole}"),
            Cause::NotAllowed(Some(Policy::Boundary)) => format!("the permissions boundary of {principal} must allow it, too"),
            Cause::NotAllowed(Some(Policy::Session)) => {
                format!("whoever assumes {principal} gives it a session policy, which must allow it, too")
            }
            Cause::NotAllowed(Some(Policy::Resource)) => {
                format!("the policy of {resource} must name {}: across accounts both sides must allow", self.who.unwrap_or("the caller"))
            }
            Cause::NotAllowed(Some(Policy::Trust)) => format!("the trust policy of {resource} must name {}", self.who.unwrap_or("the caller")),
            Cause::NotAllowed(Some(Policy::Endpoint)) | Cause::Denied(Some(Policy::Endpoint)) => {
                "the policy of the VPC endpoint in this network must let it through".to_owned()
            }
            Cause::NotAllowed(Some(Policy::ServiceControl | Policy::ResourceControl))
            | Cause::Denied(Some(Policy::ServiceControl | Policy::ResourceControl)) => {
                "nothing in the account helps: who administers the organization must except it".to_owned()
            }
            Cause::Denied(_) => format!("find the statement with Effect Deny that meets {principal}, and have its owner except it"),
            Cause::Expired => "get new ones: `aws sso login`, or run the step of the pipeline again that gets them".to_owned(),
            Cause::NoCredentials => {
                "set credentials as for every AWS tool (AWS_PROFILE, AWS_ACCESS_KEY_ID, a role of the machine), or --profile".to_owned()
            }
            Cause::UnknownKey => {
                "it was deleted or turned off, is of another partition, its AWS_SESSION_TOKEN is missing, or the account has not turned the region on; `aws sts get-caller-identity` tries it".to_owned()
            }
            Cause::WrongSecret => "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY together, without blanks at their ends".to_owned(),
            Cause::Clock => "set the clock (NTP), and run it again".to_owned(),
            Cause::Region => "see `region:` of the plan and --region; a region that is off is turned on in the account's settings".to_owned(),
            Cause::Throttled => "run it again later; lower --parallel, or --ses-rate where it is SES: others use the same quota".to_owned(),
            Cause::NoName => "see the network, HTTPS_PROXY, --endpoint-url, and whether `region:` is a region".to_owned(),
            Cause::NoConnection => "see the network, HTTPS_PROXY and --endpoint-url".to_owned(),
            Cause::TooSlow => "see the network; --timeout gives more time".to_owned(),
            Cause::Certificate => "behind a proxy that opens TLS, name its certificates in AWS_CA_BUNDLE".to_owned(),
        }
    }
}

fn article(policy: Option<Policy>) -> String {
    match policy.map(Policy::name) {
        Some(name) if name.starts_with('i') => format!("an {name}"),
        Some(name) => format!("a {name}"),
        None => "a policy".to_owned(),
    }
}

/// The first few.
fn some(words: &BTreeSet<String>) -> String {
    const SHOWN: usize = 4;
    let shown: Vec<&str> = words.iter().take(SHOWN).map(String::as_str).collect();
    let more = words.len().saturating_sub(SHOWN);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

fn services(actions: &BTreeSet<String>) -> String {
    let services: BTreeSet<String> = actions.iter().filter_map(|action| action.split(':').next()).map(str::to_owned).collect();
    some(&services)
}

/// Whom a policy is attached to.
fn principal(arn: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    let mut parts = resource.split('/');
    match (parts.next(), parts.next()) {
        (Some("assumed-role"), Some(role)) => format!("role `{role}`"),
        (Some("user"), Some(_)) => format!("user `{}`", resource.rsplit('/').next().unwrap_or_default()),
        (Some("role"), Some(_)) => format!("role `{}`", resource.rsplit('/').next().unwrap_or_default()),
        _ => format!("`{arn}`"),
    }
}

/// For people.
#[must_use]
pub fn text(all: &[Explained]) -> String {
    let mut text = String::new();
    for one in all {
        let _ = writeln!(text, "\n{} {}", paint(RED, "why"), paint(BOLD, clean(&one.message)));
        let _ = writeln!(text, "    {}", paint(DIM, format!("about {}", clean(&some(&one.objects)))));
        for problem::Cause { file, line, column, path } in one.because.iter().take(3) {
            let _ = writeln!(text, "    {}", paint(DIM, format!("because {}:{line}:{column} {}", clean(file), clean(path))));
        }
        let _ = writeln!(text, "    {} {}", paint(CYAN, "help"), clean(&one.help));
        for line in one.policy.iter().map(super::json::text) {
            text += &line.lines().map(|line| format!("      {line}\n")).collect::<String>();
        }
    }
    text
}

/// For programs.
#[must_use]
pub fn json(all: &[Explained]) -> Value {
    let one = |it: &Explained| {
        let (cause, by) = word(&it.cause);
        json!({
            "cause": cause,
            "by": by.map(Policy::name),
            "caller": it.caller,
            "account": it.account,
            "actions": it.actions,
            "objects": it.objects,
            "because": it.because,
            "message": it.message,
            "help": it.help,
            "policy": it.policy,
        })
    };
    all.iter().map(one).collect()
}

/// All words of `cause`.
pub(super) const WORDS: [&str; 14] = [
    "denied",
    "not-allowed",
    "access-denied",
    "expired",
    "no-credentials",
    "unknown-key",
    "wrong-secret",
    "clock",
    "region",
    "throttled",
    "no-name",
    "no-connection",
    "too-slow",
    "certificate",
];

fn word(cause: &Cause) -> (&'static str, Option<Policy>) {
    match cause {
        Cause::Denied(by) => ("denied", *by),
        Cause::NotAllowed(by) => ("not-allowed", *by),
        Cause::AccessDenied => ("access-denied", None),
        Cause::Expired => ("expired", None),
        Cause::NoCredentials => ("no-credentials", None),
        Cause::UnknownKey => ("unknown-key", None),
        Cause::WrongSecret => ("wrong-secret", None),
        Cause::Clock => ("clock", None),
        Cause::Region => ("region", None),
        Cause::Throttled => ("throttled", None),
        Cause::NoName => ("no-name", None),
        Cause::NoConnection => ("no-connection", None),
        Cause::TooSlow => ("too-slow", None),
        Cause::Certificate => ("certificate", None),
    }
}
