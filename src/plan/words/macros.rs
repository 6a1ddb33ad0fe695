//! How the forms of the language are declared.

/// A key as it is written: one that is a word of Rust is declared as `r#in`.
pub(crate) const fn bare(key: &'static str) -> &'static str {
    if let [b'r', b'#', ..] = key.as_bytes() { key.split_at(2).1 } else { key }
}

/// A mapping with known keys: `key: Form`, or `key: Form = default`. The doc comments are the descriptions in the schema.
///
/// Declares a struct of what was read; with `, given` behind its name the struct also knows which keys were written, and where.
macro_rules! mapping {
    (
        $(#[doc = $doc:literal])+
        $name:ident $(, $given:ident)? $([ $($demand:expr),+ ])? {
            $( $(#[doc = $about:literal])+ $key:ident : $word:ty $(= $default:expr)? , )*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub(crate) struct $name {
            $(
                /// The keys that were written.
                pub(crate) $given: $crate::plan::words::Given,
            )?
            $( $(#[doc = $about])+ pub(crate) $key: <$word as $crate::plan::words::Word>::Value, )*
        }

        impl $name {
            /// Its keys.
            pub(crate) const KEYS: &'static [&'static str] = &[$($crate::plan::words::macros::bare(stringify!($key))),*];
            const DEMANDS: &'static [$crate::plan::words::Demand] = &[$($($demand),+)?];
        }

        impl $crate::plan::words::Word for $name {
            type Value = Self;

            fn schema(definitions: &mut $crate::plan::words::Definitions) -> serde_json::Value {
                definitions.mapping(stringify!($name), concat!($($doc, "\n"),+), Self::DEMANDS, |definitions, keys| {
                    $({
                        let default: Option<serde_json::Value> = mapping!(@default $($default)?);
                        let omitted = <$word as $crate::plan::words::Word>::omitted().is_some() || default.is_some();
                        let schema = <$word as $crate::plan::words::Word>::schema(definitions);
                        keys.add($crate::plan::words::macros::bare(stringify!($key)), concat!($($about, "\n"),+), schema, default, omitted);
                    })*
                })
            }

            fn read(node: &$crate::plan::node::Node, reader: &mut $crate::plan::words::Reader<'_>) -> Option<Self> {
                let keys = reader.keys(node, Self::KEYS, Self::DEMANDS)?;
                $( let $key = mapping!(@read keys, reader, $key, $word $(, $default)?); )*
                Some(Self { $( $given: keys.given, )? $( $key: $key?, )* })
            }
        }
    };
    (@default) => {
        None
    };
    (@default $default:expr) => {
        Some($crate::plan::words::schema::Shown::shown(&$default))
    };
    (@read $keys:ident, $reader:ident, $key:ident, $word:ty) => {
        match $keys.find($crate::plan::words::macros::bare(stringify!($key))) {
            Some((_, value)) => $reader.below($crate::plan::words::macros::bare(stringify!($key)), |reader| <$word as $crate::plan::words::Word>::read(value, reader)),
            None => {
                let omitted = <$word as $crate::plan::words::Word>::omitted();
                if omitted.is_none() {
                    $reader.missing(&$keys, $crate::plan::words::macros::bare(stringify!($key)));
                }
                omitted
            }
        }
    };
    (@read $keys:ident, $reader:ident, $key:ident, $word:ty, $default:expr) => {
        match $keys.find($crate::plan::words::macros::bare(stringify!($key))) {
            Some((_, value)) => $reader.below($crate::plan::words::macros::bare(stringify!($key)), |reader| <$word as $crate::plan::words::Word>::read(value, reader)),
            None => Some($default),
        }
    };
}

/// A named thing of Mail Manager: a mapping with the keys that all of them have beside their own. `needs` are the keys without which it is
/// not whole.
macro_rules! entry {
    (
        $(#[doc = $doc:literal])+
        $name:ident, was $form:ty, needs $needs:expr $(, $demand:expr)* => {
            $( $(#[doc = $about:literal])+ $key:ident : $word:ty $(= $default:expr)? , )*
        }
    ) => {
        $crate::plan::words::macros::mapping! {
            $(#[doc = $doc])+
            $name, given [
                $crate::plan::words::Demand::AtMostOne(&["existing", "adopt", "absent"]),
                $crate::plan::words::Demand::Unless(&["existing", "absent"], $needs)
                $(, $demand)*
            ] {
                $( $(#[doc = $about])+ $key: $word $(= $default)?, )*
                /// Earlier names: it is renamed where AWS can.
                was: $crate::plan::words::common::Opt<$crate::plan::words::common::List<$form>>,
                /// Tags beside those of `defaults`.
                tags: $crate::plan::words::mail_manager::Tags,
                /// Never deleted and never replaced; an archive unless it says `false`.
                protect: $crate::plan::words::common::Opt<$crate::plan::words::common::Flag>,
                /// Somebody else's: only referred to.
                existing: $crate::plan::words::common::Flag = false,
                /// There already, and ours from now on.
                adopt: $crate::plan::words::common::Flag = false,
                /// It shall not exist.
                absent: $crate::plan::words::common::Flag = false,
            }
        }

        impl $crate::plan::words::mail_manager::Entry for $name {
            const NEEDS: &'static [&'static str] = $needs;

            fn said(&mut self) -> $crate::plan::words::mail_manager::Said {
                $crate::plan::words::mail_manager::Said {
                    given: self.given.clone(),
                    was: self.was.take().unwrap_or_default(),
                    tags: self.tags.take().unwrap_or_default(),
                    protect: self.protect,
                    existing: self.existing,
                    adopt: self.adopt,
                    absent: self.absent,
                }
            }
        }
    };
}

/// A mapping of exactly one key, or a bare word where nothing need be said.
macro_rules! one_key {
    (
        $(#[doc = $doc:literal])+
        $name:ident, $noun:literal, $elsewhere:expr => {
            $( $(#[doc = $about:literal])+ $variant:ident = $key:literal : $word:ty , )*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub(crate) enum $name {
            $( $(#[doc = $about])+ $variant(<$word as $crate::plan::words::Word>::Value), )*
        }

        impl $crate::plan::words::Word for $name {
            type Value = $crate::plan::language::Placed<Self>;

            fn schema(definitions: &mut $crate::plan::words::Definitions) -> serde_json::Value {
                definitions.one_key(stringify!($name), concat!($($doc, "\n"),+), |definitions, keys| {
                    $({
                        let schema = <$word as $crate::plan::words::Word>::schema(definitions);
                        let bare = <$word as $crate::plan::words::Word>::omitted().is_some();
                        keys.add($key, concat!($($about, "\n"),+), schema, None, bare);
                    })*
                })
            }

            fn read(node: &$crate::plan::node::Node, reader: &mut $crate::plan::words::Reader<'_>) -> Option<Self::Value> {
                use $crate::plan::words::Word;
                let one = $crate::plan::words::common::only_key(node, reader, $noun, &[$($key),*], $elsewhere)?;
                let spot = reader.below(&one.key.text, |reader| reader.spot(one.key.span));
                let value = match (one.key.text.as_str(), one.value) {
                    $(
                        ($key, Some(value)) => reader.below($key, |reader| <$word as Word>::read(value, reader).map(Self::$variant)),
                        ($key, None) => {
                            let bare = <$word as Word>::omitted().map(Self::$variant);
                            if bare.is_none() {
                                reader.tell("missing-key", concat!("`", $key, "` cannot stand alone"), &spot, concat!("expected `", $key, ": …`"));
                            }
                            bare
                        }
                    )*
                    _ => None,
                };
                value.map(|value| $crate::plan::language::Placed { value, spot })
            }
        }
    };
}

/// Forms of text: `Form -> Type: pattern, what is expected`, and a check that says what a pattern cannot.
///
/// The pattern is the schema's and the reader's: written for both JavaScript and `regex-lite`, which is why there are no classes
/// like `\w` in it.
macro_rules! texts {
    ($( $(#[doc = $doc:literal])+ $name:ident -> $value:ty : $pattern:expr, $expected:expr $(, $also:expr)? ; )*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug)]
            pub(crate) struct $name;

            impl $crate::plan::words::texts::Form for $name {
                type Of = $value;
                const PATTERN: &'static str = $pattern;
                const EXPECTED: &'static str = $expected;

                fn regex() -> &'static std::sync::OnceLock<Option<regex_lite::Regex>> {
                    static REGEX: std::sync::OnceLock<Option<regex_lite::Regex>> = std::sync::OnceLock::new();
                    &REGEX
                }

                $( fn also(text: &str) -> Option<&'static str> {
                    let check: fn(&str) -> Option<&'static str> = $also;
                    check(text)
                } )?
            }

            impl $crate::plan::words::Word for $name {
                type Value = $crate::plan::language::Placed<$value>;

                fn schema(_: &mut $crate::plan::words::Definitions) -> serde_json::Value {
                    $crate::plan::words::texts::schema::<Self>(stringify!($name), concat!($($doc, "\n"),+))
                }

                fn read(node: &$crate::plan::node::Node, reader: &mut $crate::plan::words::Reader<'_>) -> Option<Self::Value> {
                    $crate::plan::words::texts::read::<Self>(node, reader)
                }
            }
        )*

        /// Every form of text declared here, for the tests: its name and pattern.
        #[cfg(test)]
        pub(crate) const PATTERNS: &[$crate::plan::words::texts::OneForm] =
            &[$((stringify!($name), <$name as $crate::plan::words::texts::Form>::PATTERN, <$name as $crate::plan::words::texts::Form>::also)),*];
    };
}

pub(crate) use {entry, mapping, one_key, texts};
