//! Where requests come from: what a statement is for, and what SES names as `aws:SourceArn`.

use std::fmt;

use super::address::{Address, AddressKind};
use super::ids::Arn;

/// What a grant is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A receipt rule, whose ARN is made of names.
    Rule(Arn),
    /// A Mail Manager resource, whose ARN holds an id that AWS makes.
    Resource(Address),
    /// An IAM identity that acts for itself, by the entry of the plan that says so.
    Entry(String),
}

impl Origin {
    /// The receipt rule.
    #[must_use]
    pub fn rule(&self) -> Option<&Arn> {
        match self {
            Self::Rule(arn) => Some(arn),
            Self::Resource(_) | Self::Entry(_) => None,
        }
    }

    /// As people read it who know the account.
    #[must_use]
    pub fn in_account(&self) -> String {
        self.rule().map_or_else(|| self.to_string(), |arn| arn.resource().to_owned())
    }

    /// The kind of Mail Manager resource: their ARNs stand under another operator than those of rules, so that one statement never names both.
    #[must_use]
    pub fn resource_kind(&self) -> Option<AddressKind> {
        match self {
            Self::Resource(at) => Some(at.kind),
            Self::Rule(_) | Self::Entry(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(arn) => f.write_str(arn.as_str()),
            Self::Resource(at) => write!(f, "{}/{}", at.kind.name(), at.name),
            Self::Entry(entry) => f.write_str(entry),
        }
    }
}
