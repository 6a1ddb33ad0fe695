//! What is said beside the result: each call, what it cost, why AWS refused.

use serde_json::{Value, json};

use crate::support::{Account, Run};

const PLAN: &str = "
postroom: 1
name: watched
region: eu-west-1
receipt:
  rules:
    - { name: store, recipients: [acme.example], actions: [ { s3: mailSUFFIX/in/ } ] }
";

fn account() -> Account {
    Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}))
}

/// Every line of what was said, as JSON.
fn log(run: &Run) -> Vec<Value> {
    run.stderr.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("`{line}` is no JSON: {run}"))).collect()
}

#[test]
fn each_call_is_logged_with_what_support_asks_for() {
    let account = account();
    let plan = account.text(PLAN);
    assert!(!account.run(&["plan", "-"], &plan).stderr.contains("DescribeActiveReceiptRuleSet"), "not unless it is asked for");
    account.forget_calls();
    let run = account.run(&["plan", "-", "-v", "--log-format", "json"], &plan);
    run.expect(0);
    let calls: Vec<Value> = log(&run).into_iter().filter_map(|entry| entry.get("call").cloned()).collect();
    let mut logged: Vec<&str> = calls.iter().filter_map(|call| call["operation"].as_str()).collect();
    let made = account.calls();
    let mut asked: Vec<&str> = made.iter().filter_map(|call| call["operation"].as_str()).collect();
    logged.sort_unstable();
    asked.sort_unstable();
    assert_eq!(logged, asked);
    let rules = calls.iter().find(|call| call["operation"] == "DescribeActiveReceiptRuleSet").expect("it was asked");
    assert_eq!(
        (&rules["account"], &rules["region"], &rules["status"], &rules["attempt"]),
        (&json!(account.id), &json!("eu-west-1"), &json!(200), &json!(1))
    );
    assert!(rules["milliseconds"].is_u64(), "{rules}");
    // Of SES the emulator says it in the body alone.
    assert!(calls.iter().any(|call| call["service"] == "S3" && call["request_id"].is_string()), "{calls:#?}");
    let text = account.run(&["plan", "-", "--verbose"], &plan).stderr;
    assert!(text.contains(&format!("DescribeActiveReceiptRuleSet in {} eu-west-1: 200 after ", account.id)), "{text}");
}

#[test]
fn what_is_said_is_one_json_object_a_line_when_that_is_asked_for() {
    let account = account();
    let run = account.run(&["apply", "-", "--yes", "--stats", "--format", "text", "--log-format", "json"], &account.text(PLAN));
    run.expect(0);
    let entries = log(&run);
    assert!(
        entries.iter().all(|entry| entry["time"].as_str().is_some_and(|time| time.ends_with('Z')) && entry["level"] == "info"),
        "{run}"
    );
    assert!(entries.iter().any(|entry| entry["message"].as_str().is_some_and(|text| text.starts_with("done c1 create"))), "{run}");
    let stats = entries.iter().find_map(|entry| entry.get("stats")).expect("stats");
    assert_eq!(stats["total"].as_u64(), stats["by_operation"].as_object().map(|by| by.values().filter_map(Value::as_u64).sum()));
    assert!(
        stats["bytes_received"].as_u64().is_some_and(|bytes| bytes > 0) && stats["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0),
        "{stats}"
    );
    let quiet = account.run(&["plan", "-", "-q"], &account.text(PLAN));
    assert_eq!(quiet.expect(0).stderr, "");
    let stopped = account.run(&["plan", "-", "--region", "us-east-1", "--log-format", "json"], &account.text(PLAN));
    stopped.expect(3);
    assert!(log(&stopped).iter().any(|entry| entry["level"] == "error" && entry["error"]["message"].is_string()), "{stopped}");
}

#[test]
fn a_call_that_was_throttled_is_counted_as_sent_again() {
    let account = account();
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "SlowDown", "status": 503, "remaining": 1}));
    let run = account.run(&["plan", "-"], &account.text(PLAN));
    run.expect(0);
    let calls = run.target()["calls"].clone();
    assert_eq!(
        (&calls["retries"], &calls["throttles"], &calls["by_operation"]["GetBucketPolicy"]),
        (&json!(1), &json!(1), &json!(2)),
        "{calls}"
    );
}

#[test]
fn waiting_for_ses_is_announced_and_counted() {
    let account = account();
    let mut plan = account.text(PLAN);
    for number in 0..6 {
        plan += &format!("    - {{ name: r{number}, actions: [ stop ] }}\n");
    }
    let run = account.run(&["apply", "-", "--yes", "--ses-rate", "2"], &plan);
    run.expect(0);
    assert!(run.stderr.contains("applying 10 changes: SES takes its calls one by one (--ses-rate), about 5 s"), "{run}");
    assert!(run.target()["calls"]["seconds_paced"].as_f64().is_some_and(|seconds| seconds > 1.0), "{}", run.target()["calls"]);
}

#[test]
fn a_refusal_is_explained_with_the_statement_that_is_missing() {
    let account = account();
    let plan = account.text(PLAN);
    let bucket = account.bucket("mail");
    let caller = format!("arn:aws:iam::{}:user/ci", account.id);
    let words = format!(
        "User: {caller} is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::{bucket}\" because no identity-based policy allows the s3:PutBucketPolicy action"
    );
    account.fault(json!({"service": "s3", "operation": "PutBucketPolicy", "code": "AccessDenied", "message": words, "status": 403, "remaining": null}));
    let run = account.try_apply(&plan, &[]);
    run.expect(5);
    let explained = run.target()["explained"][0].clone();
    assert_eq!(
        (&explained["cause"], &explained["caller"], &explained["objects"]),
        (&json!("not-allowed"), &json!(caller), &json!([format!("bucket-policy/{bucket}")]))
    );
    assert_eq!(explained["policy"]["Statement"][0]["Action"], json!(["s3:PutBucketPolicy"]));
    assert_eq!(explained["policy"]["Statement"][0]["Resource"], json!([format!("arn:aws:s3:::{bucket}")]));
    assert_eq!(explained["because"][0]["line"], 7);

    account.clear_faults();
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "AccessDenied", "message": "Access Denied", "status": 403, "remaining": null}));
    let read = account.run(&["plan", "-"], &plan);
    read.expect(4);
    let explained = read.target()["explained"][0].clone();
    assert_eq!((&explained["cause"], &explained["account"]), (&json!("access-denied"), &json!(account.id)));
    assert!(explained["caller"].as_str().is_some_and(|caller| caller.contains(&account.id)), "{explained}");
    let text = account.run(&["plan", "-", "--format", "text"], &plan).stdout;
    assert!(text.contains("s3:GetBucketPolicy") && text.contains(&format!("arn:aws:s3:::{bucket}")), "{text}");
}

#[test]
fn credentials_that_do_not_work_are_told_apart() {
    let account = account();
    let plan = account.text(PLAN);
    for (code, words) in [("ExpiredToken", "have expired"), ("InvalidClientTokenId", "does not know the access key")] {
        account.fault(
            json!({"service": "sts", "operation": "GetCallerIdentity", "code": code, "message": "no", "status": 403, "remaining": null}),
        );
        let run = account.run(&["plan", "-"], &plan);
        run.expect(1);
        assert!(run.stderr.contains(words), "{run}");
        account.clear_faults();
    }
    let nobody = account.run(&["plan", "-", "--endpoint-url", "http://127.0.0.1:9", "--timeout", "1"], &plan);
    nobody.expect(1);
    assert!(nobody.stderr.contains("no connection to sts in eu-west-1"), "{nobody}");
}
