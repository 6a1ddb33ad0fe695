//! One plan, many accounts and regions: side by side, one report, one exit code, and a target that fails stops no other.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::races::until_hit;
use crate::support::json::sids;
use crate::support::{Account, Run, emulator};

/// Accounts that a test has beside its own.
struct Estate {
    account: Account,
    accounts: Vec<String>,
}

impl Estate {
    /// `count` accounts, each with a bucket `mail-tNN` and, but for those of `closed`, a role that the test's own account may assume.
    fn of(count: usize, closed: &[usize]) -> Self {
        let mut account = Account::new();
        let accounts: Vec<String> = (0..count).map(|at| format!("{}{at:04}", &account.id[..8])).collect();
        let buckets = accounts.iter().enumerate().map(|(at, id)| json!({"name": format!("mail-t{at:02}${{suffix}}"), "account": id}));
        let open = accounts.iter().enumerate().filter(|(at, _)| !closed.contains(at));
        let roles = open.map(|(_, id)| json!({"name": "postroom", "account": id, "trusts": "${account}", "external_id": "fleet"}));
        account.prepare(&json!({"buckets": buckets.collect::<Vec<_>>(), "roles": roles.collect::<Vec<_>>()}));
        Self { account, accounts }
    }

    /// A plan with a target `tNN` for each account, some of which are said otherwise.
    fn plan(&self, otherwise: &[(usize, String)]) -> String {
        let usual = |id: &String| format!("{{ account: \"{id}\", role: postroom, external_id: fleet }}");
        let line = |(at, id): (usize, &String)| {
            let said = otherwise.iter().find(|(other, _)| *other == at).map_or_else(|| usual(id), |(_, said)| said.clone());
            format!("  t{at:02}: {said}\n")
        };
        let targets: String = self.accounts.iter().enumerate().map(line).collect();
        let rule = "    - { name: store, recipients: [acme.example], actions: [ { s3: \"mail-${target}SUFFIX/in/\" } ] }";
        self.account.text(&format!("postroom: 1\nname: fleet\nregion: eu-west-1\ntargets:\n{targets}receipt:\n  rules:\n{rule}\n"))
    }

    /// `~/.aws/credentials` with one profile.
    fn profile(&self, name: &str, account: &str) {
        let folder = self.account.folder.join(".aws");
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = format!("[{name}]\naws_access_key_id = {account}\naws_secret_access_key = any\n");
        std::fs::write(folder.join("credentials"), text).expect("a profile");
    }
}

/// `name exit`, and the words of an error.
fn ends(run: &Run) -> Vec<String> {
    let targets = run.json()["targets"].as_array().cloned().unwrap_or_default();
    let end = |target: &Value| {
        let error = target["error"]["message"].as_str().map(|error| format!(" {error}")).unwrap_or_default();
        format!("{} {}{error}", target["target"].as_str().unwrap_or("?"), target["exit"])
    };
    targets.iter().map(end).collect()
}

fn changes_of(run: &Run, target: &str) -> Vec<Value> {
    let targets = run.json()["targets"].as_array().cloned().unwrap_or_default();
    let target = targets.into_iter().find(|one| one["target"] == target).unwrap_or_else(|| panic!("no target {target}: {run}"));
    target["changes"].as_array().cloned().unwrap_or_default()
}

const ALL: &str = "--all-targets";

#[test]
fn fifty_targets_in_one_run_and_two_of_them_fail() {
    let estate = Estate::of(50, &[7]);
    // The seventh has no role to assume; the profile of the twenty-third is of somebody else.
    estate.profile("mislaid", &estate.account.other);
    let plan = estate.plan(&[(23, format!("{{ account: \"{}\", profile: mislaid }}", estate.accounts[23]))]);
    let began = Instant::now();
    let run = estate.account.run(&["apply", "-", "--yes", ALL], &plan);
    eprintln!("50 targets applied in {:.1} s", began.elapsed().as_secs_f64());

    run.expect(1);
    let ends = ends(&run);
    let names: Vec<&str> = ends.iter().map(|end| &end[..3]).collect();
    assert_eq!(names, (0..50).map(|at| format!("t{at:02}")).collect::<Vec<_>>(), "in the order of the plan");
    let failed: Vec<&String> = ends.iter().filter(|end| !end.ends_with(" 0")).collect();
    let [seventh, mislaid] = failed.as_slice() else { panic!("{failed:#?}") };
    assert!(seventh.starts_with("t07 1 cannot tell who calls") && seventh.contains("AccessDenied"), "{seventh}");
    assert!(mislaid.starts_with("t23 3 ") && mislaid.contains(&estate.account.other), "{mislaid}");
    for at in (0..50).filter(|at| ![7, 23].contains(at)) {
        let changes = changes_of(&run, &format!("t{at:02}"));
        assert!(!changes.is_empty() && changes.iter().all(|change| change["status"] == "done"), "{at}: {changes:#?}");
    }
    assert!(run.stderr.contains("t49: read") && run.stderr.contains("t00: done"), "{}", run.stderr);

    let began = Instant::now();
    let again = estate.account.run(&["plan", "-", "--detailed-exitcode", ALL], &plan);
    eprintln!("50 targets planned in {:.1} s", began.elapsed().as_secs_f64());
    again.expect(1);
    assert!((0..50).filter(|at| ![7, 23].contains(at)).all(|at| changes_of(&again, &format!("t{at:02}")).is_empty()), "{again}");
}

