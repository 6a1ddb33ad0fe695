//! An account of its own for every test: random, so that all tests can run at once in one emulator.

use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use postroom::core::problem::Source;
use serde_json::{Value, json};

use super::emulator;

/// The region of most tests.
pub const REGION: &str = "eu-west-1";

/// Two accounts: the one that receives, and another that owns some of what it uses.
pub struct Account {
    pub id: String,
    pub other: String,
    /// What was prepared: ARNs by name.
    pub arns: Value,
    pub folder: PathBuf,
    /// What its runs find in their environment beside.
    pub environment: Vec<(String, String)>,
}

impl Account {
    pub fn new() -> Self {
        emulator::url();
        let id = random_id();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("account-{id}"));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Self { id, other: random_id(), arns: Value::Null, folder, environment: Vec::new() }
    }

    /// An account in which what `description` says is there (localstack/cli/prepare.py).
    pub fn with(description: &Value) -> Self {
        let mut account = Self::new();
        account.prepare(description);
        account
    }

    /// An account in which `plans/NAME.yaml` can be applied.
    pub fn for_plan(name: &str) -> Self {
        let mut account = Self::new();
        account.arns = account.prepare_file(&root().join(format!("tests/prepare/{name}.json")));
        if name == "bootstrap" {
            account.environment.push(("PARTNER_LOGIN".to_owned(), r#"{"password":"of-the-partner"}"#.to_owned()));
        }
        account
    }

    /// The certificates that plans name, where its runs find them.
    pub fn with_certificates(self) -> Self {
        let certificates = self.folder.join("certs");
        std::fs::create_dir_all(&certificates).expect("a folder");
        for file in ["ca.pem", "ca-2.pem", "crl.pem"] {
            std::fs::copy(root().join("tests/certs").join(file), certificates.join(file)).expect("a certificate");
        }
        self
    }

    pub fn prepare(&mut self, description: &Value) {
        let file = self.folder.join("prepare.json");
        std::fs::write(&file, description.to_string()).expect("the description is written");
        self.arns = self.prepare_file(&file);
    }

    fn prepare_file(&self, file: &Path) -> Value {
        let file = file.display().to_string();
        let arguments =
            ["prepare", &file, "--endpoint", emulator::url(), "--account", &self.id, "--other", &self.other, "--region", REGION];
        let printed = emulator::run(&arguments).unwrap_or_else(|why| panic!("{file}: {why}"));
        self.forget_calls();
        serde_json::from_str(&printed).expect("prepare prints JSON")
    }

    /// The name of a bucket that is described as `NAME${suffix}`.
    pub fn bucket(&self, name: &str) -> String {
        format!("{name}-{}", self.id)
    }

    /// A plan of ours, with `ACCOUNT`, `OTHER` and `SUFFIX` filled in.
    pub fn text(&self, plan: &str) -> String {
        plan.replace("ACCOUNT", &self.id).replace("OTHER", &self.other).replace("SUFFIX", &format!("-{}", self.id))
    }

    /// `plans/NAME.yaml` for this account: its accounts and its buckets (whose names are global) are the test's own.
    pub fn plan_text(&self, name: &str) -> String {
        self.plan_of(&format!("plans/{name}.yaml"), name)
    }

    /// The same of a plan elsewhere, for which `tests/prepare/NAME.json` says what is there.
    pub fn plan_of(&self, file: &str, name: &str) -> String {
        let read = |path: String| std::fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut text = read(file.to_owned()).replace("111122223333", &self.id).replace("444455556666", &self.other);
        let described: Value = serde_json::from_str(&read(format!("tests/prepare/{name}.json"))).expect("a description");
        let prepared = described["buckets"].as_array().into_iter().flatten();
        let prepared = prepared.map(|bucket| bucket["name"].as_str().expect("a bucket has a name").replace("${suffix}", ""));
        for bucket in prepared.chain(created_buckets(&text)).collect::<Vec<_>>() {
            text = rename(&text, &bucket, &self.bucket(&bucket));
        }
        text
    }

    /// A connection of the Rust SDK to this account.
    pub fn sdk(&self, region: &str) -> SdkConfig {
        sdk(&self.id, region)
    }

    /// A connection to the other account.
    pub fn other_sdk(&self, region: &str) -> SdkConfig {
        sdk(&self.other, region)
    }

    /// Makes the matching calls of this account fail or wait.
    pub fn fault(&self, mut fault: Value) {
        fault["account"] = json!(self.id);
        emulator::ask("POST", "/_test/faults", &fault);
    }

    pub fn clear_faults(&self) {
        emulator::ask("DELETE", &format!("/_test/faults?account={}", self.id), &Value::Null);
    }

    /// Settings of the emulator for this account.
    pub fn set(&self, settings: &Value) {
        emulator::ask("POST", &format!("/_test/settings?account={}", self.id), settings);
    }

    /// The calls that were made as this account.
    pub fn calls(&self) -> Vec<Value> {
        emulator::ask("GET", &format!("/_test/calls?account={}", self.id), &Value::Null).as_array().cloned().unwrap_or_default()
    }

    /// The calls that change something, as `Operation resource`.
    pub fn writes(&self) -> Vec<String> {
        let writes = self.calls().into_iter().filter(|call| call["access"] == "write");
        writes.map(|call| format!("{} {}", text_of(&call["operation"]), text_of(&call["resource"]))).collect()
    }

    /// Forgets the calls made so far, of both accounts.
    pub fn forget_calls(&self) {
        for id in [&self.id, &self.other] {
            emulator::ask("DELETE", &format!("/_test/calls?account={id}"), &Value::Null);
        }
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs what the SDK promises.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

fn sdk(account: &str, region: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .endpoint_url(emulator::url())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(account, "any", None, None, "test")))
        .build()
}

/// The buckets that a plan makes itself.
fn created_buckets(plan: &str) -> Vec<String> {
    let source = Source { name: "plan.yaml".to_owned(), text: plan.to_owned() };
    let draft = postroom::plan::parse(Arc::new(source)).expect("the plan is YAML");
    let target = draft.targets().expect("targets").swap_remove(0).name;
    let folder = Some(root().join("tests"));
    let plan = draft.settle(&postroom::plan::Given { target, folder, ..Default::default() }).expect("the plan reads");
    plan.create.buckets.into_iter().map(|bucket| bucket.name.value).collect()
}

fn random_id() -> String {
    let random = RandomState::new().build_hasher().finish();
    format!("{}", 100_000_000_000 + random % 900_000_000_000)
}

/// Replaces a whole name: `acme-mail` is not found in `acme-mail-us`.
fn rename(text: &str, name: &str, new: &str) -> String {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.';
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, found) = rest.split_at(at);
        let after = &found[name.len()..];
        let whole = !before.ends_with(inside) && !after.starts_with(inside);
        renamed.push_str(before);
        renamed.push_str(if whole { new } else { name });
        rest = after;
    }
    renamed + rest
}
