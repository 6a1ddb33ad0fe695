//! One run of the real binary: its exit code, its JSON, what it said beside.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use jsonschema::Validator;
use postroom::report::schema::{names, schema};
use serde_json::Value;

use super::account::Account;
use super::emulator;

pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    suffix: String,
}

/// The environment of a pipeline: nothing of the machine's own AWS configuration.
fn command(account: &Account, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postroom"));
    command.args(arguments).env_clear().current_dir(&account.folder);
    command.env("HOME", &account.folder).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ACCESS_KEY_ID", &account.id).env("AWS_SECRET_ACCESS_KEY", "any").env("AWS_ENDPOINT_URL", emulator::url());
    command.envs(account.environment.iter().cloned());
    command.env("POSTROOM_SES_RATE", "0").env("POSTROOM_FORMAT", "json");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Account {
    /// Starts it with the plan on standard input, which the argument `-` names.
    pub fn start(&self, arguments: &[&str], plan: &str) -> Child {
        let mut child = command(self, arguments).spawn().expect("the binary runs");
        let mut input = child.stdin.take().expect("standard input");
        // A run that refuses its arguments does not read its plan.
        let _ = input.write_all(plan.as_bytes());
        child
    }

    pub fn finish(&self, child: Child) -> Run {
        let done = child.wait_with_output().expect("the binary ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let code = done.status.code().unwrap_or(-1);
        Run { code, stdout: text(done.stdout), stderr: text(done.stderr), suffix: format!("-{}", self.id) }
    }

    pub fn run(&self, arguments: &[&str], plan: &str) -> Run {
        let run = self.finish(self.start(arguments, plan));
        run.meets_its_schema(arguments);
        run
    }

    /// `plan --detailed-exitcode`, which must succeed: 0 without and 2 with changes.
    pub fn plan(&self, plan: &str) -> Run {
        let run = self.run(&["plan", "-", "--detailed-exitcode"], plan);
        assert!(matches!(run.code, 0 | 2), "plan: {run}");
        assert_eq!(run.code == 2, !run.changes().is_empty(), "the exit code says whether there are changes: {run}");
        run
    }

    pub fn try_apply(&self, plan: &str, flags: &[&str]) -> Run {
        self.run(&[&["apply", "-", "--yes"], flags].concat(), plan)
    }

    /// An apply that must succeed, and after which the same plan must have nothing to do.
    pub fn apply(&self, plan: &str, flags: &[&str]) -> Run {
        let run = self.try_apply(plan, flags);
        run.expect(0);
        assert!(run.statuses().iter().all(|status| status == "done"), "not all is done: {run}");
        self.nothing_to_do(plan);
        run
    }

    pub fn nothing_to_do(&self, plan: &str) {
        let again = self.plan(plan);
        assert!(again.changes().is_empty(), "the same plan has something to do: {again}");
    }
}

/// The schema of what each command prints.
fn schema_of(command: &str) -> Option<&'static Validator> {
    static ALL: OnceLock<BTreeMap<&'static str, Validator>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let made = |name| jsonschema::draft202012::new(&schema(name).expect("a schema")).expect("a JSON Schema");
        names().into_iter().map(|name| (name, made(name))).collect()
    });
    all.get(match command {
        "plan" | "apply" | "destroy" | "drift" => "change-set",
        "snapshot" => "facts",
        other => other,
    })
}

impl Run {
    /// What a program reads is as its schema says; a plan that does not read is told as `validate` tells it.
    fn meets_its_schema(&self, arguments: &[&str]) {
        let Ok(value) = serde_json::from_str::<Value>(&self.stdout) else { return };
        let command = if value.get("problems").is_some() { "validate" } else { arguments[0] };
        let Some(validator) = schema_of(command).filter(|_| !arguments.contains(&"--format")) else { return };
        let wrong: Vec<String> =
            validator.iter_errors(&value).take(3).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{arguments:?} prints what its schema does not know: {wrong:#?}\n{self}");
    }

    pub fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self}"))
    }

    /// The one target of a plan without targets.
    pub fn target(&self) -> Value {
        self.json()["targets"][0].clone()
    }

    /// The raw changes.
    pub fn raw_changes(&self) -> Vec<Value> {
        self.target()["changes"].as_array().cloned().unwrap_or_default()
    }

    /// `action address`, and for a statement of ours its purpose; without the test's account.
    pub fn changes(&self) -> Vec<String> {
        let plan = self.json()["plan"].as_str().unwrap_or_default().to_owned();
        let shown = |change: &Value| {
            let (action, address) = (change["action"].as_str().unwrap_or("?"), change["address"].as_str().unwrap_or("?"));
            let statement = change["statement"].as_str().map(|sid| format!(" {}", purpose(sid, &plan).unwrap_or(sid)));
            format!("{action} {address}{}", statement.unwrap_or_default()).replace(&self.suffix, "")
        };
        self.raw_changes().iter().map(shown).collect()
    }

    /// The status of each change of an apply.
    pub fn statuses(&self) -> Vec<String> {
        self.raw_changes().iter().map(|change| change["status"].as_str().unwrap_or("?").to_owned()).collect()
    }

    /// `status action address`, as [`Run::changes`].
    pub fn outcomes(&self) -> Vec<String> {
        self.statuses().iter().zip(self.changes()).map(|(status, change)| format!("{status} {change}")).collect()
    }

    /// The codes of the findings that are not accepted.
    pub fn findings(&self) -> Vec<String> {
        let findings = self.target()["findings"].as_array().cloned().unwrap_or_default();
        let standing = findings.iter().filter(|finding| finding["accepted"].is_null());
        standing.map(|finding| finding["code"].as_str().unwrap_or("?").to_owned()).collect()
    }
}

/// What matters of it: of a change set the outcomes, what was found and what could not be read.
impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "exit {}", self.code)?;
        match serde_json::from_str::<Value>(&self.stdout) {
            Ok(json) if json["targets"][0]["changes"].is_array() => {
                let target = &json["targets"][0];
                writeln!(f, "{:#?}", self.outcomes())?;
                for change in self.raw_changes().iter().filter(|change| !change["error"].is_null()) {
                    writeln!(f, "{}: {}", change["id"], change["error"])?;
                }
                writeln!(f, "findings {:#}\nunreadable {:#}\ncalls {}", target["findings"], target["unreadable"], target["calls"])?;
            }
            _ => write!(f, "{}", self.stdout)?,
        }
        write!(f, "--- stderr\n{}", self.stderr)
    }
}

/// `Postroom` OWNER NAME **PURPOSE** KEY (contract/language.md, "Whose is what").
pub fn purpose<'a>(sid: &'a str, plan: &str) -> Option<&'a str> {
    let camel = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    let name: String = plan.split('-').map(camel).collect::<String>().chars().take(20).collect();
    let body = sid.strip_prefix("Postroom")?.get(8..)?.strip_prefix(&name)?;
    body.get(..body.len().checked_sub(8)?)
}
