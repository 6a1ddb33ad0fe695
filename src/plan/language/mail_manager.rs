//! `mail_manager:` as values. The shapes are those of the Mail Manager API, with the plan's names where the API wants ids and ARNs.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/>

use std::collections::BTreeMap;

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

/// A condition of a traffic policy.
#[derive(Debug, Clone, PartialEq)]
pub enum TrafficCondition {
    /// `recipient:`
    Recipient(TextTest),
    /// `analysis:` with a text result.
    AnalysisText(Analysis, TextTest),
    /// `sender_ip:`
    SenderIp(IpTest),
    /// `sender_ipv6:`
    SenderIpv6(IpTest),
    /// `tls:`
    Tls {
        /// `at_least`, else `is`.
        at_least: bool,
        /// Which.
        version: TlsVersion,
    },
    /// `analysis:` with a yes-or-no result.
    AnalysisFlag(Analysis, bool),
    /// `in_address_list:`, of the recipient.
    InAddressList {
        /// The list's name or ARN.
        list: Placed<String>,
        /// Whether it must be in it.
        is: bool,
    },
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

/// A condition of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum MailCondition {
    /// `mail_from: … cc:`
    Text(TextAttribute, TextTest),
    /// `header:`
    Header(Placed<String>, TextTest),
    /// `client_certificate:`
    Certificate(CertificateAttribute, TextTest),
    /// `analysis:` with a text result.
    AnalysisText(Analysis, TextTest),
    /// `message_size:`, in bytes.
    Size(NumberOperator, f64),
    /// `source_ip:`
    SourceIp(IpTest),
    /// `spf:`, `dkim:`
    Verdict(VerdictAttribute, Equality, Vec<Verdict>),
    /// `verdict:`, an add-on's answer as a verdict.
    AnalysisVerdict(Analysis, Equality, Vec<Verdict>),
    /// `dmarc:`
    Dmarc(Equality, Vec<Dmarc>),
    /// `tls:`, `tls_wrapped:`, `read_receipt_requested:`
    Flag(FlagAttribute, bool),
    /// `analysis:` with a yes-or-no result.
    AnalysisFlag(Analysis, bool),
    /// `in_address_list:`
    InAddressList {
        /// What of the message.
        attribute: ListAttribute,
        /// The list's name or ARN.
        list: Placed<String>,
        /// Whether it must be in it.
        is: bool,
    },
}

/// What an add-on said of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// The add-on's name in the plan, or the ARN of its instance.
    pub addon: Placed<String>,
    /// The result field.
    pub field: Placed<String>,
}

/// A test of a text: any of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTest {
    /// How.
    pub operator: TextOperator,
    /// With what.
    pub values: Vec<Placed<String>>,
}

/// A test of an address: in any of the ranges, or in none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpTest {
    /// `in`, else `not_in`.
    pub inside: bool,
    /// CIDR ranges.
    pub values: Vec<Placed<String>>,
}

