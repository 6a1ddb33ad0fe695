//! What a plan costs: each (operation, resource) pair is asked for once, in few waves, and nothing is written. `pairs/NAME.txt` says which
//! pairs: those before a `---` of an account where nothing is done yet, those behind it of one that is as it should be. More than two waves
//! are needed only for a bucket in another region, versions of managed policies, what a moved rule still points at, and tags of Mail Manager.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::plans::PLANS;
use crate::support::account::root;
use crate::support::{Account, Run, emulator};

#[test]
fn bootstrap_asks_everything_once() {
    count("bootstrap", &[], 3);
}

#[test]
fn store_to_s3_asks_everything_once() {
    count("store-to-s3", &[], 1);
}

#[test]
fn encrypt_and_notify_asks_everything_once() {
    count("encrypt-and-notify", &[], 2);
}

#[test]
fn lambda_pipeline_asks_everything_once() {
    count("lambda-pipeline", &[], 1);
}

#[test]
fn role_and_foreign_region_asks_everything_once_and_needs_a_third_wave_for_the_bucket_elsewhere() {
    count("role-and-foreign-region", &[], 3);
}

#[test]
fn front_door_asks_everything_once() {
    count("front-door", &[], 3);
}

#[test]
fn senders_and_auditors_asks_everything_once() {
    count("senders-and-auditors", &[], 3);
}

#[test]
fn everything_asks_everything_once() {
    count("everything", &["--allow-delete"], 3);
}

#[test]
fn every_target_of_the_fleet_asks_everything_once() {
    let account = Account::for_plan("fleet");
    let plan = account.plan_text("fleet").replace("acme-mail-${target}", &format!("acme-mail-${{target}}-{}", account.id));
    let all = "--all-targets";
    let before = asked(&account, &plan, &[all], 1);
    account.run(&["apply", "-", "--yes", all], &plan).expect(0);
    compare(&account, "fleet", [before, asked(&account, &plan, &[all], 1)]);
}

#[test]
fn where_ses_makes_calls_wait_the_rules_of_the_active_set_come_with_its_name() {
    let account = Account::for_plan("store-to-s3");
    let plan = account.plan_text("store-to-s3");
    let paced = |changes: usize| {
        account.forget_calls();
        let run = account.run(&["plan", "-", "--ses-rate", "20"], &plan);
        run.expect(0);
        assert_eq!(run.json()["targets"][0]["changes"].as_array().expect("changes").len(), changes, "{run}");
        let calls = all_calls(&account);
        let of = |operation: &str| calls.iter().filter(|call| call["operation"] == operation).count();
        [of("DescribeActiveReceiptRuleSet"), of("DescribeReceiptRuleSet")]
    };
    // None is active: the plan's own is asked for.
    assert_eq!(paced(4), [1, 1]);
    account.apply(&plan, &[]);
    assert_eq!(paced(0), [1, 0]);
}

#[test]
fn every_plan_of_the_folder_has_its_pairs() {
    let files = std::fs::read_dir(root().join("tests/flows/pairs")).expect("pairs");
    let names: BTreeSet<String> = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names, PLANS.iter().chain(&["fleet"]).map(|name| format!("{name}.txt")).collect());
}

/// Before and after the apply.
fn count(name: &str, flags: &[&str], waves: u64) {
    let account = Account::for_plan(name).with_certificates();
    let plan = account.plan_text(name);
    let before = asked(&account, &plan, &[], waves);
    account.apply(&plan, flags);
    compare(&account, name, [before, asked(&account, &plan, &[], waves)]);
}

/// The calls of a plan, less those that no plan can be without: who calls, whose credentials are had, and further pages of a list.
fn asked(account: &Account, plan: &str, flags: &[&str], most_waves: u64) -> Vec<Value> {
    account.forget_calls();
    let run = account.run(&[&["plan", "-", "--stats"], flags].concat(), plan);
    run.expect(0);
    let calls = all_calls(account);
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for call in &calls {
        assert!(call["access"] == "read" || call["service"] == "sts", "a plan only reads: {call}");
        // Of an inline policy the resource is its role: the parameters tell them apart.
        let what = format!("{} {} {} {}", call["account"], call["region"], call["operation"], call["parameters"]);
        *asked.entry(what).or_default() += usize::from(call["service"] != "sts");
    }
    let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "asked more than once: {twice:#?}");
    told_of(&run, &calls, most_waves);
    let pages = ["Marker", "NextToken", "ContinuationToken"];
    let first = |call: &Value| pages.iter().all(|token| call["parameters"].get(token).is_none_or(Value::is_null));
    calls.into_iter().filter(|call| call["service"] != "sts" && first(call)).collect()
}

