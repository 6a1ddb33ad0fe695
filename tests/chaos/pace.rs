//! SES takes one call a second. A set of two hundred rules, which is the most it holds, is applied at that pace: no call comes too early, none
//! fails for good, and what is ours beside the waiting is little.
//!
//! The emulator refuses whatever comes early. Asked for the whole (`make chaos`), both keep SES's own second; else a tenth of one.

use std::time::Instant;

use serde_json::json;

use crate::support::Account;

const RULES: usize = 200;

#[test]
fn two_hundred_rules_at_the_pace_of_ses() {
    let rate = if std::env::var("POSTROOM_CHAOS").is_ok_and(|said| said == "whole") { 1.0 } else { 10.0 };
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    account.set(&json!({"ses_requests_per_second": rate}));
    let rule =
        |number| format!("        - {{ name: r{number}, recipients: [r{number}.example], actions: [ {{ s3: mailSUFFIX/in/ }} ] }}\n");
    let rules: String = (0..RULES).map(rule).collect();
    let plan =
        format!("postroom: 1\nname: many\nregion: eu-west-1\nreceipt:\n  rule_sets:\n    main:\n      active: true\n      rules:\n{rules}");
    let plan = account.text(&plan);

    let began = Instant::now();
    let run = account.run(&["apply", "-", "--yes", "--ses-rate", &rate.to_string()], &plan);
    let took = began.elapsed().as_secs_f64();
    run.expect(0);
    assert!(run.statuses().iter().all(|status| status == "done"), "{run}");

    let calls = account.calls();
    let to_ses: Vec<_> = calls.iter().filter(|call| call["service"] == "ses").collect();
    // A machine that is busy may deliver two calls closer to each other than they were sent: then the later one is sent again.
    let refused = to_ses.iter().filter(|call| call["status"] != 200).count();
    let allowed = (to_ses.len() - 1) as f64 / rate;
    println!(
        "{RULES} rules: {} calls of SES at {rate} a second, {refused} refused; {took:.1} s, the pace allows {allowed:.1} s: {:.3}",
        to_ses.len(),
        took / allowed
    );
    assert!(rate > 1.0 || took <= 1.1 * allowed, "more than a tenth longer than the pace allows");
    account.set(&json!({"ses_requests_per_second": null}));
    account.nothing_to_do(&plan);
}

#[test]
fn an_apply_beside_which_somebody_else_calls_ses_waits_and_finishes() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    account.set(&json!({"ses_requests_per_second": 10.0}));
    let plan = account.text(
        "postroom: 1\nname: beside\nregion: eu-west-1\nreceipt:\n  rule_sets:\n    main:\n      rules:\n\
         \x20       - { name: a, actions: [ { s3: mailSUFFIX/a/ } ] }\n        - { name: b, actions: [ { s3: mailSUFFIX/b/ } ] }\n",
    );
    // Two runs at the full pace are twice what SES takes: every other call is refused, and made again.
    let runs = [(); 2].map(|()| account.start(&["plan", "-", "--ses-rate", "10"], &plan)).map(|child| account.finish(child));
    for run in &runs {
        run.expect(0);
    }
    account.run(&["apply", "-", "--yes", "--ses-rate", "0"], &plan).expect(0);
    let throttled = account.calls().iter().filter(|call| call["service"] == "ses" && call["status"] == 400).count();
    assert!(throttled > 0, "without a pace SES refuses");
    account.set(&json!({"ses_requests_per_second": null}));
    account.nothing_to_do(&plan);
}
