//! The recipients that rules name: each address by itself, and one for each domain, for all subdomains of one, and for everybody else.

use std::collections::{BTreeMap, BTreeSet};

use super::message::Message;
use super::routing::Routing;
use super::trace::Door;
use crate::kinds::mail_manager::rule_set::condition::{BooleanToEvaluate, RuleCondition, StringToEvaluate};
use crate::kinds::mail_manager::traffic_policy::{self, PolicyCondition};

/// Recipients that all go the same way, as far as rules tell them apart.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// `a@b.example`, `*@b.example`, `*@*.b.example`, or `*` for everybody that nothing names.
    pub(super) shown: String,
    /// A message to one of them before the change.
    pub(super) before: Message,
    /// The same after it: whether it is in a list may have changed.
    pub(super) after: Message,
}

/// A name that nobody has, to stand for all that are not named.
const ANY: &str = "any-other";
/// A domain that nobody has (RFC 2606).
const ELSEWHERE: &str = "any-other.invalid";
/// Of more pairs of a beginning and an end than these no recipient is made.
const PAIRS: usize = 400;

impl Named {
    fn new(shown: impl Into<String>, address: &str) -> Self {
        Self { shown: shown.into(), before: Message::to(address), after: Message::to(address) }
    }

    fn anybody() -> Self {
        Self::new("*", &format!("{ANY}@{ELSEWHERE}"))
    }
}

/// All that the rules behind a way in name, before or after.
pub(super) fn named(have: (&Routing, Option<&Door>), want: (&Routing, Option<&Door>)) -> Vec<Named> {
    let sides = [have, want];
    let mut all: BTreeMap<String, Named> = BTreeMap::new();
    let mut texts = Texts::default();
    for (routing, door) in sides {
        match door {
            Some(Door::Receipt { set: Some(set), .. }) => {
                let recipients = routing.sets.get(set).into_iter().flatten().flat_map(|rule| &rule.recipients);
                all.extend(recipients.map(|condition| of_receipt(condition)).map(|named| (named.shown.clone(), named)));
            }
            Some(Door::Endpoint(name)) => {
                if let Some(endpoint) = routing.endpoints.get(name) {
                    texts.of_policy(routing, &endpoint.traffic_policy_id);
                    texts.of_rules(routing, &endpoint.rule_set_id);
                }
            }
            Some(Door::RuleSet(set)) => texts.of_rules(routing, set),
            Some(Door::Receipt { set: None, .. }) | None => {}
        }
    }
    all.extend(texts.named().map(|named| (named.shown.clone(), named)));
    let mut all: Vec<Named> = all.into_values().chain([Named::anybody()]).collect();
    let by_lists = texts.lists.iter().flat_map(|(attribute, list)| of_list(have.0, want.0, attribute, list, &all)).collect::<Vec<_>>();
    all.extend(by_lists);
    all
}

fn of_receipt(condition: &str) -> Named {
    let condition = condition.to_lowercase();
    if condition.contains('@') {
        Named::new(condition.clone(), &condition)
    } else if let Some(domain) = condition.strip_prefix('.') {
        Named::new(format!("*@*.{domain}"), &format!("{ANY}@{ANY}.{domain}"))
    } else {
        Named::new(format!("*@{condition}"), &format!("{ANY}@{condition}"))
    }
}

/// What Mail Manager compares recipients with.
#[derive(Debug, Default)]
struct Texts {
    whole: BTreeSet<String>,
    begin: BTreeSet<String>,
    end: BTreeSet<String>,
    part: BTreeSet<String>,
    /// Attributes that are looked up, and in which list.
    lists: BTreeSet<(String, String)>,
}

impl Texts {
    fn of_policy(&mut self, routing: &Routing, policy: &str) {
        let statements = routing.policies.get(policy).into_iter().flat_map(|policy| &policy.policy_statements);
        for condition in statements.flat_map(|statement| &statement.conditions) {
            match condition {
                PolicyCondition::StringExpression { evaluate: traffic_policy::StringToEvaluate::Attribute(_), operator, values } => {
                    self.compared(operator, values);
                }
                PolicyCondition::BooleanExpression { evaluate: traffic_policy::BooleanToEvaluate::IsInAddressList(asked), .. } => {
                    self.lists.extend(asked.address_lists.iter().map(|list| (asked.attribute.to_uppercase(), list.clone())));
                }
                _ => {}
            }
        }
    }

