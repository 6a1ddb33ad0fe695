//! The binary without AWS: each command that needs none, in each of its formats, read by who reads it elsewhere.

#[path = "support/schemas.rs"]
mod schemas;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postroom::core::address::{Address, Home};
use postroom::core::live::{Live, Observed};
use postroom::report::schema::{names, schema};
use serde_json::Value;

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }

    /// The JSON, which meets its schema.
    fn as_said(&self, name: &str) -> Value {
        let validator = jsonschema::draft202012::new(&schema(name).unwrap()).unwrap();
        let value = self.json();
        let wrong: Vec<String> =
            validator.iter_errors(&value).take(3).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert_eq!(wrong, [""; 0], "{name}: {}", self.stdout);
        value
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run_with(arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postroom"));
    command.args(arguments).env_clear().current_dir(root()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: done.status.code().unwrap(), stdout: text(done.stdout), stderr: text(done.stderr) }
}

fn run(arguments: &[&str]) -> Run {
    run_with(arguments, "")
}

/// The examples that a user copies.
fn plans() -> Vec<String> {
    let folder = std::fs::read_dir(root().join("plans")).unwrap().map(|entry| entry.unwrap().path());
    let mut plans: Vec<PathBuf> = folder.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).collect();
    plans.sort();
    assert!(plans.len() > 5);
    plans.into_iter().map(|path| format!("plans/{}", path.file_name().unwrap().to_string_lossy())).collect()
}

const DEAD: &str = "postroom: 1
name: acme
account: \"111122223333\"
region: eu-west-1
receipt:
  rules:
    - { name: all, actions: [ { s3: acme-mail/in/ }, stop ] }
    - { name: late, recipients: [acme.example], actions: [stop] }
";

/// A snapshot in which nothing of the plan is there but the bucket.
fn snapshot(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    let home = Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
    let mut live = Live::new(home.clone());
    let found = |value: Value| Observed::Present(value);
    let seen = [
        ("bucket/acme-mail", found(serde_json::json!({"region": "eu-west-1"}))),
        ("receipt-rule-set/acme", Observed::Absent),
        ("receipt-rule-set-pointer/active", found(serde_json::json!({"Active": null}))),
        ("bucket-encryption/acme-mail", Observed::Absent),
        ("bucket-object-lock/acme-mail", Observed::Absent),
        ("bucket-policy/acme-mail", Observed::Absent),
    ];
    live.seen.extend(seen.into_iter().map(|(at, found)| (Address::read_at(at, &home).unwrap(), found)));
    let live = serde_json::to_value(&live).unwrap();
    std::fs::write(&file, live.to_string()).unwrap();
    file
}

#[test]
fn every_example_is_valid_and_what_is_said_of_it_meets_its_schemas() {
    for plan in plans() {
        let all: &[&str] = if plan.contains("fleet") { &["--all-targets"] } else { &["--account", "111122223333"] };
        let of = |arguments: &[&str]| run(&[arguments, &[&plan], all, &["--format", "json"]].concat());
        let validated = of(&["validate"]);
        assert_eq!(validated.code, 0, "{plan}: {} {}", validated.stdout, validated.stderr);
        validated.as_said("validate");
        let rendered = of(&["render"]).as_said("render");
        let address = rendered["targets"][0]["resources"][0]["address"].as_str().unwrap().to_owned();
        for purpose in ["plan", "apply", "drift", "destroy"] {
            of(&["permissions", "--for", purpose]).as_said("permissions");
        }
        run(&[&["explain", &plan, &address, "--format", "json"], all].concat()).as_said("explain");
    }
}

#[test]
fn several_plans_are_validated_in_one_run() {
    let plans = plans();
    let arguments: Vec<&str> = std::iter::once("validate").chain(plans.iter().map(String::as_str)).collect();
    let run_all = run(&arguments);
    assert_eq!(run_all.code, 0, "{}", run_all.stderr);
    assert_eq!(run_all.stderr.lines().filter(|line| line.contains(" is valid: ")).count(), plans.len(), "{}", run_all.stderr);
    let bad = ["tests/language/bad/stop.yaml", "tests/language/bad/tabs.yaml", "tests/language/bad/structure.yaml"];
    let of = |format: &str| run(&["validate", &plans[0], bad[1], bad[2], "--format", format]);
    let told = of("json");
    assert_eq!(told.code, 1);
    let value = told.as_said("validate");
    let files: Vec<_> = value["problems"].as_array().unwrap().iter().filter_map(|problem| problem["file"].as_str()).collect();
    assert!(files.contains(&bad[1]) && files.contains(&bad[2]), "{files:?}");
    let log = of("sarif");
    assert_eq!(log.code, 1);
    assert!(schemas::of_sarif().is_valid(&log.json()));
    let uris = log.json()["runs"][0]["results"].as_array().unwrap().len();
    assert!(uris > value["problems"].as_array().unwrap().len(), "findings stand there, too");
    let annotations = of("github");
    assert!(
        annotations.code == 1 && annotations.stdout.contains("::error file=tests/language/bad/tabs.yaml,line="),
        "{}",
        annotations.stdout
    );
    let text = of("text");
    assert!(text.code == 1 && text.stderr.contains("bad/tabs.yaml") && text.stderr.contains("postroom explain "), "{}", text.stderr);
}

