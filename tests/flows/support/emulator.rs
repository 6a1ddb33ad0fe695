//! One emulator for the whole test run. It watches the process that started it and ends, with all its files, when that does — however it does.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

static URL: LazyLock<String> = LazyLock::new(|| started().unwrap_or_else(|why| panic!("the emulator does not start: {why}")));

/// Where it listens.
pub fn url() -> &'static str {
    &URL
}

/// Its command line.
pub fn command() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("localstack/emulator"))
}

/// Under cargo-nextest every test is a process of its own: they share the one of their runner.
fn owner() -> u32 {
    if std::env::var_os("NEXTEST").is_some() { std::os::unix::process::parent_id() } else { std::process::id() }
}

fn started() -> Result<String, String> {
    let owner = owner().to_string();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let state = folder.join(format!("emulator-{owner}"));
    // Held until the emulator runs, so that of several processes one starts it.
    let turn = File::create(folder.join("emulator.lock")).map_err(|error| error.to_string())?;
    turn.lock().map_err(|error| error.to_string())?;
    let state = state.display().to_string();
    if let Ok(url) = run(&["wait", "--state", &state]) {
        return Ok(url);
    }
    run(&["setup"])?;
    run(&["start", "--port", "0", "--state", &state, "--parent", &owner])
}

/// What it prints, or why it fails.
pub fn run(arguments: &[&str]) -> Result<String, String> {
    let done = command().args(arguments).output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
}

/// One request to the emulator's own endpoints (`/_test/…`).
pub fn ask(method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let host = url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the emulator listens");
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .expect("the emulator takes the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the emulator answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    assert!(head.starts_with("HTTP/1.0 20"), "{method} {path}: {answer}");
    serde_json::from_str(body).unwrap_or(Value::Null)
}
