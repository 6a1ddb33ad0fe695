//! SARIF 2.1.0, as code scanning reads it: one run with a rule for each code, a result for each finding at its plan line.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, and what GitHub asks for beside:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::codes::{self, Section};
use super::diagnostic::{Diagnostic, Region};
use super::text::clean;
use crate::core::problem::Severity;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// GitHub reads the first 5000 results of a run (the page above, "Limits for SARIF file").
const MOST: usize = 5000;

/// What a path may not hold as a URI (RFC 3986, `segment` and `/`).
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// The log of one command. `failures` are what kept it from saying everything, such as a target that was not reached.
#[must_use]
pub fn log(command: &str, diagnostics: &[Diagnostic], failures: &[String]) -> Value {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    // What is cut off is what weighs least.
    sorted.sort_by_key(|diagnostic| diagnostic.severity);
    let mut ids: Vec<&str> = sorted.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<Value> = ids.iter().map(|id| rule(id, worst(id, diagnostics))).collect();
    let results: Vec<Value> = sorted.iter().take(MOST).map(|diagnostic| result(diagnostic, &ids)).collect();
    let cut = sorted.len().checked_sub(MOST).filter(|cut| *cut > 0);
    let cut = cut.map(|cut| notification("warning", &format!("{cut} more results are left out: code scanning reads {MOST}")));
    let failed = failures.iter().map(|failure| notification("error", failure));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(rules) },
            "automationDetails": { "id": format!("postroom/{command}/") },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": failures.is_empty(),
                "toolExecutionNotifications": failed.chain(cut).collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    })
}

fn driver(rules: Vec<Value>) -> Value {
    let mut driver = json!({ "name": "postroom", "version": env!("CARGO_PKG_VERSION"), "semanticVersion": env!("CARGO_PKG_VERSION") });
    if !env!("CARGO_PKG_REPOSITORY").is_empty() {
        driver["informationUri"] = json!(env!("CARGO_PKG_REPOSITORY"));
    }
    driver["rules"] = Value::Array(rules);
    driver
}

fn notification(level: &str, message: &str) -> Value {
    json!({ "level": level, "message": { "text": clean(message) } })
}

fn worst(code: &str, diagnostics: &[Diagnostic]) -> Severity {
    diagnostics.iter().filter(|diagnostic| diagnostic.code == code).map(|diagnostic| diagnostic.severity).min().unwrap_or(Severity::Info)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(code: &str, severity: Severity) -> Value {
    let Section { about, text, .. } = codes::section(code).unwrap_or(Section { code: "", about: "", text: "" });
    let (about, text) = if about.is_empty() { (code, code) } else { (about, text) };
    let mut rule = json!({
        "id": code,
        "shortDescription": { "text": about },
        "fullDescription": { "text": about },
        "help": { "text": text, "markdown": text },
        "defaultConfiguration": { "level": level(severity) },
        "properties": { "tags": ["mail", "aws"] },
    });
    if let Some(url) = codes::url(code) {
        rule["helpUri"] = json!(url);
    }
    rule
}

fn result(diagnostic: &Diagnostic, ids: &[&str]) -> Value {
    let Diagnostic { code, severity, message, help, places, about, accepted, target } = diagnostic;
    let whose = target.as_ref().map(|target| format!(" (target {target})")).unwrap_or_default();
    let help = help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    let first = places.first();
    let logical = about.as_deref().or(first.map(|place| place.path.as_str()).filter(|path| !path.is_empty()));
    let mut location = Map::new();
    if let Some(physical) = first.and_then(physical) {
        location.insert("physicalLocation".to_owned(), physical);
    }
    if let Some(name) = logical {
        location.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": clean(name) }]));
    }
    let mut result = json!({
        "ruleId": code,
        "ruleIndex": ids.iter().position(|id| id == code),
        "level": level(*severity),
        "message": { "text": clean(&format!("{message}{help}{whose}")) },
        "locations": if location.is_empty() { json!([]) } else { json!([location]) },
        "partialFingerprints": { "postroomFinding/v1": fingerprint(diagnostic) },
    });
    let related: Vec<Value> = places.iter().skip(1).enumerate().filter_map(|(at, place)| related(at, place)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    if let Some(reason) = accepted {
        result["suppressions"] = json!([{ "kind": "inSource", "status": "accepted", "justification": clean(reason) }]);
    }
    result
}

/// The words in their file. What came by standard input is in no file.
fn physical(place: &Region) -> Option<Value> {
    let uri = uri(&place.file)?;
    let (line, column) = place.start;
    let mut region = json!({ "startLine": line, "startColumn": column });
    if let Some((line, column)) = place.end.filter(|end| *end > place.start) {
        region["endLine"] = json!(line);
        region["endColumn"] = json!(column);
    }
    Some(json!({ "artifactLocation": { "uri": uri }, "region": region }))
}

fn related(at: usize, place: &Region) -> Option<Value> {
    let mut location = json!({ "id": at + 1, "physicalLocation": physical(place)? });
    let label = if place.label.is_empty() { &place.path } else { &place.label };
    if !label.is_empty() {
        location["message"] = json!({ "text": clean(label) });
    }
    Some(location)
}

/// A path as the reference that code scanning looks up in the repository.
fn uri(file: &str) -> Option<String> {
    let file = file.replace('\\', "/");
    let file = file.trim_start_matches("./");
    (!file.is_empty() && file != "-").then(|| utf8_percent_encode(file, NOT_IN_A_PATH).to_string())
}

/// The same finding is the same in the next run, also when lines were added above it.
fn fingerprint(diagnostic: &Diagnostic) -> String {
    let path = diagnostic.places.first().map(|place| place.path.as_str()).unwrap_or_default();
    let of = [diagnostic.code.as_str(), path, diagnostic.target.as_deref().unwrap_or_default(), &diagnostic.message];
    data_encoding::HEXLOWER.encode(&Sha256::digest(of.join("\0").as_bytes())[..16])
}
