//! Every operation of Mail Manager's SDK, and every variant of every union that its resources use, is either written down in our conversions
//! or named here with the reason why not. The unions are `#[non_exhaustive]`, so that no match of ours can be made to fail when one grows:
//! the sources of the crate are walked instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Operations that are not for the kinds that postroom keeps.
const NOT_OURS: [(&str, &str); 18] = [
    ("CreateAddressListImportJob", "members are registered one by one, so that a run can be cut off anywhere"),
    ("StartAddressListImportJob", "as above"),
    ("StopAddressListImportJob", "as above"),
    ("GetAddressListImportJob", "as above"),
    ("ListAddressListImportJobs", "as above"),
    ("GetMemberOfAddressList", "the list of members says it"),
    ("UntagResource", "tags that the plan does not name are others'"),
    ("GetArchiveExport", "a use of an archive"),
    ("GetArchiveMessage", "a use of an archive"),
    ("GetArchiveMessageContent", "a use of an archive"),
    ("GetArchiveSearch", "a use of an archive"),
    ("GetArchiveSearchResults", "a use of an archive"),
    ("ListArchiveExports", "a use of an archive"),
    ("ListArchiveSearches", "a use of an archive"),
    ("StartArchiveExport", "a use of an archive"),
    ("StartArchiveSearch", "a use of an archive"),
    ("StopArchiveExport", "a use of an archive"),
    ("StopArchiveSearch", "a use of an archive"),
];

/// Unions that only searches and exports of archives use.
const OF_ARCHIVE_USE: [&str; 4] =
    ["ArchiveBooleanToEvaluate", "ArchiveFilterCondition", "ArchiveStringToEvaluate", "ExportDestinationConfiguration"];

fn crate_sources() -> PathBuf {
    // What is built here is here: other platforms' crates need not be.
    let about = Command::new("rustc").arg("-vV").output().unwrap();
    let about = String::from_utf8(about.stdout).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let arguments = ["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host, "--manifest-path"];
    let done = Command::new(cargo).args(arguments).arg(manifest).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: Value = serde_json::from_slice(&done.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let found = packages.iter().find(|package| package["name"] == "aws-sdk-mailmanager").expect("the SDK's crate");
    Path::new(found["manifest_path"].as_str().unwrap()).parent().unwrap().join("src")
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// Our conversions and calls.
fn ours() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws/mail_manager");
    texts(&folder).into_iter().map(|(_, text)| text).collect()
}

fn pascal(snake: &str) -> String {
    snake.split('_').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

/// Enums that hold something, by name: their variants without `Unknown`.
fn unions(sources: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut unions = BTreeMap::new();
    for (_, text) in texts(&sources.join("types")) {
        let Some((_, rest)) = text.split_once("\npub enum ") else { continue };
        let (name, rest) = rest.split_once(" {").unwrap();
        let (body, _) = rest.split_once("\n}").unwrap();
        let variants = body.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with('#') && line.contains('('));
        let variants: BTreeSet<String> =
            variants.filter_map(|line| Some(line.split_once('(')?.0.to_owned())).filter(|name| name != "Unknown").collect();
        // Words are enums, too: those hold nothing but a word that the SDK does not know.
        if !variants.is_empty() && body.contains("(crate::types::") || body.contains("(::std::string::String)") {
            unions.insert(name.to_owned(), variants);
        }
    }
    unions
}

#[test]
fn every_operation_is_called_or_said_not_to_be() {
    let sources = crate_sources();
    let operations: BTreeSet<String> = std::fs::read_dir(sources.join("operation"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| pascal(&path.file_stem().unwrap().to_string_lossy()))
        .collect();
    assert!(operations.len() >= 60, "this looks at nothing: {operations:?}");
    let ours = ours();
    let called = |operation: &str| ours.contains(&format!("\"{operation}\""));
    let unmapped: Vec<_> =
        operations.iter().filter(|operation| !called(operation) && !NOT_OURS.iter().any(|(name, _)| name == operation)).collect();
    assert_eq!(unmapped, Vec::<&String>::new(), "new in the SDK: call it, or say why not");
    for (name, _) in NOT_OURS {
        assert!(operations.contains(name) && !called(name), "{name} is no longer one that is not called");
    }
}

#[test]
fn every_variant_of_every_union_is_read_or_written() {
    let unions = unions(&crate_sources());
    for name in ["RuleAction", "RuleCondition", "PolicyCondition", "RuleStringToEvaluate", "NetworkConfiguration", "RelayAuthentication"] {
        assert!(unions.get(name).is_some_and(|variants| variants.len() >= 2), "{name} is not found: {unions:?}");
    }
    assert_eq!(unions["RuleAction"].len(), 12);
    let ours = ours();
    let mut unmapped = Vec::new();
    for (name, variants) in unions.iter().filter(|(name, _)| !OF_ARCHIVE_USE.contains(&name.as_str())) {
        // Read and written, but for what is only written.
        let times = if name == "IngressPointConfiguration" { 1 } else { 2 };
        unmapped.extend(
            variants
                .iter()
                .filter(|variant| ours.matches(&format!("sdk::{name}::{variant}(")).count() < times)
                .map(|variant| format!("{name}::{variant}")),
        );
    }
    assert_eq!(unmapped, Vec::<String>::new());
}
