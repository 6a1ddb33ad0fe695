//! JUnit XML, for whatever shows tests: one suite for the plan, a failure for each thing that has drifted, an error for each that could not be
//! read.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::drift::sentence;
use super::text::things;
use crate::core::drift::{Class, Drift, Item};

/// What `drift` found.
///
/// # Errors
/// The XML could not be written.
pub fn drift(drift: &Drift) -> Result<String, quick_junit::SerializeError> {
    let set = &drift.set;
    let place = format!("{} in {} {}", set.plan, set.home.account, set.home.region);
    let mut suite = TestSuite::new(place.clone());
    let agreement = TestCase::new(format!("{} as the plan says", things(set.unchanged, "thing")), TestCaseStatus::success());
    suite.add_test_case(agreement);
    suite.add_test_cases(drift.items.iter().map(|item| case(item, &place)));
    suite.add_test_cases(drift.notes.iter().map(|note| {
        let mut skipped = TestCaseStatus::skipped();
        skipped.set_message(note.as_str());
        TestCase::new("what cannot be read back", skipped)
    }));
    let mut report = Report::new("postroom drift");
    report.add_test_suite(suite);
    report.to_string()
}

fn case(item: &Item, place: &str) -> TestCase {
    let kind = if item.class == Class::Unreadable { NonSuccessKind::Error } else { NonSuccessKind::Failure };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(item.class.name()).set_message(sentence(item));
    let mut case = TestCase::new(item.name.as_str(), status);
    case.set_classname(place);
    case
}
