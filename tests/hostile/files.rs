//! What is given as a plan, a snapshot or a message on the command line.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::shown::is_harmless;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-files").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// In 1 GiB of address space, so that whoever holds what it reads comes to an end.
fn begun(arguments: &[&str]) -> Child {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -v 1048576; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_postroom")]).args(arguments);
    shell.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(mut child: Child, what: &str) -> Output {
    let begun = Instant::now();
    drop(child.stdin.take());
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            let _ = child.kill();
            panic!("{what}: it never ends");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

/// What it says where it refuses.
#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let done = ended(begun(arguments), &arguments.join(" "));
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{arguments:?}: {said}");
    is_harmless("the refusal", &said);
    said
}

#[test]
fn a_hundred_megabytes_are_refused_by_every_command() {
    let folder = folder("large");
    let file = folder.join("large.yaml");
    let mut text = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    for _ in 0..(100 << 20) / 16 {
        text.write_all(b"# postroom: 1  \n").unwrap();
    }
    drop(text.into_inner().unwrap());
    let file = file.to_str().unwrap();
    for command in ["validate", "plan", "apply", "render", "destroy"] {
        let said = refused(&[command, file]);
        assert!(said.contains("larger than 16 MB"), "{command}: {said}");
    }
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/store-to-s3.yaml");
    let said = refused(&["plan", plan, "--var-file", file]);
    assert!(said.contains("larger than 16 MB"), "{said}");
    // As a snapshot it is not too large: what it holds is refused.
    let said = refused(&["plan", plan, "--account", "111122223333", "--live", file]);
    assert!(said.contains("is not a snapshot"), "{said}");
    let message = ended(begun(&["trace", plan, file, "--account", "111122223333"]), "trace");
    assert!(message.status.code().is_some(), "a large message is read no further than its headers");
}

#[test]
fn folders_pipes_and_devices_are_no_plans() {
    let folder = folder("devices");
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink(&pipe, folder.join("link")).unwrap();
    let in_folder = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for (file, why) in [
        (in_folder("."), "is a folder"),
        (in_folder("pipe"), "is a named pipe"),
        (in_folder("link"), "is a named pipe"),
        ("/dev/zero".to_owned(), "larger than 16 MB"),
        ("/dev/null".to_owned(), "empty-plan"),
        (format!("{}\u{1b}[2J\u{202e}", in_folder("nowhere")), "there is no plan"),
    ] {
        let said = refused(&["validate", &file]);
        assert!(said.contains(why), "{file:?}: {said}");
    }
    let said = refused(&["trace", concat!(env!("CARGO_MANIFEST_DIR"), "/plans/store-to-s3.yaml"), "/dev/zero"]);
    assert!(said.contains("that is no message"), "{said}");
}

#[test]
fn what_is_no_utf8_is_refused() {
    let folder = folder("bytes");
    for (name, bytes) in
        [("latin", b"name: \xfcber\n".as_slice()), ("utf16", b"\xff\xfen\0a\0m\0e\0"), ("surrogate", b"name: \xed\xa0\x80\n")]
    {
        let file = folder.join(name);
        std::fs::write(&file, bytes).unwrap();
        let said = refused(&["validate", file.to_str().unwrap()]);
        assert!(said.contains("is not UTF-8") && said.contains("save it as UTF-8"), "{name}: {said}");
    }
}

#[test]
fn what_a_shell_puts_in_the_place_of_a_command_is_read() {
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/store-to-s3.yaml");
    let script = format!("cat '{plan}' | '{}' validate /dev/stdin --account 111122223333", env!("CARGO_BIN_EXE_postroom"));
    let done = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_snapshot_that_is_deep_or_wrong_is_refused() {
    let folder = folder("snapshots");
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/store-to-s3.yaml");
    let deep = "[".repeat(10 << 20);
    let live = |seen: &str| {
        format!(
            "{{\"format_version\":1,\"home\":{{\"account\":\"111122223333\",\"region\":\"eu-west-1\"}},\"caller\":null,\"seen\":{seen}}}"
        )
    };
    for (name, text) in [
        ("deep", deep.clone()),
        ("deep-within", live(&format!("{{\"bucket/acme-mail@111122223333\":{{\"present\":{deep}"))),
        ("names", live("{\"\\u001b]0;x\\u0007/x@111122223333\":\"absent\"}")),
        ("surrogate", live("{\"bucket/\\ud800@111122223333\":\"absent\"}")),
        ("number", live("{\"bucket/acme-mail@111122223333\":{\"present\":1e999}}")),
    ] {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        let said = refused(&["plan", plan, "--account", "111122223333", "--live", file.to_str().unwrap()]);
        assert!(said.contains("is not a snapshot"), "{name}: {said}");
    }
}
