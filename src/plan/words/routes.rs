//! `tests:`

use serde_json::{Value, json};

use super::choice::OneOf;
use super::common::{Flag, Must, Names, Opt, Whole};
use super::macros::{mapping, one_key};
use super::several::OneOrMore;
use super::texts::{AnyText, EntryName, HeaderName, Mailbox, Text};
use super::{Definitions, Reader, Word};
use crate::plan::language::Placed;
use crate::plan::language::mail_manager::{Dmarc, Verdict};
use crate::plan::language::routes::{ExpectedEnd, TlsWord};
use crate::plan::node::Node;

/// 40 MB and more do not come in anywhere; this is far from it.
const BYTES: usize = 1_000_000_000;

mapping! {
    /// A message, and where it must end up. What is left out is unknown: the gate is taken to let it in, and rules must agree either way.
    RouteTest {
        /// What it is called in a report.
        name: Opt<Text>,
        /// The ingress endpoint that it comes in by; left out: receipt rules.
        endpoint: Opt<EntryName>,
        /// The recipient of the envelope.
        to: Must<Mailbox>,
        /// The sender of the envelope, and of the header `From` where `headers` say no other.
        from: Opt<AnyText>,
        /// The address that it comes from.
        ip: Opt<Text>,
        /// What the client calls itself.
        helo: Opt<Text>,
        /// Whether it comes over TLS: `true`, `false`, 1.2 or 1.3.
        tls: Opt<OneOf<TlsWord>>,
        /// What SPF says of it.
        spf: Opt<OneOf<Verdict>>,
        /// What DKIM says of it.
        dkim: Opt<OneOf<Verdict>>,
        /// What the sender's domain asks for.
        dmarc: Opt<OneOf<Dmarc>>,
        /// Its subject.
        subject: Opt<AnyText>,
        /// Other headers, by name.
        headers: Opt<Names<HeaderName, AnyText>>,
        /// Its size in bytes.
        size: Opt<Whole<0, BYTES>>,
        /// What add-ons answer, by `ADDON.FIELD`.
        addons: Opt<Names<Text, AnyText>>,
        /// Actions that are done, in this order; others may stand between them. Or `blocked`, `bounced`, `unmatched`.
        expect: Must<Expectation>,
        /// Nothing else is done.
        exactly: Flag = false,
    }
}

one_key! {
    /// An action that is expected: with what it is done, or a bare word for whatever that is.
    ExpectedAct, "an action", nowhere_else => {
        /// A header is added: its name, or `NAME: value`.
        AddHeader = "add_header": Opt<Text>,
        /// It is kept in this archive.
        Archive = "archive": Opt<Text>,
        /// It is refused with a bounce of this code.
        Bounce = "bounce": Opt<Text>,
        /// It is handed to this instance of Amazon Connect.
        Connect = "connect": Opt<Text>,
        /// It is handed to WorkMail by Mail Manager.
        DeliverToMailbox = "deliver_to_mailbox": Opt<Text>,
        /// It is handed to this application of Amazon Q Business.
        DeliverToQBusiness = "deliver_to_q_business": Opt<Text>,
        /// It is dropped.
        Drop = "drop": Opt<Text>,
        /// This function is called by Mail Manager.
        InvokeLambda = "invoke_lambda": Opt<Text>,
        /// This function is called by a receipt rule.
        Lambda = "lambda": Opt<Text>,
        /// It is published to this topic by Mail Manager.
        PublishToSns = "publish_to_sns": Opt<Text>,
        /// It is handed to this relay.
        Relay = "relay": Opt<Text>,
        /// It is given these recipients.
        ReplaceRecipient = "replace_recipient": Opt<Text>,
        /// It is stored as `bucket/prefix` by a receipt rule.
        S3 = "s3": Opt<Text>,
        /// It is sent to the internet.
        Send = "send": Opt<Text>,
        /// It is published to this topic by a receipt rule.
        Sns = "sns": Opt<Text>,
        /// The evaluation of the rule set ends.
        Stop = "stop": Opt<Text>,
        /// It is handed to WorkMail by a receipt rule.
        Workmail = "workmail": Opt<Text>,
        /// It is stored as `bucket/prefix` by Mail Manager.
        WriteToS3 = "write_to_s3": Opt<Text>,
    }
}

fn nowhere_else(_: &str) -> Option<(&'static str, &'static str)> {
    None
}

impl ExpectedAct {
    /// The action, and with what.
    pub(crate) fn split(self) -> (&'static str, Option<Placed<String>>) {
        match self {
            Self::AddHeader(with) => ("add_header", with),
            Self::Archive(with) => ("archive", with),
            Self::Bounce(with) => ("bounce", with),
            Self::Connect(with) => ("connect", with),
            Self::DeliverToMailbox(with) => ("deliver_to_mailbox", with),
            Self::DeliverToQBusiness(with) => ("deliver_to_q_business", with),
            Self::Drop(with) => ("drop", with),
            Self::InvokeLambda(with) => ("invoke_lambda", with),
            Self::Lambda(with) => ("lambda", with),
            Self::PublishToSns(with) => ("publish_to_sns", with),
            Self::Relay(with) => ("relay", with),
            Self::ReplaceRecipient(with) => ("replace_recipient", with),
            Self::S3(with) => ("s3", with),
            Self::Send(with) => ("send", with),
            Self::Sns(with) => ("sns", with),
            Self::Stop(with) => ("stop", with),
            Self::Workmail(with) => ("workmail", with),
            Self::WriteToS3(with) => ("write_to_s3", with),
        }
    }
}

/// An end without a delivery, or what is done.
#[derive(Debug)]
pub(crate) enum Expectation {
    /// One of the ends.
    End(ExpectedEnd),
    /// Actions.
    Acts(Vec<Placed<ExpectedAct>>),
}

impl Word for Expectation {
    type Value = Self;

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": [OneOf::<ExpectedEnd>::schema(definitions), OneOrMore::<ExpectedAct>::schema(definitions)] })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        use crate::plan::choices::Choice;
        let ends = |text: &str| ExpectedEnd::ALL.iter().any(|(_, spelling, _)| *spelling == text);
        if node.scalar().is_some_and(|(text, _)| ends(text)) {
            return OneOf::<ExpectedEnd>::read(node, reader).map(Self::End);
        }
        OneOrMore::<ExpectedAct>::read(node, reader).map(Self::Acts)
    }
}
