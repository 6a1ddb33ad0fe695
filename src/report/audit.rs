//! What `audit` found: for people, statement by statement and worst first; for programs, with everything that was judged.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::codes;
use super::json::{Calls, FORMAT};
use super::text::{clean, paint, things};
use crate::audit::{Audit, Entry, Finding, LetsIn, Migration, Whose};
use crate::core::address::Home;
use crate::core::problem::Severity;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const CYAN: Style = AnsiColor::Cyan.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// The whole of it as text.
#[must_use]
pub fn text(audit: &Audit) -> String {
    let home = &audit.home;
    let mut text = String::new();
    let _ = writeln!(text, "{}", paint(BOLD, format!("{} {}", home.account, home.region)));
    for finding in audit.findings.iter().filter(|finding| finding.statement.is_none()) {
        let _ = writeln!(text, "\n{}", paint(BOLD, clean(&finding.at.seen_from(home))));
        text += &one_finding(finding);
    }
    // What must be looked at comes first; what is as it should be follows in one line each.
    let worst = |entry: &Entry| findings_of(audit, entry).filter(|finding| finding.is_problem()).map(|finding| finding.severity).min();
    let mut entries: Vec<(Option<Severity>, &Entry)> = audit.entries.iter().map(|entry| (worst(entry), entry)).collect();
    entries.sort_by_key(|(worst, _)| worst.map_or(2, |worst| worst as u8));
    for (worst, entry) in entries {
        if worst.is_some() {
            text += "\n";
        }
        text += &one_entry(audit, entry, home);
    }
    for migration in &audit.migrations {
        text += &one_migration(migration, home, audit.plan.as_deref().unwrap_or_default());
    }
    for it in &audit.unreadable {
        let _ = writeln!(text, "\n{} {}: {}", paint(RED, "unreadable"), clean(&it.address.seen_from(home)), clean(&it.why));
    }
    let _ = writeln!(text, "\n{}", summary(audit));
    text
}

fn findings_of<'a>(audit: &'a Audit, entry: &'a Entry) -> impl Iterator<Item = &'a Finding> {
    audit.findings.iter().filter(|finding| finding.entry == Some(entry.id))
}

fn one_entry(audit: &Audit, entry: &Entry, home: &Home) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} {}",
        paint(BOLD, clean(&format!("{}#{}", entry.at.seen_from(home), short(&entry.name)))),
        paint(DIM, clean(&about(entry, audit.plan.is_some())))
    );
    for finding in findings_of(audit, entry) {
        text += &one_finding(finding);
    }
    text
}

