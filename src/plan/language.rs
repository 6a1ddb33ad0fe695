//! The plan as values: what `load` gives and everything after it reads. Short forms are written out, variables replaced, defaults
//! filled in; names are still names (what they stand for is `compile`'s to say).
//!
//! The words are those of the plan language; `postroom schema plan` is made from these types.

pub mod create;
pub mod identities;
pub mod mail_manager;
pub mod routes;
mod targets;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use targets::Target;

use super::choices::choices;
use crate::core::ids::{AccountId, Arn, Malformed, PlanName, Region, RuleName};
use crate::core::problem::{Cause, Lines, Place, Source};

/// A value and the words of the plan that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub spot: Spot,
}

/// Where something stands in the plan's text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spot {
    /// First byte of the words.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// As `receipt.rule_sets.primary.rules[0].actions[1].s3`.
    pub path: String,
}

/// A mapping of the plan in the order it is written: each name with its place.
pub type Entries<T> = Vec<(Placed<String>, T)>;

/// A whole plan, for one account and region.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The text it came from.
    pub source: Arc<Source>,
    /// Where its lines begin.
    pub lines: Arc<Lines>,
    /// The owner.
    pub name: PlanName,
    /// Guard: any other account is refused. That of the target, where it has one.
    pub account: Option<Placed<AccountId>>,
    /// The SES region, when the plan or the target says it.
    pub region: Option<Placed<Region>>,
    /// How to reach other accounts.
    pub accounts: Accounts,
    /// Defaults.
    pub defaults: Defaults,
    /// What may be deleted or replaced without `--force`.
    pub safety: Safety,
    /// Where runs that share a document wait for each other.
    pub lock: Option<Placed<LockPlace>>,
    /// Receipt rules and filters.
    pub receipt: Receipt,
    /// Mail Manager.
    pub mail_manager: mail_manager::MailManager,
    /// Roles that actions use.
    pub roles: Vec<(Placed<String>, Role)>,
    /// Who may send.
    pub senders: Vec<identities::Sender>,
    /// Who may administer, search, read and export archives.
    pub archive_users: Vec<identities::ArchiveUser>,
    /// What is made when it is missing.
    pub create: create::Create,
    /// Exceptions to what is derived, by container address as written (`bucket-policy/acme-mail`).
    pub grants: Vec<(Placed<String>, GrantException)>,
    /// Earlier names of this plan.
    pub was: Vec<Placed<PlanName>>,
    /// Addresses that the plan once named, as written.
    pub retired: Vec<Placed<String>>,
    /// Finding code → why it is fine.
    pub accept: BTreeMap<String, String>,
    /// Messages, and where they must end up: run offline, a failure blocks `apply`.
    pub tests: Vec<routes::RouteTest>,
    /// The target that this is the plan for; none where the plan has no targets.
    pub target: Option<String>,
    /// What stood in the files that it names, by their paths. Those that hold values of secrets are not among them: `apply` alone reads these.
    pub files: BTreeMap<String, String>,
}

impl Plan {
    /// The cause that the words at `spot` are.
    #[must_use]
    pub fn cause(&self, spot: &Spot) -> Cause {
        let (line, column) = self.lines.line_column(&self.source.text, spot.start);
        Cause { file: self.source.name.clone(), line, column, path: spot.path.clone() }
    }

    /// The words at `spot`.
    #[must_use]
    pub fn place(&self, spot: &Spot) -> Place {
        Place { source: Arc::clone(&self.source), start: spot.start, end: spot.end }
    }
}

/// `accounts:`
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// For every account without an entry of its own.
    pub default: Option<Access>,
    /// By account.
    pub by_id: BTreeMap<AccountId, Access>,
}

/// How one other account is reached, and whether it is ours to write.
#[derive(Debug, Clone)]
pub struct Access {
    /// How to get credentials there.
    pub via: Via,
    /// `external_id` for the role.
    pub external_id: Option<String>,
    /// Buckets that this account owns: the account of a bucket is in no ARN.
    pub owns: Vec<Placed<String>>,
    /// `false`: never written.
    pub manage: bool,
    /// Where the entry stands.
    pub spot: Spot,
}

