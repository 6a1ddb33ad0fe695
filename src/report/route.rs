//! The way of a message, and what a change does to mail.

use std::fmt::Write as _;

use serde_json::{Value, json};
use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::text::{BOLD, CYAN, DIM, GREEN, RED, YELLOW, clean, paint, things};
use crate::core::change::Moved;
use crate::core::check::{Answer, Checked};
use crate::route::act::Act;
use crate::route::condensed::{Met, condensed};
use crate::route::{Door, End, Step, Trace, Way};

/// How many ways are shown one by one.
const FEW: usize = 4;

/// What `check` answers of an action.
pub type Asked<'a> = dyn Fn(&Door, &Act) -> Vec<&'a Checked> + 'a;

/// All ways, one after the other.
#[must_use]
pub fn text(traces: &[Trace], unread: &[String], asked: &Asked<'_>) -> String {
    let mut text = String::new();
    for trace in traces {
        let to = trace.recipient.as_ref().map(|to| format!(" for {to}")).unwrap_or_default();
        let unsure = if matches!(trace.door, Door::Receipt { sure: false, .. }) { ", if it is the active one" } else { "" };
        let head = format!("{}{to}{unsure}", trace.door.name());
        let _ = writeln!(text, "{}{}", if text.is_empty() { "" } else { "\n" }, paint(BOLD, clean(&head)));
        if trace.ways.len() > FEW {
            for Met { step, maybe } in condensed(trace.ways.iter().map(|way| &way.route)) {
                one_step(&mut text, &step, maybe, &trace.door, asked);
            }
            let _ = writeln!(text, "  {}", paint(DIM, format!("{} ways in all, one by one in --format json", trace.ways.len())));
        } else {
            for (at, way) in trace.ways.iter().enumerate() {
                one_way(&mut text, at, way, trace, asked);
            }
        }
        if !trace.all {
            let _ = writeln!(text, "  {}", paint(YELLOW, "there are more ways than are gone: say more of the message"));
        }
    }
    if traces.is_empty() {
        text += "Nothing takes mail here.\n";
    }
    if !unread.is_empty() {
        let _ = writeln!(text, "\n{} somebody else's, and not known without --live: {}", paint(CYAN, "note"), clean(&unread.join(", ")));
    }
    text
}

fn one_way(text: &mut String, at: usize, way: &Way, trace: &Trace, asked: &Asked<'_>) {
    if trace.ways.len() > 1 {
        let _ = writeln!(text, "  {}", paint(CYAN, clean(&format!("way {}: {}", at + 1, supposing(way)))));
    }
    for step in &way.route.steps {
        one_step(text, step, false, &trace.door, asked);
    }
    let _ = writeln!(text, "  {} {}", paint(end(way.route.end), "=>"), clean(&way.route.told().join(", ")));
}

fn supposing(way: &Way) -> String {
    if way.supposing.is_empty() { "as it is".to_owned() } else { format!("if {}", way.supposing.join(" and ")) }
}

fn end(end: End) -> anstyle::Style {
    match end {
        End::Done => GREEN,
        End::Blocked | End::Bounced | End::Dropped | End::Closed => RED,
        End::Unmatched | End::Unknown => YELLOW,
    }
}

fn one_step(text: &mut String, step: &Step, maybe: bool, door: &Door, asked: &Asked<'_>) {
    let style = match step.outcome {
        "applies" | "let in" => GREEN,
        "does not apply" => DIM,
        "not known" => YELLOW,
        _ => RED,
    };
    let why = if step.why.is_empty() { String::new() } else { format!(": {}", step.why) };
    let (style, outcome) = match step.outcome {
        "applies" if maybe => (YELLOW, "may apply".to_owned()),
        outcome if maybe => (YELLOW, format!("may be {outcome}")),
        outcome => (style, outcome.to_owned()),
    };
    let _ = writeln!(text, "    {} {}{}", clean(&step.what), paint(style, outcome), clean(&why));
    for act in &step.acts {
        let note = act.note.as_ref().map(|note| paint(DIM, clean(&format!(" ({note})")))).unwrap_or_default();
        let _ = writeln!(text, "      - {}{note}", clean(&act.to_string()));
        for row in asked(door, act) {
            let (style, word) = answer(row.answer);
            let _ = writeln!(text, "          {} {} on {}", paint(style, word), clean(&row.action), clean(&row.resource));
        }
    }
}

fn answer(answer: Answer) -> (anstyle::Style, &'static str) {
    match answer {
        Answer::Allowed => (GREEN, "allowed"),
        Answer::Denied => (RED, "denied"),
        Answer::Depends => (YELLOW, "depends"),
        Answer::Unreadable => (RED, "unreadable"),
    }
}

/// The same for programs: a list, one for each way in (and recipient, where each goes its own way).
#[must_use]
pub fn json(traces: &[Trace], asked: &Asked<'_>) -> Value {
    let act = |door: &Door, act: &Act| {
        let mut value = json!(act);
        let rows = asked(door, act);
        if !rows.is_empty() {
            value["checks"] = json!(rows);
        }
        value
    };
    let one = |trace: &Trace| {
        let step = |step: &Step| {
            let acts: Vec<Value> = step.acts.iter().map(|one| act(&trace.door, one)).collect();
            json!({"what": step.what, "outcome": step.outcome, "why": step.why, "actions": acts})
        };
        let way = |way: &Way| {
            let steps: Vec<Value> = way.route.steps.iter().map(step).collect();
            json!({"supposing": way.supposing, "end": way.route.end, "route": way.route.told(), "steps": steps})
        };
        json!({
            "via": trace.door.name(),
            "active": !matches!(trace.door, Door::Receipt { sure: false, .. }),
            "to": trace.recipient,
            "complete": trace.all,
            "ways": trace.ways.iter().map(way).collect::<Vec<_>>(),
        })
    };
    json!(traces.iter().map(one).collect::<Vec<_>>())
}

/// What a change does to mail, for the end of a plan; nothing where it does nothing.
#[must_use]
pub fn mail(moved: &[Moved]) -> String {
    if moved.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", paint(BOLD, format!("Mail: {} another way than before", things(moved.len(), "route"))));
    for Moved { to, via, have, want, why } in moved {
        let _ = writeln!(text, "\n  {} {}", paint(BOLD, clean(to)), paint(DIM, clean(&format!("via {via}"))));
        for op in capture_diff_slices(Algorithm::Myers, have, want) {
            for change in op.iter_changes(have, want) {
                let line = clean(&change.value());
                let _ = match change.tag() {
                    ChangeTag::Delete => writeln!(text, "    {} {line}", paint(RED, "-")),
                    ChangeTag::Insert => writeln!(text, "    {} {line}", paint(GREEN, "+")),
                    ChangeTag::Equal => writeln!(text, "      {line}"),
                };
            }
        }
        let _ = writeln!(text, "    {}", paint(DIM, clean(&format!("because {why}"))));
    }
    text
}
