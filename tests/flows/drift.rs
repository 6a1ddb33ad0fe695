//! Somebody changes the account behind the plan's back, as at a console: the class, the message, the exit code and the metrics say so, and
//! nothing is written.

use aws_sdk_ses::types::{ReceiptFilter, ReceiptFilterPolicy, ReceiptIpFilter};
use serde_json::{Value, json};

use crate::support::json::sids;
use crate::support::{Account, Run, wait};

const PLAN: &str = "
postroom: 1
name: watched
region: eu-west-1
roles: { writer: {} }
receipt:
  filters: { bad: { block: 203.0.113.0/24 }, gone: { absent: true } }
  rule_sets:
    main:
      active: true
      rules:
        - { name: one, recipients: [a.example], actions: [ { s3: mailSUFFIX/in/ } ] }
        - { name: two, recipients: [b.example], actions: [ { s3: { bucket: mailSUFFIX, prefix: two/, role: writer } } ] }
";

struct Watched {
    account: Account,
    plan: String,
}

impl Watched {
    fn new() -> Self {
        let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
        let plan = account.text(PLAN);
        account.apply(&plan, &[]);
        account.forget_calls();
        Self { account, plan }
    }

    /// A look that must write nothing; its metrics say what its exit code says.
    fn drift(&self, flags: &[&str]) -> Run {
        self.account.forget_calls();
        let run = self.account.run(&[&["drift", "-", "--metrics", "drift.prom"], flags].concat(), &self.plan);
        assert_eq!(self.account.writes(), [] as [String; 0], "drift writes nothing: {run}");
        let metrics = self.metrics();
        assert!(metrics.contains(&format!("postroom_last_run_exit_code{{file=\"-\"}} {}.0", run.code)), "{run}\n{metrics}");
        let left = std::fs::read_dir(&self.account.folder).expect("a folder").filter_map(Result::ok);
        let beside = left.filter(|file| file.file_name().to_string_lossy().starts_with(".drift.prom")).count();
        assert_eq!(beside, 0, "nothing is left beside the file");
        run
    }

    fn metrics(&self) -> String {
        std::fs::read_to_string(self.account.folder.join("drift.prom")).expect("metrics")
    }

    fn bucket_policy(&self) -> String {
        format!("bucket-policy/{}", self.account.bucket("mail"))
    }

    /// What was done is told as this, and after an apply no more.
    fn told(&self, code: i32, expected: &[&str]) {
        let run = self.drift(&[]);
        run.expect(code);
        assert_eq!(items(&run, &self.account), expected, "{run}");
        let metrics = self.metrics();
        for class in expected.iter().filter_map(|item| item.split(' ').next()) {
            let line =
                metrics.lines().find(|line| line.starts_with("postroom_drift_objects") && line.contains(&format!("class=\"{class}\"")));
            assert!(line.is_some_and(|line| !line.ends_with(" 0")), "{class}\n{metrics}");
        }
    }

    fn repaired(&self) {
        self.account.apply(&self.plan, &["--allow-delete", "--allow-activate"]);
        let run = self.drift(&[]);
        run.expect(0);
        assert_eq!(items(&run, &self.account), [] as [&str; 0]);
    }
}

