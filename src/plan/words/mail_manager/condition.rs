//! The conditions of traffic policies and of rules.

use super::super::choice::{OneOf, OnlyRecipient};
use super::super::common::{Flag, Opt, Whole};
use super::super::demand::Demand;
use super::super::macros::{mapping, one_key};
use super::super::several::{At, Holds, OneOrMore};
use super::super::texts::{AddonReference, Cidr, Ipv4Range, Ipv6Range, ListReference, MimeHeaderName, ResultField, TestText, Text};
use crate::plan::language::Placed;
use crate::plan::language::mail_manager::{CertificateAttribute, Dmarc, ListAttribute, TextOperator, TlsVersion, Verdict};

/// Values of one test of a rule.
const VALUES: usize = 10;
/// The double of the API, as far as a size of mail can need it.
const LARGEST: usize = 0xffff_ffff;

one_key! {
    /// One condition of a rule of Mail Manager: a mapping of exactly one key.
    MailCondition, "a condition", nowhere => {
        /// An add-on's answer: yes or no, or a text.
        Analysis = "analysis": AnalysisTest,
        /// The `Cc` header.
        Cc = "cc": TextTest,
        /// The certificate that the client showed.
        ClientCertificate = "client_certificate": CertificateTest,
        /// The DKIM verdict.
        Dkim = "dkim": VerdictTest,
        /// What the DMARC policy of the sender's domain asks for.
        Dmarc = "dmarc": DmarcTest,
        /// The `From` header.
        From = "from": TextTest,
        /// A header of the mail.
        Header = "header": HeaderTest,
        /// What the client said of itself.
        Helo = "helo": TextTest,
        /// Whether an address is in an address list.
        InAddressList = "in_address_list": InAddressList,
        /// The envelope sender.
        MailFrom = "mail_from": TextTest,
        /// The size of the mail in bytes.
        MessageSize = "message_size": SizeTest,
        /// Whether a read receipt is asked for.
        ReadReceiptRequested = "read_receipt_requested": Holds,
        /// The envelope recipient.
        Recipient = "recipient": TextTest,
        /// The `Sender` header.
        Sender = "sender": TextTest,
        /// The address of the client.
        SourceIp = "source_ip": IpTest,
        /// The SPF verdict.
        Spf = "spf": VerdictTest,
        /// The `Subject` header.
        Subject = "subject": TextTest,
        /// Whether the mail came over TLS.
        Tls = "tls": Holds,
        /// Whether the connection was TLS from its first byte.
        TlsWrapped = "tls_wrapped": Holds,
        /// The `To` header.
        To = "to": TextTest,
        /// An add-on's answer as a verdict.
        Verdict = "verdict": AnalysisVerdict,
    }
}

one_key! {
    /// One condition of a traffic policy: a mapping of exactly one key.
    TrafficCondition, "a condition", only_in_rules => {
        /// An add-on's answer: yes or no, or a text.
        Analysis = "analysis": TrafficAnalysis,
        /// Whether the recipient is in an address list.
        InAddressList = "in_address_list": RecipientInList,
        /// The envelope recipient.
        Recipient = "recipient": TrafficText,
        /// The IPv4 address of the client.
        SenderIp = "sender_ip": Ipv4Test,
        /// The IPv6 address of the client.
        SenderIpv6 = "sender_ipv6": Ipv6Test,
        /// The version of TLS.
        Tls = "tls": TrafficTls,
    }
}

fn nowhere(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "sender_ip" | "sender_ipv6" => Some(("this is a condition of traffic policies, not of rules", "in a rule it is `source_ip`")),
        _ => None,
    }
}

fn only_in_rules(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "source_ip" => {
            Some(("`source_ip` is a condition of rules, not of traffic policies", "here it is `sender_ip`, or `sender_ipv6` for IPv6"))
        }
        "mail_from"
        | "helo"
        | "sender"
        | "from"
        | "subject"
        | "to"
        | "cc"
        | "header"
        | "client_certificate"
        | "message_size"
        | "spf"
        | "dkim"
        | "dmarc"
        | "tls_wrapped"
        | "read_receipt_requested"
        | "verdict" => Some(("this is a condition of rules, not of traffic policies", "a traffic policy decides before the mail is there")),
        _ => None,
    }
}

/// A test of a text with its operator: exactly one of five keys.
pub(crate) trait Texts {
    /// The operator that was written, with its values.
    fn texts(&mut self) -> Option<(TextOperator, Vec<Placed<String>>)>;
}

