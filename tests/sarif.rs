//! SARIF and annotations, read by what reads them elsewhere: the standard's own JSON Schema and the types made of it (crate `serde-sarif`), and
//! the rules that GitHub adds; the commands of the runner taken apart as its documentation says.

#[path = "support/schemas.rs"]
mod schemas;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use postroom::core::change::Finding;
use postroom::core::check::{Answer, Checked};
use postroom::core::compile::compile;
use postroom::core::live::Live;
use postroom::core::problem::{Cause, Problem, Severity, Source};
use postroom::core::scene::Scene;
use postroom::plan::{Given, load};
use postroom::report::diagnostic::{self, Diagnostic};
use postroom::report::{codes, github, junit, sarif};
use serde_json::Value;

fn problems(name: &str, text: &str) -> Vec<Problem> {
    load(Arc::new(Source { name: name.into(), text: text.into() }), &Given::default()).unwrap_err()
}

/// The problems of every bad plan, each in its file.
fn of_bad_plans() -> Vec<Diagnostic> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/bad");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "yaml") {
            let name = format!("./tests/language/bad/{}", file.file_name().unwrap().to_string_lossy());
            found.extend(problems(&name, &std::fs::read_to_string(&file).unwrap()).iter().map(Diagnostic::from));
        }
    }
    assert!(found.len() > 100);
    found
}

const DEAD: &str = "postroom: 1
name: acme
account: \"111122223333\"
region: eu-west-1
accept: { rule-without-actions: \"not yet, 100 %\" }
receipt:
  rules:
    - { name: all, actions: [stop] }
    - { name: late, recipients: [acme.example], actions: [] }
";

fn of_a_plan(name: &str) -> Vec<Diagnostic> {
    let plan = load(Arc::new(Source { name: name.into(), text: DEAD.into() }), &Given::default()).unwrap();
    let live = Live::new(postroom::core::address::Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() });
    let mut found: Vec<Finding> = compile(&Scene::new(&plan, &live)).findings;
    for finding in &mut found {
        finding.accepted = plan.accept.get(&finding.code).cloned();
    }
    diagnostic::findings(Some("prod"), &found)
}

fn answers() -> Vec<Checked> {
    let row = |answer, on: &[&str]| Checked {
        rule: "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/main:receipt-rule/a".into(),
        action: "s3:PutObject".into(),
        resource: "arn:aws:s3:::acme-mail/in/x".into(),
        at: "bucket-policy/acme-mail".into(),
        answer,
        by: (answer == Answer::Denied).then(|| "DenyAll".to_owned()),
        owner: None,
        on: on.iter().map(|key| (*key).to_owned()).collect(),
        because: vec![Cause { file: "plans/acme.yaml".into(), line: 8, column: 7, path: "receipt.rules[0].actions[0].s3".into() }],
    };
    vec![
        row(Answer::Allowed, &[]),
        row(Answer::Denied, &[]),
        row(Answer::Depends, &["aws:SourceOrgID"]),
        row(Answer::Unreadable, &["AccessDenied"]),
    ]
}

/// What GitHub asks for beyond the standard, and refuses or does not show without it.
/// <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
fn as_github_reads_it(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let rules = runs[0]["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        let about = |member: &str| rule.pointer(member).and_then(Value::as_str).unwrap_or_else(|| panic!("{member} of {rule}")).to_owned();
        for member in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
            assert!(!about(member).is_empty() && about("/fullDescription/text").len() <= 1024, "{member} of {rule}");
        }
        assert!(about("/helpUri").starts_with("https://"), "{rule}");
        assert!(["error", "warning", "note"].contains(&about("/defaultConfiguration/level").as_str()));
    }
    let results = runs[0]["results"].as_array().unwrap();
    assert!(results.len() <= 25_000);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap_or_else(|| panic!("no file: {result}"));
        assert!(!uri.starts_with('/') && !uri.contains(':') && !uri.starts_with("./") && !uri.contains(' '), "{uri} is not relative");
        let number = |member: &str| place["region"][member].as_u64();
        assert!(number("startLine") >= Some(1) && number("startColumn") >= Some(1), "{place}");
        if let Some(end) = number("endLine") {
            assert!((Some(end), number("endColumn")) > (number("startLine"), number("startColumn")), "{place}");
        }
    }
}

#[test]
fn every_log_meets_the_standard_and_what_github_asks_for() {
    let standard = schemas::of_sarif();
    let logs = [
        sarif::log("validate", &of_bad_plans(), &[]),
        sarif::log("validate", &of_a_plan("plans/with blank & ünicode.yaml"), &[]),
        sarif::log("check", &diagnostic::checks(None, &answers(), true), &["prod: cannot tell who calls".to_owned()]),
        sarif::log("audit", &[], &[]),
    ];
    for log in &logs {
        let wrong: Vec<String> = standard.iter_errors(log).take(3).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert_eq!(wrong, [""; 0]);
        as_github_reads_it(log);
        let typed: serde_sarif::sarif::Sarif = serde_json::from_value(log.clone()).unwrap();
        let again = serde_json::to_value(&typed).unwrap();
        assert_eq!(again["runs"][0]["results"], log["runs"][0]["results"], "nothing is lost on the way through the types");
    }
    let mut renamed = logs[1].clone();
    renamed["runs"][0]["results"][0]["mesage"] = Value::Null;
    assert!(!standard.is_valid(&renamed), "the standard's schema sees a member that it does not know");
}

