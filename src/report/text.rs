//! What people read: one change after the other, the difference of each document, the plan line that asked for it, a summary.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::mask::masked;
use crate::core::apply::{Applied, Status};
use crate::core::change::{Action, Change, ChangeSet, Finding, Permission, Phase};
use crate::core::check::{Answer, Checked};
use crate::core::explain::Explanation;
use crate::core::letters::is_obeyed;
use crate::core::problem::{Cause, Severity};

pub(super) const GREEN: Style = AnsiColor::Green.on_default();
pub(super) const RED: Style = AnsiColor::Red.on_default();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const BOLD: Style = Style::new().bold();

pub(super) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Text of others is never printed raw: an escape sequence in a name would move the reader's cursor, and what turns the direction of writing
/// would show him another name.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().map(|letter| if is_obeyed(letter) && letter != '\n' { '\u{fffd}' } else { letter }).collect()
}

/// A whole change set.
#[must_use]
pub fn change_set(set: &ChangeSet, partial: bool) -> String {
    // Who reviews it looks at the end first: what the mail does.
    format!("{}\n{}{}", changes(set, partial), summary(set), super::route::mail(&set.mail))
}

/// Which flags an apply of it will want.
#[must_use]
pub fn flags(needed: &[&str]) -> String {
    if needed.is_empty() { String::new() } else { format!("{} to apply this: {}\n", paint(YELLOW, "needed"), needed.join(" ")) }
}

/// What a plan takes back.
#[must_use]
pub fn farewell(set: &ChangeSet, partial: bool) -> String {
    let end = match (set.unreadable.is_empty(), set.is_empty()) {
        (false, _) => summary(set),
        (true, true) => "Nothing to take back: nothing of this plan is there.\n".to_owned(),
        (true, false) => format!("{} to take back what is the plan's. Everything else stays.\n", things(set.changes.len(), "change")),
    };
    format!("{}\n{end}{}", changes(set, partial), super::route::mail(&set.mail))
}

fn changes(set: &ChangeSet, partial: bool) -> String {
    let mut text = String::new();
    let head = clean(&format!("{} in {} {}", set.plan, set.home.account, set.home.region));
    let _ = writeln!(text, "{}{}", paint(BOLD, head), if partial { " (partial: --only)" } else { "" });
    for change in &set.changes {
        let _ = write!(text, "\n{}", one_change(change, set));
    }
    text += &findings(&set.findings);
    for it in &set.unreadable {
        let _ = writeln!(text, "\n{} {}: {}", paint(RED, "unreadable"), clean(&it.address.seen_from(&set.home)), clean(&it.why));
    }
    text
}

fn symbol(action: Action) -> (Style, &'static str, &'static str) {
    match action {
        Action::Create => (GREEN, "+", "create"),
        Action::Update => (YELLOW, "~", "update"),
        Action::Replace => (YELLOW, "±", "replace"),
        Action::Delete => (RED, "-", "delete"),
        Action::Reorder => (YELLOW, "~", "reorder"),
        Action::Activate => (CYAN, "*", "activate"),
        Action::Deactivate => (RED, "*", "deactivate"),
        Action::Adopt => (CYAN, "~", "adopt"),
        Action::None => (DIM, " ", "unchanged"),
    }
}

pub(super) fn one_change(change: &Change, set: &ChangeSet) -> String {
    let (style, sign, verb) = symbol(change.action);
    let mut text = String::new();
    let _ = writeln!(text, "{} {} {}", paint(style, sign), paint(style, verb), paint(BOLD, clean(&change.address.seen_from(&set.home))));
    if let Some(sid) = &change.statement {
        let verdict = match change.permission {
            Some(Permission::Widened) => paint(YELLOW, "widens"),
            Some(Permission::Narrowed) => paint(GREEN, "narrows"),
            Some(Permission::Equivalent) => "means the same".to_owned(),
            Some(Permission::None) | None => String::new(),
        };
        let when = if change.phase == Phase::Narrow { ", after the rules have changed" } else { "" };
        let _ = writeln!(text, "    statement {} {verdict}{when}", clean(sid));
    }
    let is_empty = |value: &Value| value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    if !(is_empty(&change.after) && is_empty(&change.before)) {
        text += &difference(&masked(&change.after), &masked(&change.before));
    }
    if let Some(note) = &change.note {
        let _ = writeln!(text, "    {} {}", paint(CYAN, "note"), clean(note));
    }
    if !change.also_granted_by.is_empty() {
        let _ = writeln!(text, "    {} {}", paint(CYAN, "also granted by"), clean(&change.also_granted_by.join(", ")));
    }
    if !change.unknown.is_empty() {
        let _ = writeln!(text, "    {} {}", paint(CYAN, "known after apply"), clean(&change.unknown.join(", ")));
    }
    if let Some(flag) = change.needs_flag {
        let flag = serde_json::to_value(flag).ok().and_then(|flag| flag.as_str().map(str::to_owned)).unwrap_or_default();
        let _ = writeln!(text, "    {} {flag}", paint(YELLOW, "needs"));
    }
    text += &causes(&change.because);
    text
}

