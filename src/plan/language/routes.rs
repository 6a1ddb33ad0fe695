//! `tests:` as values: messages, and where they must end up.

use std::collections::BTreeMap;

use super::{Placed, Spot};
use crate::plan::choices::choices;

/// One message, and where it must end up.
#[derive(Debug, Clone)]
pub struct RouteTest {
    /// What it is called in a report; else by its place and recipient.
    pub name: Option<Placed<String>>,
    /// The ingress endpoint that it comes in by; without one it comes by receipt rules.
    pub endpoint: Option<Placed<String>>,
    /// The recipient of the envelope.
    pub to: Placed<String>,
    /// The sender of the envelope, and of the header unless `headers` say otherwise.
    pub from: Option<Placed<String>>,
    /// Where it comes from.
    pub ip: Option<Placed<String>>,
    /// What the client calls itself.
    pub helo: Option<Placed<String>>,
    /// Whether it comes over TLS, and by which version.
    pub tls: Option<TlsWord>,
    /// What SPF says.
    pub spf: Option<super::mail_manager::Verdict>,
    /// What DKIM says.
    pub dkim: Option<super::mail_manager::Verdict>,
    /// What the sender's domain asks for.
    pub dmarc: Option<super::mail_manager::Dmarc>,
    /// The subject.
    pub subject: Option<Placed<String>>,
    /// Other headers, by name.
    pub headers: BTreeMap<String, String>,
    /// In bytes.
    pub size: Option<usize>,
    /// What add-ons answer, by `ADDON.FIELD`.
    pub addons: BTreeMap<String, String>,
    /// Where it must end up.
    pub expect: Expected,
    /// Nothing else may be done.
    pub exactly: bool,
    /// The item in the list.
    pub spot: Spot,
}

/// Where a message must end up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// An end without a delivery.
    End(ExpectedEnd),
    /// These are done in this order.
    Acts(Vec<Placed<ExpectedAct>>),
}

/// One action that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedAct {
    /// The word of the plan language.
    pub action: &'static str,
    /// With what; whatever it is when not said.
    pub with: Option<String>,
}

choices! {
    /// Ends without a delivery.
    pub ExpectedEnd {
        /// A filter, a traffic policy or the want of TLS keeps it out.
        Blocked = "blocked",
        /// The sender gets a bounce.
        Bounced = "bounced",
        /// No rule takes it.
        Unmatched = "unmatched",
    }
    /// How a message comes.
    pub TlsWord {
        /// Over TLS of any version.
        Yes = "true",
        /// Without TLS.
        No = "false",
        /// Over TLS 1.2.
        Tls12 = "1.2",
        /// Over TLS 1.3.
        Tls13 = "1.3",
    }
}