#[test]
fn the_fleet_to_copy_does_what_it_says() {
    let account = Account::for_plan("fleet");
    let plan = account.plan_text("fleet").replace("acme-mail-${target}", &format!("acme-mail-${{target}}-{}", account.id));
    let run = account.run(&["apply", "-", "--yes", ALL], &plan);
    run.expect(0);
    assert_eq!(ends(&run), ["prod-eu 0", "prod-us 0", "stage 0"]);
    account.run(&["plan", "-", "--detailed-exitcode", ALL], &plan).expect(0);
    account.run(&["check", "-", ALL], &plan).expect(0);
    account.run(&["drift", "-", ALL], &plan).expect(0);
    let stage = account.document(&format!("bucket-policy/{}@{}", account.bucket("acme-mail-stage"), account.other));
    assert_eq!(stage["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"], account.other.as_str());

    let back = account.run(&["destroy", "-", "--yes", "--allow-delete", "--allow-activate", "--target", "prod-us,stage"], &plan);
    back.expect(0);
    let after = account.run(&["drift", "-", ALL, "--metrics", "fleet.prom"], &plan);
    after.expect(2);
    assert_eq!(ends(&after), ["prod-eu 0", "prod-us 2", "stage 2"]);
    let metrics = std::fs::read_to_string(account.folder.join("fleet.prom")).expect("metrics");
    assert!(metrics.contains("postroom_last_run_exit_code{file=\"-\",target=\"stage\"} 2"), "{metrics}");
    let markdown = account.run(&["drift", "-", ALL, "--format", "markdown"], &plan);
    assert_eq!(markdown.stdout.matches("## Drift of `acme-fleet`").count(), 3, "{markdown}");
}

#[test]
fn a_profile_that_is_named_goes_before_keys_in_the_environment() {
    let estate = Estate::of(1, &[]);
    estate.profile("stranger", &estate.account.other);
    let run = estate.account.run(&["plan", "-", "--profile", "stranger"], &estate.plan(&[]));
    run.expect(1);
    assert!(ends(&run)[0].contains("AccessDenied"), "a stranger may not assume the role: {run}");
}

#[test]
fn a_termination_ends_all_targets_between_two_writes() {
    let estate = Estate::of(2, &[]);
    let plan = estate.plan(&[]);
    let mut slow = Account::new();
    slow.id.clone_from(&estate.accounts[0]);
    slow.fault(json!({"service": "ses", "operation": "CreateReceiptRule", "delay_ms": 8000}));
    let child = estate.account.start(&["apply", "-", "--yes", ALL], &plan);
    until_hit(&slow);
    // The other target waits for nobody.
    let deadline = Instant::now() + Duration::from_secs(60);
    while !called_in(&estate.accounts[1]).contains(&"SetActiveReceiptRuleSet".to_owned()) {
        assert!(Instant::now() < deadline, "the other target waits");
        std::thread::sleep(Duration::from_millis(50));
    }
    // Its last look at what it wrote.
    std::thread::sleep(Duration::from_millis(500));
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let run = estate.account.finish(child);
    run.expect(143);
    assert_eq!(ends(&run), ["t00 143", "t01 0"], "{run}");
    let statuses: Vec<Value> = changes_of(&run, "t00").iter().map(|change| change["status"].clone()).collect();
    assert_eq!(statuses.last(), Some(&json!("held")), "the rule that was being made is done, and nothing was begun after it: {run}");
    assert!(statuses.contains(&json!("done")), "{run}");
    estate.account.run(&["apply", "-", "--yes", ALL], &plan).expect(0);
}

fn called_in(account: &str) -> Vec<String> {
    let calls = emulator::ask("GET", &format!("/_test/calls?account={account}"), &Value::Null);
    calls.as_array().into_iter().flatten().filter_map(|call| call["operation"].as_str().map(str::to_owned)).collect()
}

