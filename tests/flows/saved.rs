//! Saved plans: what was looked at is what is done, or nothing is.

use serde_json::{Value, json};

use crate::support::{Account, REGION, Run, wait};

const NOTHING: [String; 0] = [];

const PLAN: &str = "
postroom: 1
name: agreed
region: eu-west-1
receipt:
  rule_sets:
    main:
      active: true
      rules:
        - { name: store, recipients: [acme.example], actions: [ { s3: mailSUFFIX/in/ } ] }
        - { name: tell, recipients: [info.acme.example], actions: [ { sns: news } ] }
";

fn account() -> Account {
    Account::with(&json!({
        "buckets": [{"name": "mail${suffix}"}],
        "topics": [{"name": "news"}],
        "rule_sets": [{"name": "main", "rules": [{"Name": "hand", "Enabled": true, "Recipients": ["b.example"], "Actions": [{"StopAction": {"Scope": "RuleSet"}}]}]}]
    }))
}

impl Account {
    /// `plan -o`, which must succeed; gives the checksum.
    fn save(&self, plan: &str, flags: &[&str]) -> String {
        let run = self.run(&[&["plan", "-", "-o", "saved.json"], flags].concat(), plan);
        run.expect(0);
        run.json()["saved"]["checksum"].as_str().unwrap_or_else(|| panic!("no checksum: {run}")).to_owned()
    }

    fn saved(&self) -> String {
        std::fs::read_to_string(self.folder.join("saved.json")).expect("a saved plan")
    }

    /// Nothing but the file: no plan is given.
    fn apply_saved(&self, flags: &[&str]) -> Run {
        self.run(&[&["apply", "saved.json", "--yes"], flags].concat(), "")
    }

    fn policy(&self, statement: &Value) {
        let bucket = self.bucket("mail");
        let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string().replace("BUCKET", &bucket);
        let s3 = aws_sdk_s3::Client::new(&self.sdk(REGION));
        wait(s3.put_bucket_policy().bucket(&bucket).policy(text).send()).expect("put");
    }
}

