//! What the conditions of Mail Manager ask of a message: known, or a literal that a way may suppose.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_RuleStringExpression.html>: several values are an OR; of NOT_EQUALS
//! none may be met. <https://docs.aws.amazon.com/ses/latest/dg/eb-rules.html>: the recipient is the one of the envelope as it was received,
//! labels included.

use std::net::IpAddr;

use super::atom::{Atom, Compare, Literal, ranges, tls};
use super::facts::is_in;
use super::message::Message;
use super::routing::Routing;
use crate::kinds::mail_manager::rule_set::condition::{
    Analysis, BooleanToEvaluate, IsInAddressList, RuleCondition, StringToEvaluate, VerdictToEvaluate,
};

/// What is known of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    /// Whether it holds.
    Known(bool),
    /// It holds when this does.
    Open(Literal),
}

impl Answer {
    pub(super) fn not(self) -> Self {
        match self {
            Self::Known(answer) => Self::Known(!answer),
            Self::Open(literal) => Self::Open(!literal),
        }
    }

    fn when(self, holds: bool) -> Self {
        if holds { self } else { self.not() }
    }
}

/// A message on its way through Mail Manager, for one recipient.
#[derive(Debug, Clone)]
pub(super) struct Passing<'a> {
    /// What decides.
    pub(super) routing: &'a Routing,
    /// What is known of it.
    pub(super) message: Message,
}

const VERDICTS: &[&str] = &["pass", "fail", "gray", "processing_failed"];
const DMARC: &[&str] = &["none", "quarantine", "reject"];
const ANSWERS: &[&str] = &["true", "false"];

