//! JSON as policies need it: no member named twice, and the raw text of what stands inside.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::PolicyError;

/// The text as a value. Nesting is bounded by `serde_json` (128 levels).
///
/// A member named twice is refused: "Individual elements must not contain multiple instances of the same key"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>). Keeping both would leave open which of them counts.
pub(super) fn parse(text: &str) -> Result<Value, PolicyError> {
    serde_json::from_str::<Strict>(text).map(|strict| strict.0).map_err(not_json)
}

/// The members of an object with the place of each value in `text`; none is named twice. What stands inside is not looked at.
pub(super) fn members(text: &str) -> Result<Vec<(String, Range<usize>)>, PolicyError> {
    let members = serde_json::from_str::<RawMembers<'_>>(text).map_err(not_json)?;
    Ok(members.0.into_iter().map(|(name, raw)| (name, place(text, raw.get()))).collect())
}

/// The place in `text` of every element of the array that stands at `at`. What stands inside is not looked at.
pub(super) fn elements(text: &str, at: &Range<usize>) -> Result<Vec<Range<usize>>, PolicyError> {
    let array = text.get(at.clone()).unwrap_or_default();
    let elements = serde_json::from_str::<Vec<&RawValue>>(array).map_err(not_json)?;
    Ok(elements.into_iter().map(|raw| place(text, raw.get())).collect())
}

/// Where `part` stands in `whole`.
// INVARIANT: a borrowed `RawValue` is a slice of the text it was read from.
fn place(whole: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}

/// The value as compact text with sorted members: equal values give equal text.
pub(super) fn sorted(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members: Vec<_> =
                members.into_iter().map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), sorted(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// What a value is, for an error message.
pub(super) fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature `map_err` wants")]
fn not_json(error: serde_json::Error) -> PolicyError {
    PolicyError::Json(error.to_string())
}

/// A value whose objects name no member twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            match object.entry(name) {
                Entry::Occupied(twice) => return Err(A::Error::custom(format_args!("member `{}` is named twice", twice.key()))),
                Entry::Vacant(place) => {
                    let Strict(value) = members.next_value()?;
                    place.insert(value);
                }
            }
        }
        Ok(Value::Object(object))
    }
}

/// The members of an object in their order, unread.
struct RawMembers<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawMembers<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let (mut found, mut names) = (Vec::new(), BTreeSet::new());
                while let Some((name, raw)) = members.next_entry::<String, &'de RawValue>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format_args!("member `{name}` is named twice")));
                    }
                    found.push((name, raw));
                }
                Ok(RawMembers(found))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_named_twice_is_refused_at_any_depth_with_its_place() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"a":2}]}"#, r#"{"a":1,"\u0061":2}"#] {
            let message = parse(text).unwrap_err().to_string();
            assert!(message.contains("`a` is named twice") && message.contains("line 1 column"), "{message}");
        }
        assert_eq!(parse(r#"{"a":1,"A":1}"#).unwrap(), json!({"a": 1, "A": 1}));
    }

    #[test]
    fn nesting_without_end_is_an_error_and_no_overflow() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&format!("{}{}", "[".repeat(120), "]".repeat(120))).is_ok());
    }

    #[test]
    fn places_point_at_the_raw_text() {
        let text = " { \"a\" : [ {\"b\": 1} , 2 ] , \"c\":\"d\" } ";
        let members = members(text).unwrap();
        let texts: Vec<_> = members.iter().map(|(name, at)| (name.as_str(), &text[at.clone()])).collect();
        assert_eq!(texts, [("a", "[ {\"b\": 1} , 2 ]"), ("c", "\"d\"")]);
        let elements = elements(text, &members[0].1).unwrap();
        assert_eq!(elements.into_iter().map(|at| &text[at]).collect::<Vec<_>>(), ["{\"b\": 1}", "2"]);
    }

    #[test]
    fn equal_values_have_one_sorted_text() {
        assert_eq!(sorted(&json!({"b": [1, {"d": 1, "c": "\""}], "a": null})), r#"{"a":null,"b":[1,{"c":"\"","d":1}]}"#);
    }
}
