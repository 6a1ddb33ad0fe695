//! docs/getting-started.md as a new user would try it: every line that begins with `$` is run by a shell in an empty folder, and must print what
//! stands under it.

use std::path::Path;
use std::process::Command;

use crate::support::account::root;
use crate::support::{Account, REGION, emulator, wait};

/// What the page has a reader do.
enum Step {
    /// A line for the shell, and what it prints; `…` stands for anything.
    Run { line: String, prints: Vec<String> },
    /// What somebody else does meanwhile.
    Meanwhile(String),
}

fn steps(page: &str) -> Vec<Step> {
    let (mut steps, mut inside) = (Vec::new(), false);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(line)) = (inside, line.strip_prefix("$ ")) {
            steps.push(Step::Run { line: line.to_owned(), prints: Vec::new() });
        } else if let (true, Some(Step::Run { prints, .. })) = (inside, steps.last_mut()) {
            prints.push(line.to_owned());
        } else if let Some(what) = line.strip_prefix("<!-- meanwhile: ") {
            steps.push(Step::Meanwhile(what.trim_end_matches(" -->").to_owned()));
        }
    }
    steps
}

/// Both streams in the order in which a reader sees them.
fn shell(account: &Account, line: &str) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_postroom")).parent().expect("a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a PATH"));
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec 2>&1; {line}")]).env_clear().current_dir(&account.folder);
    command.env("PATH", path).env("HOME", &account.folder).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ACCESS_KEY_ID", &account.id).env("AWS_SECRET_ACCESS_KEY", "any").env("AWS_ENDPOINT_URL", emulator::url());
    command.env("POSTROOM_SES_RATE", "0");
    let done = command.output().expect("the shell runs");
    String::from_utf8(done.stdout).expect("UTF-8")
}

/// Whether a text is what the page says: between `…` every line as it stands; `…` within a line stands for its end.
fn is_as_said(prints: &[String], said: &str) -> Result<(), String> {
    let mut lines = said.lines().map(str::trim_end).peekable();
    let mut free = false;
    let fits = |want: &str, line: &str| want.strip_suffix('…').map_or(want == line, |start| line.starts_with(start));
    for want in prints.iter().map(|line| line.trim_end()) {
        if want == "…" {
            free = true;
            continue;
        }
        let found = if free { lines.any(|line| fits(want, line)) } else { lines.next().is_some_and(|line| fits(want, line)) };
        if !found {
            return Err(want.to_owned());
        }
        free = false;
    }
    if free || lines.peek().is_none() {
        Ok(())
    } else {
        Err(format!("(nothing more, but there is `{}`)", lines.next().unwrap_or_default()))
    }
}

#[test]
fn the_first_page_can_be_followed_line_by_line() {
    let page = std::fs::read_to_string(root().join("docs/getting-started.md")).expect("the page");
    let account = Account::new();
    let mine = |text: &str| text.replace("111122223333", &account.id).replace("acme-inbound-mail", &account.bucket("acme-inbound-mail"));
    let (mut ran, mut done) = (0, String::new());
    for step in steps(&page) {
        match step {
            Step::Meanwhile(what) if what == "delete the bucket policy" => {
                let s3 = aws_sdk_s3::Client::new(&account.sdk(REGION));
                wait(s3.delete_bucket_policy().bucket(account.bucket("acme-inbound-mail")).send()).expect("the policy goes");
            }
            Step::Meanwhile(what) => panic!("nobody knows how to {what}"),
            Step::Run { line, prints } => {
                let said = shell(&account, &mine(&line));
                let prints: Vec<String> = prints.iter().map(|line| mine(line)).collect();
                done += &format!("$ {line}\n");
                if let Err(missing) = is_as_said(&prints, &said) {
                    panic!("{done}\nthe page says\n  {missing}\nand it printed\n{said}");
                }
                ran += 1;
            }
        }
    }
    assert!(ran >= 25, "only {ran} lines were run");
    assert_eq!(page.lines().filter(|line| line.starts_with("## ") && line.as_bytes()[3].is_ascii_digit()).count(), 12, "twelve tasks");
}

#[test]
fn the_page_is_read_strictly() {
    let prints = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    for (page, said, fits) in [
        (&["a", "b"] as &[&str], "a\nb\n", true),
        (&["a"], "a\nb\n", false),
        (&["a", "…"], "a\nb\n", true),
        (&["…", "b"], "a\nb\n", true),
        (&["…", "b"], "a\nb\nc\n", false),
        (&["…", "b", "c"], "a\nb\nx\nc\n", false),
        (&["ab…"], "abc\n", true),
        (&["ab…"], "acb\n", false),
        (&[], "a\n", false),
        (&["a"], "", false),
    ] {
        assert_eq!(is_as_said(&prints(page), said).is_ok(), fits, "{page:?} {said:?}");
    }
}