/// The plan lines of a change; many rules may share a statement.
fn causes(because: &[Cause]) -> String {
    const SHOWN: usize = 3;
    let mut text = String::new();
    for Cause { file, line, column, path } in because.iter().take(SHOWN) {
        let _ = writeln!(text, "    {}", paint(DIM, format!("because {}:{line}:{column} {}", clean(file), clean(path))));
    }
    if let Some(more) = because.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "    {}", paint(DIM, format!("because of {more} more lines")));
    }
    text
}

/// Want against have, as lines of pretty JSON.
fn difference(want: &Value, have: &Value) -> String {
    let pretty = |value: &Value| if value.is_null() { String::new() } else { super::json::text(value) };
    let (want, have) = (pretty(want), pretty(have));
    let mut text = String::new();
    for line in TextDiff::from_lines(&have, &want).iter_all_changes() {
        let shown = line.value().trim_end_matches('\n');
        let _ = match line.tag() {
            ChangeTag::Insert => writeln!(text, "    {}", paint(GREEN, format!("+ {shown}"))),
            ChangeTag::Delete => writeln!(text, "    {}", paint(RED, format!("- {shown}"))),
            ChangeTag::Equal => writeln!(text, "      {shown}"),
        };
    }
    text
}

/// Findings, each with its plan lines and the AWS page.
#[must_use]
pub fn findings(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let (style, word) = match (finding.severity, &finding.accepted) {
            (_, Some(_)) => (DIM, "accepted"),
            (Severity::Error, None) => (RED, "error"),
            (Severity::Warning, None) => (YELLOW, "warning"),
            (Severity::Info, None) => (CYAN, "info"),
        };
        let message = finding.accepted.as_ref().map_or_else(|| clean(&finding.message), |reason| clean(reason));
        let _ = writeln!(text, "\n{}[{}] {message}", paint(style, word), clean(&finding.code));
        if finding.accepted.is_none() {
            text += &causes(&finding.because);
            if let Some(doc) = &finding.doc {
                let _ = writeln!(text, "    {}", paint(DIM, clean(doc)));
            }
            let _ = writeln!(text, "    {}", paint(DIM, format!("postroom explain {}", clean(&finding.code))));
        }
    }
    text
}

/// What is told of one of several targets stands under its name.
#[must_use]
pub fn heading(target: &str) -> String {
    format!("\n{}\n", paint(BOLD, format!("target {}", clean(target))))
}

/// The last line over several targets: how many came to which end.
#[must_use]
pub fn fleet<'a>(ends: impl Iterator<Item = &'a str>) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for end in ends {
        match counts.iter_mut().find(|(other, _)| *other == end) {
            Some((_, count)) => *count += 1,
            None => counts.push((end, 1)),
        }
    }
    let all = counts.iter().map(|(_, count)| count).sum();
    let counts: Vec<String> = counts.iter().map(|(end, count)| format!("{count} {end}")).collect();
    format!("\n{}: {}.\n", things(all, "target"), counts.join(", "))
}

fn summary(set: &ChangeSet) -> String {
    if !set.unreadable.is_empty() {
        return format!("{} could not be read, so that nothing can be said of the whole\n", things(set.unreadable.len(), "thing"));
    }
    if set.is_empty() {
        return format!("Nothing to do: {} as the plan says.\n", things(set.unchanged, "thing"));
    }
    let update = set.changes.len() - set.count(Action::Create) - set.count(Action::Delete) - set.count(Action::Replace);
    format!(
        "{} to create, {update} to update, {} to replace, {} to delete; {} unchanged.\n",
        set.count(Action::Create),
        set.count(Action::Replace),
        set.count(Action::Delete),
        set.unchanged
    )
}

