//! What a shell completes a word with: addresses and targets of the plan that the line names, else of the one that is meant when none is named.
//!
//! It runs on every press of a key, perhaps on half a plan: what does not read completes nothing, and says nothing.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};

use super::input;
use super::options::{PlanArgs, TargetArgs};
use crate::core::compile::compile;
use crate::core::desired::Desired;
use crate::core::live::Live;
use crate::core::scene::Scene;

/// The variable by which the scripts of `postroom completions` ask for words instead of a run.
pub(super) const VARIABLE: &str = "POSTROOM_COMPLETE";

/// Answers a shell that asks for words; `None` where this is an ordinary run.
pub(super) fn answer(command: fn() -> Command) -> Option<ExitCode> {
    let here = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(command).var(VARIABLE).try_complete(std::env::args_os(), here.as_deref());
    match asked {
        Ok(false) => None,
        Ok(true) => Some(ExitCode::SUCCESS),
        Err(error) => {
            let _ = error.print();
            Some(ExitCode::FAILURE)
        }
    }
}

/// Names of targets.
pub(super) fn targets(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = || {
        let targets = input::asked(&meant()).ok()?.draft.targets().ok()?;
        Some(targets.into_iter().filter_map(|target| target.name).collect::<Vec<_>>())
    };
    fitting(names().unwrap_or_default(), current)
}

/// Addresses of what the plan asks for; behind `#`, the statements at one.
pub(super) fn addresses(current: &OsStr) -> Vec<CompletionCandidate> {
    desired().map(|desired| fitting(words(&desired, &current.to_string_lossy()), current)).unwrap_or_default()
}

/// A file, or an address: `explain` takes either where its first word stands.
pub(super) fn files_and_addresses(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = addresses(current);
    found.extend(PathCompleter::file().stdio().complete(current));
    found
}

fn words(desired: &Desired, current: &str) -> Vec<String> {
    if let Some((address, _)) = current.split_once('#') {
        let here = desired.containers.iter().filter(|(at, _)| at.seen_from(&desired.home) == address);
        return here.flat_map(|(_, container)| container.statements.keys()).map(|sid| format!("{address}#{sid}")).collect();
    }
    desired.resources.keys().chain(desired.containers.keys()).map(|at| at.seen_from(&desired.home)).collect()
}

fn fitting(words: Vec<String>, current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    words.into_iter().filter(|word| word.starts_with(current.as_ref())).map(CompletionCandidate::new).collect()
}

/// What the plan asks for in its first target: the others have the same names.
fn desired() -> Option<Desired> {
    let args = meant();
    let asked = input::asked(&args).ok()?;
    let target = asked.targets.first()?;
    let home = input::offline_home(&args, target, true).ok()?;
    let plan = input::settle(&asked, target, &home).ok()?;
    Some(compile(&Scene::new(&plan, &Live::new(home))))
}

/// The plan that the line is about.
fn meant() -> PlanArgs {
    // postroom -- postroom explain other.yaml buck
    let line: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(2).collect();
    PlanArgs {
        plan: named(&line)
            .or_else(|| std::env::var_os("POSTROOM_PLAN").map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from("postroom.yaml")),
        vars: Vec::new(),
        var_file: Vec::new(),
        account: None,
        region: None,
        strict: false,
        targets: TargetArgs { all_targets: true, ..TargetArgs::default() },
    }
}

/// The first word that is a YAML file. A pipe that the line names would be emptied before the command reads it: only files are opened.
fn named(line: &[OsString]) -> Option<PathBuf> {
    let is_plan = |path: &&Path| path.extension().is_some_and(|end| end == "yaml" || end == "yml") && path.is_file();
    line.iter().map(Path::new).find(is_plan).map(Path::to_path_buf)
}