/// What the run says of itself is what was seen on the wire.
fn told_of(run: &Run, calls: &[Value], most_waves: u64) {
    let mut by_operation: BTreeMap<&str, u64> = BTreeMap::new();
    for call in calls.iter().filter(|call| call["operation"] != "AssumeRole") {
        *by_operation.entry(call["operation"].as_str().expect("a name")).or_default() += 1;
    }
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for target in run.json()["targets"].as_array().expect("targets") {
        let calls = &target["calls"];
        let by_operation = calls["by_operation"].as_object().expect("by operation");
        let total: u64 = by_operation.values().filter_map(Value::as_u64).sum();
        assert_eq!(calls["total"], total, "{calls}");
        for (operation, times) in by_operation {
            *told.entry(operation.clone()).or_default() += times.as_u64().expect("a number");
        }
        let waves = calls["waves"].as_u64().expect("a number");
        assert!(waves <= most_waves, "{waves} waves, {most_waves} are enough");
    }
    assert_eq!(serde_json::json!(told), serde_json::json!(by_operation));
}

/// With the file beside the tests. `POSTROOM_BLESS=1` writes it, for a person to read and commit.
fn compare(account: &Account, name: &str, calls: [Vec<Value>; 2]) {
    let file = root().join(format!("tests/flows/pairs/{name}.txt"));
    let asked = calls.map(|calls| {
        let mut pairs: Vec<String> = calls.iter().map(|call| pair(account, call)).collect();
        pairs.sort();
        pairs
    });
    if std::env::var_os("POSTROOM_BLESS").is_some() {
        let text = |pairs: &[String]| pairs.iter().map(|pair| format!("{pair}\n")).collect::<String>();
        std::fs::write(&file, format!("{}---\n{}", text(&asked[0]), text(&asked[1]))).expect("written");
    }
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let (before, after) = text.split_once("---\n").expect("two parts");
    for (pairs, asked) in [before, after].into_iter().zip(&asked) {
        let pairs: Vec<&str> = pairs.lines().collect();
        let more: Vec<_> = asked.iter().filter(|pair| !pairs.contains(&pair.as_str())).collect();
        assert!(asked.len() * 10 <= pairs.len() * 11, "{} calls for {} pairs; of no pair: {more:#?}", asked.len(), pairs.len());
    }
}

/// `service:Operation resource`, without the test's own accounts and names; of what has no name, what tells it apart.
fn pair(account: &Account, call: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut what = text(&call["resource"]);
    for name in ["PolicyName", "VersionId", "Qualifier"] {
        if let Some(more) = call["parameters"][name].as_str() {
            what = format!("{what} {more}");
        }
    }
    let (whose, region) = (text(&call["account"]), text(&call["region"]));
    let line = format!("{}:{} {what} @{whose}:{region}", text(&call["service"]), text(&call["operation"]));
    let line = line.replace(&format!("-{}", account.id), "").replace(&account.id, "111122223333").replace(&account.other, "444455556666");
    ids_alike(&line)
}

/// Ids that AWS makes are other ones in each run: `…`.
fn ids_alike(line: &str) -> String {
    let is_made = |word: &&str| word.len() >= 15 && word.contains(|letter: char| letter.is_ascii_digit());
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let made: Vec<&str> = line.split(|letter| !is_word(letter)).filter(is_made).collect();
    made.into_iter().fold(line.to_owned(), |line, id| line.replace(id, "…"))
}

fn all_calls(account: &Account) -> Vec<Value> {
    let of = |id: &str| emulator::ask("GET", &format!("/_test/calls?account={id}"), &Value::Null).as_array().cloned().unwrap_or_default();
    [of(&account.id), of(&account.other)].concat()
}
