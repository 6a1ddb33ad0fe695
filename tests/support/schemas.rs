//! JSON Schemas that others wrote, from the crates that carry them.

use std::path::Path;
use std::process::Command;

use jsonschema::Validator;
use serde_json::Value;

/// The standard's schema of SARIF 2.1.0, which `serde-sarif` makes its types of.
pub fn of_sarif() -> Validator {
    let about = Command::new("rustc").arg("-vV").output().unwrap();
    let about = String::from_utf8(about.stdout).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let arguments = ["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host, "--manifest-path"];
    let done = Command::new(cargo).args(arguments).arg(manifest).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: Value = serde_json::from_slice(&done.stdout).unwrap();
    let found = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "serde-sarif").expect("the crate");
    let schema = Path::new(found["manifest_path"].as_str().unwrap()).parent().unwrap().join("src/schema.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    assert_eq!(schema["title"], "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema");
    // Its pattern for a language, which is not written here, has a bracket too many.
    for one in ["run", "toolComponent"] {
        schema["definitions"][one]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    jsonschema::draft7::new(&schema).unwrap()
}
