//! The conditions of traffic policies and of rules.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleCondition.html>
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_PolicyCondition.html>

use super::super::Placed;
use crate::plan::choices::choices;

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

choices! {
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
}