fn list_only() -> Value {
    json!({"Sid": "Backup", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::BUCKET"})
}

fn refused(run: &Run, words: &[&str]) {
    run.expect(3);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is not said: {run}");
    }
}

#[test]
fn what_was_saved_is_applied_without_the_plan() {
    let account = account();
    let plan = account.text(PLAN);
    let checksum = account.save(&plan, &[]);
    assert_eq!(account.writes(), NOTHING);
    let saved: Value = serde_json::from_str(&account.saved()).expect("JSON");
    assert_eq!((&saved["checksum"], &saved["saved_plan"]), (&json!(checksum), &json!(1)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(account.folder.join("saved.json")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let planned = account.plan(&plan).changes();
    let run = account.apply_saved(&["--expect", &checksum]);
    run.expect(0);
    assert_eq!(run.changes(), planned);
    assert!(run.statuses().iter().all(|status| status == "done"), "{run}");
    account.nothing_to_do(&plan);
    // What it was made of is done by now.
    refused(&account.apply_saved(&[]), &["receipt-rule-set/main", "rule `store` was added"]);
}

#[test]
fn an_object_that_moved_is_named_and_nothing_is_written() {
    let deny = json!({"Sid": "NoMail", "Effect": "Deny", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::BUCKET/*"});
    type Hand<'a> = Box<dyn Fn(&Account) + 'a>;
    let by_hand: Vec<(&str, &str, Hand<'_>)> = vec![
        ("bucket-policy/mail", "statement `NoMail` was added", Box::new(|account| account.policy(&deny))),
        (
            "receipt-rule-set/main",
            "rule `hand` is gone",
            Box::new(|account| {
                drop(wait(account.ses().delete_receipt_rule().rule_set_name("main").rule_name("hand").send()).expect("gone"))
            }),
        ),
        (
            "receipt-rule-set-pointer/active",
            "different in `Active`",
            Box::new(|account| {
                wait(account.ses().set_active_receipt_rule_set().rule_set_name("main").send()).expect("active");
            }),
        ),
        (
            "bucket/mail",
            "it is gone",
            Box::new(|account| {
                let s3 = aws_sdk_s3::Client::new(&account.sdk(REGION));
                wait(s3.delete_bucket().bucket(account.bucket("mail")).send()).expect("gone");
            }),
        ),
        (
            "topic-policy/news",
            "statement `__default_statement_ID` is gone",
            Box::new(|account| {
                let sns = aws_sdk_sns::Client::new(&account.sdk(REGION));
                let arn = format!("arn:aws:sns:{REGION}:{}:news", account.id);
                let none = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Else", "Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "SNS:Publish", "Resource": arn}]});
                let put = sns.set_topic_attributes().topic_arn(&arn).attribute_name("Policy").attribute_value(none.to_string());
                wait(put.send()).expect("put");
            }),
        ),
    ];
    for (object, what, hand) in by_hand {
        let account = account();
        account.save(&account.text(PLAN), &[]);
        hand(&account);
        account.forget_calls();
        let run = account.apply_saved(&["--allow-activate", "--allow-delete", "--force"]);
        let object = object.replace("/mail", &format!("/{}", account.bucket("mail")));
        refused(&run, &[&object, what]);
        let stale = run.target()["error"]["stale"].clone();
        assert!(stale.as_array().is_some_and(|stale| stale.iter().any(|moved| moved["address"] == object)), "{stale:#} {run}");
        assert_eq!(account.writes(), NOTHING, "{object}");
    }
}

#[test]
fn what_decides_nothing_lets_it_go_on_unless_it_is_strict() {
    let account = account();
    let plan = account.text(PLAN);
    account.save(&plan, &[]);
    account.policy(&list_only());
    account.forget_calls();
    let strict = account.apply_saved(&["--stale", "strict"]);
    refused(&strict, &["bucket-policy/mail", "it is there by now"]);
    assert_eq!(account.writes(), NOTHING);
    account.apply_saved(&[]).expect(0);
    account.nothing_to_do(&plan);
    let document = account.document(&format!("bucket-policy/{}", account.bucket("mail"))).to_string();
    assert!(document.contains("Backup") && document.contains("DeliverToS3"), "{document}");
}

#[test]
fn what_cannot_be_read_again_is_exit_4() {
    let account = account();
    account.save(&account.text(PLAN), &[]);
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "AccessDenied", "status": 403, "remaining": null}));
    account.forget_calls();
    let run = account.apply_saved(&[]);
    run.expect(4);
    assert!(run.stderr.contains("bucket-policy/mail"), "{run}");
    assert_eq!(account.writes(), NOTHING);
}

#[test]
fn a_file_that_is_not_what_was_saved_is_refused_in_words() {
    let account = account();
    let plan = account.text(PLAN);
    let checksum = account.save(&plan, &[]);
    let text = account.saved();
    let other = checksum.replace(|letter: char| letter.is_ascii_digit(), "0");
    refused(&account.apply_saved(&["--expect", &other]), &["--expect", &checksum]);
    let with = |text: &str| {
        std::fs::write(account.folder.join("saved.json"), text).expect("written");
        account.forget_calls();
        let run = account.apply_saved(&[]);
        assert!(account.calls().is_empty(), "nobody was called: {run}");
        run
    };
    refused(&with(&text.replacen("\"saved_plan\": 1", "\"saved_plan\": 7", 1)), &["format 7"]);
    refused(&with(&text.replacen("acme.example", "evil.example", 1)), &["not as it was saved", "checksum"]);
    refused(&with(&text.replacen("\"strict\": false", "\"strict\": 1", 1)), &["not as it was saved"]);
    let cut = with(&text[..text.len() / 2]);
    cut.expect(1);
    assert!(cut.stderr.contains("no readable JSON"), "{cut}");
    with("").expect(1);
    std::fs::write(account.folder.join("saved.json"), &text).expect("written");
    let not_a_plan = account.run(&["plan", "saved.json"], "");
    not_a_plan.expect(1);
    assert!(not_a_plan.stderr.contains("postroom apply saved.json"), "{not_a_plan}");
    let no_file = account.run(&["apply", "-", "--expect", &checksum, "--yes"], &plan);
    no_file.expect(1);
    assert_eq!(account.writes(), NOTHING);
}

#[test]
fn another_account_region_target_or_term_than_it_was_saved_for_is_refused() {
    let account = account();
    let plan = account.text(PLAN).replace("[acme.example]", "[\"${var.domain}\"]");
    account.save(&plan, &["--var", "domain=acme.example", "--var", "unused=hunter2"]);
    assert!(!account.saved().contains("hunter2"), "what the plan does not use is not kept");
    account.forget_calls();
    refused(&account.apply_saved(&["--account", &account.other]), &[&account.other]);
    refused(&account.apply_saved(&["--region", "us-east-1"]), &["us-east-1"]);
    refused(&account.apply_saved(&["--target", "prod"]), &["target `prod`"]);
    refused(&account.apply_saved(&["--only", "receipt-rule/*"]), &["--only"]);
    refused(&account.apply_saved(&["--prune"]), &["--prune"]);
    refused(&account.apply_saved(&["--var", "domain=evil.example"]), &["`domain`"]);
    assert!(account.calls().is_empty());
    let mut stranger = Account::new();
    stranger.id.clone_from(&account.other);
    std::fs::write(stranger.folder.join("saved.json"), account.saved()).expect("written");
    refused(&stranger.apply_saved(&[]), &[&account.id, &account.other, "nothing was read"]);
    account.apply_saved(&["--var", "domain=acme.example"]).expect(0);
}

#[test]
fn what_apply_would_refuse_is_not_saved() {
    let account = account();
    let plan = account.text(PLAN);
    let missing = plan.replace("mail-", "nothing-");
    let run = account.run(&["plan", "-", "-o", "saved.json"], &missing);
    run.expect(1);
    assert!(run.stderr.contains("nothing was saved") && !account.folder.join("saved.json").exists(), "{run}");
    account.fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "AccessDenied", "status": 403, "remaining": null}));
    account.run(&["plan", "-", "-o", "saved.json"], &plan).expect(4);
    assert!(!account.folder.join("saved.json").exists());
    account.clear_faults();
    account.save(&plan, &[]);
    // Flags that permit are for whoever applies.
    let gone =
        "postroom: 1\nname: agreed\nregion: eu-west-1\nreceipt: { rule_sets: { main: { rules: [ { name: hand, absent: true } ] } } }\n";
    account.save(gone, &[]);
    refused(&account.apply_saved(&[]), &["--allow-delete"]);
    account.apply_saved(&["--allow-delete"]).expect(0);
}

#[test]
fn secrets_are_read_when_it_is_applied_and_are_not_in_the_file() {
    let mut account = Account::for_plan("bootstrap");
    let plan = account.plan_text("bootstrap");
    let environment = std::mem::take(&mut account.environment);
    account.save(&plan, &[]);
    assert!(!account.saved().contains("of-the-partner"));
    refused(&account.apply_saved(&[]), &["PARTNER_LOGIN", "nothing was written"]);
    assert_eq!(account.writes(), NOTHING);
    account.environment = environment;
    let run = account.apply_saved(&[]);
    run.expect(0);
    account.nothing_to_do(&plan);
}

#[test]
fn one_file_for_all_targets() {
    let account = Account::for_plan("fleet");
    let plan = account.plan_text("fleet").replace("acme-mail-${target}", &format!("acme-mail-${{target}}-{}", account.id));
    account.save(&plan, &["--all-targets"]);
    account.run(&["plan", "-", "--detailed-exitcode", "--all-targets"], &plan).expect(2);
    let one = account.apply_saved(&["--target", "stage"]);
    one.expect(0);
    let run = account.apply_saved(&[]);
    refused(&run, &[]);
    let ends: Vec<(String, u64)> = run.json()["targets"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|target| (target["target"].as_str().unwrap_or_default().to_owned(), target["exit"].as_u64().unwrap_or(99)))
        .collect();
    assert_eq!(
        ends,
        [("prod-eu".to_owned(), 0), ("prod-us".to_owned(), 0), ("stage".to_owned(), 3)],
        "what was done already is stale: {run}"
    );
    account.run(&["plan", "-", "--detailed-exitcode", "--all-targets"], &plan).expect(0);
}

#[test]
fn what_is_said_in_the_environment_is_said() {
    let mut account = account();
    let plan = account.text(PLAN);
    for yes in ["1", "true", "yes", "on"] {
        account.environment = vec![("POSTROOM_DETAILED_EXITCODE".to_owned(), yes.to_owned())];
        account.run(&["plan", "-"], &plan).expect(2);
    }
    for no in ["0", "false", "no", "off"] {
        account.environment = vec![("POSTROOM_DETAILED_EXITCODE".to_owned(), no.to_owned())];
        account.run(&["plan", "-"], &plan).expect(0);
    }
    account.environment = vec![("POSTROOM_OUT".to_owned(), "saved.json".to_owned()), ("POSTROOM_YES".to_owned(), "1".to_owned())];
    account.run(&["plan", "-"], &plan).expect(0);
    account.run(&["apply", "saved.json"], "").expect(0);
}