impl Passing<'_> {
    /// A condition of a rule.
    pub(super) fn rule(&self, condition: &RuleCondition) -> Answer {
        match condition {
            RuleCondition::BooleanExpression { evaluate, operator } => {
                let is = match evaluate {
                    BooleanToEvaluate::Attribute(name) => self.flag(name),
                    BooleanToEvaluate::Analysis(asked) => self.analysis_flag(asked),
                    BooleanToEvaluate::IsInAddressList(asked) => self.in_list(asked),
                };
                is.when(operator == "IS_TRUE")
            }
            RuleCondition::StringExpression { evaluate, operator, values } => {
                let (subject, texts) = match evaluate {
                    StringToEvaluate::Attribute(name) => (name.to_lowercase(), self.attribute(name)),
                    StringToEvaluate::MimeHeaderAttribute(name) => {
                        // One value that was added is enough, whatever the message's own are.
                        let added = self.message.headers.beside(name);
                        if let Answer::Known(answer) = text(String::new(), Some(added.to_vec()), operator, values)
                            && answer == (operator != "NOT_EQUALS")
                        {
                            return Answer::Known(answer);
                        }
                        (format!("header {name}"), self.header(name))
                    }
                    StringToEvaluate::Analysis(asked) => (name_of(asked), self.analysis(asked).map(|answer| vec![answer])),
                    StringToEvaluate::ClientCertificateAttribute(name) => {
                        let key = name.to_lowercase();
                        (format!("certificate {key}"), self.message.certificate.get(&key).map(|value| vec![value.clone()]))
                    }
                };
                text(subject, texts, operator, values)
            }
            RuleCondition::NumberExpression { operator, value, .. } => self.size(operator, *value),
            RuleCondition::IpExpression { operator, values, .. } => self.ip(operator, values, |_| true),
            RuleCondition::VerdictExpression { evaluate, operator, values } => {
                let (subject, known) = match evaluate {
                    VerdictToEvaluate::Attribute(name) if name.eq_ignore_ascii_case("SPF") => ("SPF".to_owned(), self.message.spf.clone()),
                    VerdictToEvaluate::Attribute(name) => (name.clone(), self.message.dkim.clone()),
                    VerdictToEvaluate::Analysis(asked) => (name_of(asked), self.analysis(asked)),
                };
                one_of(subject, VERDICTS, known.map(|known| vec![known]), values).when(operator != "NOT_EQUALS")
            }
            RuleCondition::DmarcExpression { operator, values } => {
                let known = self.message.dmarc.clone().map(|known| vec![known]);
                one_of("DMARC".to_owned(), DMARC, known, values).when(operator != "NOT_EQUALS")
            }
        }
    }

    /// A version of TLS at least, or exactly.
    pub(super) fn tls(&self, operator: &str, value: &str) -> Answer {
        let versions: &[&str] = match (operator, value) {
            ("MINIMUM_TLS_VERSION", "TLS1_2") => &["1.2", "1.3"],
            (_, "TLS1_2") => &["1.2"],
            _ => &["1.3"],
        };
        self.has_tls(versions)
    }

    /// Whether the connection has one of these versions.
    pub(super) fn has_tls(&self, versions: &[&str]) -> Answer {
        match &self.message.tls {
            Some(known) if known.iter().all(|version| versions.contains(version)) => Answer::Known(true),
            Some(known) if !known.iter().any(|version| versions.contains(version)) => Answer::Known(false),
            Some(_) | None => Answer::Open(Literal::yes(tls(versions))),
        }
    }

    /// The client's address; of the other family it is in no range (assumed).
    pub(super) fn ip(&self, operator: &str, values: &[String], family: fn(&IpAddr) -> bool) -> Answer {
        let nets = ranges(values);
        let inside = match self.message.ip {
            Some(ip) => Answer::Known(family(&ip) && is_in(&nets, ip)),
            None => Answer::Open(Literal::yes(Atom::From(nets))),
        };
        inside.when(operator == "CIDR_MATCHES")
    }

    /// The recipient's text.
    pub(super) fn recipient(&self, operator: &str, values: &[String]) -> Answer {
        text("recipient".to_owned(), self.attribute("RECIPIENT"), operator, values)
    }

    /// What an add-on says, as a text.
    pub(super) fn analysis_text(&self, asked: &Analysis, operator: &str, values: &[String]) -> Answer {
        text(name_of(asked), self.analysis(asked).map(|answer| vec![answer]), operator, values)
    }

    /// What an add-on says, as yes or no.
    pub(super) fn analysis_flag(&self, asked: &Analysis) -> Answer {
        one_of(name_of(asked), ANSWERS, self.analysis(asked).map(|answer| vec![answer]), &["true".to_owned()])
    }

    /// Whether a message has fewer bytes.
    pub(super) fn smaller_than(&self, bytes: u64) -> Answer {
        let unknown = || Answer::Open(Literal::yes(Atom::SmallerThan(bytes)));
        self.message.size.map_or_else(unknown, |size| Answer::Known(size < bytes))
    }

    /// Whether a part of it is in a list. Several addresses are in it when one is (assumed).
    pub(super) fn in_list(&self, asked: &IsInAddressList) -> Answer {
        let list = asked.address_lists.first().cloned().unwrap_or_default();
        let attribute = asked.attribute.to_uppercase();
        if let Some(given) = self.message.in_lists.get(&(attribute.clone(), list.clone())) {
            return Answer::Known(*given);
        }
        match (self.routing.lists.get(&list), self.attribute(&attribute)) {
            (Some(members), Some(texts)) => Answer::Known(texts.iter().any(|text| members.iter().any(|member| is_member(member, text)))),
            _ => {
                let subject = attribute.to_lowercase();
                let atom = Atom::Words { yes: format!("{subject} is in list {list}"), no: format!("{subject} is not in list {list}") };
                Answer::Open(Literal::yes(atom))
            }
        }
    }

    fn attribute(&self, name: &str) -> Option<Vec<String>> {
        let message = &self.message;
        match name.to_uppercase().as_str() {
            "RECIPIENT" => (!message.to.is_empty()).then(|| message.to.clone()),
            "MAIL_FROM" => message.mail_from.clone().map(|text| vec![text]),
            "HELO" => message.helo.clone().map(|text| vec![text]),
            // SENDER, FROM, SUBJECT, TO and CC are headers of the same name.
            header => self.header(header),
        }
    }

    fn header(&self, name: &str) -> Option<Vec<String>> {
        self.message.headers.get(name).map(<[String]>::to_vec)
    }

    fn flag(&self, name: &str) -> Answer {
        let (subject, known) = match name.to_uppercase().as_str() {
            "TLS" => return self.has_tls(&["1.2", "1.3"]),
            "TLS_WRAPPED" => ("TLS wrapped", self.message.tls_wrapped),
            _ => {
                // RFC 8098 §2.1
                let asked = self.message.headers.get("disposition-notification-to");
                ("read receipt requested", asked.map(|asked| !asked.is_empty()))
            }
        };
        one_of(subject.to_owned(), ANSWERS, known.map(|known| vec![known.to_string()]), &["true".to_owned()])
    }

    fn analysis(&self, asked: &Analysis) -> Option<String> {
        let field = asked.result_field.strip_prefix("addon.").unwrap_or(&asked.result_field);
        self.message.addons.get(&format!("{}.{field}", asked.analyzer).to_lowercase()).cloned()
    }

    fn size(&self, operator: &str, value: f64) -> Answer {
        // Sizes are whole bytes; the API takes a double.
        let (below, through) = (value.ceil().max(0.0) as u64, (value.floor() + 1.0).max(0.0) as u64);
        match operator {
            "LESS_THAN" => self.smaller_than(below),
            "LESS_THAN_OR_EQUAL" => self.smaller_than(through),
            "GREATER_THAN" => self.smaller_than(through).not(),
            "GREATER_THAN_OR_EQUAL" => self.smaller_than(below).not(),
            _ => {
                let words = Atom::Words { yes: format!("exactly {value} bytes"), no: format!("not {value} bytes") };
                let is = self.message.size.map_or(Answer::Open(Literal::yes(words)), |size| Answer::Known(size as f64 == value));
                is.when(operator == "EQUALS")
            }
        }
    }
}