/// Declares a mapping with the five operators for texts beside its own keys.
macro_rules! text_test {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $values:ty $(, or $other:literal)? => {
            $( $(#[doc = $about:literal])+ $key:ident : $word:ty $(= $default:expr)? , )*
        }
    ) => {
        mapping! {
            $(#[doc = $doc])+
            $name [Demand::ExactlyOne(&["equals", "not_equals", "starts_with", "ends_with", "contains" $(, $other)?])] {
                $( $(#[doc = $about])+ $key: $word $(= $default)?, )*
                /// Equal to one of these.
                equals: Opt<$values>,
                /// Equal to none of these.
                not_equals: Opt<$values>,
                /// Begins with one of these.
                starts_with: Opt<$values>,
                /// Ends with one of these.
                ends_with: Opt<$values>,
                /// Holds one of these.
                contains: Opt<$values>,
            }
        }

        impl Texts for $name {
            fn texts(&mut self) -> Option<(TextOperator, Vec<Placed<String>>)> {
                let Self { equals, not_equals, starts_with, ends_with, contains, .. } = self;
                let written = [
                    (TextOperator::Equals, equals.take()),
                    (TextOperator::NotEquals, not_equals.take()),
                    (TextOperator::StartsWith, starts_with.take()),
                    (TextOperator::EndsWith, ends_with.take()),
                    (TextOperator::Contains, contains.take()),
                ];
                written.into_iter().find_map(|(operator, values)| values.map(|values| (operator, values)))
            }
        }
    };
}

text_test! {
    /// A test of a text: exactly one operator.
    TextTest, OneOrMore<TestText, VALUES> => {}
}

text_test! {
    /// A test of a header.
    HeaderTest, OneOrMore<TestText, VALUES> => {
        /// Its name: `X-…`.
        name: MimeHeaderName,
    }
}

text_test! {
    /// A test of a client's certificate.
    CertificateTest, OneOrMore<TestText, VALUES> => {
        /// What of it.
        attribute: OneOf<CertificateAttribute>,
    }
}

text_test! {
    /// A test of an add-on's answer: `is` where that is yes or no, else an operator for texts.
    AnalysisTest, OneOrMore<TestText, VALUES>, or "is" => {
        /// The add-on, by its name in the plan or the ARN of its instance.
        addon: AddonReference,
        /// The field of its answer.
        field: ResultField,
        /// What the answer is.
        is: Opt<Flag>,
    }
}

text_test! {
    /// A test of a text: exactly one operator.
    TrafficText, OneOrMore<Text> => {}
}

text_test! {
    /// A test of an add-on's answer: `is` where that is yes or no, else an operator for texts.
    TrafficAnalysis, OneOrMore<Text>, or "is" => {
        /// The add-on, by its name in the plan or the ARN of its instance.
        addon: AddonReference,
        /// The field of its answer.
        field: ResultField,
        /// What the answer is.
        is: Opt<Flag>,
    }
}

mapping! {
    /// A test of a size: exactly one operator.
    SizeTest [Demand::ExactlyOne(&["equals", "not_equals", "less_than", "less_than_or_equal", "greater_than", "greater_than_or_equal"])] {
        /// Equal to this.
        equals: Opt<Whole<0, LARGEST>>,
        /// Not equal to this.
        not_equals: Opt<Whole<0, LARGEST>>,
        /// Less than this.
        less_than: Opt<Whole<0, LARGEST>>,
        /// This or less.
        less_than_or_equal: Opt<Whole<0, LARGEST>>,
        /// Greater than this.
        greater_than: Opt<Whole<0, LARGEST>>,
        /// This or greater.
        greater_than_or_equal: Opt<Whole<0, LARGEST>>,
    }
}

mapping! {
    /// A test of an address.
    IpTest [Demand::ExactlyOne(&["in", "not_in"])] {
        /// In one of these ranges.
        r#in: Opt<OneOrMore<Cidr, VALUES>>,
        /// In none of these ranges.
        not_in: Opt<OneOrMore<Cidr, VALUES>>,
    }
}

mapping! {
    /// A test of an IPv4 address.
    Ipv4Test [Demand::ExactlyOne(&["in", "not_in"])] {
        /// In one of these ranges.
        r#in: Opt<OneOrMore<Ipv4Range>>,
        /// In none of these ranges.
        not_in: Opt<OneOrMore<Ipv4Range>>,
    }
}

mapping! {
    /// A test of an IPv6 address.
    Ipv6Test [Demand::ExactlyOne(&["in", "not_in"])] {
        /// In one of these ranges.
        r#in: Opt<OneOrMore<Ipv6Range>>,
        /// In none of these ranges.
        not_in: Opt<OneOrMore<Ipv6Range>>,
    }
}

mapping! {
    /// A test of the version of TLS.
    TrafficTls [Demand::ExactlyOne(&["at_least", "is"])] {
        /// This version or a later one.
        at_least: Opt<OneOf<TlsVersion>>,
        /// This version.
        is: Opt<OneOf<TlsVersion>>,
    }
}

mapping! {
    /// A test of a verdict: exactly one operator.
    VerdictTest [Demand::ExactlyOne(&["equals", "not_equals"])] {
        /// One of these.
        equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
        /// None of these.
        not_equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
    }
}

mapping! {
    /// A test of an add-on's answer as a verdict.
    AnalysisVerdict [Demand::ExactlyOne(&["equals", "not_equals"])] {
        /// The add-on, by its name in the plan or the ARN of its instance.
        addon: AddonReference,
        /// The field of its answer.
        field: ResultField,
        /// One of these.
        equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
        /// None of these.
        not_equals: Opt<OneOrMore<At<OneOf<Verdict>>, VALUES>>,
    }
}

mapping! {
    /// A test of a DMARC policy: exactly one operator.
    DmarcTest [Demand::ExactlyOne(&["equals", "not_equals"])] {
        /// One of these.
        equals: Opt<OneOrMore<At<OneOf<Dmarc>>, VALUES>>,
        /// None of these.
        not_equals: Opt<OneOrMore<At<OneOf<Dmarc>>, VALUES>>,
    }
}

mapping! {
    /// Whether an address is in an address list.
    InAddressList {
        /// Which address of the mail.
        attribute: OneOf<ListAttribute>,
        /// The list, by its name or ARN.
        list: ListReference,
        /// `false`: it is not.
        is: Flag = true,
    }
}

mapping! {
    /// Whether the recipient is in an address list.
    RecipientInList {
        /// The only address that is there yet.
        attribute: OneOf<OnlyRecipient> = OnlyRecipient::default(),
        /// The list, by its name or ARN.
        list: ListReference,
        /// `false`: it is not.
        is: Flag = true,
    }
}
