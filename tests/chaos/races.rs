//! Several hands at once, none of which knows of the others. When they stop, one apply converges, and what others kept is there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::proxy::{Foreign, Proxy, Script};
use crate::stage::{Stage, add};
use crate::support::json::sids;
use crate::support::{Account, emulator};
use crate::tally::Tally;

const SHARED: &str = "
postroom: 1
name: NAME
region: eu-west-1
roles: { NAME-writer: {} }
receipt:
  rule_sets:
    NAME:
      rules:
        - { name: store, actions: [ { s3: { bucket: mailSUFFIX, prefix: NAME/, message_kms_key: alias/mail } }, { s3: { bucket: mailSUFFIX, prefix: role/, role: NAME-writer } } ] }
";

fn shared() -> Account {
    let theirs = |action: &str, resource: &str| json!({"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${account}:root"}, "Action": action, "Resource": resource});
    Account::with(&json!({
        "keys": [{"alias": "alias/mail", "policy": [theirs("kms:DescribeKey", "*")]}],
        "buckets": [{"name": "mail${suffix}", "policy": [theirs("s3:GetObject", "arn:aws:s3:::mail${suffix}/*")]}],
    }))
}

/// Runs these at once, then each once more; then nothing is left to do, and the statement of somebody else is where it was.
fn at_once(account: &Account, plans: &[String]) {
    let runs: Vec<_> = plans.iter().map(|plan| account.start(&["apply", "-", "--yes"], plan)).collect();
    for run in runs.into_iter().map(|child| account.finish(child)) {
        // Whoever comes second may find made what he was about to make, and may be told so.
        assert!([0, 1, 5].contains(&run.code) && !run.stderr.contains("panicked"), "{run}");
    }
    for plan in plans {
        account.try_apply(plan, &[]).expect(0);
    }
    for plan in plans {
        account.nothing_to_do(plan);
    }
    for at in [format!("bucket-policy/{}", account.bucket("mail")), "key-policy/alias/mail".to_owned()] {
        let sids = sids(&account.document(&at));
        assert_eq!(sids.iter().filter(|sid| *sid == "Theirs").count(), 1, "{at}: {sids:?}");
    }
}

#[test]
fn two_applies_of_one_plan_at_once() {
    let account = shared();
    let plan = account.text(SHARED).replace("NAME", "alone");
    at_once(&account, &[plan.clone(), plan]);
    let bucket = account.document(&format!("bucket-policy/{}", account.bucket("mail")));
    assert_eq!(sids(&bucket).len(), 2, "no statement of ours stands twice: {bucket}");
}

#[test]
fn two_plans_that_share_a_bucket_and_a_key_at_once() {
    let account = shared();
    at_once(&account, &["north", "south"].map(|name| account.text(SHARED).replace("NAME", name)));
    let bucket = account.document(&format!("bucket-policy/{}", account.bucket("mail")));
    assert_eq!(sids(&bucket).len(), 3, "one of each: {bucket}");
}

#[test]
fn applies_against_a_script_that_keeps_adding_and_removing_statements() {
    let mut stage = Stage::new("small");
    let containers =
        [format!("bucket-policy/{}", stage.account.bucket("mail")), "topic-policy/events".to_owned(), "function-policy/sort".to_owned()];
    let (stop, born) = (AtomicBool::new(false), Instant::now());
    let other = stage.other_hand();
    let mut tally = Tally::default();
    let (written, windows) = std::thread::scope(|scope| {
        let script = scope.spawn(|| {
            let now = || born.elapsed().as_secs_f64() * 1000.0;
            let mut written: Vec<Foreign> = Vec::new();
            for number in 0_usize.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let (at, sid, began) = (containers[number % 3].clone(), format!("Meanwhile{number}"), now());
                add(&other, &at, &sid);
                written.push(Foreign { at, sid, began, ended: now() });
                // Every second one it takes away again, unless somebody did.
                if let Some(older) = written.len().checked_sub(4).filter(|_| number % 2 == 0).map(|older| written.remove(older))
                    && sids(&other.document(&older.at)).contains(&older.sid)
                {
                    other.drop_statement(&older.at, &older.sid);
                }
            }
            written
        });
        let mut windows = Vec::new();
        for command in ["apply", "destroy", "apply", "destroy", "apply"] {
            let proxy = Proxy::start(emulator::url(), Script::default());
            let ran = stage.run_through(command, &proxy);
            let offset = proxy.born().duration_since(born).as_secs_f64() * 1000.0;
            assert!(!ran.stderr.contains("panicked"), "{ran}");
            windows.extend(stage.windows(&proxy.calls()).into_iter().map(|(at, read, put)| (at, read + offset, put + offset)));
        }
        stop.store(true, Ordering::SeqCst);
        (script.join().expect("the script ends"), windows)
    });
    let ran = stage.through("apply", Script::default());
    ran.run.expect(0);
    stage.account.nothing_to_do(&stage.plan);
    assert_eq!(stage.lost(&mut tally), [], "what stood there before");
    let mut inside = 0;
    for Foreign { at, sid, began, ended } in &written {
        tally.checked += 1;
        if !sids(&stage.account.document(at)).contains(sid) {
            let met = windows.iter().any(|(of, read, put)| of == at && read < ended && began < put);
            assert!(met && !at.starts_with("function-policy/"), "{sid} of {at} is lost, and was not written between a last read and a put");
            inside += 1;
        }
    }
    println!(
        "a script beside five runs: kept {} statements, checked {}, lost 0 outside of last read to put, {inside} inside",
        written.len(),
        tally.checked
    );
}

/// S3 and IAM may answer for a while as if the last write had not been (docs/facts.md 4.2): of every read of a run, not only of one.
#[test]
fn reads_that_lag_behind_writes() {
    let whole = std::env::var("POSTROOM_CHAOS").is_ok_and(|said| said == "whole");
    for (name, lag) in [("small", 300), ("small", 1500), ("large", 300), ("large", 1500)] {
        if name == "large" && !whole {
            continue;
        }
        let mut stage = Stage::new(name);
        let mut tally = Tally::default();
        for command in ["apply", "destroy", "apply", "destroy"] {
            let script = Script { lag: Some(Duration::from_millis(lag)), ..Script::default() };
            let ran = stage.through(command, script);
            assert_eq!(ran.run.code, 0, "{name}, {command} with reads that lag {lag} ms: {}", ran.run);
            assert_eq!(stage.lost(&mut tally), [], "{name}, {command}, {lag} ms");
            assert_eq!(stage.differs(command == "apply"), None, "{name}, {command}, {lag} ms");
            assert_eq!(stage.law.told().1, Vec::<String>::new(), "{name}, {command}, {lag} ms");
        }
    }
}