/// How an answer of an add-on is called.
fn name_of(asked: &Analysis) -> String {
    format!("{} {}", asked.analyzer, asked.result_field)
}

fn one_of(subject: String, domain: &'static [&'static str], known: Option<Vec<String>>, values: &[String]) -> Answer {
    let values: std::collections::BTreeSet<String> = values.iter().map(|value| value.to_lowercase()).collect();
    match known {
        Some(known) => Answer::Known(known.iter().any(|known| values.contains(&known.to_lowercase()))),
        None => Answer::Open(Literal::yes(Atom::OneOf { subject, domain, values })),
    }
}

/// How texts compare. Whether AWS looks at case is not documented: where that decides, it is not known.
fn text(subject: String, texts: Option<Vec<String>>, operator: &str, values: &[String]) -> Answer {
    let (compare, holds) = match operator {
        "NOT_EQUALS" => (Compare::Equals, false),
        "STARTS_WITH" => (Compare::StartsWith, true),
        "ENDS_WITH" => (Compare::EndsWith, true),
        "CONTAINS" => (Compare::Contains, true),
        _ => (Compare::Equals, true),
    };
    let any = |same: fn(&str) -> String| {
        let texts = texts.as_ref()?;
        Some(texts.iter().any(|text| values.iter().any(|value| compare.holds(&same(text), &same(value)))))
    };
    match (any(str::to_owned), any(str::to_lowercase)) {
        (Some(exactly), Some(loosely)) if exactly == loosely => Answer::Known(exactly).when(holds),
        _ => Answer::Open(Literal::yes(Atom::Text { subject, compare, values: values.iter().cloned().collect() })).when(holds),
    }
}

/// Whether an address is meant by a member of a list: itself, a pattern with one `*`, or a domain as `@domain` (docs/aws-behaviour.md).
pub(super) fn is_member(member: &str, address: &str) -> bool {
    let (member, address) = (member.to_lowercase(), address.to_lowercase());
    if member.starts_with('@') {
        return address.rsplit_once('@').is_some_and(|(_, domain)| domain == &member[1..]);
    }
    match member.split_once('*') {
        None => member == address,
        Some((head, tail)) => {
            let middle = address.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
            // The `*` stands in one half of the address and does not go beyond it.
            middle.is_some_and(|middle| !middle.contains('@'))
        }
    }
}