#[test]
fn a_result_stands_at_its_words_and_is_explained() {
    let found = problems("plans/a.yaml", "postroom: 1\nname: acme\nrecepit: {}\n");
    let log = sarif::log("validate", &[Diagnostic::from(&found[0])], &[]);
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "unknown-key");
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "plans/a.yaml");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!([&region["startLine"], &region["startColumn"], &region["endLine"], &region["endColumn"]], [3, 1, 3, 8]);
    let help = log["runs"][0]["tool"]["driver"]["rules"][0]["help"]["markdown"].as_str().unwrap();
    assert_eq!(help, codes::section("unknown-key").unwrap().text);
}

#[test]
fn what_is_accepted_is_suppressed_with_its_reason_and_related_lines_are_named() {
    let log = sarif::log("validate", &of_a_plan("a.yaml"), &[]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |code: &str| results.iter().find(|result| result["ruleId"] == code).unwrap_or_else(|| panic!("{code}: {log}"));
    assert_eq!(of("rule-without-actions")["suppressions"][0]["justification"], "not yet, 100 %");
    let dead = of("rule-never-reached");
    assert_eq!(dead["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 8);
    assert!(dead.get("suppressions").is_none() && dead["message"]["text"].as_str().unwrap().ends_with("(target prod)"));
}

#[test]
fn the_same_finding_has_the_same_fingerprint_where_ever_its_line_is() {
    let print = |text: &str| {
        let found: Vec<Diagnostic> = problems("a.yaml", text).iter().map(Diagnostic::from).collect();
        sarif::log("validate", &found, &[])["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let plan = "postroom: 1\nname: acme\nrecepit: {}\n";
    assert_eq!(print(plan), print(&format!("# a comment\n\n{plan}")));
    assert_ne!(print(plan), print(&plan.replace("recepit", "recieve")));
}

#[test]
fn what_came_by_standard_input_or_failed_is_in_no_file() {
    let found: Vec<Diagnostic> = problems("-", "postroom: 1\n").iter().map(Diagnostic::from).collect();
    let log = sarif::log("validate", &found, &["stage: no credentials".to_owned()]);
    assert!(schemas::of_sarif().is_valid(&log));
    assert!(log["runs"][0]["results"][0]["locations"].as_array().unwrap().iter().all(|at| at.get("physicalLocation").is_none()));
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert_eq!(log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"], "stage: no credentials");
}

/// A line of the runner, taken apart: `::error file=…,line=…::message`.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let plain = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let pairs = properties.split(',').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.to_owned(), plain(value)));
    (name.to_owned(), pairs.collect(), plain(message))
}

#[test]
fn each_annotation_is_one_line_at_its_place() {
    let text = github::annotations(&of_bad_plans());
    assert_eq!(text.lines().count(), of_bad_plans().len());
    for line in text.lines() {
        let (name, properties, message) = command(line);
        assert!(name == "error" && !message.is_empty(), "{line}");
        assert!(properties["file"].starts_with("tests/language/bad/") && properties["line"].parse::<usize>().unwrap() >= 1, "{line}");
        assert!(message.ends_with(&format!("postroom explain {}", properties["title"])), "{line}");
    }
    let found = of_a_plan("plans/a,b: c%.yaml");
    let text = github::annotations(&found);
    let told: Vec<_> = text.lines().map(command).collect();
    assert_eq!(told.iter().filter(|(name, ..)| name == "warning").count(), 1, "what is accepted is not told: {text}");
    assert!(told.iter().all(|(_, properties, _)| properties["file"] == "plans/a,b: c%.yaml"), "{text}");
    let hostile = Diagnostic { message: "one\r\ntwo\n::error::three %0A".into(), ..found[0].clone() };
    assert_eq!(github::annotations(&[hostile]).lines().count(), 1);
    assert_eq!(github::failure("a\nb").lines().count(), 1);
}

#[test]
fn errors_are_told_first() {
    let mut found = of_a_plan("a.yaml");
    found.push(Diagnostic { severity: Severity::Error, accepted: None, ..found[0].clone() });
    assert!(github::annotations(&found).starts_with("::error "));
    assert_eq!(sarif::log("validate", &found, &[])["runs"][0]["results"][0]["level"], "error");
}

#[test]
fn check_as_junit_has_a_case_for_each_answer() {
    let home = postroom::core::address::Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
    let of = |strict: bool| {
        let targets = [(Some("prod"), Ok((home.clone(), answers()))), (Some("stage"), Err("cannot tell <who> calls".to_owned()))];
        let report = quick_junit::Report::deserialize_from_str(&junit::checks("acme", &targets, strict).unwrap()).unwrap();
        let of = |at: usize| {
            let suite = &report.test_suites[at];
            let skipped = suite.test_cases.iter().filter(|case| matches!(case.status, quick_junit::TestCaseStatus::Skipped { .. })).count();
            (suite.tests, suite.failures, suite.errors, skipped)
        };
        (of(0), of(1))
    };
    assert_eq!(of(false), ((4, 1, 1, 1), (1, 0, 1, 0)));
    assert_eq!(of(true), ((4, 2, 1, 0), (1, 0, 1, 0)));
}
