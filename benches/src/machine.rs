//! The machine that a figure was measured on, as far as it matters, and the day.

use std::fs::read_to_string;
use std::process::Command;

/// One sentence, without the name of the machine.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let memory = memory.map_or_else(String::new, |kib| format!(", {:.0} GiB of memory", kib / 1024.0 / 1024.0));
    let kernel = read_to_string("/proc/sys/kernel/osrelease").map_or_else(|_| String::new(), |text| format!(", Linux {}", text.trim()));
    // Figures of a machine that does something else as well spread wider.
    let load =
        read_to_string("/proc/loadavg").ok().and_then(|text| Some(format!(", load {}", text.split(' ').next()?))).unwrap_or_default();
    format!("{}: {cores} cores ({model}){memory}{kernel}{load}, {}", said("date", &["-u", "+%F"]), said("rustc", &["--version"]))
}

/// What stands behind a name in a file of `name : value` lines.
fn field(file: &str, name: &str) -> Option<String> {
    let text = read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| format!("no {program}"), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
