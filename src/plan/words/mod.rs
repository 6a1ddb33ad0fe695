//! The structure of a plan, said once.
//!
//! A [`Word`] is a form that a value of the plan can have. It knows two things about itself: the JSON Schema that editors check
//! with, and how to read a [`Node`] of that form, telling every problem on the way and going on. The forms of the language are
//! declared with three macros and nothing else: [`texts!`](texts) (a pattern), [`mapping!`](macros) (keys, each with its sentence, form
//! and default) and [`one_key!`](macros) (a mapping of exactly one key). So the schema, the checks and the types cannot disagree.

mod access;
mod action;
mod choice;
mod common;
mod create;
mod demand;
mod examples;
mod grant;
mod identities;
mod links;
mod macros;
pub(crate) mod mail_manager;
mod plan;
mod reader;
mod receipt;
mod role;
mod routes;
mod schema;
mod several;
mod target;
mod texts;

pub(crate) use access::Access;
pub(crate) use action::{Action, AddHeader, Bounce, Connect, Lambda, S3, Sns, Stop, Workmail};
pub(crate) use choice::{Answer, ApiVersion, Encoding, IngressType, Invocation, IpKind, OnlyRecipient, Payload, Tls};
pub(crate) use create::{Create, NewBucket, NewKey, NewSecret, NewTopic};
pub(crate) use demand::Demand;
pub(crate) use grant::Grant;
pub(crate) use identities::{ArchiveUser, AttachTo, Conditions, Sender};
pub(crate) use plan::{Defaults, Plan};
pub(crate) use reader::Reader;
pub(crate) use receipt::{FILTERS, Filter, RULE_SETS, RULES, Receipt, Rule, RuleSet};
pub(crate) use role::Role;
pub(crate) use routes::{Expectation, ExpectedAct, RouteTest};
pub(crate) use schema::Definitions;
pub(crate) use target::{Target, Targets};
pub(crate) use texts::Member;

use serde_json::Value;

use super::language::{Placed, Spot};
use super::node::Node;

/// A form that a value of the plan can have.
pub(crate) trait Word {
    /// What is read.
    type Value;

    /// What an editor knows of it.
    fn schema(definitions: &mut Definitions) -> Value;

    /// Reads it; `None` when there is no value to go on with. Every problem has been told to the reader.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value>;

    /// What it is when its key is left out; `None` when it may not be.
    fn omitted() -> Option<Self::Value> {
        None
    }
}

/// Where a mapping stands, and those of its keys that were written, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// Where the mapping begins.
    pub(crate) at: Spot,
    keys: Vec<Placed<&'static str>>,
}

impl Given {
    /// Where a key stands, if it was written.
    pub(crate) fn spot(&self, key: &str) -> Option<&Spot> {
        self.keys.iter().find(|given| given.value == key).map(|given| &given.spot)
    }

    /// The written keys that are none of `these`.
    pub(crate) fn beside<'a>(&'a self, these: &'a [&str]) -> impl Iterator<Item = &'a Placed<&'static str>> {
        self.keys.iter().filter(move |given| !these.contains(&given.value))
    }
}

/// The schema of the whole plan.
pub(crate) fn schema() -> Value {
    schema::document()
}
