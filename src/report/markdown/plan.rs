//! What `plan` says, for the comment of a pull request: where mail goes first, then a table of the changes, the findings, and each change
//! folded up. It is never longer than a comment may be.

use std::fmt::Write as _;

use super::{cell, code, cut, html_code, plain};
use crate::core::change::{Action, Change, ChangeSet, Finding, Moved, Permission, Unreadable};
use crate::core::problem::{Cause, Severity};
use crate::report::codes;
use crate::report::text::{one_change, things};

/// The most bytes of a report. A comment may have 65536 characters (GitHub's answer is "Body is too long" otherwise): there is room left for
/// what a workflow puts around it.
pub const MOST: usize = 60_000;

/// Below this nothing useful can be said of a target: the last ones are only counted.
const LEAST: usize = 1_500;
/// Names and messages of others are cut.
const WIDEST: usize = 300;
/// One change, folded up.
const LONGEST: usize = 8_000;

/// What there is to say of one target: what changes, or why there is nothing.
pub type Part<'a> = (Option<&'a str>, Result<&'a ChangeSet, String>);

/// What would change, target by target, in at most [`MOST`] bytes.
#[must_use]
pub fn plan(targets: &[Part<'_>], partial: bool) -> String {
    let mut text = String::new();
    for (at, (name, part)) in targets.iter().enumerate() {
        let left = (targets.len() - at).max(1);
        let room = (MOST - LEAST).saturating_sub(text.len());
        if room < LEAST {
            let _ = writeln!(text, "\n… and {}: `postroom plan` shows all.", things(left, "target"));
            break;
        }
        if at > 0 {
            text.push('\n');
        }
        let room = (room / left).max(LEAST);
        match part {
            Ok(set) => text += &one(*name, set, partial, room),
            Err(why) => {
                let name = code(&cut(name.unwrap_or_default(), WIDEST));
                let _ = writeln!(text, "## Target {name}: nothing can be said\n\nWhy: {}", cell(&cut(&plain(why), WIDEST)));
            }
        }
    }
    text
}

fn one(name: Option<&str>, set: &ChangeSet, partial: bool, room: usize) -> String {
    let target = name.map(|name| format!(", target {}", code(&cut(name, 64)))).unwrap_or_default();
    let mut text = format!("## Plan of {} in {} {}{target}\n\n", code(set.plan.as_str()), set.home.account, set.home.region);
    if partial {
        text += "Partial: `--only`.\n\n";
    }
    section(&mut text, MAIL, "moved route", room * 2 / 5, set.mail.iter().map(route));
    let _ = writeln!(text, "{}", summary(set));
    section(&mut text, CHANGES, "change", room * 3 / 5, set.changes.iter().map(|change| row(change, set)));
    section(&mut text, "\n### Findings\n\n", "finding", room * 4 / 5, by_weight(&set.findings).into_iter().map(finding));
    let line = |it: &Unreadable| format!("- {}: {}\n", code(&cut(&it.address.seen_from(&set.home), WIDEST)), cell(&cut(&it.why, WIDEST)));
    section(&mut text, "\n### Could not be read\n\n", "thing that could not be read", room * 9 / 10, set.unreadable.iter().map(line));
    section(&mut text, "\n", "change", room, set.changes.iter().map(|change| folded(change, set)));
    text
}

/// A heading and as many rows as fit below `end`, and how many do not. A row that nobody will see is not made.
fn section(text: &mut String, head: &str, thing: &str, end: usize, rows: impl ExactSizeIterator<Item = String>) {
    /// For the line that says how many are left out.
    const TAIL: usize = 100;
    let all = rows.len();
    if all == 0 {
        return;
    }
    let end = end.max(text.len() + head.len() + TAIL).saturating_sub(TAIL);
    *text += head;
    let mut shown = 0;
    for row in rows {
        if text.len() + row.len() > end {
            break;
        }
        *text += &row;
        shown += 1;
    }
    if shown < all {
        let _ = writeln!(text, "\n… and {}: `postroom plan` shows all.", things(all - shown, thing));
    }
}

/// The routes that the change moves: a reviewer reads them first.
const MAIL: &str = "### Where mail goes\n\n| mail to | now | then | why |\n|---|---|---|---|\n";
const CHANGES: &str = "\n| | what | permissions | asked for by |\n|---|---|---|---|\n";

fn route(moved: &Moved) -> String {
    let texts = |steps: &[String]| {
        let steps: Vec<_> = steps.iter().map(|step| code(&cut(step, WIDEST))).collect();
        if steps.is_empty() { "nothing".to_owned() } else { steps.join(", ") }
    };
    let to = code(&cut(&moved.to, WIDEST));
    format!("| {to} | {} | {} | {} |\n", texts(&moved.have), texts(&moved.want), cell(&cut(&moved.why, WIDEST)))
}

fn summary(set: &ChangeSet) -> String {
    if !set.unreadable.is_empty() {
        return format!("\n**{} could not be read, so that nothing can be said of the whole.**", things(set.unreadable.len(), "thing"));
    }
    if set.is_empty() {
        return format!("\n**Nothing to do: {} as the plan says.**", things(set.unchanged, "thing"));
    }
    let count = |action| set.count(action);
    let update = set.changes.len() - count(Action::Create) - count(Action::Delete) - count(Action::Replace);
    let that = |verdict| set.changes.iter().filter(|change| change.permission == Some(verdict)).count();
    format!(
        "\n**{} to create, {update} to update, {} to replace, {} to delete; {} unchanged. Permissions: {} wider, {} narrower.**",
        count(Action::Create),
        count(Action::Replace),
        count(Action::Delete),
        set.unchanged,
        that(Permission::Widened),
        that(Permission::Narrowed),
    )
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Replace => "**replace**",
        Action::Delete => "**delete**",
        Action::Reorder => "reorder",
        Action::Activate => "**activate**",
        Action::Deactivate => "**deactivate**",
        Action::Adopt => "adopt",
        Action::None => "unchanged",
    }
}