#[test]
fn every_account_has_a_pace_of_its_own() {
    let estate = Estate::of(6, &[]);
    let plan = estate.plan(&[]);
    let began = Instant::now();
    // Five seconds between two calls of one account: one behind the other, six accounts with two calls each would take half a minute.
    let run = estate.account.run(&["plan", "-", ALL, "--ses-rate", "0.2"], &plan);
    run.expect(0);
    let calls = called_in(&estate.accounts[0]).iter().filter(|call| call.contains("ReceiptRuleSet")).count();
    assert!(calls >= 2, "{calls} calls need no pace");
    let took = began.elapsed().as_secs_f64();
    let one = 5.0 * (calls - 1) as f64;
    assert!((one..one + 15.0).contains(&took), "{calls} calls of each of six accounts took {took} s");
}

#[test]
fn shards_are_the_fleet_and_nothing_twice() {
    let estate = Estate::of(6, &[]);
    let plan = estate.plan(&[]);
    let part = |shard: &str| {
        let run = estate.account.run(&["plan", "-", "--detailed-exitcode", ALL, "--shard", shard], &plan);
        let ends = ends(&run);
        run.expect(if ends.is_empty() { 0 } else { 2 });
        ends
    };
    let mut all: Vec<String> = ["1/3", "2/3", "3/3"].into_iter().flat_map(part).collect();
    all.sort();
    assert_eq!(all, (0..6).map(|at| format!("t{at:02} 2")).collect::<Vec<_>>());
    let empty = (1..=40).find(|part_of| part(&format!("{part_of}/40")).is_empty());
    assert!(empty.is_some(), "six targets leave most of forty jobs nothing to do, and that is no error");
}

#[test]
fn which_targets_are_meant_is_said_before_anybody_is_called() {
    let estate = Estate::of(2, &[]);
    let plan = estate.plan(&[]);
    estate.account.forget_calls();
    let one = estate.accounts[0].as_str();
    for (arguments, code, words) in [
        (vec!["apply", "-", "--yes"], 1, "2 targets"),
        (vec!["plan", "-", "--target", "t00,t99"], 1, "no target `t99`"),
        (vec!["plan", "-", ALL, "--account", one], 3, "target t01 is for account"),
        (vec!["plan", "-", ALL, "--region", "us-east-1"], 3, "target t00 is for region"),
        (vec!["plan", "-", ALL, "--shard", "3/2"], 2, "expected I/N"),
    ] {
        let run = estate.account.run(&arguments, &plan);
        assert!(run.stderr.contains(words), "{arguments:?}: {run}");
        // Wrong usage that clap finds is an error, too.
        run.expect(if code == 2 { 1 } else { code });
    }
    assert!(estate.account.calls().is_empty());
    let run = estate.account.run(&["plan", "-", "--detailed-exitcode", "--target", "t01"], &plan);
    assert_eq!(ends(&run), ["t01 2"]);
    // One question for all, and nobody to answer it.
    let run = estate.account.run(&["apply", "-", ALL], &plan);
    run.expect(3);
    assert!(run.stderr.contains("pass --yes"), "{run}");
}

#[test]
fn people_read_it_under_the_name_of_each_target() {
    let estate = Estate::of(3, &[1]);
    let run = estate.account.run(&["plan", "-", ALL, "--format", "text"], &estate.plan(&[]));
    run.expect(1);
    let at = |words: &str| run.stdout.find(words).unwrap_or_else(|| panic!("no `{words}`: {run}"));
    assert!(at("target t00") < at("target t01") && at("target t01") < at("error: cannot tell who calls"), "{run}");
    assert!(at("error: cannot tell who calls") < at("target t02"), "{run}");
    assert!(run.stdout.contains("3 targets: 2 done, 1 failed."), "{run}");
}

#[test]
fn a_snapshot_of_all_targets_stands_for_all_of_them() {
    let estate = Estate::of(3, &[2]);
    let plan = estate.plan(&[]);
    let taken = estate.account.run(&["snapshot", "-", ALL], &plan);
    taken.expect(1);
    assert!(taken.stderr.contains("t02: error: cannot tell who calls"), "{taken}");
    let file = estate.account.folder.join("live.json");
    std::fs::write(&file, &taken.stdout).expect("a file");
    let file = file.display().to_string();
    let run = estate.account.run(&["plan", "-", "--live", &file, "--detailed-exitcode", "--target", "t00,t01"], &plan);
    run.expect(2);
    assert_eq!(ends(&run), ["t00 2", "t01 2"]);
    let run = estate.account.run(&["plan", "-", "--live", &file, ALL], &plan);
    run.expect(1);
    assert!(ends(&run)[2].contains("nothing of target `t02`"), "{run}");
}

/// Two regions of one account: two owners who share a bucket and a role.
const REGIONS: &str = "
postroom: 1
name: twins
account: \"ACCOUNT\"
targets:
  eu: { region: eu-west-1 }
  us: { region: us-east-1, vars: { prefix: us/ } }
