//! Exit codes, as contract/cli.md has them.

use crate::core::problem::Problem;

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
}

/// A run that cannot go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// The plan does not read.
    Plan(Vec<Problem>),
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

    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Plan(_) => Exit::Error,
            Self::Because(exit, _, _) => *exit,
        }
    }
}
