//! Two policies, and whether they say the same: `tests/equivalence/cases.json`, one row per case.
//!
//! The first 46 names are those of the table that hashicorp/awspolicyequivalence is tested with (facts §5.3), the documents are ours. `library`
//! stands where that library answers otherwise (facts §5.2), with the reason. A document that is a text there is taken as it is written.

use std::collections::BTreeSet;

use postroom::policy::equivalent;
use serde::Deserialize;
use serde_json::Value;

/// What stands in the list of the library under `TestPolicyEquivalence`.
const PUBLISHED: usize = 46;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    one: Value,
    other: Value,
    equal: Answer,
    library: Option<Answer>,
    why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Answer {
    Known(bool),
    Error(Refusal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Refusal {
    Error,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("equivalence/cases.json")).expect("the table reads")
}

fn text(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}

fn answer(one: &str, other: &str) -> Answer {
    equivalent(one, other).map_or(Answer::Error(Refusal::Error), Answer::Known)
}

#[test]
fn every_case_has_its_answer_from_both_sides() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (one, other) = (text(&case.one), text(&case.other));
        for (side, found) in [("", answer(&one, &other)), (" (turned round)", answer(&other, &one))] {
            if found != case.equal {
                wrong.push(format!("{}{side}: {found:?}, not {:?}", case.name, case.equal));
            }
        }
        for text in [one, other] {
            let itself = equivalent(&text, &text);
            assert!(itself != Ok(false), "{}: {text} does not mean itself", case.name);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_table_is_whole_and_explains_where_it_differs() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "a name stands for one case");
    assert!(cases.iter().take(PUBLISHED).all(|case| case.library.is_none()), "the published answers are right");
    for case in &cases {
        assert_eq!(case.library.is_some(), case.why.is_some(), "{}", case.name);
        assert_ne!(case.library, Some(case.equal), "{}: no difference", case.name);
    }
    let count = |wanted: Answer| cases.iter().take(PUBLISHED).filter(|case| case.equal == wanted).count();
    assert_eq!([count(Answer::Known(true)), count(Answer::Known(false)), count(Answer::Error(Refusal::Error))], [34, 11, 1]);
}
