//! Many ways as one: what is met on all of them, and what only may be met, with what that hangs on.

use super::trace::{Route, Step};

/// One thing that is met on some way.
#[derive(Debug, Clone, PartialEq)]
pub struct Met {
    /// What is met, as on the first of the ways where it does something.
    pub step: Step,
    /// On another way something else comes of it.
    pub maybe: bool,
}

/// What does nothing: of a rule that may apply it is not told.
const NOTHING: &str = "does not apply";

/// All that is met on any of these ways, in order.
pub fn condensed<'a>(ways: impl Iterator<Item = &'a Route> + Clone) -> Vec<Met> {
    let mut all: Vec<Step> = Vec::new();
    for route in ways.clone() {
        let mut behind = 0;
        for step in &route.steps {
            match all.iter().position(|known| is_same(known, step)) {
                Some(at) => {
                    // What it hangs on is better to know than that it followed from what was supposed.
                    if all[at].why != step.why && step.why.starts_with("if ") && !all[at].why.starts_with("if ") {
                        all[at] = step.clone();
                    }
                    behind = behind.max(at + 1);
                }
                None => {
                    // Beside what else comes of the same thing.
                    let beside = all.iter().rposition(|known| known.what == step.what).map_or(0, |at| at + 1);
                    behind = behind.max(beside);
                    all.insert(behind, step.clone());
                    behind += 1;
                }
            }
        }
    }
    let other = |step: &Step| {
        let shut = ["blocked", "refused"].contains(&step.outcome);
        let elsewhere = |route: &Route| shut && !route.steps.iter().any(|other| is_same(other, step));
        let differs = |other: &Step| other.what == step.what && !is_same(other, step);
        ways.clone().any(|route| elsewhere(route) || route.steps.iter().any(differs))
    };
    let maybe: Vec<Met> = all.into_iter().map(|step| Met { maybe: other(&step), step }).collect();
    maybe.into_iter().filter(|met| !(met.maybe && met.step.outcome == NOTHING)).collect()
}

/// A rule applies or does not, whyever; a gate is shut for one reason or another.
fn is_same(one: &Step, other: &Step) -> bool {
    let for_its_reason = !["applies", NOTHING, "let in"].contains(&one.outcome);
    one.what == other.what && one.outcome == other.outcome && (!for_its_reason || one.why == other.why)
}

/// The same in a few words each, as the mail section lists what is done.
pub fn told<'a>(ways: impl Iterator<Item = &'a Route> + Clone) -> Vec<String> {
    let mut lines = Vec::new();
    for Met { step, maybe } in condensed(ways) {
        let done: Vec<String> = step.acts.iter().filter(|act| act.moves()).map(ToString::to_string).collect();
        match step.outcome {
            "blocked" | "refused" | "closed" => lines.push(format!("{}: {}", step.outcome, step.why)),
            _ if done.is_empty() => {}
            _ if maybe => lines.push(format!("{}: {}", step.why, done.join(", "))),
            _ => lines.extend(done),
        }
    }
    if lines.is_empty() { vec!["nothing".to_owned()] } else { lines }
}