/// One action of a rule. Names, ARNs and short forms as the plan wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailAction {
    /// `drop`
    Drop,
    /// `relay:`
    Relay {
        /// The relay's name, id or ARN.
        relay: Placed<String>,
        /// Whose envelope sender it bears; AWS's own default when omitted.
        mail_from: Option<MailFrom>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `archive:`
    Archive {
        /// The archive's name, id or ARN.
        archive: Placed<String>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `write_to_s3:`
    WriteToS3 {
        /// Bucket name or ARN.
        bucket: Placed<String>,
        /// Object key prefix.
        prefix: Option<Placed<String>>,
        /// The execution role.
        role: Placed<String>,
        /// Server-side encryption key: ARN, id or `alias/…`.
        sse_kms_key: Option<Placed<String>>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `send:`
    Send {
        /// The execution role.
        role: Placed<String>,
        /// The identities that the role may send as; the permission's matter alone.
        identities: Vec<Placed<String>>,
        /// The configuration sets that the role may use; the permission's matter alone.
        configuration_sets: Vec<Placed<String>>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `add_header:`
    AddHeader {
        /// `X-…`
        name: Placed<String>,
        /// Its value.
        value: Placed<String>,
    },
    /// `replace_recipient:`
    ReplaceRecipient {
        /// The new envelope recipients.
        with: Vec<Placed<String>>,
    },
    /// `deliver_to_mailbox:`
    DeliverToMailbox {
        /// WorkMail organization id or ARN.
        organization: Placed<String>,
        /// The execution role.
        role: Placed<String>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `deliver_to_q_business:`
    DeliverToQBusiness {
        /// Application id.
        application: Placed<String>,
        /// Index id.
        index: Placed<String>,
        /// The execution role.
        role: Placed<String>,
        /// The customer managed key of the application, where it has one; the permission's matter alone.
        kms_key: Option<Placed<String>>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `publish_to_sns:`
    PublishToSns {
        /// Topic name or ARN.
        topic: Placed<String>,
        /// The execution role.
        role: Placed<String>,
        /// `encoding: base64`, else UTF-8.
        base64: bool,
        /// `payload: headers`, else the content.
        headers_only: bool,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `bounce:`
    Bounce {
        /// A verified identity's address.
        sender: Placed<String>,
        /// SMTP reply code.
        smtp_reply_code: Placed<String>,
        /// RFC 3463 status code.
        status_code: Placed<String>,
        /// The diagnostic text.
        diagnostic: Placed<String>,
        /// Human text.
        message: Option<Placed<String>>,
        /// The execution role.
        role: Placed<String>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
    /// `invoke_lambda:`
    InvokeLambda {
        /// `name[:qualifier]` or ARN.
        function: Placed<String>,
        /// `invocation: request_response`, else event.
        request_response: bool,
        /// The execution role.
        role: Placed<String>,
        /// For how long it is tried again, in minutes.
        retry_minutes: Option<u16>,
        /// What happens to the message when it fails.
        on_failure: Option<FailurePolicy>,
    },
}

impl MailAction {
    /// The execution role of the action, where it has one.
    #[must_use]
    pub fn role(&self) -> Option<&Placed<String>> {
        match self {
            Self::WriteToS3 { role, .. }
            | Self::Send { role, .. }
            | Self::DeliverToMailbox { role, .. }
            | Self::DeliverToQBusiness { role, .. }
            | Self::PublishToSns { role, .. }
            | Self::Bounce { role, .. }
            | Self::InvokeLambda { role, .. } => Some(role),
            Self::Drop | Self::Relay { .. } | Self::Archive { .. } | Self::AddHeader { .. } | Self::ReplaceRecipient { .. } => None,
        }
    }
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
    /// `on_failure:`
    pub FailurePolicy {
        /// The next action is tried.
        Continue = "continue",
        /// The message is dropped.
        Drop = "drop",
    }
    /// `mail_from:` of a relay action.
    pub MailFrom {
        /// As it came.
        Preserve = "preserve",
        /// SES's own.
        Replace = "replace",
    }
    /// What of a message a text test is about.
    pub TextAttribute {
        /// The envelope sender.
        MailFrom = "mail_from",
        /// What the client said of itself.
        Helo = "helo",
        /// The envelope recipient.
        Recipient = "recipient",
        /// The `Sender` header.
        Sender = "sender",
        /// The `From` header.
        From = "from",
        /// The `Subject` header.
        Subject = "subject",
        /// The `To` header.
        To = "to",
        /// The `Cc` header.
        Cc = "cc",
    }
    /// What of a message is looked up in an address list.
    pub ListAttribute {
        /// The envelope recipient.
        Recipient = "recipient",
        /// The envelope sender.
        MailFrom = "mail_from",
        /// The `Sender` header.
        Sender = "sender",
        /// The `From` header.
        From = "from",
        /// The `To` header.
        To = "to",
        /// The `Cc` header.
        Cc = "cc",
    }
    /// What of a client's certificate a text test is about.
    pub CertificateAttribute {
        /// The common name.
        Cn = "cn",
        /// An e-mail address.
        SanRfc822Name = "san_rfc822_name",
        /// A DNS name.
        SanDnsName = "san_dns_name",
        /// A directory name.
        SanDirectoryName = "san_directory_name",
        /// A URI.
        SanUniformResourceIdentifier = "san_uniform_resource_identifier",
        /// An IP address.
        SanIpAddress = "san_ip_address",
        /// A registered id.
        SanRegisteredId = "san_registered_id",
        /// The serial number.
        SerialNumber = "serial_number",
    }
    /// How texts are compared.
    pub TextOperator {
        /// Equal to one of the values.
        Equals = "equals",
        /// Equal to none of the values.
        NotEquals = "not_equals",
        /// Begins with one of the values.
        StartsWith = "starts_with",
        /// Ends with one of the values.
        EndsWith = "ends_with",
        /// Holds one of the values.
        Contains = "contains",
    }
    /// How numbers are compared.
    pub NumberOperator {
        /// Equal.
        Equals = "equals",
        /// Not equal.
        NotEquals = "not_equals",
        /// Less.
        LessThan = "less_than",
        /// Less or equal.
        LessThanOrEqual = "less_than_or_equal",
        /// Greater.
        GreaterThan = "greater_than",
        /// Greater or equal.
        GreaterThanOrEqual = "greater_than_or_equal",
    }
    /// How verdicts are compared.
    pub Equality {
        /// One of the values.
        Equals = "equals",
        /// None of the values.
        NotEquals = "not_equals",
    }
    /// What a verdict is about.
    pub VerdictAttribute {
        /// Sender Policy Framework.
        Spf = "spf",
        /// DomainKeys Identified Mail.
        Dkim = "dkim",
    }
    /// A verdict.
    pub Verdict {
        /// It passed.
        Pass = "pass",
        /// It failed.
        Fail = "fail",
        /// It cannot be said.
        Gray = "gray",
        /// It could not be found out.
        ProcessingFailed = "processing_failed",
    }
    /// What the sender's domain asks for.
    pub Dmarc {
        /// Nothing.
        None = "none",
        /// Quarantine.
        Quarantine = "quarantine",
        /// Rejection.
        Reject = "reject",
    }
    /// What is so of a message, or not.
    pub FlagAttribute {
        /// It came over TLS.
        Tls = "tls",
        /// It came over a connection that was TLS from its first byte.
        TlsWrapped = "tls_wrapped",
        /// It asks for a read receipt.
        ReadReceiptRequested = "read_receipt_requested",
    }
    /// A version of TLS.
    pub TlsVersion {
        /// TLS 1.2.
        Tls12 = "1.2",
        /// TLS 1.3.
        Tls13 = "1.3",
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
