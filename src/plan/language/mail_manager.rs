//! `mail_manager:` as values. The shapes are those of the Mail Manager API, with the plan's names where the API wants ids and ARNs.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/>

mod action;
mod condition;

use std::collections::BTreeMap;

pub use action::{FailurePolicy, MailAction, MailFrom};
pub use condition::{
    Analysis, CertificateAttribute, Dmarc, Equality, FlagAttribute, IpTest, ListAttribute, MailCondition, NumberOperator, TextAttribute,
    TextOperator, TextTest, TlsVersion, TrafficCondition, Verdict, VerdictAttribute,
};

use super::super::choices::choices;
use super::{Placed, Spot};

/// `mail_manager:`
#[derive(Debug, Clone, Default)]
pub struct MailManager {
    /// Address lists.
    pub address_lists: Vec<Entry<AddressList>>,
    /// Archives.
    pub archives: Vec<Entry<Archive>>,
    /// SMTP relays.
    pub relays: Vec<Entry<Relay>>,
    /// Add-ons: a subscription and its instance.
    pub addons: Vec<Entry<Addon>>,
    /// Traffic policies.
    pub traffic_policies: Vec<Entry<TrafficPolicy>>,
    /// Rule sets.
    pub rule_sets: Vec<Entry<MailRuleSet>>,
    /// Ingress endpoints.
    pub ingress_endpoints: Vec<Entry<IngressEndpoint>>,
}

impl MailManager {
    /// The rules of every rule set that is ours.
    pub fn rules(&self) -> impl Iterator<Item = &MailRule> {
        self.rule_sets.iter().filter_map(Entry::spec).flat_map(|set| &set.rules)
    }

    /// The actions of these rules.
    pub fn actions(&self) -> impl Iterator<Item = &Placed<MailAction>> {
        self.rules().flat_map(|rule| &rule.actions)
    }

    /// The secrets that relays and ingress endpoints log in with.
    pub fn secrets(&self) -> impl Iterator<Item = &Placed<String>> {
        let relays = self.relays.iter().filter_map(|entry| entry.spec()?.secret.as_ref());
        let endpoints = self.ingress_endpoints.iter().filter_map(|entry| match &entry.spec()?.access {
            IngressAccess::Secret(secret) => Some(secret),
            IngressAccess::Open | IngressAccess::PasswordFromEnv(_) | IngressAccess::TrustStore(_) => None,
        });
        relays.chain(endpoints)
    }

    /// The keys that archives, trust stores and actions name.
    pub fn keys(&self) -> impl Iterator<Item = &Placed<String>> {
        let archives = self.archives.iter().filter_map(|entry| entry.spec()?.kms_key.as_ref());
        let stores = self.ingress_endpoints.iter().filter_map(|entry| match &entry.spec()?.access {
            IngressAccess::TrustStore(store) => store.kms_key.as_ref(),
            IngressAccess::Open | IngressAccess::PasswordFromEnv(_) | IngressAccess::Secret(_) => None,
        });
        let actions = self.actions().filter_map(|action| match &action.value {
            MailAction::WriteToS3 { sse_kms_key: key, .. } | MailAction::DeliverToQBusiness { kms_key: key, .. } => key.as_ref(),
            _ => None,
        });
        archives.chain(stores).chain(actions)
    }
}

/// One named thing of Mail Manager.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// Its name.
    pub name: Placed<String>,
    /// Earlier names: renamed in place where AWS can.
    pub was: Vec<Placed<String>>,
    /// What it says.
    pub body: Body<T>,
    /// Tags beside the default ones.
    pub tags: BTreeMap<String, String>,
    /// Never deleted, never replaced.
    pub protect: bool,
    /// Where it stands.
    pub spot: Spot,
}

/// What an entry says.
#[derive(Debug, Clone)]
pub enum Body<T> {
    /// Ours, whole.
    Ours {
        /// As it shall be.
        spec: T,
        /// `adopt: true`: one without our tag is taken over.
        adopt: bool,
    },
    /// Somebody else's: only referred to.
    Existing {
        /// For an add-on, which one: an entry's name is the plan's own. Elsewhere the entry's name is AWS's.
        addon: Option<Placed<String>>,
    },
    /// Shall not exist.
    Absent {
        /// As in `Existing`.
        addon: Option<Placed<String>>,
    },
}

impl<T> Entry<T> {
    /// The whole of it, when it is ours.
    pub fn spec(&self) -> Option<&T> {
        match &self.body {
            Body::Ours { spec, .. } => Some(spec),
            Body::Existing { .. } | Body::Absent { .. } => None,
        }
    }
}

/// `address_lists.<name>`
#[derive(Debug, Clone)]
pub struct AddressList {
    /// `members` or `members_file`; left alone when omitted.
    pub members: Option<Members>,
}

/// The members of an address list.
#[derive(Debug, Clone)]
pub struct Members {
    /// Addresses and patterns. Those of a file stand where `members_file` does.
    pub listed: Vec<Placed<String>>,
    /// `existing_members: keep`: others stay.
    pub keep_others: bool,
}

/// `archives.<name>`
#[derive(Debug, Clone)]
pub struct Archive {
    /// How long messages are kept.
    pub retention: Retention,
    /// ARN, id or `alias/…`; without one AWS encrypts with a key of its own.
    pub kms_key: Option<Placed<String>>,
}

