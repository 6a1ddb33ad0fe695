//! `lock:`, and `--journal`: what guards a document that several hands write.

use serde_json::{Value, json};

use crate::races::until_hit;
use crate::support::json::sids;
use crate::support::{Account, REGION, wait};

const PLAN: &str = "
postroom: 1
name: NAME
region: eu-west-1
lock: s3://locksSUFFIX/postroom/
receipt:
  rule_sets:
    NAME:
      rules:
        - { name: store, actions: [ { s3: mailSUFFIX/NAME/ } ] }
";

fn account() -> Account {
    Account::with(&json!({"buckets": [{"name": "mail${suffix}"}, {"name": "locks${suffix}"}]}))
}

impl Account {
    fn locks(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::new(&self.sdk(REGION))
    }

    fn lock_key(&self) -> String {
        format!("postroom/bucket-policy/{}@{}", self.bucket("mail"), self.id)
    }

    fn lock(&self) -> Value {
        let found = wait(self.locks().get_object().bucket(self.bucket("locks")).key(self.lock_key()).send()).expect("a lock");
        let bytes = wait(found.body.collect()).expect("its text").into_bytes();
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Somebody's lock.
    fn lock_held(&self, lease_seconds: u64) {
        let note = json!({"container": "any", "holder": "somebody (plan other, run 1)", "run": "1", "lease_seconds": lease_seconds});
        let put = self.locks().put_object().bucket(self.bucket("locks")).key(self.lock_key()).body(note.to_string().into_bytes().into());
        wait(put.send()).expect("put");
    }
}

#[test]
fn a_lock_is_taken_for_the_write_given_back_and_kept_for_the_next() {
    let account = account();
    let plan = account.text(PLAN).replace("NAME", "calm");
    account.apply(&plan, &[]);
    let lock = account.lock();
    assert_eq!(lock["holder"], Value::Null, "{lock}");
    assert_eq!(lock["container"], format!("bucket-policy/{}@{}", account.bucket("mail"), account.id));
    let writes = account.writes();
    let order: Vec<&str> = writes.iter().map(|write| write.split(' ').next().unwrap_or_default()).take(3).collect();
    assert_eq!(order, ["PutObject", "PutBucketPolicy", "PutObject"], "{writes:?}");
    account.run(&["destroy", "-", "--yes", "--allow-delete"], &plan).expect(0);
    assert_eq!(account.lock()["holder"], Value::Null);
}

#[test]
fn with_a_lock_runs_that_meet_between_read_and_put_lose_nothing_of_each_other() {
    let account = account();
    let plans = ["north", "south", "east", "west"].map(|name| account.text(PLAN).replace("NAME", name));
    // Every put of the bucket policy is slow: without a lock all of them would have read before the first is done.
    account.fault(json!({"service": "s3", "operation": "PutBucketPolicy", "delay_ms": 700, "remaining": null}));
    let runs = plans.each_ref().map(|plan| account.start(&["apply", "-", "--yes"], plan)).map(|child| account.finish(child));
    account.clear_faults();
    for run in &runs {
        run.expect(0);
    }
    let document = account.document(&format!("bucket-policy/{}", account.bucket("mail")));
    assert_eq!(sids(&document).len(), 4, "{document}");
    let calls = account.calls();
    let puts: Vec<&Value> = calls.iter().filter(|call| call["operation"] == "PutBucketPolicy" && call["status"] == 204).collect();
    assert_eq!(puts.len(), 4, "each was put once, and none again: {puts:#?}");
}

#[test]
fn a_lock_that_somebody_holds_is_told_and_with_no_wait_refused() {
    let account = account();
    let plan = account.text(PLAN).replace("NAME", "calm");
    account.lock_held(60);
    let run = account.try_apply(&plan, &["--no-wait"]);
    run.expect(5);
    let error = run.raw_changes().iter().find(|change| change["status"] == "failed").expect("a failure")["error"].to_string();
    for word in ["somebody (plan other, run 1)", "60 seconds", "--break-lock", &account.lock_key()] {
        assert!(error.contains(word), "`{word}` in {error}");
    }
    assert!(!account.writes().iter().any(|write| write.starts_with("PutBucketPolicy")), "{:?}", account.writes());
    account.try_apply(&plan, &["--no-wait", "--break-lock"]).expect(0);
    account.nothing_to_do(&plan);
}

#[test]
fn a_bucket_of_locks_that_is_not_there_is_told_once_before_the_first_write() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let plan = account.text(PLAN).replace("NAME", "calm");
    let run = account.try_apply(&plan, &[]);
    run.expect(1);
    for word in [account.bucket("locks").as_str(), "nothing was written", "s3:ListBucket"] {
        assert_eq!(run.stderr.matches(word).count(), 1, "`{word}` once: {run}");
    }
    assert_eq!(account.writes(), [] as [String; 0]);
}

