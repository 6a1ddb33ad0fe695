//! A message as far as it is known. What is `None` is unknown, and goes both ways wherever it decides.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::atom::TLS;

/// A message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The sender of the envelope.
    pub mail_from: Option<String>,
    /// Where it comes from.
    pub ip: Option<IpAddr>,
    /// What the client calls itself.
    pub helo: Option<String>,
    /// The versions of TLS that the connection may have; `none` for one without.
    pub tls: Option<Vec<&'static str>>,
    /// Whether TLS was there before SMTP was spoken.
    pub tls_wrapped: Option<bool>,
    /// `pass`, `fail`, `gray`, `processing_failed`.
    pub spf: Option<String>,
    /// The same.
    pub dkim: Option<String>,
    /// What the sender's domain asks for: `none`, `quarantine`, `reject`.
    pub dmarc: Option<String>,
    /// In bytes, headers included.
    pub size: Option<u64>,
    /// What stands on top of it.
    pub headers: Headers,
    /// What add-ons answer, by `ADDON.FIELD`, in small letters.
    pub addons: BTreeMap<String, String>,
    /// Attributes of the client's certificate, as the plan language spells them.
    pub certificate: BTreeMap<String, String>,
    /// Whether a part of it is in an address list, where that is given: by attribute (`RECIPIENT`) and name of the list.
    pub in_lists: BTreeMap<(String, String), bool>,
}

/// The headers of a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Headers {
    /// All of them are known: what is not here is not there.
    pub whole: bool,
    /// Those that are known, by name in small letters, each with its values in order. Of address headers the addresses alone.
    pub known: BTreeMap<String, Vec<String>>,
    /// Values that rules have added to headers of which the message's own are not known.
    pub added: BTreeMap<String, Vec<String>>,
}

impl Headers {
    /// The values of a header; `None` when they are not known.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[String]> {
        let known = self.known.get(&name.to_ascii_lowercase()).map(Vec::as_slice);
        known.or(if self.whole { Some(&[]) } else { None })
    }

    /// Adds one more of a name. Where the message's own are not known they stay so.
    pub fn add(&mut self, name: &str, value: &str) {
        let all = if self.get(name).is_some() { &mut self.known } else { &mut self.added };
        all.entry(name.to_ascii_lowercase()).or_default().push(value.to_owned());
    }

    /// Those that are there beside the message's own, which are not known.
    #[must_use]
    pub fn beside(&self, name: &str) -> &[String] {
        self.added.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Gives a header that is not known yet its only value.
    pub fn suppose(&mut self, name: &str, value: &str) {
        if self.get(name).is_none() {
            self.known.insert(name.to_owned(), vec![value.to_owned()]);
        }
    }
}

impl Message {
    /// A message to one recipient of which nothing else is known.
    #[must_use]
    pub fn to(recipient: &str) -> Self {
        Self { to: vec![recipient.to_owned()], ..Self::default() }
    }

    /// The sender of the envelope; it stands in the header as well unless that is known to say something else.
    pub fn sent_by(&mut self, sender: &str) {
        self.mail_from = Some(sender.to_owned());
        self.headers.suppose("from", sender);
    }

    /// What `yes`, `no`, `1.2` and `1.3` mean.
    #[must_use]
    pub fn versions(word: &str) -> Option<Vec<&'static str>> {
        match word {
            "yes" | "true" => Some(vec!["1.2", "1.3"]),
            "no" | "false" => Some(vec!["none"]),
            _ => TLS.iter().find(|version| **version == word).map(|version| vec![*version]),
        }
    }
}
