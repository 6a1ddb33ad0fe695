//! One thing that may be so or not of a message, as a condition asks it. Where it is not known, a way supposes the one or the other.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;

/// How a text is compared. What is asked negatively is the negation of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Compare {
    /// The whole.
    Equals,
    /// Its beginning.
    StartsWith,
    /// Its end.
    EndsWith,
    /// Any part.
    Contains,
}

impl Compare {
    /// Whether it holds of one text and one value.
    #[must_use]
    pub fn holds(self, text: &str, value: &str) -> bool {
        match self {
            Self::Equals => text == value,
            Self::StartsWith => text.starts_with(value),
            Self::EndsWith => text.ends_with(value),
            Self::Contains => text.contains(value),
        }
    }
}

/// One thing that may be so.
#[derive(Debug, Clone, PartialEq)]
pub enum Atom {
    /// Something that has one of few values has one of these.
    OneOf {
        /// Of what.
        subject: String,
        /// Every value there is.
        domain: &'static [&'static str],
        /// Those asked for.
        values: BTreeSet<String>,
    },
    /// The message has fewer bytes than this.
    SmallerThan(u64),
    /// The client's address is in one of these ranges.
    From(Vec<IpNet>),
    /// A text compares so with any of these.
    Text {
        /// Which.
        subject: String,
        /// How.
        compare: Compare,
        /// With what.
        values: BTreeSet<String>,
    },
    /// Anything else, in words; and in words that it is not so.
    Words {
        /// That it is.
        yes: String,
        /// That it is not.
        no: String,
    },
}

/// An atom, or that it is not so.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// Of what.
    pub atom: Atom,
    /// Whether it is so.
    pub holds: bool,
}

impl Literal {
    /// It is so.
    #[must_use]
    pub fn yes(atom: Atom) -> Self {
        Self { atom, holds: true }
    }
}

impl std::ops::Not for Literal {
    type Output = Self;

    /// The contrary.
    fn not(self) -> Self {
        Self { holds: !self.holds, ..self }
    }
}

/// Versions of TLS of a connection; `none` for one without.
pub const TLS: &[&str] = &["none", "1.2", "1.3"];

/// The connection has one of these versions.
#[must_use]
pub fn tls(versions: &[&str]) -> Atom {
    Atom::OneOf { subject: "TLS".to_owned(), domain: TLS, values: versions.iter().map(|&version| version.to_owned()).collect() }
}

/// Ranges as they are written; what does not read is left out, as it takes no mail from anybody.
#[must_use]
pub fn ranges(texts: &[String]) -> Vec<IpNet> {
    texts.iter().filter_map(|text| range(text)).collect()
}

/// An address or a CIDR range. Bits behind the prefix are no matter.
#[must_use]
pub fn range(text: &str) -> Option<IpNet> {
    let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    net.map(|net| net.trunc())
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = self.holds;
        match &self.atom {
            Atom::OneOf { subject, domain, values } if *domain == TLS => tls_words(f, subject, values, holds),
            Atom::OneOf { subject, values, .. } => {
                write!(f, "{subject} is {}{}", if holds { "" } else { "not " }, any(values.iter().cloned()))
            }
            Atom::SmallerThan(bytes) => write!(f, "{} {bytes} bytes", if holds { "smaller than" } else { "at least" }),
            Atom::From(nets) => {
                write!(f, "{} {}", if holds { "sent from" } else { "not sent from" }, any(nets.iter().map(shown)))
            }
            Atom::Text { subject, compare, values } => {
                let verb = match (compare, holds) {
                    (Compare::Equals, true) => "is",
                    (Compare::Equals, false) => "is not",
                    (Compare::StartsWith, true) => "starts with",
                    (Compare::StartsWith, false) => "does not start with",
                    (Compare::EndsWith, true) => "ends with",
                    (Compare::EndsWith, false) => "does not end with",
                    (Compare::Contains, true) => "contains",
                    (Compare::Contains, false) => "does not contain",
                };
                write!(f, "{subject} {verb} {}", any(values.iter().map(|value| format!("`{value}`"))))
            }
            Atom::Words { yes, no } => f.write_str(if holds { yes } else { no }),
        }
    }
}

/// A range as people write it: one address without its length.
#[must_use]
pub fn shown(net: &IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() { net.addr().to_string() } else { net.to_string() }
}

fn tls_words(f: &mut fmt::Formatter<'_>, subject: &str, values: &BTreeSet<String>, holds: bool) -> fmt::Result {
    let chosen: Vec<&str> = TLS.iter().copied().filter(|version| values.contains(*version) == holds).collect();
    match chosen.as_slice() {
        ["none"] => write!(f, "without {subject}"),
        ["1.2", "1.3"] => write!(f, "over {subject}"),
        ["none", rest @ ..] => write!(f, "without {subject} or with {}", rest.join(" or ")),
        rest => write!(f, "over {subject} {}", rest.join(" or ")),
    }
}

fn any(values: impl IntoIterator<Item = String>) -> String {
    values.into_iter().collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_reads_as_a_sentence() {
        let spf = Literal::yes(Atom::OneOf { subject: "SPF".into(), domain: &["pass", "fail"], values: ["pass".to_owned()].into() });
        assert_eq!((spf.to_string(), (!spf.clone()).to_string()), ("SPF is pass".into(), "SPF is not pass".into()));
        let over = Literal::yes(tls(&["1.2", "1.3"]));
        assert_eq!((over.to_string(), (!over.clone()).to_string()), ("over TLS".into(), "without TLS".into()));
        let from = Literal::yes(Atom::From(ranges(&["198.51.100.7".into(), "203.0.113.9/24".into()])));
        assert_eq!((!from).to_string(), "not sent from 198.51.100.7 or 203.0.113.0/24");
    }
}
