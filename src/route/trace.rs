//! Every way of a message through every way in.

use serde::Serialize;

use super::act::Act;
use super::message::Message;
use super::routing::{Active, Routing};
use super::ways::{Oracle, every};
use super::{endpoint, receipt};

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// Receipt rules: the set that receives; or one that would, where it is not known which does.
    Receipt {
        /// Its name; without one nothing receives.
        set: Option<String>,
        /// Whether it is known to receive.
        sure: bool,
    },
    /// An ingress endpoint.
    Endpoint(String),
    /// A Mail Manager rule set that no endpoint which is known leads to.
    RuleSet(String),
}

impl Door {
    /// Its address, as people write it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Receipt { set: Some(set), .. } => format!("receipt-rule-set/{set}"),
            Self::Receipt { set: None, .. } => "receipt-rule-set".to_owned(),
            Self::Endpoint(name) => format!("ingress-endpoint/{name}"),
            Self::RuleSet(name) => format!("mail-rule-set/{name}"),
        }
    }

    /// Whether each recipient goes its own way: Mail Manager evaluates "for each envelope recipient".
    #[must_use]
    pub fn is_mail_manager(&self) -> bool {
        !matches!(self, Self::Receipt { .. })
    }
}

/// The ways in that there are.
#[must_use]
pub fn doors(routing: &Routing) -> Vec<Door> {
    let mut doors = Vec::new();
    match &routing.active {
        Active::Set(set) => doors.push(Door::Receipt { set: Some(set.clone()), sure: true }),
        Active::None if !routing.sets.is_empty() => doors.push(Door::Receipt { set: None, sure: true }),
        Active::None => {}
        Active::Unknown => doors.extend(routing.sets.keys().map(|set| Door::Receipt { set: Some(set.clone()), sure: false })),
    }
    doors.extend(routing.endpoints.keys().cloned().map(Door::Endpoint));
    let led_to = |set: &&String| routing.endpoints.values().any(|endpoint| endpoint.rule_set_id == **set);
    doors.extend(routing.rule_sets.keys().filter(|set| !led_to(set)).cloned().map(Door::RuleSet));
    doors
}

/// How it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// It is refused before any rule is asked.
    Blocked,
    /// No rule takes it.
    Unmatched,
    /// Nothing receives there.
    Closed,
    /// The sender gets a bounce.
    Bounced,
    /// It is dropped.
    Dropped,
    /// What is behind was not read.
    Unknown,
    /// All that applies is done.
    #[default]
    Done,
}

/// One way.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Route {
    /// How it ends.
    pub end: End,
    /// What is done, in order.
    pub acts: Vec<Act>,
    /// What is met, in order.
    pub steps: Vec<Step>,
}

impl Route {
    pub(super) fn ended(self, end: End) -> Self {
        Self { end, ..self }
    }

    /// Where the message goes, in a few words each; two routes are the same when these are.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let mut told: Vec<String> = self.acts.iter().filter(|act| act.moves()).map(ToString::to_string).collect();
        match self.end {
            End::Blocked => told.push("blocked".to_owned()),
            End::Unmatched => told.push("unmatched".to_owned()),
            End::Closed => told.push("not received".to_owned()),
            End::Unknown => told.push("not known".to_owned()),
            End::Done if told.is_empty() => told.push("nothing".to_owned()),
            // A bounce and a drop are among what is done.
            End::Bounced | End::Dropped | End::Done => {}
        }
        told
    }
}

/// One thing that a message meets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What: `filter block-bad-net`, `rule store`.
    pub what: String,
    /// What comes of it: `applies`, `does not apply`, `blocked`, `let in`, …
    pub outcome: &'static str,
    /// Why.
    pub why: String,
    /// What is done.
    pub acts: Vec<Act>,
}

impl Step {
    pub(super) fn new(what: String, outcome: &'static str, why: String) -> Self {
        Self { what, outcome, why, acts: Vec::new() }
    }
}

/// One way, and what it supposes of what is not known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Way {
    /// In words; nothing where all is known.
    pub supposing: Vec<String>,
    /// The way.
    #[serde(flatten)]
    pub route: Route,
}

/// All ways through one way in.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The way in.
    pub door: Door,
    /// The recipient, where each goes its own way.
    pub recipient: Option<String>,
    /// The ways.
    pub ways: Vec<Way>,
    /// Whether these are all.
    pub all: bool,
}

/// One way through a way in, for the recipients that the message has.
pub(super) fn run(routing: &Routing, door: &Door, message: &Message, oracle: &mut Oracle) -> Route {
    match door {
        Door::Receipt { set: Some(set), .. } => receipt::run(routing, set, message, oracle),
        Door::Receipt { set: None, .. } => {
            let step = Step::new("receipt rules".to_owned(), "closed", "no rule set is active: nothing is received".to_owned());
            Route { steps: vec![step], ..Route::default() }.ended(End::Closed)
        }
        Door::Endpoint(name) => endpoint::run(routing, name, message, oracle),
        Door::RuleSet(set) => endpoint::run_rules(routing, set, message, oracle),
    }
}

/// Goes all ways through one way in; through Mail Manager for each recipient.
#[must_use]
pub fn trace(routing: &Routing, door: &Door, message: &Message) -> Vec<Trace> {
    let one = |recipient: Option<String>, message: &Message| {
        let (ways, all) = every(|oracle| run(routing, door, message, oracle));
        let ways = ways.into_iter().map(|(supposing, route)| Way { supposing, route }).collect();
        Trace { door: door.clone(), recipient, ways, all }
    };
    if !door.is_mail_manager() || message.to.len() < 2 {
        return vec![one(None, message)];
    }
    let each = |to: &String| one(Some(to.clone()), &Message { to: vec![to.clone()], ..message.clone() });
    message.to.iter().map(each).collect()
}
