//! Files that the command line names: what is read, and how much of it.
//!
//! A file that is too large is refused before it is read. A pipe that has a name is refused before it is opened, because to open it waits for
//! whoever writes into it; what a shell puts in the place of `<(…)` has its writer, and is read.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

use super::exit::{Exit, Stop};
use crate::core::saved::Saved;
use crate::report::text::clean;

/// A plan, or a file of variables. The loader takes 4 MiB; what is a little larger it refuses with the place.
const LARGEST_PLAN: u64 = 16 << 20;
/// A snapshot, or a saved plan, which holds one: an account of some ten thousand policies. As values they take about ten times as much memory.
const LARGEST_SNAPSHOT: u64 = 128 << 20;
/// Behind the headers of a message nothing is kept, and a message without an end is none.
pub(super) const LARGEST_MESSAGE: u64 = 1 << 30;
/// A saved plan says so within its first bytes.
const HEAD: u64 = 1 << 10;

/// The text of a plan or of variables.
pub(super) fn plan(path: &Path) -> Result<String, Stop> {
    text(path, |_| LARGEST_PLAN)
}

/// The text of a snapshot.
pub(super) fn snapshot(path: &Path) -> Result<String, Stop> {
    text(path, |_| LARGEST_SNAPSHOT)
}

/// The text of a plan, or of a saved one.
pub(super) fn plan_or_saved(path: &Path) -> Result<String, Stop> {
    text(path, |head| if Saved::is_meant(&String::from_utf8_lossy(head)) { LARGEST_SNAPSHOT } else { LARGEST_PLAN })
}

fn text(path: &Path, most: impl Fn(&[u8]) -> u64) -> Result<String, Stop> {
    let (mut source, length) = open(path)?;
    let mut bytes = Vec::new();
    let mut read = |bytes: &mut Vec<u8>, most: u64| source.by_ref().take(most).read_to_end(bytes).map_err(|error| cannot(path, &error));
    read(&mut bytes, HEAD)?;
    let most = most(&bytes);
    let too_large = || {
        let help = "name the file that was meant".to_owned();
        Stop::Because(Exit::Error, format!("{} is larger than {} MB", shown(path), most >> 20), Some(help))
    };
    if length.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    read(&mut bytes, (most + 1).saturating_sub(HEAD))?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    String::from_utf8(bytes).map_err(|error| {
        let error = error.utf8_error();
        let help = "save it as UTF-8".to_owned();
        Stop::Because(Exit::Error, format!("{} is not UTF-8: {error}", shown(path)), Some(help))
    })
}

/// A source and, where it has one, its length; `-` is standard input.
pub(super) fn open(path: &Path) -> Result<(Box<dyn Read>, Option<u64>), Stop> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let is = path.metadata().map_err(|error| cannot(path, &error))?;
    if is.is_dir() {
        return Err(wrong(path, "a folder", "name a file in it"));
    }
    if is_named_pipe(path, &is) {
        return Err(wrong(path, "a named pipe", "give `-`, and what comes out of it as standard input"));
    }
    let file = File::open(path).map_err(|error| cannot(path, &error))?;
    Ok((Box::new(file), is.is_file().then_some(is.len())))
}

/// What a shell hands over stands below `/dev/fd`, which is a link into `/proc`.
#[cfg(unix)]
fn is_named_pipe(path: &Path, is: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    is.file_type().is_fifo() && !path.starts_with("/dev") && !path.starts_with("/proc")
}

#[cfg(not(unix))]
fn is_named_pipe(_path: &Path, _is: &Metadata) -> bool {
    false
}

fn shown(path: &Path) -> String {
    format!("`{}`", clean(&path.display().to_string()))
}

pub(super) fn cannot(path: &Path, error: &std::io::Error) -> Stop {
    Stop::usage(format!("cannot read {}: {error}", shown(path)))
}

fn wrong(path: &Path, what: &str, help: &str) -> Stop {
    Stop::Because(Exit::Error, format!("{} is {what}, and a file was expected", shown(path)), Some(help.to_owned()))
}
