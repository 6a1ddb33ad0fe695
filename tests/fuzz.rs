//! The laws of the fuzz targets (`fuzz/`) over the corpus that is kept: what fuzzing found once is tried by every test run, on stable Rust.
//!
//! The bodies are included and not depended on: cargo-fuzz wants a package of its own, and a plain `cargo test` shall not need it.

#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code, reason = "the targets call the rest")]
mod bodies;

use std::path::{Path, PathBuf};

/// More files than these are not kept of a target; `cargo fuzz cmin` makes them fewer.
const MOST_FILES: usize = 400;
/// Together.
const MOST_BYTES: u64 = 3 << 20;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

fn corpus(target: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn replay(target: &str, check: fn(&[u8])) {
    let files = corpus(target);
    assert!((5..=MOST_FILES).contains(&files.len()), "{target}: {} files", files.len());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        if let Err(broken) = std::panic::catch_unwind(|| check(&bytes)) {
            eprintln!("this was {}", file.display());
            std::panic::resume_unwind(broken);
        }
    }
}

macro_rules! targets {
    ($($target:ident),*) => {
        const TARGETS: &[&str] = &[$(stringify!($target)),*];
        $(
            #[test]
            fn $target() {
                replay(stringify!($target), bodies::$target::check);
            }
        )*
    };
}

targets![eml, evaluator, meaning, plan, policy, saved, snapshot];

#[test]
fn every_target_is_replayed_and_what_is_kept_is_small() {
    let names = |folder: PathBuf| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets")), TARGETS);
    assert_eq!(names(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")), TARGETS);
    let bytes: u64 = TARGETS.iter().flat_map(|target| corpus(target)).map(|file| file.metadata().unwrap().len()).sum();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");
}
