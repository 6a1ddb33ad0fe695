//! Files that a plan names.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use postroom::core::problem::Source;
use postroom::plan::{Given, load};

use crate::home;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("plans")).unwrap();
    std::fs::write(folder.join("secret.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
    folder
}

/// What is said of an endpoint whose certificates come from this file.
fn said(folder: &Path, file: &str) -> String {
    let text = format!(
        "postroom: 1\nname: acme\nmail_manager:\n  ingress_endpoints:\n    device: {{ type: mtls, trust_store: {{ ca_file: {} }} }}\n",
        serde_json::Value::from(file)
    );
    let home = home();
    let given = Given { account: Some(home.account), region: Some(home.region), folder: Some(folder.join("plans")), ..Given::default() };
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let found = load(Arc::new(Source { name: "plan.yaml".to_owned(), text }), &given).err().unwrap_or_default();
        let said: Vec<String> =
            found.into_iter().map(|problem| format!("{}: {} {}", problem.code, problem.message, problem.label)).collect();
        let _ = tell.send(said.join("\n"));
    });
    told.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("{file}: nobody answers"))
}

#[test]
fn nothing_outside_of_the_plans_folder_is_read() {
    let folder = folder("outside");
    let absolute = folder.join("secret.pem").to_string_lossy().into_owned();
    for file in ["../secret.pem", "./../secret.pem", "x/../../secret.pem", "..", "/etc/passwd", "/dev/zero", &absolute] {
        let said = said(&folder, file);
        assert!(said.contains("stays in it") || said.contains("not in the plan's folder"), "{file}: {said}");
    }
}

#[test]
#[cfg(unix)]
fn links_pipes_folders_and_devices_are_no_files_of_the_plan() {
    let folder = folder("links");
    let inside = folder.join("plans");
    std::os::unix::fs::symlink("../secret.pem", inside.join("link")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", inside.join("zero")).unwrap();
    std::os::unix::fs::symlink("loop", inside.join("loop")).unwrap();
    std::fs::create_dir_all(inside.join("sub")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(inside.join("pipe")).status().unwrap();
    assert!(made.success());
    let file = std::fs::File::create(inside.join("sparse")).unwrap();
    file.set_len(1 << 30).unwrap();
    std::fs::write(inside.join("latin"), b"-----BEGIN \xff").unwrap();
    for (file, why) in [
        ("link", "not in the plan's folder"),
        ("zero", "not in the plan's folder"),
        ("loop", "cannot read"),
        ("sub", "not a file"),
        ("pipe", "not a file"),
        ("sparse", "larger than"),
        ("latin", "not UTF-8"),
        ("nowhere", "cannot read"),
    ] {
        let said = said(&folder, file);
        assert!(said.contains(why), "{file}: {said}");
    }
}
