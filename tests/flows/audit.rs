//! An audit: the whole account is read, once, and judged; what a plan replaces goes without any live rule losing what it may do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::run::Run;
use crate::support::{Account, emulator};

const PLAN: &str = "
postroom: 1
name: keeper
region: eu-west-1
receipt:
  rule_sets:
    main: { rules: [ { name: store, recipients: [acme.example], actions: [ { s3: mailSUFFIX/in/ } ] } ] }
";

/// An account of 2019, with one rule, and a bucket in another region.
fn of_2019() -> Account {
    let ses = json!({"Service": "ses.amazonaws.com"});
    let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let open = json!({"Effect": "Allow", "Principal": ses, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::far${suffix}/*"});
    let referer = json!({"Sid": "AllowSESPuts", "Effect": "Allow", "Principal": ses, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::mail${suffix}/*", "Condition": {"StringEquals": {"aws:Referer": "${account}"}}});
    let encrypts = json!({"Sid": "AllowSESToEncryptMessagesBelongingToThisAccount", "Effect": "Allow", "Principal": ses,
        "Action": ["kms:Encrypt", "kms:GenerateDataKey*"], "Resource": "*"});
    let secret = json!({"Sid": "Open", "Effect": "Allow", "Principal": ses, "Action": "secretsmanager:GetSecretValue", "Resource": "*"});
    let permission = json!({"StatementId": "GiveSESPermissionToInvokeFunction", "Action": "lambda:InvokeFunction",
        "Principal": "ses.amazonaws.com", "SourceAccount": "${account}", "Qualifier": "live"});
    Account::with(&json!({
        "keys": [{"alias": "alias/mail", "policy": [encrypts]}],
        "buckets": [{"name": "mail${suffix}", "policy": [referer], "acl": "public-read"}, {"name": "far${suffix}", "region": "us-east-1", "policy": [open]}],
        "topics": [{"name": "news"}],
        "functions": [{"name": "classify", "aliases": ["live"], "permissions": [permission]}],
        "secrets": [{"name": "login", "policy": [secret]}],
        "policies": [{"name": "everything", "statements": [everything]}],
        "roles": [
            {"name": "admin", "trust": [{"Sid": "Ses", "Effect": "Allow", "Principal": ses, "Action": "sts:AssumeRole"}], "attached": ["everything"]},
            {"name": "app", "trusts": "${account}", "attached": ["everything"]},
        ],
        "rule_sets": [{"name": "main", "active": true, "rules": [
            {"Name": "store", "Enabled": true, "Recipients": ["acme.example"],
             "Actions": [{"S3Action": {"BucketName": "mail${suffix}", "ObjectKeyPrefix": "in/"}}]}]}],
    }))
}

/// `severity code address#statement`, without the test's account; a key by its alias.
fn said(account: &Account, run: &Run) -> Vec<String> {
    let key = account.arns["alias/mail"].as_str().and_then(|arn| arn.rsplit('/').next()).unwrap_or("no key").to_owned();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |finding: &Value| {
        let what = format!(
            "{} {} {}#{}",
            text(&finding["severity"]),
            text(&finding["code"]),
            text(&finding["address"]),
            text(&finding["statement"])
        );
        let what = what.replace(&format!("-{}", account.id), "").replace(&account.id, "111122223333").replace(&key, "alias/mail");
        what.split("#sha256:").next().unwrap_or_default().trim_end_matches('#').to_owned()
    };
    run.target()["findings"].as_array().expect("findings").iter().map(one).collect()
}

#[test]
fn every_statement_that_lets_ses_in_is_found_wherever_it_stands() {
    let account = of_2019();
    let run = account.run(&["audit", "--region", "eu-west-1"], "");
    run.expect(2);
    assert_eq!(
        said(&account, &run),
        [
            "error no-source-condition bucket-policy/far",
            "error no-source-condition key-policy/alias/mail#AllowSESToEncryptMessagesBelongingToThisAccount",
            "error no-source-condition secret-policy/login#Open",
            "error no-source-condition role-trust/admin#Ses",
            "error public-acl bucket/mail",
            "error role-too-wide managed-policy/arn:aws:iam::111122223333:policy/everything",
            "warning referer-condition bucket-policy/mail#AllowSESPuts",
            "info default-topic-statement topic-policy/news#__default_statement_ID",
            "info source-account-only function-policy/classify:live#GiveSESPermissionToInvokeFunction",
        ],
        "{run}"
    );
    let blocks = |name: &str| {
        let statements = run.target()["statements"].as_array().cloned().unwrap_or_default();
        statements.into_iter().find(|statement| statement["statement"] == name).map(|statement| statement["blocks"].clone())
    };
    assert_eq!(blocks("AllowSESPuts"), Some(json!(["P000-1"])));
    assert_eq!(blocks("AllowSESToEncryptMessagesBelongingToThisAccount"), Some(json!(["P000-2"])));
    assert_eq!(blocks("GiveSESPermissionToInvokeFunction"), Some(json!(["P000-4"])));
}

#[test]
fn the_account_is_read_once_and_nothing_is_written() {
    let account = of_2019();
    account.forget_calls();
    let run = account.run(&["audit", "--region", "eu-west-1", "--stats"], "");
    run.expect(2);
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for call in account.calls() {
        assert_eq!(call["access"], "read", "{call}");
        *asked.entry(format!("{} {} {}", call["region"], call["operation"], call["parameters"])).or_default() += 1;
    }
    let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "asked more than once: {twice:#?}");
    let waves = run.target()["calls"]["waves"].as_u64().expect("waves");
    assert!(waves <= 5, "{waves} waves: lists, what they name, what that points to, and the policies of roles");
    let roles: Vec<_> = asked.keys().filter(|call| call.contains("GetRole ") && call.contains("app")).collect();
    assert!(roles.is_empty(), "of a role that SES may not assume nothing more is asked: {roles:?}");
}

#[test]
fn an_account_without_ses_has_nothing_to_say() {
    let account = Account::with(&json!({"buckets": [{"name": "files${suffix}"}], "topics": [{"name": "news"}]}));
    let run = account.run(&["audit", "--region", "eu-west-1"], "");
    run.expect(0);
    assert_eq!(said(&account, &run), ["info default-topic-statement topic-policy/news#__default_statement_ID"]);
}

#[test]
fn what_cannot_be_read_is_said_and_is_not_absent() {
    let account = of_2019();
    let denied = |service: &str, operation: &str| {
        account.fault(json!({"service": service, "operation": operation, "code": "AccessDenied", "status": 403, "remaining": null}));
    };
    denied("sns", "ListTopics");
    denied("iam", "GetPolicy");
    let run = account.run(&["audit", "--region", "eu-west-1"], "");
    run.expect(4);
    let unreadable: Vec<String> = run.target()["unreadable"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["address"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(unreadable.contains(&"topics/all".to_owned()), "{unreadable:?}");
    assert!(unreadable.iter().any(|at| at.starts_with("managed-policy/")), "{unreadable:?}");
    assert!(said(&account, &run).iter().any(|finding| finding.contains("bucket-policy/far")), "what could be read is judged: {run}");
}

#[test]
fn a_saved_account_is_judged_without_asking_anybody() {
    let account = of_2019();
    let live = account.run(&["audit", "--region", "eu-west-1", "--save", "account.json"], "");
    live.expect(2);
    account.forget_calls();
    let saved = account.run(&["audit", "--live", "account.json"], "");
    saved.expect(2);
    assert!(account.calls().is_empty());
    assert_eq!(said(&account, &saved), said(&account, &live));
    let plan = account.text(PLAN);
    let planned = account.run(&["audit", "--live", "account.json", "-"], &plan);
    planned.expect(2);
    assert_eq!(planned.target()["migrations"][0]["remove"]["safe"], json!(true), "{planned}");

    let snapshot = account.run(&["snapshot", "-"], &plan);
    std::fs::write(account.folder.join("plan.json"), snapshot.stdout).expect("written");
    let partial = account.run(&["audit", "--live", "plan.json"], "");
    partial.expect(2);
    assert_eq!(partial.target()["partial"], json!(true));
    assert!(said(&account, &partial).contains(&"warning referer-condition bucket-policy/mail#AllowSESPuts".to_owned()), "{partial}");
}

#[test]
fn the_old_statement_goes_in_three_steps() {
    let account = of_2019();
    let plan = account.text(PLAN);
    let bucket = format!("bucket-policy/{}", account.bucket("mail"));
    let migration = |plan: &str| account.run(&["audit", "--plan", "-"], plan).target()["migrations"][0].clone();

    let first = migration(&plan);
    assert_eq!(first["address"], bucket);
    assert_eq!((&first["add"]["there"], &first["remove"]["safe"]), (&json!(false), &json!(true)), "{first:#}");
    account.apply(&plan, &[]);
    account.run(&["check", "-"], &plan).expect(0);
    let second = migration(&plan);
    assert_eq!((&second["add"]["there"], &second["remove"]["safe"]), (&json!(true), &json!(true)), "{second:#}");

    let pasted = format!("{plan}{}", second["remove"]["plan"].as_str().expect("lines"));
    account.apply(&pasted, &[]);
    let left = account.document(&bucket);
    assert!(!left.to_string().contains("Referer"), "{left}");
    account.run(&["check", "-"], &pasted).expect(0);
    let after = account.run(&["audit", "--plan", "-"], &pasted);
    assert!(!said(&account, &after).iter().any(|finding| finding.contains("bucket-policy/mail")), "{after}");
    assert_eq!(after.target()["migrations"], json!([]));
}

#[test]
fn a_rule_outside_the_plan_keeps_the_old_statement_there() {
    let account = of_2019();
    let rule = json!({"Name": "by-hand", "Enabled": true, "Recipients": ["b.example"], "Actions": [{"S3Action": {"BucketName": "mail${suffix}", "ObjectKeyPrefix": "hand/"}}]});
    let mut account = account;
    account.prepare(&json!({"rule_sets": [{"name": "other", "rules": [rule]}]}));
    let run = account.run(&["audit", "-"], &account.text(PLAN));
    let proposed = run.target()["migrations"][0].clone();
    assert_eq!(proposed["remove"]["safe"], json!(false), "{proposed:#}");
    assert_eq!(proposed["verify"]["loses"][0]["rule"], "other/by-hand", "{proposed:#}");
}

#[test]
fn rules_of_other_regions_are_looked_at_when_asked_for() {
    let account = of_2019();
    account.forget_calls();
    let run = account.run(&["audit", "-", "--rules-in", "us-east-1"], &account.text(PLAN));
    assert_eq!(run.target()["rules_in"], json!(["eu-west-1", "us-east-1"]), "{run}");
    let calls =
        emulator::ask("GET", &format!("/_test/calls?account={}&region=us-east-1&operation=ListReceiptRuleSets", account.id), &Value::Null);
    assert_eq!(calls.as_array().map(Vec::len), Some(1));
}
