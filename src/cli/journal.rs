//! `--journal DIR`: one file for each document that is overwritten, holding what it was, byte for byte as AWS gave it. Files are for their owner
//! alone. How one is put back is in docs/safety.md.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use time::OffsetDateTime;

use super::exit::{Exit, Stop};
use crate::aws::Keep;
use crate::core::address::Address;

/// A folder, and how many files this run has put into it.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    count: AtomicU64,
}

/// Makes the folder, so that a run which could keep nothing does not begin.
pub(super) fn open(folder: Option<&Path>) -> Result<Option<Arc<dyn Keep>>, Stop> {
    let Some(folder) = folder else { return Ok(None) };
    make(folder).map_err(|error| {
        let message = format!("the journal {} cannot be made: {error}; nothing was written", folder.display());
        Stop::Because(Exit::Error, message, None)
    })?;
    Ok(Some(Arc::new(Journal { folder: folder.to_owned(), count: AtomicU64::new(1) })))
}

impl Keep for Journal {
    fn keep(&self, at: &Address, text: Option<&str>) -> Result<(), String> {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let path = self.folder.join(name(SystemTime::now(), number, at));
        // What was not there is `null`: the way back is to delete.
        let written = create(&path).and_then(|mut file| {
            file.write_all(text.unwrap_or("null").as_bytes())?;
            file.sync_all()
        });
        written.map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// `20261121T064500.123456Z-0001-bucket-policy_acme-mail@111122223333.json`: sorted by name is sorted by time, and within a run by number.
fn name(now: SystemTime, number: u64, at: &Address) -> String {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    let when = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, clock) = (when.date(), when.time());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    let (hour, minute, second) = clock.as_hms();
    let fraction = since.subsec_micros();
    // Addresses hold what file systems do not take, and nothing of them may lead out of the folder.
    let letter = |letter: char| if letter.is_ascii_alphanumeric() || "-_.@=+,".contains(letter) { letter } else { '_' };
    let mut address: String = at.to_string().chars().map(letter).collect();
    // Most file systems take 255 bytes.
    address.truncate(200);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}.{fraction:06}Z-{number:04}-{address}.json")
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// A file that was not there.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn names_sort_by_time_and_then_by_number() {
        let early = SystemTime::UNIX_EPOCH + Duration::new(1_795_243_500, 123_456_000);
        let late = early + Duration::from_micros(1);
        let bucket = at("bucket-policy/acme-mail@111122223333");
        assert_eq!(name(early, 1, &bucket), "20261121T064500.123456Z-0001-bucket-policy_acme-mail@111122223333.json");
        let mut names = [name(late, 1, &bucket), name(early, 10, &bucket), name(early, 2, &bucket)];
        names.sort();
        assert_eq!(names, [name(early, 2, &bucket), name(early, 10, &bucket), name(late, 1, &bucket)]);
    }

    #[test]
    fn no_address_leads_out_of_the_folder() {
        let name = name(SystemTime::UNIX_EPOCH, 1, &at("key-policy/../../etc/passwd@111122223333:eu-west-1"));
        assert_eq!(name, "19700101T000000.000000Z-0001-key-policy_.._.._etc_passwd@111122223333_eu-west-1.json");
        assert_eq!(Path::new(&name).components().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_their_owner_alone_and_what_was_not_there_is_null() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("postroom-journal-{}", std::process::id()));
        let journal = open(Some(&folder)).ok().flatten().unwrap();
        journal.keep(&at("bucket-policy/acme-mail@111122223333"), Some(r#"{"Statement" : []}"#)).unwrap();
        journal.keep(&at("bucket-policy/acme-mail@111122223333"), None).unwrap();
        let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let modes: Vec<u32> = files.iter().map(|file| mode(file)).chain([mode(&folder)]).collect();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(texts, [r#"{"Statement" : []}"#, "null"]);
        assert_eq!(modes, [0o600, 0o600, 0o700]);
    }
}
