//! The shape of the code itself: which room may speak of what (docs/design.md).

use std::path::{Path, PathBuf};

/// Every source file: its path below `src`, and its text without what stands in `#[cfg(test)]` at its end.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("src is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    let name = |file: &Path| file.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
    files.iter().map(|file| (name(file), std::fs::read_to_string(file).expect("a text"))).collect()
}

/// The files that say `word` in code that is not a test's.
fn saying(word: &str) -> Vec<String> {
    let code = |text: &str| text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    let is_test = |name: &str| name.ends_with("tests.rs") || name.contains("/tests/") || name.ends_with("laws.rs");
    let says = |(name, text): &(String, String)| {
        !is_test(name) && code(text).lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word))
    };
    let found: Vec<String> = sources().into_iter().filter(says).map(|(name, _)| name).collect();
    assert!(!found.is_empty(), "nobody says `{word}`: this test looks at nothing");
    found
}

fn only(word: &str, rooms: &[&str]) {
    let elsewhere: Vec<String> = saying(word).into_iter().filter(|file| !rooms.iter().any(|room| file.starts_with(room))).collect();
    assert_eq!(elsewhere, Vec::<String>::new(), "`{word}` belongs to {rooms:?}");
}

#[test]
fn only_the_aws_room_names_the_sdk() {
    only("aws_sdk_", &["aws/"]);
}

#[test]
fn the_wire_halves_are_the_only_others_that_speak_to_the_aws_room() {
    only("crate::aws", &["aws/", "cli/", "kinds/", "containers/"]);
}

#[test]
fn only_one_file_knows_the_yaml_library() {
    only("saphyr", &["plan/yaml.rs"]);
}

#[test]
fn only_the_command_line_reads_files_and_the_environment() {
    only("std::env", &["cli/"]);
    // The files that a plan names belong to its text.
    only("std::fs", &["cli/", "plan/files.rs"]);
}

#[test]
fn only_the_printer_writes_to_the_terminal() {
    only("std::io::stdout", &["cli/printer.rs"]);
    only("std::io::stderr", &["cli/printer.rs"]);
}

#[test]
fn the_policy_engine_knows_nothing_of_ses() {
    let others = ["crate::grants", "crate::kinds", "crate::containers", "crate::plan", "crate::report"];
    for other in others {
        let found: Vec<String> = saying(other).into_iter().filter(|file| file.starts_with("policy/")).collect();
        assert_eq!(found, Vec::<String>::new(), "`policy/` speaks of `{other}`");
    }
}

#[test]
fn files_stay_small() {
    let long: Vec<_> = sources().into_iter().map(|(name, text)| (name, text.lines().count())).filter(|(_, lines)| *lines > 500).collect();
    assert_eq!(long, Vec::<(String, usize)>::new());
}
