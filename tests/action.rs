//! The GitHub Action: its script with a postroom and a `gh` that only write down what they are asked, and what its files promise.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// A runner: a folder with the programs that the script calls, and what it left.
struct Runner {
    folder: PathBuf,
}

/// What a run came to.
struct Ran {
    code: i32,
    stdout: String,
    summary: String,
    outputs: String,
    /// What was asked of postroom and of GitHub, a line each.
    calls: Vec<String>,
    /// The comment that was sent, if one was.
    body: String,
}

impl Runner {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("action-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("bin")).unwrap();
        std::fs::write(folder.join("event.json"), r#"{"pull_request": {"number": 7}}"#).unwrap();
        std::fs::write(folder.join("comments.json"), "[]").unwrap();
        std::fs::write(folder.join("report.md"), "## the plan\n").unwrap();
        let runner = Self { folder };
        runner.program("postroom", "echo \"postroom $*\" >> calls; cat report.md; echo 'said beside' >&2; exit ${FAKE_CODE:-0}");
        // Two pages of comments, as `--paginate` prints them; a body comes as `--field body=@FILE`.
        let gh = "echo \"gh $*\" | sed 's/body=@.*/body/' >> calls; [ -z \"${FAKE_GH:-}\" ] || exit 1
                  for word in \"$@\"; do case \"$word\" in body=@*) cat \"${word#body=@}\" > body;; --paginate) cat comments.json;; esac; done";
        runner.program("gh", gh);
        runner
    }

    fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let file = self.folder.join("bin").join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run(&self, environment: &[(&str, &str)]) -> Ran {
        for left in ["calls", "body", "summary", "output"] {
            let _ = std::fs::remove_file(self.folder.join(left));
        }
        let path = |name: &str| self.folder.join(name);
        let mut command = Command::new("bash");
        command.arg(root().join("deploy/action/run.sh")).current_dir(&self.folder).env_clear();
        command.env("PATH", format!("{}:{}", path("bin").display(), std::env::var("PATH").unwrap()));
        command.env("RUNNER_TEMP", &self.folder).env("GITHUB_STEP_SUMMARY", path("summary")).env("GITHUB_OUTPUT", path("output"));
        command.env("GITHUB_EVENT_PATH", path("event.json")).env("GITHUB_REPOSITORY", "acme/mail");
        command.env("GITHUB_SERVER_URL", "https://git.example").env("GITHUB_RUN_ID", "42");
        command.env("COMMAND", "plan").env("PLAN", "postroom.yaml").env("ARGS", "").env("COMMENT", "true").env("COMMENT_KEY", "");
        let done = command.envs(environment.iter().copied()).output().unwrap();
        let left = |name: &str| std::fs::read_to_string(path(name)).unwrap_or_default();
        Ran {
            code: done.status.code().unwrap(),
            stdout: String::from_utf8(done.stdout).unwrap(),
            summary: left("summary"),
            outputs: left("output"),
            calls: left("calls").lines().map(str::to_owned).collect(),
            body: left("body"),
        }
    }
}

const MARKER: &str = "<!-- postroom plan postroom.yaml  -->";

#[test]
fn a_plan_with_changes_is_a_comment_and_no_failure() {
    let ran = Runner::new("changes").run(&[("FAKE_CODE", "2"), ("ARGS", "--only\nbucket-policy/*\n")]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.calls,
        [
            "postroom plan postroom.yaml --format markdown --detailed-exitcode --only bucket-policy/*",
            "gh api --paginate repos/acme/mail/issues/7/comments",
            "gh api --silent --method POST repos/acme/mail/issues/7/comments --field body",
        ]
    );
    assert!(ran.body.starts_with(&format!("{MARKER}\n## the plan\n")), "{}", ran.body);
    assert!(ran.body.contains("https://git.example/acme/mail/actions/runs/42"), "{}", ran.body);
    assert_eq!(ran.summary, "## the plan\n");
    assert!(ran.stdout.contains("## the plan"));
    assert!(ran.outputs.contains("exit-code=2\nchanges=true\nreport=/"), "{}", ran.outputs);
}

#[test]
fn the_comment_of_before_is_updated_and_no_other() {
    let runner = Runner::new("update");
    let quoted = format!("> {MARKER}\nlooks good");
    let pages = format!(
        "{}{}",
        serde_json::json!([{"id": 1, "body": quoted}, {"id": 2, "body": "<!-- postroom plan other.yaml  -->\nold"}]),
        serde_json::json!([{"id": 3, "body": format!("{MARKER}\nold")}, {"id": 4, "body": format!("{MARKER}\nolder")}])
    );
    std::fs::write(runner.folder.join("comments.json"), pages).unwrap();
    let ran = runner.run(&[]);
    assert_eq!(ran.calls.last().unwrap(), "gh api --silent --method PATCH repos/acme/mail/issues/comments/3 --field body");
    let other = runner.run(&[("COMMENT_KEY", "shard 2")]);
    assert_eq!(other.calls.last().unwrap(), "gh api --silent --method POST repos/acme/mail/issues/7/comments --field body");
}

#[test]
fn without_a_pull_request_or_a_wish_nothing_is_commented() {
    let runner = Runner::new("silent");
    assert_eq!(runner.run(&[("COMMENT", "false")]).calls.len(), 1);
    assert_eq!(runner.run(&[("COMMAND", "apply")]).calls, ["postroom apply postroom.yaml --yes"]);
    std::fs::write(runner.folder.join("event.json"), "{}").unwrap();
    assert_eq!(runner.run(&[]).calls.len(), 1);
}

#[test]
fn a_comment_that_cannot_be_written_fails_nothing() {
    let ran = Runner::new("fork").run(&[("FAKE_GH", "no")]);
    assert_eq!((ran.code, ran.summary.as_str()), (0, "## the plan\n"));
    assert!(ran.stdout.contains("::warning::"), "{}", ran.stdout);
}

#[test]
fn what_failed_fails_the_job_and_says_why() {
    let runner = Runner::new("failed");
    for code in ["1", "3", "4", "5"] {
        let ran = runner.run(&[("FAKE_CODE", code)]);
        assert_eq!(ran.code.to_string(), code);
        assert!(ran.body.contains(&format!("**exit code {code}**")) && ran.body.contains("said beside"), "{}", ran.body);
        assert!(ran.outputs.contains(&format!("exit-code={code}\nchanges=false\n")), "{}", ran.outputs);
    }
    // Drift and problems are what such a job is there to tell.
    for command in ["drift", "check"] {
        assert_eq!(runner.run(&[("COMMAND", command), ("FAKE_CODE", "2")]).code, 2, "{command}");
    }
    let unknown = runner.run(&[("COMMAND", "destroy")]);
    assert_eq!((unknown.code, unknown.calls.len()), (1, 0));
    assert!(unknown.stdout.contains("::error::"), "{}", unknown.stdout);
}

#[test]
fn text_stands_in_a_fence_and_no_report_is_too_long_for_a_comment() {
    let runner = Runner::new("long");
    std::fs::write(runner.folder.join("report.md"), "```\n**not bold**\n".repeat(3)).unwrap();
    let ran = runner.run(&[("COMMAND", "validate")]);
    assert!(ran.body.contains("## postroom validate\n\n~~~~~~~~text\n```\n**not bold**\n"), "{}", ran.body);
    std::fs::write(runner.folder.join("report.md"), "é".repeat(100_000)).unwrap();
    for command in ["validate", "plan"] {
        let ran = runner.run(&[("COMMAND", command)]);
        assert!(ran.body.len() < 65_000 && ran.body.len() > 50_000, "{}", ran.body.len());
        assert!(ran.body.contains("The rest is in the log"), "{command}");
        assert_eq!(ran.body.matches("~~~~~~~~").count() % 2, 0, "{command}: a fence is left open");
    }
}

/// Words of a plan's name and of arguments are given as they are, whatever a shell would make of them.
#[test]
fn nothing_of_the_inputs_is_run_by_the_shell() {
    let runner = Runner::new("inject");
    let ran = runner.run(&[("PLAN", "a b; touch owned"), ("ARGS", "$(touch owned)\n`touch owned`\n*")]);
    assert_eq!(ran.calls[0], "postroom plan a b; touch owned --format markdown --detailed-exitcode $(touch owned) `touch owned` *");
    assert!(!runner.folder.join("owned").exists());
    // In a workflow file, an expression in a script is text that the shell runs.
    for file in ["action.yml", ".github/workflows/release.yml"] {
        let text = read(root().join(file));
        let mut script = false;
        for line in text.lines() {
            script = if line.trim_start().starts_with("run:") { true } else { script && line.starts_with("          ") };
            assert!(!(script && line.contains("${{")), "{file}: {line}");
        }
    }
}

#[test]
fn every_action_is_pinned_by_its_commit() {
    let pinned = regex_lite::Regex::new(r"uses: [\w./-]+@([0-9a-f]{40} # v[0-9.]+|REVISION)$").unwrap();
    let mut seen = 0;
    for folder in [".github/workflows", "deploy/github-actions"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let file = entry.unwrap().path();
            for line in read(&file).lines().filter(|line| line.contains("uses:")) {
                assert!(pinned.is_match(line), "{}: {line}", file.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 8, "{seen}");
    assert!(!read(root().join("action.yml")).contains("uses:"), "the action itself uses no other");
}

#[test]
fn the_workflow_of_the_book_is_the_file_that_is_linted() {
    let file = read(root().join("deploy/github-actions/pull-request.yaml"));
    assert!(read(root().join("docs/pipeline.md")).contains(&format!("```yaml\n{file}```\n")));
}
