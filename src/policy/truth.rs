//! Yes, no, or: it depends on these condition keys.

use std::collections::BTreeSet;

/// An answer that may be out of reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// It depends on these.
    Unknown(BTreeSet<String>),
}

impl Truth {
    pub(super) fn depends_on(name: &str) -> Self {
        Self::Unknown(BTreeSet::from([name.to_owned()]))
    }

    /// What an open answer depends on.
    pub(super) fn depending_on(&self) -> impl Iterator<Item = &String> {
        let on = if let Self::Unknown(on) = self { Some(on) } else { None };
        on.into_iter().flatten()
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// One no decides. What an answer depends on is only what is still open.
    pub(super) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut open = BTreeSet::new();
        for answer in answers {
            match answer {
                Self::Yes => {}
                Self::No => return Self::No,
                Self::Unknown(on) => open.extend(on),
            }
        }
        if open.is_empty() { Self::Yes } else { Self::Unknown(open) }
    }

    /// One yes decides.
    pub(super) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        Self::all(answers.into_iter().map(Self::not)).not()
    }
}

impl From<bool> for Truth {
    fn from(answer: bool) -> Self {
        if answer { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_depends_on_nothing() {
        let open = || Truth::depends_on("k");
        assert_eq!(Truth::all([open(), Truth::No]), Truth::No);
        assert_eq!(Truth::any([open(), Truth::Yes]), Truth::Yes);
        assert_eq!(Truth::all([open(), Truth::Yes, Truth::depends_on("l")]), Truth::Unknown(["k".into(), "l".into()].into()));
        assert_eq!(Truth::any([open(), Truth::No]), open());
        assert_eq!((Truth::all([]), Truth::any([])), (Truth::Yes, Truth::No));
        assert_eq!(open().not(), open());
    }
}