    fn of_rules(&mut self, routing: &Routing, set: &str) {
        let rules = routing.rule_sets.get(set).into_iter().flat_map(|set| &set.rules);
        for condition in rules.flat_map(|rule| rule.conditions.iter().chain(&rule.unless)) {
            match condition {
                RuleCondition::StringExpression { evaluate: StringToEvaluate::Attribute(name), operator, values }
                    if name.eq_ignore_ascii_case("RECIPIENT") =>
                {
                    self.compared(operator, values);
                }
                RuleCondition::BooleanExpression { evaluate: BooleanToEvaluate::IsInAddressList(asked), .. } => {
                    self.lists.extend(asked.address_lists.iter().map(|list| (asked.attribute.to_uppercase(), list.clone())));
                }
                _ => {}
            }
        }
    }

    fn compared(&mut self, operator: &str, values: &[String]) {
        let texts = match operator {
            "STARTS_WITH" => &mut self.begin,
            "ENDS_WITH" => &mut self.end,
            "CONTAINS" => &mut self.part,
            _ => &mut self.whole,
        };
        texts.extend(values.iter().cloned());
    }

    /// One recipient for each text, and for each beginning or part together with each end.
    fn named(&self) -> impl Iterator<Item = Named> {
        let whole = self.whole.iter().map(|text| Named::new(text.clone(), text));
        let ends = self.end.iter().map(|end| Named::new(format!("*{end}"), &ended("", end)));
        let begins = self.begin.iter().map(|begin| Named::new(format!("{begin}*"), &ended(begin, "")));
        let parts = self.part.iter().map(|part| Named::new(format!("*{part}*"), &holding(part, "")));
        let begun = self.begin.iter().map(|begin| (begin, true)).chain(self.part.iter().map(|part| (part, false)));
        let pairs = begun.flat_map(|(text, begins)| self.end.iter().map(move |end| (text, begins, end))).take(PAIRS);
        let pairs = pairs.filter(|(text, _, _)| !text.contains('@')).map(|(text, begins, end)| {
            if begins {
                Named::new(format!("{text}*{end}"), &ended(text, end))
            } else {
                Named::new(format!("*{text}*{end}"), &holding(text, end))
            }
        });
        whole.chain(ends).chain(begins).chain(parts).chain(pairs)
    }
}

/// An address that begins and ends so.
fn ended(begin: &str, end: &str) -> String {
    match (begin.contains('@'), end.contains('@')) {
        (true, _) => format!("{begin}.{ELSEWHERE}{end}"),
        (false, true) => format!("{begin}{ANY}{end}"),
        (false, false) if end.is_empty() => format!("{begin}{ANY}@{ELSEWHERE}"),
        (false, false) if end.starts_with('.') => format!("{begin}{ANY}@{ANY}{end}"),
        (false, false) => format!("{begin}{ANY}@{ANY}.{end}"),
    }
}

/// An address that holds a text, and ends so.
fn holding(part: &str, end: &str) -> String {
    match part.split_once('@') {
        None => ended(&format!("{ANY}-{part}-"), end),
        Some((_, "")) => format!("{ANY}-{part}{ELSEWHERE}"),
        Some((_, domain)) if domain.contains('.') => format!("{ANY}{part}"),
        Some(_) => format!("{ANY}{part}.{ELSEWHERE}"),
    }
}

/// Those that come into a list and those that leave it, wherever something looks there.
fn of_list(have: &Routing, want: &Routing, attribute: &str, list: &str, all: &[Named]) -> Vec<Named> {
    let members = |routing: &Routing| -> BTreeSet<String> {
        routing.lists.get(list).into_iter().flatten().map(|member| member.to_lowercase()).collect()
    };
    let (before, after) = (members(have), members(want));
    let mut found = Vec::new();
    for (count, comes) in [(after.difference(&before).count(), true), (before.difference(&after).count(), false)] {
        if count == 0 {
            continue;
        }
        // Members are nobody's to print: only how many there are.
        let whose = format!("{count} that {} list {list}", if comes { "come into" } else { "leave" });
        let key = (attribute.to_owned(), list.to_owned());
        let of = |base: &Named, shown: String| {
            let mut named = Named { shown, ..base.clone() };
            named.before.in_lists.insert(key.clone(), !comes);
            named.after.in_lists.insert(key.clone(), comes);
            named
        };
        if attribute == "RECIPIENT" {
            found.push(of(&Named::anybody(), whose));
        } else {
            let shown = |base: &Named| format!("{}, {} one of {whose}", base.shown, attribute.to_lowercase());
            found.extend(all.iter().map(|base| of(base, shown(base))));
        }
    }
    found
}
