//! JUnit XML, for whatever shows tests: one suite for each target of the plan, a failure for each thing that has drifted, an error for each that could not be
//! read.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::drift::sentence;
use super::text::things;
use crate::core::drift::{Class, Drift, Item};

/// What `drift` found, target by target; or why nothing can be said of one.
///
/// # Errors
/// The XML could not be written.
pub fn drift(targets: &[(Option<&str>, Result<&Drift, String>)]) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("postroom drift");
    for (name, found) in targets {
        report.add_test_suite(match found {
            Ok(found) => suite(*name, found),
            Err(why) => unknown(name.unwrap_or_default(), why),
        });
    }
    report.to_string()
}

fn suite(name: Option<&str>, drift: &Drift) -> TestSuite {
    let set = &drift.set;
    let target = name.map(|name| format!(", target {name}")).unwrap_or_default();
    let place = format!("{} in {} {}{target}", set.plan, set.home.account, set.home.region);
    let mut suite = TestSuite::new(place.clone());
    let agreement = TestCase::new(format!("{} as the plan says", things(set.unchanged, "thing")), TestCaseStatus::success());
    suite.add_test_case(agreement);
    suite.add_test_cases(drift.items.iter().map(|item| case(item, &place)));
    suite.add_test_cases(drift.notes.iter().map(|note| {
        let mut skipped = TestCaseStatus::skipped();
        skipped.set_message(note.as_str());
        TestCase::new("what cannot be read back", skipped)
    }));
    suite
}

/// A target that was not reached is no agreement.
fn unknown(name: &str, why: &str) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(why);
    let mut suite = TestSuite::new(format!("target {name}"));
    suite.add_test_case(TestCase::new("the target is reached", status));
    suite
}

fn case(item: &Item, place: &str) -> TestCase {
    let kind = if item.class == Class::Unreadable { NonSuccessKind::Error } else { NonSuccessKind::Failure };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(item.class.name()).set_message(sentence(item));
    let mut case = TestCase::new(item.name.as_str(), status);
    case.set_classname(place);
    case
}
