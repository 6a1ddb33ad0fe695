//! The plan loader.

use std::sync::Arc;

use postroom::core::live::Live;
use postroom::core::problem::{Problem, Source};
use postroom::core::saved::Terms;
use postroom::plan::{self, Given};
use postroom::report::diagnostic::Diagnostic;
use postroom::report::{github, json, problems, sarif};

use super::shown::{is_harmless, set_is_harmless};

/// A text is a plan, or has problems that can be shown; and it says the same when it is read again.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = Arc::new(Source { name: "plan.yaml".to_owned(), text: text.to_owned() });
    match load(&source) {
        Ok(plan) => {
            let set = Terms::default().changes(&plan, &Live::new(super::home()));
            set_is_harmless(&set, Some(&plan));
        }
        Err(found) => {
            assert!(!found.is_empty(), "it does not read, and nobody says why");
            found.iter().for_each(|problem| is_well_told(problem, text));
            are_harmless(&found);
            assert_eq!(load(&source).err(), Some(found), "it says something else when it is read again");
        }
    }
}

fn load(source: &Arc<Source>) -> Result<plan::language::Plan, Vec<Problem>> {
    let home = super::home();
    let draft = plan::parse(Arc::clone(source))?;
    // Of a fleet, its first.
    let target = draft.targets()?.into_iter().next().and_then(|target| target.name);
    draft.settle(&Given { account: Some(home.account), region: Some(home.region), target, ..Given::default() })
}

fn is_well_told(problem: &Problem, text: &str) {
    assert!(plan::CODES.contains(&problem.code), "{} is no code", problem.code);
    let places = std::iter::once(&problem.place).chain(problem.also.iter().map(|(place, _)| place));
    for place in places {
        assert!(place.start <= place.end && place.end <= text.len(), "{problem:?}");
        assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end), "{problem:?}");
    }
}

fn are_harmless(found: &[Problem]) {
    is_harmless("text", &problems::text(found, false));
    is_harmless("json", &json::text(&problems::document(found)));
    let diagnostics: Vec<Diagnostic> = found.iter().map(Diagnostic::from).collect();
    is_harmless("github", &github::annotations(&diagnostics));
    is_harmless("sarif", &json::text(&sarif::log("validate", &diagnostics, &[])));
}