/// How to get credentials in another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Nothing said: the caller's own credentials are used.
    Caller,
    /// A role of this name (path allowed) in that account.
    Role(String),
    /// A role by its ARN.
    RoleArn(Arn),
    /// A profile of the AWS configuration files.
    Profile(String),
}

/// `defaults:`
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Which condition guards against a confused deputy.
    pub confused_deputy: ConfusedDeputy,
    /// Whether somebody else's equal statement satisfies a need.
    pub foreign_grants: ForeignGrants,
    /// What happens to live receipt rules that no plan line names.
    pub other_rules: OtherRules,
    /// Mail Manager: replace the id wildcard once the id is known.
    pub tighten: bool,
    /// What s3 statements cover.
    pub scope: Scope,
    /// How a role's KMS statement names the key.
    pub role_keys: RoleKeys,
    /// On everything this plan makes that AWS can tag.
    pub tags: BTreeMap<String, String>,
}

choices! {
    /// `defaults.confused_deputy`
    pub ConfusedDeputy {
        /// `aws:SourceAccount` and `aws:SourceArn`.
        SourceArn = "source_arn",
        /// `aws:SourceAccount` alone.
        SourceAccount = "source_account",
        /// `AWS:SourceOwner` on topics, else `aws:SourceAccount`.
        SourceOwner = "source_owner",
        /// `aws:Referer` on buckets, else `aws:SourceAccount`.
        Referer = "referer",
    }
    /// `defaults.foreign_grants`
    pub ForeignGrants {
        /// Ours is added even where theirs grants the same.
        Beside = "beside",
        /// Theirs satisfies the need.
        Accept = "accept",
    }
    /// `other_rules`
    pub OtherRules {
        /// They stay.
        Keep = "keep",
        /// They are removed.
        Remove = "remove",
    }
    /// `defaults.scope`
    pub Scope {
        /// `bucket/prefix*`
        Prefix = "prefix",
        /// `bucket/*`
        Bucket = "bucket",
    }
    /// `defaults.role_keys`
    pub RoleKeys {
        /// The key's ARN.
        Key = "key",
        /// `kms:ResourceAliases`.
        Alias = "alias",
    }
}

/// `safety:`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Safety {
    /// Percent of the objects that may be deleted or replaced.
    pub max_change: u8,
    /// From how many objects on.
    pub min_objects: usize,
}

/// `lock:`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockPlace {
    /// The bucket.
    pub bucket: String,
    /// Empty, or it ends with a slash.
    pub prefix: String,
}

impl std::str::FromStr for LockPlace {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let place = text.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let (bucket, prefix) = place.ok_or(Malformed::new("s3://BUCKET/PREFIX/"))?;
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

/// `receipt:`
#[derive(Debug, Clone, Default)]
pub struct Receipt {
    /// `active: none` — turn all receiving off.
    pub active_none: Option<Spot>,
    /// IP filters.
    pub filters: Vec<(Placed<RuleName>, Filter)>,
    /// Rule sets. The short form `rules:` has become one, named after the plan and active.
    pub rule_sets: Vec<(Placed<RuleName>, RuleSet)>,
}

/// One IP filter.
#[derive(Debug, Clone)]
pub struct Filter {
    /// What it says.
    pub body: FilterBody,
    /// Earlier names.
    pub was: Vec<Placed<RuleName>>,
    /// Where it stands.
    pub spot: Spot,
}

/// What a filter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterBody {
    /// Mail from this address or CIDR range is blocked.
    Block(Placed<String>),
    /// Mail from this address or CIDR range is let in.
    Allow(Placed<String>),
    /// Somebody else's: only referred to.
    Existing,
    /// Shall not exist.
    Absent,
}

/// One receipt rule set.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// Earlier names.
    pub was: Vec<Placed<RuleName>>,
    /// It shall be the active one. Omitted: left alone.
    pub active: Option<Spot>,
    /// It shall not exist.
    pub absent: bool,
    /// What happens to its unlisted rules; else the default.
    pub other_rules: Option<OtherRules>,
    /// Its rules, in evaluation order. Absent ones have no place in the order.
    pub rules: Vec<Rule>,
    /// Where it stands.
    pub spot: Spot,
}