fn row(change: &Change, set: &ChangeSet) -> String {
    let statement = change.statement.as_ref().map(|sid| format!(" {}", code(&cut(sid, 64)))).unwrap_or_default();
    let permission = match change.permission {
        Some(Permission::Widened) => "**wider**",
        Some(Permission::Narrowed) => "narrower",
        Some(Permission::Equivalent) => "the same",
        Some(Permission::None) | None => "",
    };
    let address = code(&cut(&change.address.seen_from(&set.home), WIDEST));
    format!("| {} | {address}{statement} | {permission} | {} |\n", verb(change.action), causes(&change.because, 1))
}

/// Plan lines, and how many more there are.
fn causes(because: &[Cause], most: usize) -> String {
    let shown: Vec<String> = because.iter().take(most).map(|cause| code(&cut(&format!("{}:{}", cause.file, cause.line), WIDEST))).collect();
    let more = because.len().checked_sub(most).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
    shown.join(", ") + &more
}

fn by_weight(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| (finding.accepted.is_some(), finding.severity));
    sorted
}

fn finding(finding: &Finding) -> String {
    let word = match (finding.severity, &finding.accepted) {
        (_, Some(_)) => "accepted",
        (Severity::Error, None) => "**error**",
        (Severity::Warning, None) => "**warning**",
        (Severity::Info, None) => "info",
    };
    let name = code(&finding.code);
    let name = codes::url(&finding.code).map(|url| format!("[{name}]({url})")).unwrap_or(name);
    let message = finding.accepted.as_ref().unwrap_or(&finding.message);
    let places = causes(&finding.because, 3);
    let places = if places.is_empty() { places } else { format!(" ({places})") };
    format!("- {word} {name}: {}{places}\n", cell(&cut(message, WIDEST * 2)))
}

/// One change as `plan` prints it, folded up.
fn folded(change: &Change, set: &ChangeSet) -> String {
    let statement = change.statement.as_ref().map(|sid| format!("#{sid}")).unwrap_or_default();
    let name = html_code(&cut(&format!("{}{statement}", change.address.seen_from(&set.home)), WIDEST));
    let verb = verb(change.action).trim_matches('*');
    let body = plain(&one_change(change, set));
    // The first line is the summary's.
    let lines = body.lines().skip(1).map(|line| line.strip_prefix("    ").unwrap_or(line));
    let mut shown = String::new();
    let mut left_out = 0;
    for line in lines {
        if shown.len() + line.len() > LONGEST {
            left_out += 1;
        } else {
            shown += line;
            shown.push('\n');
        }
    }
    if left_out > 0 {
        let _ = writeln!(shown, "… and {}", things(left_out, "line"));
    }
    // Nothing in it is as long a row of backticks.
    let longest = shown.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("<details><summary>{verb} {name}</summary>\n\n{fence}diff\n{shown}{fence}\n\n</details>\n")
}
