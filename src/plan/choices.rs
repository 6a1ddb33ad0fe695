//! Words of which exactly one is chosen, as enums: the spelling, the meaning and the default in one place.

/// An enum whose variants have spellings in the plan.
pub(crate) trait Choice: Copy + 'static {
    /// Each variant with its spelling and its meaning.
    const ALL: &'static [(Self, &'static str, &'static str)];
}

/// Declares such an enum. The first variant is the default.
macro_rules! choices {
    ($( $(#[doc = $doc:literal])+ $visible:vis $name:ident {
        $(#[doc = $first_about:literal])+ $first:ident = $first_spelling:literal,
        $( $(#[doc = $about:literal])+ $variant:ident = $spelling:literal, )*
    } )+) => { $(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        $visible enum $name {
            $(#[doc = $first_about])+
            #[default]
            $first,
            $( $(#[doc = $about])+ $variant, )*
        }

        impl $crate::plan::choices::Choice for $name {
            const ALL: &'static [(Self, &'static str, &'static str)] = &[
                (Self::$first, $first_spelling, concat!($($first_about, "\n"),+)),
                $( (Self::$variant, $spelling, concat!($($about, "\n"),+)), )*
            ];
        }
    )+ };
}

pub(crate) use choices;