#[test]
fn a_lock_that_nobody_gives_back_is_taken_over_when_its_time_is_over_and_not_before() {
    let account = account();
    let plan = account.text(PLAN).replace("NAME", "calm");
    account.lock_held(3);
    let began = std::time::Instant::now();
    let run = account.apply(&plan, &[]);
    assert!(began.elapsed().as_secs() >= 3, "it was waited for");
    assert!(run.stderr.contains("somebody"), "{run}");
    assert_eq!(account.lock()["holder"], Value::Null);
}

#[test]
fn a_run_that_is_killed_leaves_a_lock_that_is_broken_by_hand() {
    let account = account();
    let plan = account.text(PLAN).replace("NAME", "calm");
    account.fault(json!({"service": "s3", "operation": "PutBucketPolicy", "delay_ms": 2000}));
    let mut child = account.start(&["apply", "-", "--yes"], &plan);
    until_hit(&account);
    child.kill().expect("killed");
    child.wait().expect("gone");
    assert!(account.lock()["holder"].as_str().is_some_and(|holder| holder.contains("plan calm")));
    account.apply(&plan, &["--break-lock"]);
}

#[test]
fn a_conflict_of_s3_at_the_lock_is_met_by_asking_again() {
    let account = account();
    let plan = account.text(PLAN).replace("NAME", "calm");
    account.fault(json!({"service": "s3", "operation": "PutObject", "code": "ConditionalRequestConflict", "status": 409}));
    account.apply(&plan, &[]);
    let told: Vec<Value> =
        account.calls().iter().filter(|call| call["operation"] == "PutObject").map(|call| call["status"].clone()).collect();
    assert_eq!(told, [409, 200, 200]);
}

#[test]
fn the_emulator_refuses_a_lock_that_is_there_as_s3_does() {
    let account = account();
    account.lock_held(60);
    let put = || account.locks().put_object().bucket(account.bucket("locks")).key(account.lock_key());
    for refused in [wait(put().if_none_match("*").send()), wait(put().if_match("\"0123\"").send())] {
        let error = refused.expect_err("the condition does not hold").into_service_error();
        assert_eq!(error.meta().code(), Some("PreconditionFailed"));
    }
}

#[test]
fn a_journal_holds_what_each_document_was_and_a_person_can_put_it_back() {
    let account = account();
    let bucket = account.bucket("mail");
    let address = format!("bucket-policy/{bucket}");
    let theirs = json!({"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{}:root", account.id)}, "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*")});
    account.add_statement(&address, &theirs);
    let before = account.document(&address);
    let plan = account.text(PLAN).replace("NAME", "calm");
    let folder = account.folder.join("kept");
    let text = folder.display().to_string();
    account.apply(&plan, &["--journal", &text]);
    account.run(&["destroy", "-", "--yes", "--allow-delete", "--journal", &text], &plan).expect(0);
    let mut files: Vec<_> = std::fs::read_dir(&folder).expect("the journal").map(|file| file.expect("a file").path()).collect();
    files.sort();
    assert_eq!(files.len(), 2, "one for each write: {files:?}");
    let kept: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).expect("a text")).collect();
    assert_eq!(serde_json::from_str::<Value>(&kept[0]).expect("JSON"), before);
    assert!(kept[1].contains("Postroom") && kept[1].contains("Theirs"), "{}", kept[1]);
    assert!(files[0].display().to_string().contains(&format!("bucket-policy_{bucket}@{}", account.id)));
    // As docs/safety.md says it.
    wait(account.locks().put_bucket_policy().bucket(&bucket).policy(kept[1].clone()).send()).expect("put back");
    assert_eq!(sids(&account.document(&address)).len(), 2);
}

#[test]
fn without_its_journal_nothing_is_overwritten() {
    let account = account();
    let plan = account.text(PLAN).replace("NAME", "calm");
    std::fs::write(account.folder.join("file"), "").expect("written");
    let folder = account.folder.join("file/kept").display().to_string();
    let run = account.try_apply(&plan, &["--journal", &folder]);
    run.expect(1);
    assert!(run.stderr.contains("journal"), "{run}");
    assert_eq!(account.writes(), [] as [String; 0]);
}