#[test]
fn validate_says_what_it_finds_in_each_format() {
    let of = |format: &str| run_with(&["validate", "-", "--format", format], DEAD);
    let text = of("text");
    assert_eq!(text.code, 0);
    assert!(
        text.stdout.contains("warning[rule-never-reached]") && text.stdout.contains("postroom explain rule-never-reached"),
        "{}",
        text.stdout
    );
    assert!(text.stdout.contains("info[mail-size-40mb]"), "{}", text.stdout);
    assert_eq!(run_with(&["validate", "-", "--strict"], DEAD).code, 1);
    let value = of("json").as_said("validate");
    let codes: Vec<_> = value["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).collect();
    assert!(codes.contains(&"rule-never-reached"), "{codes:?}");
    assert!(schemas::of_sarif().is_valid(&of("sarif").json()));
    let folder = root().join("tests/language/bad/tabs.yaml");
    let whole = run(&["validate", folder.to_str().unwrap(), "--format", "github"]).stdout;
    assert!(whole.starts_with("::error file=tests/language/bad/tabs.yaml,line="), "a file is named from the working directory: {whole}");
    let annotations = of("github").stdout;
    assert!(annotations.starts_with("::warning title=rule-never-reached::"), "{annotations}");
    let wrong = of("junit");
    assert!(wrong.code == 1 && wrong.stderr.contains("text, json, sarif, github"), "{}", wrong.stderr);
}

#[test]
fn plan_and_check_on_a_snapshot_say_it_in_each_format() {
    let live = snapshot("plan-and-check");
    let live = live.to_str().unwrap();
    jsonschema::draft202012::new(&schema("facts").unwrap())
        .unwrap()
        .validate(&serde_json::from_str(&std::fs::read_to_string(live).unwrap()).unwrap())
        .unwrap();
    let of = |command: &str, format: &str| run_with(&[command, "-", "--live", live, "--format", format], DEAD);
    let planned = of("plan", "json");
    assert_eq!(planned.code, 0, "{} {}", planned.stdout, planned.stderr);
    let changes = planned.as_said("change-set")["targets"][0]["changes"].as_array().unwrap().len();
    assert!(changes >= 3);
    let page = of("plan", "markdown");
    assert!(page.code == 0 && page.stdout.starts_with("## Plan of `acme` in 111122223333 eu-west-1"), "{}", page.stdout);
    assert_eq!(page.stdout.matches("<details>").count(), changes);
    of("drift", "json").as_said("change-set");
    let checked = of("check", "json");
    assert_eq!((checked.code, checked.as_said("check")["targets"][0]["summary"]["denied"].as_u64()), (2, Some(1)));
    let log = of("check", "sarif");
    assert_eq!(log.code, 2);
    assert!(schemas::of_sarif().is_valid(&log.json()));
    assert_eq!(log.json()["runs"][0]["results"][0]["ruleId"], "check-denied");
    assert!(of("check", "github").stdout.starts_with("::error title=check-denied::SES may not s3:PutObject on "));
    let report = of("check", "junit");
    let suites = quick_junit::Report::deserialize_from_str(&report.stdout).unwrap().test_suites;
    assert_eq!((report.code, suites[0].failures), (2, 1), "{}", report.stdout);
    of("audit", "json").as_said("audit");
    assert!(schemas::of_sarif().is_valid(&of("audit", "sarif").json()));
}

#[test]
fn what_stops_a_command_is_part_of_its_sarif() {
    let run = run(&["check", "nowhere.yaml", "--format", "sarif"]);
    assert_eq!(run.code, 1);
    assert!(schemas::of_sarif().is_valid(&run.json()));
    let invocation = &run.json()["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert!(invocation["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap().contains("nowhere.yaml"));
}

#[test]
fn explain_knows_each_code_without_a_plan() {
    let text = run(&["explain", "stop-not-last"]);
    assert!(text.code == 0 && text.stdout.contains("**Next step.**"), "{} {}", text.stdout, text.stderr);
    let value = run(&["explain", "bucket-missing", "--format", "json"]).as_said("explain");
    assert_eq!(value["page"], "docs/codes.md#bucket-missing");
    assert_eq!(run(&["explain", "no-such-code-or-plan"]).code, 1);
}

#[test]
fn each_schema_is_printed() {
    for name in names() {
        let printed = run(&["schema", name]);
        assert_eq!((printed.code, printed.json()), (0, schema(name).unwrap()), "{name}");
    }
    assert_eq!(run(&["schema"]).json(), schema("plan").unwrap());
    let unknown = run(&["schema", "plam"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("change-set"), "{}", unknown.stderr);
}

#[test]
fn the_hooks_of_pre_commit_run() {
    let manifest = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let entries: Vec<&str> = manifest.lines().filter_map(|line| line.trim().strip_prefix("entry: ")).collect();
    assert_eq!(entries.len(), manifest.matches("- id: ").count());
    for entry in entries {
        let mut words: Vec<&str> = entry.split(' ').collect();
        assert_eq!(words.remove(0), "postroom");
        // pre-commit puts the names of the files behind it.
        let good = run(&[words.as_slice(), &["plans/store-to-s3.yaml", "plans/front-door.yaml"]].concat());
        assert_eq!(good.code, 0, "{}", good.stderr);
        let bad = run(&[words.as_slice(), &["plans/store-to-s3.yaml", "tests/language/bad/tabs.yaml"]].concat());
        assert_eq!(bad.code, 1, "{}", bad.stderr);
    }
    let files = manifest.lines().filter_map(|line| line.trim().strip_prefix("files: "));
    for pattern in files {
        let pattern = regex_lite::Regex::new(pattern).unwrap();
        assert!(["postroom.yaml", "mail/postroom.yml", "mail/eu.postroom.yaml"].iter().all(|file| pattern.is_match(file)));
        assert!(["values.yaml", "notpostroom.yaml", "postroom.yaml.bak"].iter().all(|file| !pattern.is_match(file)));
    }
}
