//! Against what one would write oneself: the same calls, made by scripts.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::Ground;
use crate::binary::Binary;
use crate::emulator::Emulator;
use crate::figure::{Figure, Goal, Row, Unit, clock};
use crate::sections::{Scratch, Section};

pub static SECTION: Section = Section {
    name: "peers",
    title: "A plan against scripts that read the same",
    about: "By turns against the emulator: `plan`, and scripts that make the very calls that it made (`benches/peers/`, pinned). They decide nothing and \
        print nothing. Most of the time of a plan is the emulator's own here, and the scripts have it as well; most of theirs is what Python takes to begin, \
        which awscli takes for each call.",
    run,
};

const ACCOUNT: &str = "111122223333";
const PLANS: [&str; 2] = ["store-to-s3", "encrypt-and-notify"];
const RUNS: usize = 5;

struct Peer {
    what: &'static str,
    goal: f64,
    runs: usize,
    binary: Binary,
    arguments: Vec<String>,
}

fn run(ground: &Ground) -> Result<Vec<Row>, String> {
    let venv = installed(ground)?;
    let emulator = Emulator::start(ground)?;
    let mut rows = Vec::new();
    for name in PLANS {
        let plan = emulator.prepare(ground, name, ACCOUNT)?;
        let ours = Binary::shipped(ground)?.calling(&emulator.url, ACCOUNT).with("POSTROOM_SES_RATE", "0");
        let arguments = ["plan", plan.path()];
        emulator.forget()?;
        ours.run(&arguments)?;
        let calls = emulator.calls()?;
        let (as_json, as_lines) = (Scratch::file("calls.json", &json!(calls).to_string())?, Scratch::file("calls", &lines(&calls))?);
        for peer in peers(ground, &venv, &emulator, &as_json, &as_lines)? {
            rows.push(against(name, calls.len(), &ours, &arguments, &peer)?);
            if name == PLANS[0] {
                rows.push(memory(&ours, &arguments, &peer)?);
            }
        }
    }
    Ok(rows)
}

fn peers(ground: &Ground, venv: &str, emulator: &Emulator, json: &Scratch, lines: &Scratch) -> Result<Vec<Peer>, String> {
    let file = |name: &str| ground.root.join("benches/peers").join(name).display().to_string();
    let python = PathBuf::from(venv).join("bin/python");
    let path = format!("{venv}/bin:/usr/bin:/bin");
    let by = |program: &PathBuf| Binary::at(program).calling(&emulator.url, ACCOUNT).with("PATH", &path);
    let boto3 = |more: &[&str]| {
        let fixed = ["-B".to_owned(), file("with_boto3.py"), json.path().to_owned()];
        fixed.into_iter().chain(more.iter().map(|word| (*word).to_owned())).collect()
    };
    Ok(vec![
        Peer { what: "boto3", goal: 5.0, runs: RUNS, binary: by(&python), arguments: boto3(&[]) },
        Peer { what: "boto3 in 32 threads", goal: 5.0, runs: RUNS, binary: by(&python), arguments: boto3(&["--threads"]) },
        Peer {
            what: "awscli",
            goal: 20.0,
            runs: 3,
            binary: by(&PathBuf::from("/bin/sh")),
            arguments: vec![file("with_awscli.sh"), lines.path().to_owned()],
        },
    ])
}

fn against(name: &str, calls: usize, ours: &Binary, arguments: &[&str], peer: &Peer) -> Result<Row, String> {
    let theirs: Vec<&str> = peer.arguments.iter().map(String::as_str).collect();
    peer.binary.run(&theirs)?;
    let mut failed = None;
    let mut times = Vec::new();
    for _ in 0..peer.runs {
        let mut time = |binary: &Binary, arguments: &[&str]| clock(|| failed = binary.run(arguments).err().or(failed.take())).as_secs_f64();
        times.push((time(&peer.binary, &theirs), time(ours, arguments)));
    }
    if let Some(why) = failed {
        return Err(why);
    }
    let (theirs, ours): (Vec<f64>, Vec<f64>) = times.iter().copied().unzip();
    Ok(Row {
        what: format!("`{name}`, {calls} calls: {} takes so many times as long", peer.what),
        figure: Figure::of(times.iter().map(|(theirs, ours)| theirs / ours).collect(), Unit::Times),
        goal: Goal::AtLeast(peer.goal),
        beside: format!("{} against {}", Figure::of(theirs, Unit::Seconds), Figure::of(ours, Unit::Seconds)),
    })
}

fn memory(ours: &Binary, arguments: &[&str], peer: &Peer) -> Result<Row, String> {
    let theirs: Vec<&str> = peer.arguments.iter().map(String::as_str).collect();
    let (theirs, ours) = (peer.binary.peak(&theirs)?, ours.peak(arguments)?);
    let bytes = |bytes| Figure::exact(bytes, Unit::Bytes);
    Ok(Row {
        what: format!("{} holds so many times as much memory", peer.what),
        figure: Figure::exact(theirs / ours, Unit::Times),
        goal: Goal::None,
        beside: format!("{} against {}", bytes(theirs), bytes(ours)),
    })
}

/// As awscli is told them.
fn lines(calls: &[Value]) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |call: &Value| {
        let service = text(&call["service"]);
        let service = if service == "s3" { "s3api".to_owned() } else { service };
        format!("{service} {} {} {}\n", kebab(&text(&call["operation"])), text(&call["region"]), call["parameters"])
    };
    calls.iter().map(line).collect()
}

fn kebab(operation: &str) -> String {
    let mut words = String::new();
    for letter in operation.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// The pinned scripts' libraries, in a virtualenv beside what is built.
fn installed(ground: &Ground) -> Result<String, String> {
    let venv = ground.root.join("benches/target/peers").display().to_string();
    let wanted = ground.root.join("benches/peers/requirements.txt");
    let mark = PathBuf::from(&venv).join("requirements.txt");
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    if read(&mark) == read(&wanted) {
        return Ok(venv);
    }
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
        if done.status.success() { Ok(()) } else { Err(format!("{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr))) }
    };
    run("python3", &["-m", "venv", &venv])?;
    run(&format!("{venv}/bin/pip"), &["install", "--quiet", "-r", &wanted.display().to_string()])?;
    std::fs::copy(&wanted, &mark).map_err(|error| error.to_string())?;
    Ok(venv)
}
