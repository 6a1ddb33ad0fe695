//! The emulator of `localstack/`, for as long as something is measured against it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::Ground;
use crate::sections::Scratch;

/// It ends when it is dropped, and when this process does.
#[derive(Debug)]
pub struct Emulator {
    /// Where it listens.
    pub url: String,
    program: PathBuf,
    state: String,
}

impl Emulator {
    /// Sets it up, where that was not done, and starts it.
    pub fn start(ground: &Ground) -> Result<Self, String> {
        let program = ground.root.join("localstack/emulator");
        let state = std::env::temp_dir().join(format!("postroom-benches-{}", std::process::id())).display().to_string();
        run(&program, &["setup"])?;
        let url = run(&program, &["start", "--port", "0", "--state", &state, "--parent", &std::process::id().to_string()])?;
        Ok(Self { url, program, state })
    }

    /// Makes what `plans/NAME.yaml` names and does not make.
    pub fn prepare(&self, ground: &Ground, name: &str, account: &str) -> Result<Scratch, String> {
        let read = |path: String| std::fs::read_to_string(ground.root.join(&path)).map_err(|error| format!("{path}: {error}"));
        let described = read(format!("tests/prepare/{name}.json"))?.replace("${suffix}", "");
        let described = Scratch::file("prepare.json", &described)?;
        let whom = ["--account", account, "--other", "444455556666", "--region", "eu-west-1"];
        run(&self.program, &[&["prepare", described.path(), "--endpoint", &self.url][..], &whom].concat())?;
        Scratch::file("plan.yaml", &read(format!("plans/{name}.yaml"))?)
    }

    /// Forgets which calls were made.
    pub fn forget(&self) -> Result<(), String> {
        self.ask("DELETE", "/_test/calls").map(drop)
    }

    /// The calls that were made since, as scripts are told them.
    pub fn calls(&self) -> Result<Vec<Value>, String> {
        let all = self.ask("GET", "/_test/calls")?;
        let call = |call: &Value| {
            let member = |name: &str| call[name].clone();
            json!({"service": member("service"), "operation": member("operation"), "region": member("region"), "parameters": member("parameters")})
        };
        Ok(all.as_array().into_iter().flatten().map(call).collect())
    }

    fn ask(&self, method: &str, path: &str) -> Result<Value, String> {
        let host = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).map_err(|error| error.to_string())?;
        let mut answer = String::new();
        write!(stream, "{method} {path} HTTP/1.0\r\nHost: {host}\r\n\r\n").map_err(|error| error.to_string())?;
        stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("the emulator gave no answer")?;
        Ok(serde_json::from_str(body).unwrap_or_default())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = run(&self.program, &["stop", "--state", &self.state]);
    }
}

fn run(program: &PathBuf, arguments: &[&str]) -> Result<String, String> {
    let done = Command::new(program).args(arguments).output().map_err(|error| format!("{}: {error}", program.display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if done.status.success() { Ok(text(&done.stdout)) } else { Err(format!("{} {arguments:?}: {}", program.display(), text(&done.stderr))) }
}
