//! What stands before the rules: IP filters before receipt rules, a traffic policy before those of Mail Manager.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::atom::{Atom, Literal, range, shown};
use super::condition::{Answer, Passing};
use super::trace::Step;
use super::ways::Oracle;
use crate::kinds::mail_manager::traffic_policy::{BooleanToEvaluate, PolicyCondition, PolicyStatement, StringToEvaluate, TrafficPolicy};
use crate::kinds::receipt_filter::IpFilter;

/// Goes through the IP filters; whether the message comes in.
///
/// A block holds, but an allow lets in where a block of everything stands
/// (<https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html>). Of several the narrowest decides, and of two alike the block
/// (assumed). SES's own block list, and that of EC2 addresses, are not known here.
pub(super) fn filters(filters: &BTreeMap<String, IpFilter>, ip: Option<IpAddr>, oracle: &mut Oracle, steps: &mut Vec<Step>) -> bool {
    let mut narrowest: Vec<_> = filters.iter().filter_map(|(name, filter)| Some((range(&filter.cidr)?, blocks(filter), name))).collect();
    narrowest.sort_by_key(|(net, blocks, name)| (std::cmp::Reverse(net.prefix_len()), !blocks, (*name).clone()));
    for (at, (net, blocks, name)) in narrowest.iter().enumerate() {
        // Where none of what is left blocks, it is no matter which of them is met.
        if !narrowest[at..].iter().any(|(_, blocks, _)| *blocks) {
            break;
        }
        let met = match ip {
            Some(ip) => net.contains(&ip),
            None => oracle.holds(Literal::yes(Atom::From(vec![*net]))),
        };
        if met {
            let outcome = if *blocks { "blocked" } else { "let in" };
            steps.push(Step::new(format!("filter {name}"), outcome, format!("the sender is in {}", shown(net))));
            return !blocks;
        }
    }
    if !filters.is_empty() {
        steps.push(Step::new("IP filters".to_owned(), "let in", "none of them blocks the sender".to_owned()));
    }
    true
}

fn blocks(filter: &IpFilter) -> bool {
    filter.policy.eq_ignore_ascii_case("Block")
}

/// Goes through a traffic policy; whether it lets the message in.
///
/// Statements that deny come first, then those that allow, then the default, then the size, whatever their order
/// (<https://docs.aws.amazon.com/ses/latest/dg/eb-filters.html>).
pub(super) fn policy(name: &str, policy: &TrafficPolicy, passing: &Passing<'_>, oracle: &mut Oracle, steps: &mut Vec<Step>) -> bool {
    let mut told = |outcome, why: String| steps.push(Step::new(format!("traffic policy {name}"), outcome, why));
    let statements = |action: &'static str| {
        let all = policy.policy_statements.iter().enumerate();
        all.filter(move |(_, statement)| statement.action.eq_ignore_ascii_case(action))
    };
    for (at, statement) in statements("DENY") {
        if meets(statement, passing, oracle, &format!("statement {} of traffic policy {name}", at + 1)) {
            told("blocked", format!("statement {} denies it{}", at + 1, hanging(oracle)));
            return false;
        }
    }
    let mut allowed = statements("ALLOW")
        .filter(|(at, statement)| meets(statement, passing, oracle, &format!("statement {} of traffic policy {name}", at + 1)));
    let by = match allowed.next() {
        Some((at, _)) => format!("statement {} allows it", at + 1),
        None if policy.default_action.eq_ignore_ascii_case("ALLOW") => "no statement is about it, and the default is allow".to_owned(),
        None => {
            drop(allowed);
            told("blocked", "no statement is about it, and the default is deny".to_owned());
            return false;
        }
    };
    drop(allowed);
    if let Some(most) = policy.max_message_size_bytes {
        let fits = match passing.smaller_than(u64::from(most) + 1) {
            Answer::Known(fits) => fits,
            Answer::Open(literal) => oracle.holds(literal),
        };
        if !fits {
            told("blocked", format!("it is larger than {most} bytes"));
            return false;
        }
    }
    told("let in", by);
    true
}

/// What the last answer hangs on, to be said behind it.
fn hanging(oracle: &Oracle) -> String {
    if oracle.on.is_empty() { String::new() } else { format!(", if {}", oracle.on) }
}

/// Whether all conditions of a statement hold.
fn meets(statement: &PolicyStatement, passing: &Passing<'_>, oracle: &mut Oracle, what: &str) -> bool {
    let mut open = Vec::new();
    for condition in &statement.conditions {
        match asked(condition, passing) {
            Answer::Known(true) => {}
            Answer::Known(false) => return false,
            Answer::Open(literal) => open.push(literal),
        }
    }
    if open.is_empty() {
        oracle.on.clear();
    }
    oracle.all(open, what)
}

fn asked(condition: &PolicyCondition, passing: &Passing<'_>) -> Answer {
    match condition {
        PolicyCondition::StringExpression { evaluate: StringToEvaluate::Attribute(_), operator, values } => {
            passing.recipient(operator, values)
        }
        PolicyCondition::StringExpression { evaluate: StringToEvaluate::Analysis(asked), operator, values } => {
            passing.analysis_text(asked, operator, values)
        }
        PolicyCondition::IpExpression { operator, values, .. } => passing.ip(operator, values, IpAddr::is_ipv4),
        PolicyCondition::Ipv6Expression { operator, values, .. } => passing.ip(operator, values, IpAddr::is_ipv6),
        PolicyCondition::TlsExpression { operator, value, .. } => passing.tls(operator, value),
        PolicyCondition::BooleanExpression { evaluate, operator } => {
            let is = match evaluate {
                BooleanToEvaluate::Analysis(asked) => passing.analysis_flag(asked),
                BooleanToEvaluate::IsInAddressList(asked) => passing.in_list(asked),
            };
            if operator == "IS_TRUE" { is } else { is.not() }
        }
    }
}