/// One receipt rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: Placed<RuleName>,
    /// Earlier names.
    pub was: Vec<Placed<RuleName>>,
    /// What it says.
    pub body: RuleBody,
    /// Where it stands.
    pub spot: Spot,
}

/// What a rule says.
#[derive(Debug, Clone)]
pub enum RuleBody {
    /// Ours, whole.
    Ours(RuleSpec),
    /// Somebody else's, pinned in the order.
    Existing,
    /// Shall not exist.
    Absent,
}

/// The whole of a rule of ours.
#[derive(Debug, Clone)]
pub struct RuleSpec {
    /// Addresses, domains, `.subdomains`; empty = all mail.
    pub recipients: Vec<Placed<String>>,
    /// Default true.
    pub enabled: bool,
    /// `tls: require`.
    pub tls_required: bool,
    /// Spam and virus scanning.
    pub scan: bool,
    /// In execution order.
    pub actions: Vec<Placed<Action>>,
}

/// One action of a receipt rule. Names, ARNs and short forms as the plan wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `s3:`
    S3 {
        /// Bucket name (or ARN).
        bucket: Placed<String>,
        /// Object key prefix.
        prefix: Option<Placed<String>>,
        /// Client-side encryption key: ARN, id, `alias/…` or `aws/ses`.
        message_kms_key: Option<Placed<String>>,
        /// Topic to notify.
        topic: Option<Placed<String>>,
        /// Role that SES uses, and only it.
        role: Option<Placed<String>>,
    },
    /// `sns:`
    Sns {
        /// Topic name or ARN.
        topic: Placed<String>,
        /// `encoding: base64` (default utf-8).
        base64: bool,
    },
    /// `lambda:`
    Lambda {
        /// `name[:qualifier]` or ARN.
        function: Placed<String>,
        /// `invocation: request_response` (default event).
        request_response: bool,
        /// Topic to notify.
        topic: Option<Placed<String>>,
    },
    /// `bounce:`
    Bounce {
        /// SMTP reply code.
        smtp_reply_code: Placed<String>,
        /// RFC 3463 status code.
        status_code: Option<Placed<String>>,
        /// Human text.
        message: Placed<String>,
        /// A verified identity.
        sender: Placed<String>,
        /// Topic to notify.
        topic: Option<Placed<String>>,
    },
    /// `add_header:`
    AddHeader {
        /// Header name.
        name: Placed<String>,
        /// Header value.
        value: Placed<String>,
    },
    /// `workmail:`
    Workmail {
        /// Organization id or ARN.
        organization: Placed<String>,
        /// Topic to notify.
        topic: Option<Placed<String>>,
    },
    /// `connect:`
    Connect {
        /// Instance id or ARN.
        instance: Placed<String>,
        /// Role that may start the contact.
        role: Placed<String>,
    },
    /// `stop`
    Stop {
        /// Topic to notify.
        topic: Option<Placed<String>>,
    },
}

/// One entry of `roles:`.
#[derive(Debug, Clone)]
pub struct Role {
    /// Whose it is.
    pub stance: Stance,
    /// Earlier names.
    pub was: Vec<Placed<String>>,
    /// IAM path, `/` when omitted.
    pub path: String,
    /// Permissions boundary.
    pub permissions_boundary: Option<Placed<Arn>>,
    /// Tags beside the default ones.
    pub tags: BTreeMap<String, String>,
    /// Where it stands.
    pub spot: Spot,
}

/// Whose a named thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stance {
    /// Made when missing, tagged as ours.
    #[default]
    Ours,
    /// `adopt: true` — as it is, ours from now on.
    Adopt,
    /// `existing: true` — somebody else's.
    Existing,
    /// `absent: true` — shall not exist.
    Absent,
}

/// One entry of `grants:`.
#[derive(Debug, Clone, Default)]
pub struct GrantException {
    /// `manage: false` — checked, never written.
    pub manage: Option<bool>,
    /// `actions: legacy` — the 2019 list of KMS actions.
    pub legacy_actions: bool,
    /// Conditions added to ours: operator → key → values.
    pub conditions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Foreign statements that ours take over: Sids or `sha256:<digest>`.
    pub replace: Vec<Placed<String>>,
    /// Where it stands.
    pub spot: Spot,
}