/// `class name`, without the test's own names and without the hashes of Sids.
fn items(run: &Run, account: &Account) -> Vec<String> {
    let items = run.target()["drift"]["items"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("?").split('#').next().unwrap_or("?").replace(&format!("-{}", account.id), "");
    items.iter().map(|item| format!("{} {}", text(&item["class"]), text(&item["name"]))).collect()
}

#[test]
fn agreement_is_clean_in_every_format() {
    let watched = Watched::new();
    watched.drift(&[]).expect(0);
    for (format, word) in [("text", "No drift:"), ("markdown", "## Drift of `watched`"), ("junit", "failures=\"0\"")] {
        let run = watched.drift(&["--format", format]);
        run.expect(0);
        assert!(run.stdout.contains(word), "{run}");
    }
    let other = watched.account.run(&["plan", "-", "--format", "junit"], &watched.plan);
    other.expect(1);
}

#[test]
fn a_statement_or_a_rule_that_is_gone_is_missing() {
    let watched = Watched::new();
    let address = watched.bucket_policy();
    let ours = sids(&watched.account.document(&address)).into_iter().find(|sid| sid.starts_with("Postroom")).expect("ours");
    watched.account.drop_statement(&address, &ours);
    let ses = watched.account.ses();
    wait(ses.delete_receipt_rule().rule_set_name("main").rule_name("two").send()).expect("deleted");
    watched.told(2, &["ours-missing bucket-policy/mail", "ours-missing receipt-rule/main/two"]);
    let text = watched.drift(&["--format", "text"]);
    assert!(text.stdout.contains("edited plan") && text.stdout.contains("the plan wants it"), "{text}");
    let xml = watched.drift(&["--format", "junit"]);
    assert!(xml.stdout.contains("failures=\"2\""), "{xml}");
    watched.repaired();
}

#[test]
fn a_rule_that_was_edited_is_changed() {
    let watched = Watched::new();
    let ses = watched.account.ses();
    let set = wait(ses.describe_receipt_rule_set().rule_set_name("main").send()).expect("a set");
    let rule = set.rules()[0].clone();
    let edited = aws_sdk_ses::types::ReceiptRule::builder().name(rule.name()).enabled(false).set_actions(rule.actions.clone());
    let edited = edited.set_recipients(rule.recipients.clone()).build().expect("a rule");
    wait(ses.update_receipt_rule().rule_set_name("main").rule(edited).send()).expect("updated");
    watched.told(2, &["ours-changed receipt-rule/main/one"]);
    watched.repaired();
}

#[test]
fn what_shall_be_absent_and_is_there_is_extra() {
    let watched = Watched::new();
    let ip = ReceiptIpFilter::builder().policy(ReceiptFilterPolicy::Block).cidr("192.0.2.0/24").build().expect("a filter");
    let filter = ReceiptFilter::builder().name("gone").ip_filter(ip).build().expect("a filter");
    wait(watched.account.ses().create_receipt_filter().filter(filter).send()).expect("created");
    watched.told(2, &["extra receipt-filter/gone"]);
    watched.repaired();
}

#[test]
fn rules_in_another_order_and_another_active_set_are_told() {
    let watched = Watched::new();
    let ses = watched.account.ses();
    wait(ses.reorder_receipt_rule_set().rule_set_name("main").rule_names("two").rule_names("one").send()).expect("reordered");
    wait(ses.set_active_receipt_rule_set().send()).expect("deactivated");
    watched.told(2, &["order receipt-rule-set/main", "active-set receipt-rule-set/main"]);
    watched.repaired();
}

#[test]
fn somebodys_deny_is_told_and_no_apply_is_tried_for_it() {
    let watched = Watched::new();
    let bucket = watched.account.bucket("mail");
    let deny = json!({"Sid": "Freeze", "Effect": "Deny", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/*")});
    watched.account.add_statement(&watched.bucket_policy(), &deny);
    watched.told(2, &["foreign-blocks-ses foreign-deny-blocks-ses"]);
    let message = watched.drift(&[]).target()["drift"]["items"][0]["message"].clone();
    assert!(message.as_str().is_some_and(|message| message.contains("`Freeze`")), "{message}");
    watched.account.drop_statement(&watched.bucket_policy(), "Freeze");
    watched.drift(&[]).expect(0);
}

#[test]
fn what_cannot_be_read_never_looks_clean() {
    let watched = Watched::new();
    watched
        .account
        .fault(json!({"service": "s3", "operation": "GetBucketPolicy", "code": "AccessDenied", "status": 403, "remaining": null}));
    let ses = watched.account.ses();
    wait(ses.set_active_receipt_rule_set().send()).expect("deactivated");
    watched.told(4, &["active-set receipt-rule-set/main", "unreadable bucket-policy/mail"]);
    let text = watched.drift(&["--format", "text"]);
    text.expect(4);
    assert!(text.stdout.contains("Not known:"), "{text}");
    watched.account.clear_faults();
}

#[test]
fn a_run_that_does_not_come_to_a_comparison_writes_how_it_ended() {
    let watched = Watched::new();
    let run = watched.account.run(&["drift", "-", "--metrics", "drift.prom"], "postroom: 1\nname: Wrong Name\n");
    run.expect(1);
    let metrics = watched.metrics();
    assert!(metrics.contains("postroom_last_run_exit_code{file=\"-\"} 1.0"), "{metrics}");
    assert!(!metrics.contains("postroom_drift_objects"), "{metrics}");
}