/// `allows s3:PutObject on arn:…; somebody's, block P000-1`.
fn about(entry: &Entry, planned: bool) -> String {
    let value = entry.statement.value();
    let written = |member: &str| match value.get(member)? {
        Value::Array(texts) => Some(texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        text => text.as_str().map(str::to_owned),
    };
    let actions = written("Action").unwrap_or_else(|| "all but some actions".to_owned());
    let on = written("Resource").map(|resources| format!(" on {resources}")).unwrap_or_default();
    let whose = match entry.whose {
        Whose::Ours => "ours",
        Whose::AnotherPlan if planned => "of another postroom plan",
        Whose::AnotherPlan => "of a postroom plan",
        Whose::Somebody => "somebody's",
    };
    let by = match (entry.lets_in, &entry.role) {
        (LetsIn::ByRole, Some(role)) => format!(", by role {}", role.name),
        (LetsIn::Everybody, _) => ", for everybody".to_owned(),
        _ => String::new(),
    };
    let blocks = if entry.blocks.is_empty() { String::new() } else { format!(", block {}", entry.blocks.join(" or ")) };
    format!("allows {actions}{on}; {whose}{by}{blocks}")
}

/// A digest is known by its beginning.
fn short(name: &str) -> &str {
    if name.starts_with("sha256:") { name.get(..15).unwrap_or(name) } else { name }
}

fn one_finding(finding: &Finding) -> String {
    let (style, word) = match (finding.severity, &finding.accepted) {
        (_, Some(_)) => (DIM, "accepted"),
        (Severity::Error, None) => (RED, "error"),
        (Severity::Warning, None) => (YELLOW, "warning"),
        (Severity::Info, None) => (CYAN, "info"),
    };
    let mut text = String::new();
    let message = finding.accepted.as_ref().unwrap_or(&finding.message);
    let _ = writeln!(text, "  {}[{}] {}", paint(style, word), finding.code, clean(message));
    if finding.is_problem() {
        let _ = writeln!(text, "      {} {}", paint(GREEN, "remedy:"), clean(&finding.remedy));
        let _ = writeln!(text, "      {}", paint(DIM, finding.doc));
        let _ = writeln!(text, "      {}", paint(DIM, format!("postroom explain {}", finding.code)));
    }
    text
}

fn one_migration(migration: &Migration, home: &Home, plan: &str) -> String {
    let mut text = String::new();
    let old: Vec<&str> = migration.removes.iter().map(|name| short(name)).collect();
    let head = format!("{}: the plan's own takes the place of {}", migration.at.seen_from(home), old.join(", "));
    let _ = writeln!(text, "\n{}", paint(BOLD, clean(&head)));
    let there = if migration.added { " (there already)" } else { "" };
    let _ = writeln!(text, "  1. add: `postroom apply` of plan {plan} puts {}{there}", clean(&migration.adds.join(", ")));
    let rules = migration.rules.join(", ");
    if migration.loses.is_empty() {
        let tried = things(migration.tried, "request");
        let _ = writeln!(
            text,
            "  2. verify: `postroom check`; without the old one SES may do as much as with it ({tried} of {})",
            clean(&rules)
        );
    } else {
        let _ = writeln!(text, "  2. {}: without the old one live rules would lose", paint(RED, "not safe"));
        for loss in &migration.loses {
            let _ = writeln!(text, "       {} may not {} on {}", clean(&loss.rule), clean(&loss.action), clean(&loss.resource));
        }
    }
    match &migration.paste {
        Some(lines) => {
            let _ = writeln!(text, "  3. remove: with these lines in the plan, `postroom apply` takes it away in the same put");
            for line in lines.lines() {
                let _ = writeln!(text, "       {}", clean(line));
            }
        }
        None => {
            let _ = writeln!(text, "  3. it stays for now");
        }
    }
    for note in &migration.notes {
        let _ = writeln!(text, "     {} {}", paint(CYAN, "note"), clean(note));
    }
    text
}

fn count(audit: &Audit, severity: Severity) -> usize {
    audit.findings.iter().filter(|finding| finding.severity == severity && finding.accepted.is_none()).count()
}

fn summary(audit: &Audit) -> String {
    let mut text = format!(
        "{} let SES in: {}, {}, {} for information.",
        things(audit.entries.len(), "statement"),
        things(count(audit, Severity::Error), "error"),
        things(count(audit, Severity::Warning), "warning"),
        count(audit, Severity::Info)
    );
    if !audit.partial.is_empty() {
        text += " Partial: the snapshot holds only what a plan looks at (`postroom audit --save FILE` takes a whole one).";
    }
    if !audit.unreadable.is_empty() {
        text += &format!(" {} could not be read, so that nothing can be said of the whole.", things(audit.unreadable.len(), "thing"));
    }
    text
}

/// The whole of it as JSON.
#[must_use]
pub fn json(audit: &Audit, calls: Calls) -> Value {
    let home = &audit.home;
    let mut target = json!({
        "target": null,
        "account": home.account,
        "region": home.region,
        "partial": !audit.partial.is_empty(),
        "rules_in": audit.regions,
        "summary": {
            "statements": audit.entries.len(),
            "errors": count(audit, Severity::Error),
            "warnings": count(audit, Severity::Warning),
            "infos": count(audit, Severity::Info),
        },
        "statements": audit.entries.iter().map(|entry| entry_json(audit, entry)).collect::<Vec<_>>(),
        "findings": audit.findings.iter().map(|finding| finding_json(finding, home)).collect::<Vec<_>>(),
        "migrations": audit.migrations.iter().map(|migration| migration_json(migration, home)).collect::<Vec<_>>(),
        "unreadable": audit.unreadable.iter().map(|it| json!({"address": it.address.seen_from(home), "why": it.why})).collect::<Vec<_>>(),
    });
    if let (Some(calls), Some(members)) = (calls, target.as_object_mut()) {
        members.insert("calls".to_owned(), calls);
    }
    json!({ "format_version": FORMAT, "plan": audit.plan, "targets": [target] })
}

fn entry_json(audit: &Audit, entry: &Entry) -> Value {
    let home = &audit.home;
    let lets_in = match entry.lets_in {
        LetsIn::Ses => "ses",
        LetsIn::Everybody => "everybody",
        LetsIn::ByRole => "role",
    };
    let codes: Vec<&str> = findings_of(audit, entry).map(|finding| finding.code).collect();
    json!({
        "address": entry.at.seen_from(home),
        "statement": entry.name,
        "index": entry.index,
        "lets_in": lets_in,
        "role": entry.role.as_ref().map(|role| role.seen_from(home)),
        "owner": entry.whose.name(),
        "blocks": entry.blocks,
        "document": entry.statement.value(),
        "findings": codes,
    })
}

fn finding_json(finding: &Finding, home: &Home) -> Value {
    let Finding { severity, code, at, statement, entry: _, message, remedy, doc, accepted } = finding;
    json!({
        "code": code,
        "severity": severity,
        "address": at.seen_from(home),
        "statement": statement,
        "message": message,
        "remedy": remedy,
        "doc": doc,
        "page": codes::anchor(code),
        "accepted": accepted,
    })
}

fn migration_json(migration: &Migration, home: &Home) -> Value {
    let Migration { at, adds, added, rules, tried, loses, removes, paste, notes } = migration;
    let loses: Vec<Value> = loses.iter().map(|it| json!({"rule": it.rule, "action": it.action, "resource": it.resource})).collect();
    json!({
        "address": at.seen_from(home),
        "add": { "statements": adds, "there": added },
        "verify": { "rules": rules, "requests": tried, "loses": loses },
        "remove": { "statements": removes, "safe": migration.is_safe(), "plan": paste },
        "notes": notes,
    })
}
