//! `only:` of a sender: words → conditions.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html>

use super::super::language::Placed;
use super::super::language::identities::Only;
use super::super::moment::seconds;
use super::super::words::{self, ApiVersion, Reader};
use crate::core::ses_actions::lacking;

/// The conditions, each allowed by what it is about: the actions carry its key, and no other condition is the same.
pub(super) fn conditions(written: words::Conditions, actions: &[Placed<String>], reader: &mut Reader<'_>) -> Vec<Only> {
    let words::Conditions { given, from, from_display_name, recipients, feedback, api_version, .. } = written;
    let words::Conditions { after, before, source_ip, secure_transport, user_agent, conditions, .. } = written;
    if let (Some(after), Some(before)) = (&after, &before) {
        in_order(after, before, reader);
    }
    let version = api_version.map(|version| if version == ApiVersion::One { "1" } else { "2" }.to_owned());
    let words: [(&str, &str, &str, Option<Vec<String>>); 10] = [
        ("from", like(from.as_deref()), "ses:FromAddress", from.map(texts)),
        ("from_display_name", "StringLike", "ses:FromDisplayName", from_display_name.map(texts)),
        ("recipients", "ForAllValues:StringLike", "ses:Recipients", recipients.map(texts)),
        ("feedback", like(feedback.as_deref()), "ses:FeedbackAddress", feedback.map(texts)),
        ("api_version", "StringEquals", "ses:ApiVersion", version.map(|version| vec![version])),
        ("after", "DateGreaterThan", "aws:CurrentTime", after.map(|date| vec![date.value])),
        ("before", "DateLessThan", "aws:CurrentTime", before.map(|date| vec![date.value])),
        ("source_ip", "IpAddress", "aws:SourceIp", source_ip.map(texts)),
        ("secure_transport", "Bool", "aws:SecureTransport", secure_transport.map(|secure| vec![secure.to_string()])),
        ("user_agent", "StringLike", "aws:UserAgent", user_agent.map(texts)),
    ];
    let mut found = Vec::new();
    for (word, operator, key, values) in words {
        if let (Some(values), Some(spot)) = (values, given.spot(word)) {
            found.push(Only { operator: operator.to_owned(), key: key.to_owned(), values, spot: spot.clone() });
        }
    }
    let raw = conditions.into_iter().flatten().flat_map(|(operator, keys)| keys.into_iter().map(move |key| (operator.value.clone(), key)));
    for (operator, (key, values)) in raw {
        found.push(Only { operator, key: key.value, values: texts(values), spot: key.spot });
    }
    once(&found, reader);
    carried(&found, actions, reader);
    found
}

fn texts(values: Vec<Placed<String>>) -> Vec<String> {
    values.into_iter().map(|value| value.value).collect()
}

/// `StringEquals` where nothing in the values stands for something else.
fn like(values: Option<&[Placed<String>]>) -> &'static str {
    if values.unwrap_or_default().iter().any(|value| value.value.contains(['*', '?'])) { "StringLike" } else { "StringEquals" }
}

/// A policy cannot hold the same operator with the same key twice; both are compared without regard to case.
fn once(conditions: &[Only], reader: &mut Reader<'_>) {
    for (at, one) in conditions.iter().enumerate() {
        let same = |other: &&Only| other.operator.eq_ignore_ascii_case(&one.operator) && other.key.eq_ignore_ascii_case(&one.key);
        if let Some(first) = conditions[..at].iter().find(same) {
            let place = reader.place(&first.spot);
            let message = format!("`{}` with `{}` stands here twice", one.operator, one.key);
            let problem = reader.tell("contradiction", message, &one.spot, "the second time");
            problem.also.push((place, "the first time".to_owned()));
        }
    }
}

/// Every action carries the key of every condition: one that it does not carry would grant nothing, or too much.
fn carried(conditions: &[Only], actions: &[Placed<String>], reader: &mut Reader<'_>) {
    for one in conditions {
        for action in actions {
            let Some(lacking) = lacking(&action.value, &one.key) else { continue };
            let place = reader.place(&action.spot);
            let message = format!("`{lacking}` does not carry `{}`", one.key);
            let problem = reader.tell("condition-not-carried", message, &one.spot, "this condition says nothing of that action");
            problem.also.push((place, "allowed here".to_owned()));
            problem.help = Some("give the action an entry of its own, without this word".to_owned());
        }
    }
}

/// Nothing is both after one time and before an earlier one.
fn in_order(after: &Placed<String>, before: &Placed<String>, reader: &mut Reader<'_>) {
    if let (Some(from), Some(to)) = (seconds(&after.value), seconds(&before.value))
        && from >= to
    {
        let place = reader.place(&after.spot);
        let problem = reader.tell("contradiction", "`before` is not later than `after`", &before.spot, "nothing is between the two");
        problem.also.push((place, "`after` is here".to_owned()));
    }
}
