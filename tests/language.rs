//! The plan language by its cases: `tests/language/good/*.yaml` read, `tests/language/bad/*.yaml` give exactly the problems beside them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use postroom::core::problem::{Problem, Source};
use postroom::plan::language::Plan;
use postroom::plan::{Given, load};
use postroom::report::problems;

fn cases(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language").join(kind);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn given() -> Given {
    Given { account: Some("111122223333".parse().unwrap()), region: Some("eu-west-1".parse().unwrap()), ..Given::default() }
}

fn read(file: &Path, given: &Given) -> Result<Plan, Vec<Problem>> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    load(Arc::new(Source { name, text: std::fs::read_to_string(file).unwrap() }), given)
}

#[test]
fn good_plans_have_no_problems() {
    for file in cases("good") {
        if let Err(found) = read(&file, &given()) {
            panic!("{}", problems::text(&found, false));
        }
    }
}

#[test]
fn bad_plans_have_exactly_the_problems_beside_them() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for file in cases("bad") {
        let Err(found) = read(&file, &Given::default()) else { panic!("{} has no problems", file.display()) };
        let text = problems::text(&found, false);
        let expected = file.with_extension("txt");
        if bless {
            std::fs::write(&expected, &text).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != text {
            wrong.push(format!("{}:\n{text}", file.display()));
        }
    }
    let command = "BLESS=1 cargo test --no-default-features --test language";
    assert!(wrong.is_empty(), "{}\nif this is meant, run: {command}", wrong.join("\n"));
}

#[test]
fn the_same_plan_has_the_same_problems_byte_for_byte() {
    for file in cases("bad") {
        let once = read(&file, &Given::default()).unwrap_err();
        let again = read(&file, &Given::default()).unwrap_err();
        assert_eq!(problems::text(&once, true), problems::text(&again, true));
        assert_eq!(problems::json(&once).to_string(), problems::json(&again).to_string());
    }
    for file in cases("good") {
        assert_eq!(format!("{:?}", read(&file, &given()).unwrap()), format!("{:?}", read(&file, &given()).unwrap()));
    }
}