/// `relays.<name>`
#[derive(Debug, Clone)]
pub struct Relay {
    /// Host name or address.
    pub server: Placed<String>,
    /// TCP port.
    pub port: u16,
    /// The secret with user name and password (name or ARN); none with `auth: none`.
    pub secret: Option<Placed<String>>,
}

/// `addons.<name>`
#[derive(Debug, Clone)]
pub struct Addon {
    /// What AWS calls it, such as `ABUSIX_MAIL_INTELLIGENCE`.
    pub addon: Placed<String>,
    /// Subscribing accepts a price: without this nothing is subscribed.
    pub accept_pricing: bool,
}

/// `traffic_policies.<name>`
#[derive(Debug, Clone)]
pub struct TrafficPolicy {
    /// What happens to mail that no statement is about: allowed, or denied.
    pub allow_by_default: bool,
    /// In bytes; left alone when omitted.
    pub max_message_size: Option<u32>,
    /// The first that holds decides.
    pub statements: Vec<TrafficStatement>,
}

/// One statement of a traffic policy.
#[derive(Debug, Clone)]
pub struct TrafficStatement {
    /// `allow:`, else `deny:`.
    pub allow: bool,
    /// All must hold.
    pub conditions: Vec<Placed<TrafficCondition>>,
}

/// `rule_sets.<name>`
#[derive(Debug, Clone)]
pub struct MailRuleSet {
    /// In evaluation order.
    pub rules: Vec<MailRule>,
}

/// One rule of a Mail Manager rule set.
#[derive(Debug, Clone)]
pub struct MailRule {
    /// Its name; AWS needs none.
    pub name: Option<Placed<String>>,
    /// `when:` — all must hold.
    pub when: Vec<Placed<MailCondition>>,
    /// `unless:` — none may hold.
    pub unless: Vec<Placed<MailCondition>>,
    /// In execution order.
    pub actions: Vec<Placed<MailAction>>,
    /// Where it stands.
    pub spot: Spot,
}

/// `ingress_endpoints.<name>`
#[derive(Debug, Clone)]
pub struct IngressEndpoint {
    /// Who may hand in mail.
    pub access: IngressAccess,
    /// The traffic policy's name or id.
    pub traffic_policy: Placed<String>,
    /// The rule set's name or id.
    pub rule_set: Placed<String>,
    /// Whether TLS is asked for.
    pub tls: IngressTls,
    /// How it is reached.
    pub network: IngressNetwork,
    /// `status: active | closed`; left alone when omitted.
    pub status: Option<IngressStatus>,
}

/// Who may hand in mail at an ingress endpoint.
#[derive(Debug, Clone)]
pub enum IngressAccess {
    /// `type: open` — everybody.
    Open,
    /// `type: auth` with `auth: { secret: … }`, name or ARN.
    Secret(Placed<String>),
    /// `type: auth` with `auth: { password_from_env: … }`: the variable's name. The password is in no plan and no output.
    PasswordFromEnv(Placed<String>),
    /// `type: mtls`
    TrustStore(TrustStore),
}

/// `trust_store:`
#[derive(Debug, Clone)]
pub struct TrustStore {
    /// The certificates, read from `ca_file`, which is where they stand.
    pub ca: Placed<String>,
    /// The revocation list, read from `crl_file`.
    pub crl: Option<Placed<String>>,
    /// ARN, id or `alias/…`.
    pub kms_key: Option<Placed<String>>,
}

/// How an ingress endpoint is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngressNetwork {
    /// From the internet.
    Public {
        /// `ip: dual_stack`, else IPv4.
        dual_stack: bool,
    },
    /// From a VPC: the endpoint's id.
    VpcEndpoint(Placed<String>),
}

choices! {
    /// `retention:`
    pub Retention {
        /// Three months.
        ThreeMonths = "three_months",
        /// Six months.
        SixMonths = "six_months",
        /// Nine months.
        NineMonths = "nine_months",
        /// One year.
        OneYear = "one_year",
        /// Eighteen months.
        EighteenMonths = "eighteen_months",
        /// Two years.
        TwoYears = "two_years",
        /// Thirty months.
        ThirtyMonths = "thirty_months",
        /// Three years.
        ThreeYears = "three_years",
        /// Four years.
        FourYears = "four_years",
        /// Five years.
        FiveYears = "five_years",
        /// Six years.
        SixYears = "six_years",
        /// Seven years.
        SevenYears = "seven_years",
        /// Eight years.
        EightYears = "eight_years",
        /// Nine years.
        NineYears = "nine_years",
        /// Ten years.
        TenYears = "ten_years",
        /// For ever.
        Permanent = "permanent",
    }
    /// `tls:` of an ingress endpoint.
    pub IngressTls {
        /// Mail without TLS is refused.
        Require = "require",
        /// Mail without TLS is taken.
        Optional = "optional",
        /// TLS with FIPS-validated cryptography, in the US and Canada.
        Fips = "fips",
    }
    /// `status:` of an ingress endpoint.
    pub IngressStatus {
        /// It takes mail.
        Active = "active",
        /// It takes none.
        Closed = "closed",
    }
}
