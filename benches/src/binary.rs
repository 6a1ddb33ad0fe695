//! The program that is measured, from outside: the one that is shipped.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::Ground;

/// A program and the environment of a pipeline: nothing of the machine's own AWS configuration.
#[derive(Debug)]
pub struct Binary {
    path: PathBuf,
    environment: Vec<(String, String)>,
}

/// A run that came to its end.
#[derive(Debug)]
pub struct Ran {
    /// How long it took, from its start to its end.
    pub took: Duration,
    /// What it printed.
    pub stdout: Vec<u8>,
}

impl Binary {
    /// The release build, built where it is not as the sources are, or the one that `POSTROOM_BINARY` names.
    pub fn shipped(ground: &Ground) -> Result<Self, String> {
        static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        let named = std::env::var_os("POSTROOM_BINARY").map(PathBuf::from);
        BUILT.get_or_init(|| named.map_or_else(|| built(ground), Ok)).clone().map(|path| Self::at(&path))
    }

    /// Any other program.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), environment: Vec::new() }
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same with AWS at `url`, as `account`.
    pub fn calling(mut self, url: &str, account: &str) -> Self {
        let folder = std::env::temp_dir().display().to_string();
        let set = [
            ("AWS_ENDPOINT_URL", url),
            ("AWS_ACCESS_KEY_ID", account),
            ("AWS_SECRET_ACCESS_KEY", "any"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("HOME", &folder),
        ];
        self.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }

    /// The same with one more variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(self.environment.iter().cloned());
        command
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Result<Ran, String> {
        let mut command = self.command(&self.path);
        command.args(arguments);
        let began = Instant::now();
        let output = command.output().map_err(|error| format!("{}: {error}", self.path.display()))?;
        let took = began.elapsed();
        self.ended(arguments, &output)?;
        Ok(Ran { took, stdout: output.stdout })
    }

    /// The most memory that a run of it held, in bytes, as GNU time counts it.
    pub fn peak(&self, arguments: &[&str]) -> Result<f64, String> {
        let output = self.command(Path::new("/usr/bin/time")).args(["-f", "%M"]).arg(&self.path).args(arguments).output();
        let output = output.map_err(|error| format!("GNU time is not to be had ({error})"))?;
        self.ended(arguments, &output)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let kilobytes = said.lines().last().and_then(|line| line.trim().parse::<f64>().ok());
        kilobytes.map(|kilobytes| kilobytes * 1024.0).ok_or_else(|| format!("GNU time said no number: {said}"))
    }

    fn ended(&self, arguments: &[&str], output: &Output) -> Result<(), String> {
        // 2 is an audit that found something.
        if matches!(output.status.code(), Some(0 | 2)) {
            return Ok(());
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(2000).collect::<String>();
        Err(format!(
            "{} {arguments:?} ended with {}: {} {}",
            self.path.display(),
            output.status,
            text(&output.stdout),
            text(&output.stderr)
        ))
    }
}

fn built(ground: &Ground) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(["build", "--release", "--locked"]).current_dir(&ground.root).status();
    if !status.map_err(|error| format!("cargo: {error}"))?.success() {
        return Err("the release build failed".to_owned());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| ground.root.join("target"), PathBuf::from);
    Ok(target.join("release/postroom"))
}
