//! Files that are written whole: whoever reads one sees the old one or the new one.

use std::io::Write;
use std::path::Path;

use tempfile::Builder;

/// Replaces a file that anybody may read who may read its folder.
pub(super) fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    put(file, text, 0o644)
}

/// Replaces a file for its owner's eyes: a saved plan holds the account as it was seen.
pub(super) fn replace_privately(file: &Path, text: &str) -> std::io::Result<()> {
    put(file, text, 0o600)
}

/// It is written beside its place and then moved there. The name beside ends with nothing that a collector would take for its own.
fn put(file: &Path, text: &str, mode: u32) -> std::io::Result<()> {
    if file.file_name().is_none() {
        return Err(std::io::Error::other("it names no file"));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = builder(mode);
    let mut beside = beside.prefix(".postroom-").tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn builder<'a>(mode: u32) -> Builder<'a, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = Builder::new();
    builder.permissions(std::fs::Permissions::from_mode(mode));
    builder
}

#[cfg(not(unix))]
fn builder<'a>(_mode: u32) -> Builder<'a, 'static> {
    Builder::new()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_private_one_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("plan.json");
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
        replace_privately(&file, "new").unwrap();
        let mode = |file: &Path| std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
        assert_eq!((std::fs::read_to_string(&file).unwrap().as_str(), mode(&file)), ("new", 0o600));
        replace(&file, "open").unwrap();
        // Less where the process lets nobody else read what it writes.
        assert_eq!(mode(&file) & 0o600, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        assert!(replace_privately(&folder.path().join("missing/plan.json"), "x").is_err());
        assert!(replace_privately(Path::new("/"), "x").is_err());
    }
}
