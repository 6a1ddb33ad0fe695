//! The files that a plan names: the only thing outside of its text that `load` looks at.
//!
//! They are taken from the plan's folder and may not leave it, whatever links stand there: a plan from somebody else reads nothing of the
//! machine it runs on.

use std::io::Read;
use std::path::{Component, Path};

/// What is wrong with a path that leaves the plan's folder by what it says.
pub(crate) fn leaving(path: &str) -> Option<&'static str> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    (!Path::new(path).components().all(inside)).then_some("a path from the plan's folder that stays in it, without `..`")
}

/// The text of a file of the folder, of at most so many bytes.
///
/// # Errors
/// Why it cannot be had, in words that follow "cannot read `PATH`:".
pub(crate) fn read(folder: Option<&Path>, path: &str, most: usize) -> Result<String, String> {
    let cannot = |error: std::io::Error| error.to_string();
    let folder = folder.ok_or("the plan's folder is not known")?.canonicalize().map_err(cannot)?;
    let file = folder.join(path).canonicalize().map_err(cannot)?;
    if leaving(path).is_some() || !file.starts_with(&folder) {
        return Err("it is not in the plan's folder".to_owned());
    }
    // Before it is opened: to open a pipe waits for whoever writes into it.
    if !file.metadata().map_err(cannot)?.is_file() {
        return Err("it is not a file".to_owned());
    }
    let opened = std::fs::File::open(&file).map_err(cannot)?;
    let mut bytes = Vec::new();
    opened.take(most as u64 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() > most {
        return Err(format!("it is larger than {most} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for each test.
    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("postroom-files-{}-{name}", std::process::id()));
        std::fs::create_dir_all(folder.join("inside")).unwrap();
        std::fs::write(folder.join("inside/list"), "a@acme.example\n").unwrap();
        std::fs::write(folder.join("outside"), "secret").unwrap();
        folder
    }

    #[test]
    fn a_file_of_the_folder_is_read() {
        let root = folder("read");
        assert_eq!(read(Some(&root), "inside/list", 100).as_deref(), Ok("a@acme.example\n"));
        assert_eq!(read(Some(&root.join("inside")), "./list", 15).as_deref(), Ok("a@acme.example\n"));
        assert_eq!(read(Some(&root), "inside/list", 14), Err("it is larger than 14 bytes".to_owned()));
        assert_eq!(read(Some(&root), "inside", 14), Err("it is not a file".to_owned()));
        assert!(read(Some(&root), "nothing", 14).is_err() && read(None, "inside/list", 14).is_err());
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn nothing_outside_of_the_folder_is_read() {
        let root = folder("leave");
        let inside = root.join("inside");
        let absolute = root.join("outside").to_string_lossy().into_owned();
        for path in ["../outside", "./../outside", absolute.as_str()] {
            assert!(leaving(path).is_some(), "{path}");
            assert!(read(Some(&inside), path, 100).is_err(), "{path}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&absolute, inside.join("link")).unwrap();
            assert_eq!(leaving("link"), None);
            assert_eq!(read(Some(&inside), "link", 100), Err("it is not in the plan's folder".to_owned()));
            std::os::unix::fs::symlink("list", inside.join("near")).unwrap();
            assert!(read(Some(&inside), "near", 100).is_ok());
        }
        std::fs::remove_dir_all(root).unwrap();
    }
}