vars: { prefix: eu/ }
roles: { mail-writer: {} }
receipt:
  rules:
    - { name: plain, recipients: [a.example], actions: [ { s3: { bucket: homeSUFFIX, prefix: \"${var.prefix}\", role: mail-writer } } ] }
    - { name: same, recipients: [b.example], actions: [ { s3: { bucket: sharedSUFFIX, prefix: \"${target}/\", role: mail-writer } } ] }
    - { name: no-role, recipients: [c.example], actions: [ { s3: { bucket: sharedSUFFIX, prefix: \"plain-${target}/\" } }, { sns: mail } ] }
";

#[test]
fn two_regions_that_share_a_role_and_documents_are_made_side_by_side() {
    let topic = |region: &str| json!({"name": "mail", "region": region});
    let account = Account::with(&json!({
        "buckets": [{"name": "home${suffix}"}, {"name": "shared${suffix}"}],
        "topics": [topic("eu-west-1"), topic("us-east-1")],
    }));
    let plan = account.text(REGIONS);
    let run = account.run(&["apply", "-", "--yes", ALL], &plan);
    run.expect(0);
    assert_eq!(ends(&run), ["eu 0", "us 0"]);
    let again = account.run(&["plan", "-", "--detailed-exitcode", ALL], &plan);
    again.expect(0);
    let trust = account.document("role-trust/mail-writer");
    assert_eq!(sids(&trust).iter().filter(|sid| sid.starts_with("Postroom")).count(), 2, "one of each region: {trust}");
    let bucket = account.document(&format!("bucket-policy/{}", account.bucket("shared")));
    assert_eq!(sids(&bucket).len(), 2, "one of each region: {bucket}");
    let checked = account.run(&["check", "-", ALL], &plan);
    checked.expect(0);
}

#[test]
fn two_profiles_of_one_account_and_region_are_refused_when_that_is_known() {
    let estate = Estate::of(1, &[]);
    estate.profile("same", &estate.account.id);
    let plan = "postroom: 1\nname: twins\nregion: eu-west-1\ntargets: { a: {}, b: { profile: same } }\n";
    let run = estate.account.run(&["plan", "-", ALL], plan);
    run.expect(3);
    assert!(ends(&run)[0] == "a 0" && ends(&run)[1].contains("target a is"), "{run}");
}

#[test]
fn a_plan_that_is_wrong_for_one_target_is_told_before_anybody_is_called() {
    let estate = Estate::of(2, &[]);
    let plan = estate.plan(&[]).replace("[acme.example]", "[\"${var.domain}\"]");
    let plan = plan.replacen("external_id: fleet }", "external_id: fleet, vars: { domain: acme.example } }", 1);
    estate.account.forget_calls();
    let run = estate.account.run(&["apply", "-", "--yes", ALL, "--format", "text"], &plan);
    run.expect(1);
    assert!(run.stderr.contains("unknown variable `var.domain` (for target t01)"), "{run}");
    assert!(estate.account.calls().is_empty());
    estate.account.run(&["validate", "-"], &plan).expect(1);
    let run = estate.account.run(&["validate", "-", "--target", "t00", "--format", "text"], &plan);
    run.expect(0);
    assert!(run.stderr.contains("1 receipt rule, 0 filters, for 1 target"), "{run}");
}

#[test]
fn what_is_rendered_and_explained_is_said_of_each_target() {
    let estate = Estate::of(2, &[]);
    let plan = estate.plan(&[]);
    let rendered = estate.account.run(&["render", "-", ALL], &plan);
    rendered.expect(0);
    let targets = rendered.json()["targets"].as_array().cloned().unwrap_or_default();
    let accounts: Vec<&str> = targets.iter().filter_map(|target| target["account"].as_str()).collect();
    assert_eq!(accounts, estate.accounts);
    let bucket = estate.account.bucket("mail-t01");
    let explained = estate.account.run(&["explain", "-", &format!("bucket-policy/{bucket}"), ALL], &plan);
    explained.expect(0);
    let of: Vec<Value> = explained.json()["explanations"].as_array().into_iter().flatten().map(|one| one["target"].clone()).collect();
    assert_eq!(of, ["t01"]);
}

#[test]
fn an_audit_of_all_targets_is_one_report() {
    let estate = Estate::of(2, &[]);
    let plan = estate.plan(&[]);
    estate.account.run(&["apply", "-", "--yes", ALL], &plan).expect(0);
    let file = estate.account.folder.join("audit.json").display().to_string();
    let run = estate.account.run(&["audit", "--plan", "-", ALL, "--save", &file], &plan);
    assert_eq!(ends(&run), ["t00 0", "t01 0"], "{run}");
    let again = estate.account.run(&["audit", "--plan", "-", ALL, "--live", &file], &plan);
    assert_eq!(ends(&again), ["t00 0", "t01 0"], "{again}");
}