/// `1 rule`, `2 rules`.
#[must_use]
pub fn things(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// One line for a call to AWS.
#[must_use]
pub fn call(entry: &Value) -> String {
    let text = |name: &str| match &entry[name] {
        Value::String(text) => clean(text),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let again = if entry["attempt"] == 1 { String::new() } else { format!(" attempt {}", text("attempt")) };
    let line = format!(
        "call {} {} in {} {}: {} after {} ms{again}, request {}",
        text("service"),
        text("operation"),
        text("account"),
        text("region"),
        text("status"),
        text("milliseconds"),
        text("request_id")
    );
    paint(DIM, line)
}

/// One line for a change that has come to its end.
#[must_use]
pub fn ended(change: &Change, status: &Status, error: Option<&str>, home: &crate::core::address::Home) -> String {
    let (style, word) = match status {
        Status::Done => (GREEN, "done"),
        Status::Failed => (RED, "failed"),
        Status::Held => (YELLOW, "held"),
        Status::Unknown => (RED, "unknown"),
    };
    let (_, _, verb) = symbol(change.action);
    let statement = change.statement.as_ref().map(|sid| format!("#{}", clean(sid))).unwrap_or_default();
    let error = error.map(|error| format!("\n    {}", clean(error))).unwrap_or_default();
    format!("{} {} {verb} {}{statement}{error}", paint(style, word), clean(&change.id), clean(&change.address.seen_from(home)))
}

/// Where the endpoints that were made or changed take mail: what MX must name.
fn a_records(applied: &Applied) -> String {
    let records = applied.handles.iter().filter(|(made, _)| made.attribute == "a_record");
    records.map(|(made, record)| format!("{} takes mail at {}\n", clean(&made.of), clean(record))).collect()
}

/// What became of a whole set.
#[must_use]
pub fn applied(set: &ChangeSet, applied: &Applied) -> String {
    let count = |status: Status| applied.outcomes.values().filter(|outcome| outcome.status == status).count();
    if applied.is_complete() {
        return format!("{}Applied: {} done, {} unchanged.\n", a_records(applied), set.changes.len(), set.unchanged);
    }
    format!(
        "Not complete: {} done, {} failed, {} held back, {} unknown. What is done stays done; run apply again to go on.\n",
        count(Status::Done),
        count(Status::Failed),
        count(Status::Held),
        count(Status::Unknown)
    )
}

/// The table of `check`, rule by rule.
#[must_use]
pub fn checks(rows: &[Checked]) -> String {
    let mut text = String::new();
    let mut rule = "";
    for row in rows {
        if row.rule != rule {
            rule = &row.rule;
            let name = rule.rsplit_once("receipt-rule-set/").map_or(rule, |(_, name)| name).replace(":receipt-rule/", "/");
            let _ = writeln!(text, "{}{}", if text.is_empty() { "" } else { "\n" }, paint(BOLD, clean(&name)));
        }
        let (style, word) = match row.answer {
            Answer::Allowed => (GREEN, "allowed"),
            Answer::Denied => (RED, "denied"),
            Answer::Depends => (YELLOW, "depends"),
            Answer::Unreadable => (RED, "unreadable"),
        };
        let _ = writeln!(text, "  {} {} on {}", paint(style, format!("{word:<10}")), clean(&row.action), clean(&row.resource));
        let by = match (&row.by, row.answer) {
            (Some(by), _) => {
                let whose = match row.owner.as_deref() {
                    Some("ours") => "our",
                    Some("another plan's") => "another plan's",
                    _ => "somebody else's",
                };
                format!("by {whose} statement `{by}` of {}", row.at)
            }
            (None, Answer::Denied) => format!("{} has no statement that allows it", row.at),
            (None, _) => row.at.clone(),
        };
        let on = if row.on.is_empty() { String::new() } else { format!(", hangs on {}", row.on.join(", ")) };
        let _ = writeln!(text, "             {}", paint(DIM, clean(&format!("{by}{on}"))));
    }
    let count = |answer| rows.iter().filter(|row| row.answer == answer).count();
    let _ = writeln!(
        text,
        "\n{} allowed, {} denied, {} depend on what is not known, {} could not be read.",
        count(Answer::Allowed),
        count(Answer::Denied),
        count(Answer::Depends),
        count(Answer::Unreadable)
    );
    text
}

/// Explanations, one after the other.
#[must_use]
pub fn explanations(found: &[Explanation]) -> String {
    let mut text = String::new();
    for Explanation { id, about, value, because, doc, notes } in found {
        let _ = writeln!(text, "{}{}\n    {}", if text.is_empty() { "" } else { "\n" }, paint(BOLD, clean(id)), clean(about));
        for note in notes {
            let _ = writeln!(text, "    {} {}", paint(CYAN, "note"), clean(note));
        }
        text += &causes(because);
        if let Some(doc) = doc {
            let _ = writeln!(text, "    {}", paint(DIM, clean(doc)));
        }
        if !value.is_null() {
            text += &difference(&masked(value), &Value::Null);
        }
    }
    text
}
