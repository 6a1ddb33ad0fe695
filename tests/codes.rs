//! docs/codes.md has a part for each code that postroom can say, and for no other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use postroom::audit::judge::FINDINGS;
use postroom::checks::{CHECKS, COMPARING, LESSONS};
use postroom::core::problem::Source;
use postroom::plan::{CODES, Given, load};
use postroom::report::codes::{section, sections};

/// The answers of `check` that are told as findings.
const ANSWERS: [&str; 3] = ["check-denied", "check-depends", "check-unreadable"];

fn codes() -> BTreeSet<&'static str> {
    let checks = CHECKS.iter().chain(LESSONS).map(|check| check.code);
    let comparing = COMPARING.iter().map(|(code, _)| *code);
    let audit = FINDINGS.iter().map(|judgement| judgement.code);
    checks.chain(comparing).chain(audit).chain(CODES.iter().copied()).chain(ANSWERS).collect()
}

#[test]
fn the_page_has_every_code_and_no_other() {
    let page: Vec<&str> = sections().map(|section| section.code).collect();
    assert_eq!(page, codes().into_iter().collect::<Vec<_>>());
}

/// The texts of a folder of the source.
fn texts(folder: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    files.into_iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect()
}

/// The code that stands first behind an opening bracket.
fn first_text(behind: &str) -> Option<&str> {
    let text = behind.trim_start().strip_prefix('"')?.split('"').next()?;
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-').then_some(text)
}

#[test]
fn whatever_is_told_in_the_source_is_in_a_table() {
    let known = codes();
    let mut told = BTreeSet::new();
    for text in texts("src/plan").into_iter().chain(texts("src/core")).chain(texts("src/kinds")).chain(texts("src/import")) {
        for opening in [".tell(", "Problem::new(", ".problem(", ".find(", "told(", "codes::section("] {
            told.extend(text.split(opening).skip(1).filter_map(first_text).map(str::to_owned));
        }
    }
    assert!(told.contains("bad-value") && told.contains("rule-not-in-plan") && told.contains("grant-stays"), "nothing is seen: {told:?}");
    // A problem of a test of the reader.
    let unknown: Vec<_> = told.iter().filter(|code| !known.contains(code.as_str()) && code.contains('-')).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

#[test]
fn the_problems_of_the_bad_plans_are_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/bad");
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&file).unwrap();
            let given = Given { folder: Some(folder.clone()), ..Given::default() };
            let problems = load(Arc::new(Source { name: "plan.yaml".into(), text }), &given).unwrap_err();
            seen.extend(problems.into_iter().map(|problem| problem.code));
        }
    }
    assert!(seen.len() > 15 && seen.iter().all(|code| CODES.contains(code)), "{seen:?}");
    assert!(seen.iter().all(|code| section(code).is_some()));
}
