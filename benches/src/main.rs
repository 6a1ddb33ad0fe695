//! Measures postroom and writes `docs/benchmarks.md`.
//!
//! ```text
//! sections/*.rs ─run─▶ rows ─page─▶ docs/benchmarks.md
//! ```
//! A section is one file: what it measures, and the rows of its table. Arguments name the sections to run; without any all are run, and what
//! the page says of the others stays as it was.
//!
//! A figure that is judged is a ratio of two things measured side by side in one run: seconds of one machine say nothing about another.

mod binary;
mod emulator;
mod figure;
mod machine;
mod page;
mod sections;
mod slow;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mimalloc::MiMalloc;
use sections::SECTIONS;

// As in the program that is shipped.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Where things are.
#[derive(Debug)]
pub struct Ground {
    /// The top of the repository.
    pub root: PathBuf,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ground = Ground { root: Path::new(env!("CARGO_MANIFEST_DIR")).join("..") };
    let outcome = match arguments.split_first() {
        // What a section runs again as a process of its own, to be looked at from outside.
        Some((first, rest)) if first == "once" => sections::once(rest),
        // The slow server alone, for other tools: MILLISECONDS OBJECTS PORT.
        Some((first, rest)) if first == "serve" => slow::serve(rest),
        _ => measure(&arguments, &ground),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the sections of these names, and writes each into the page as soon as it is done.
fn measure(names: &[String], ground: &Ground) -> Result<(), String> {
    if let Some(unknown) = names.iter().find(|name| SECTIONS.iter().all(|section| section.name != **name)) {
        let known: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
        return Err(format!("there is no section `{unknown}`; there are: {}", known.join(" ")));
    }
    let file = ground.root.join("docs/benchmarks.md");
    let mut not_measured = Vec::new();
    for section in SECTIONS.iter().filter(|section| names.is_empty() || names.contains(&section.name.to_owned())) {
        eprintln!("{}: {}", section.name, section.title);
        match (section.run)(ground) {
            Ok(rows) => {
                let text = page::section(section, &rows, &machine::describe());
                println!("{text}");
                page::put(&file, section.name, &text)?;
            }
            Err(why) => not_measured.push(format!("{} was not measured, and the page keeps what it said of it: {why}", section.name)),
        }
    }
    if not_measured.is_empty() { Ok(()) } else { Err(not_measured.join("\n")) }
}
