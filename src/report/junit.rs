//! JUnit XML, for whatever shows tests: one suite for each target of the plan, a failure for each thing that has drifted, an error for each that could not be
//! read.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::drift::sentence;
use super::text::{clean, things};
use crate::core::address::Home;
use crate::core::check::{Answer, Checked};
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

/// Where it was asked, and what was answered.
pub type Answers = (Home, Vec<Checked>);

/// What `check` answered, target by target: a case for each request of each action. With `strict` one that hangs on something fails, else it
/// is skipped with what it hangs on.
///
/// # Errors
/// The XML could not be written.
pub fn checks(
    plan: &str,
    targets: &[(Option<&str>, Result<Answers, String>)],
    strict: bool,
) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("postroom check");
    for (name, found) in targets {
        report.add_test_suite(match found {
            Ok((home, rows)) => {
                let target = name.map(|name| format!(", target {name}")).unwrap_or_default();
                let mut suite = TestSuite::new(clean(&format!("{plan} in {} {}{target}", home.account, home.region)));
                suite.add_test_cases(rows.iter().map(|row| asked(row, strict)));
                suite
            }
            Err(why) => unknown(name.unwrap_or_default(), why),
        });
    }
    report.to_string()
}

fn asked(row: &Checked, strict: bool) -> TestCase {
    let on = if row.on.is_empty() { String::new() } else { format!(", hangs on {}", row.on.join(", ")) };
    let by = row.by.as_ref().map(|by| format!(" by statement {by} of")).unwrap_or_else(|| ":".to_owned());
    let message = |answer: &str| clean(&format!("{answer}{by} {}{on}", row.at));
    let failed = |kind, answer: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(answer).set_message(message(answer));
        status
    };
    let status = match row.answer {
        Answer::Allowed => TestCaseStatus::success(),
        Answer::Denied => failed(NonSuccessKind::Failure, "denied"),
        Answer::Unreadable => failed(NonSuccessKind::Error, "unreadable"),
        Answer::Depends if strict => failed(NonSuccessKind::Failure, "depends"),
        Answer::Depends => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(message("depends"));
            skipped
        }
    };
    let mut case = TestCase::new(clean(&format!("{} on {}", row.action, row.resource)), status);
    case.set_classname(clean(&row.rule));
    case
}

fn suite(name: Option<&str>, drift: &Drift) -> TestSuite {
    let set = &drift.set;
    let target = name.map(|name| format!(", target {name}")).unwrap_or_default();
    let place = clean(&format!("{} in {} {}{target}", set.plan, set.home.account, set.home.region));
    let mut suite = TestSuite::new(place.clone());
    let agreement = TestCase::new(format!("{} as the plan says", things(set.unchanged, "thing")), TestCaseStatus::success());
    suite.add_test_case(agreement);
    suite.add_test_cases(drift.items.iter().map(|item| case(item, &place)));
    suite.add_test_cases(drift.notes.iter().map(|note| {
        let mut skipped = TestCaseStatus::skipped();
        skipped.set_message(clean(note));
        TestCase::new("what cannot be read back", skipped)
    }));
    suite
}

/// A target that was not reached is no agreement.
fn unknown(name: &str, why: &str) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(clean(why));
    let mut suite = TestSuite::new(clean(&format!("target {name}")));
    suite.add_test_case(TestCase::new("the target is reached", status));
    suite
}

fn case(item: &Item, place: &str) -> TestCase {
    let kind = if item.class == Class::Unreadable { NonSuccessKind::Error } else { NonSuccessKind::Failure };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(item.class.name()).set_message(clean(&sentence(item)));
    let mut case = TestCase::new(clean(&item.name), status);
    case.set_classname(place);
    case
}
