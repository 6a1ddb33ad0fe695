//! The conditions of traffic policies and of rules.

use super::super::macros::one_key;
use super::super::several::Holds;
use super::compare::{
    AnalysisTest, AnalysisVerdict, CertificateTest, DmarcTest, HeaderTest, InAddressList, IpTest, Ipv4Test, Ipv6Test, RecipientInList,
    SizeTest, TextTest, TrafficAnalysis, TrafficText, TrafficTls, VerdictTest,
};

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
