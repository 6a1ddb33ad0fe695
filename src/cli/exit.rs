//! Exit codes, as contract/cli.md has them.

use serde_json::{Value, json};

use crate::core::problem::Problem;
use crate::report;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done,
    /// Error, and nothing was written.
    Error,
    /// There are changes, and the caller asked to be told so.
    Changes,
    /// Refused before the first write.
    Refused,
    /// Something could not be read.
    Unreadable,
    /// Stopped after at least one write.
    Stopped,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Exit {
    /// The number.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Changes => 2,
            Self::Refused => 3,
            Self::Unreadable => 4,
            Self::Stopped => 5,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// In words, for the last line of a report.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Error => "failed",
            Self::Changes => "to be looked at",
            Self::Refused => "refused",
            Self::Unreadable => "not wholly read",
            Self::Stopped => "not complete",
            Self::Interrupted | Self::Terminated => "interrupted",
        }
    }

    /// The one of several that is told: 130/143 > 5 > 1 > 3 > 4 > 2 > 0 (contract/cli.md).
    pub(super) fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        const BY_WEIGHT: [Exit; 8] =
            [Exit::Done, Exit::Changes, Exit::Unreadable, Exit::Refused, Exit::Error, Exit::Stopped, Exit::Interrupted, Exit::Terminated];
        let weight = |exit: &Self| BY_WEIGHT.iter().position(|other| other == exit);
        all.into_iter().max_by_key(weight).unwrap_or(Self::Done)
    }
}

const STALE: &str = "the account is not as it was when the plan was saved; nothing was written";
const PLAN_AGAIN: &str = "look at what has changed, and plan again";

/// A run that cannot go on.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// The plan does not read.
    Plan(Vec<Problem>),
    /// What a saved plan was made of has moved: each object, and how.
    Stale(Vec<(String, String)>),
    /// Anything else: the exit, what is wrong, what to do.
    Because(Exit, String, Option<String>),
}

impl Stop {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Because(Exit::Error, message.into(), None)
    }

    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::Because(Exit::Refused, message.into(), None)
    }

    /// As it is told in its target's place.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Plan(problems) => report::problems::text(problems, false).trim_end().to_owned(),
            Self::Stale(moved) => {
                let lines: String = moved.iter().map(|(address, what)| format!("\n  {address}: {what}")).collect();
                format!("error: {STALE}{}\nhelp: {PLAN_AGAIN}", report::text::clean(&lines))
            }
            Self::Because(_, message, help) => {
                let help = help.as_ref().map(|help| format!("\nhelp: {}", report::text::clean(help))).unwrap_or_default();
                format!("error: {}{help}", report::text::clean(message))
            }
        }
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Plan(problems) => {
                json!({"message": "the plan does not read", "help": null, "problems": report::problems::json(problems)})
            }
            Self::Stale(moved) => {
                let moved = moved.iter().map(|(address, what)| json!({"address": address, "what": what}));
                json!({"message": STALE, "help": PLAN_AGAIN, "stale": moved.collect::<Vec<_>>()})
            }
            Self::Because(_, message, help) => json!({"message": message, "help": help}),
        }
    }

    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Plan(_) => Exit::Error,
            Self::Stale(_) => Exit::Refused,
            Self::Because(exit, _, _) => *exit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_worst_of_all_targets_is_told() {
        let order = [0, 2, 4, 3, 1, 5, 130, 143];
        let exits =
            [Exit::Done, Exit::Changes, Exit::Unreadable, Exit::Refused, Exit::Error, Exit::Stopped, Exit::Interrupted, Exit::Terminated];
        assert_eq!(exits.map(|exit| i32::from(exit.number())), order);
        for (at, worse) in exits.iter().enumerate() {
            for better in &exits[..=at] {
                assert_eq!(Exit::worst([*better, *worse]), *worse);
                assert_eq!(Exit::worst([*worse, *better]), *worse);
            }
        }
        assert_eq!(Exit::worst([]), Exit::Done);
    }
}
