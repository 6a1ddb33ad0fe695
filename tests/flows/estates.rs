//! Accounts as other tools leave them (`estates/NAME.json`, made by `localstack/cli/prepare.py`): `import`, `validate`, `plan`, `check` and
//! `apply` hold without an edit, and nothing but tags is written.

use serde_json::{Value, json};

use crate::support::account::{root, wait};
use crate::support::{Account, REGION, Run};

/// An account of `estates/`.
fn estate(name: &str) -> Account {
    let file = root().join(format!("tests/flows/estates/{name}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Account::with(&serde_json::from_str(&text).expect("JSON"))
}

impl Account {
    /// `import -o plan.yaml`, which only reads; gives the plan.
    fn import(&self, flags: &[&str]) -> String {
        self.forget_calls();
        let file = self.folder.join("plan.yaml");
        let _ = std::fs::remove_file(&file);
        let run =
            self.run(&[&["import", "--region", REGION, "--format", "text", "--name", "keeper", "-o", "plan.yaml"], flags].concat(), "");
        run.expect(0);
        assert_eq!(self.writes(), [] as [String; 0], "an import writes nothing");
        std::fs::read_to_string(file).expect("the plan is written")
    }

    /// The answers of `check`, each with its request.
    fn answers(&self) -> Vec<Value> {
        let run = self.run(&["check", "plan.yaml"], "");
        let rows = run.target()["checks"].as_array().cloned().unwrap_or_else(|| panic!("{run}"));
        rows.iter().map(|row| json!([row["rule"], row["action"], row["resource"], row["answer"]])).collect()
    }

    /// The law: the plan is valid, plans nothing but tags, and an apply writes nothing else.
    fn stands(&self, flags: &[&str]) -> String {
        let text = self.import(flags);
        self.run(&["validate", "plan.yaml"], "").expect(0);
        let before = self.answers();
        let planned = self.run(&["plan", "plan.yaml"], "");
        assert!(planned.code == 0 && planned.changes().iter().all(|change| change.starts_with("adopt ")), "{planned}\n{text}");
        self.forget_calls();
        let applied = self.run(&["apply", "plan.yaml", "--yes"], "");
        let writes = self.writes();
        let tags = |write: &String| write.starts_with("TagRole ") || write.starts_with("TagResource ");
        assert!(applied.code == 0 && writes.iter().all(tags), "{writes:#?} {applied}\n{text}");
        assert_eq!(writes.len(), planned.changes().len(), "{writes:#?}");
        self.nothing_left(&text);
        assert_eq!(self.answers(), before);
        text
    }

    fn nothing_left(&self, text: &str) -> Run {
        let again = self.run(&["plan", "plan.yaml", "--detailed-exitcode"], "");
        assert!(again.code == 0 && again.changes().is_empty(), "{again}\n{text}");
        again
    }

    /// Theirs are taken over: whatever was allowed still is, and a second plan finds nothing.
    fn is_taken_over(&self) -> Vec<String> {
        let text = self.import(&["--take-over", "--adopt"]);
        let before = self.answers();
        self.forget_calls();
        let run = self.run(&["apply", "plan.yaml", "--yes"], "");
        assert!(run.code == 0, "{run}\n{text}");
        let writes = self.writes();
        self.nothing_left(&text);
        let after = self.answers();
        for row in before.iter().filter(|row| row[3] == "allowed") {
            assert!(after.contains(row), "{row} was allowed\n{text}");
        }
        writes
    }
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "`{line}` is not in\n{text}");
    }
}

#[test]
fn a_terraform_module_imports_as_it_is() {
    let account = estate("terraform");
    let text = account.stands(&[]);
    has(&text, &["- lambda: { function: \"tf-parser:live\", invocation: request_response }", "tf-ses-writer-20240102: { existing: true }"]);
    assert!(!text.contains("manage: false") && !text.contains("accept:"), "{text}");
    let text = account.stands(&["--adopt"]);
    has(&text, &["adopt: true", "path: /service/mail/", "permissions_boundary: "]);
}

#[test]
fn statements_of_terraform_are_taken_over_in_one_put_each() {
    let account = estate("terraform");
    let writes = account.is_taken_over();
    for operation in ["PutBucketPolicy", "PutKeyPolicy", "SetTopicAttributes", "UpdateAssumeRolePolicy"] {
        assert_eq!(writes.iter().filter(|write| write.starts_with(operation)).count(), 1, "{operation}: {writes:#?}");
    }
}

#[test]
fn a_stack_of_cdk_imports_as_it_is() {
    let account = estate("cdk");
    let text = account.stands(&[]);
    has(&text, &["message_kms_key: alias/cdk-key", "AcmeMailStack-AllowList-BlockAll-E: { block: 0.0.0.0/0 }"]);
    assert!(!text.contains("manage: false") && !text.contains("accept:"), "{text}");
    account.is_taken_over();
}

#[test]
fn odd_names_and_texts_import_as_they_are() {
    let account = estate("names");
    let text = account.stands(&[]);
    has(&text, &["    \"null\":", "    \"1\":", "name: \"true\"", "role: \"a+=,.@-_z\"", "Line two: #3 $${x} é"]);
    assert!(!text.contains("cannot say"), "{text}");
    account.is_taken_over();
}

#[test]
fn what_other_accounts_own_is_named_and_left_to_them() {
    let account = estate("other-accounts");
    let text = account.stands(&[]);
    has(&text, &[&format!("  \"{}\": {{ manage: false }}", account.other)]);
    account.is_taken_over();
}

#[test]
fn rules_whose_targets_are_gone_import_as_they_are() {
    let account = estate("gone");
    wait(
        aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(&account.sdk(REGION)).force_path_style(true).build())
            .delete_bucket()
            .bucket(account.bucket("goes"))
            .send(),
    )
    .expect("the bucket goes");
    wait(
        aws_sdk_sns::Client::new(&account.sdk(REGION)).delete_topic().topic_arn(account.text("arn:aws:sns:eu-west-1:ACCOUNT:goes")).send(),
    )
    .expect("the topic goes");
    wait(aws_sdk_lambda::Client::new(&account.sdk(REGION)).delete_function().function_name("goes").send()).expect("the function goes");
    let iam = aws_sdk_iam::Client::new(&account.sdk(REGION));
    wait(iam.delete_role_policy().role_name("goes").policy_name("put").send()).expect("its policy goes");
    wait(iam.delete_role().role_name("goes").send()).expect("the role goes");
    let text = account.stands(&[]);
    has(&text, &["does not exist (any more)", "role/goes\"", "topic-missing:", "function-missing:", "bucket-missing:"]);
    account.is_taken_over();
}

#[test]
fn an_empty_account_is_a_plan_too() {
    let account = Account::new();
    let text = account.stands(&[]);
    assert!(!text.contains("receipt:") && !text.contains("roles:"), "{text}");
}

#[test]
fn mail_manager_from_the_console_imports_as_it_is() {
    let account = estate("mail-manager-console");
    let text = account.import(&["--adopt"]);
    has(
        &text,
        &[
            "LEFT OUT: addon-subscription/SPAMHAUS_DBL: it has no instance",
            "relays:\n    google:",
            "auth: { secret: relay/login }",
            "- archive: Legal-Hold_1\n",
            "- in_address_list: { attribute: mail_from, list: partners_2, is: false }",
            "vpc_endpoint: vpce-0123456789abcdef0",
            "identities: acme.example",
            "path: /service-role/",
        ],
    );
    assert!(!text.contains("manage: false") && !text.contains("existing: true") && !text.contains("accept:"), "{text}");
    account.stands(&[]);
    account.is_taken_over();
}

#[test]
fn what_only_helps_to_say_things_well_need_not_be_read() {
    let account = estate("cdk");
    let denied = |service: &str, operation: &str| {
        account.fault(
            json!({"service": service, "operation": operation, "code": "AccessDenied", "message": "no", "status": 403, "remaining": null}),
        );
    };
    denied("s3", "ListBuckets");
    denied("iam", "ListAccountAliases");
    denied("mailmanager", "ListRelays");
    let import = |flags: &[&str]| account.run(&[&["import", "--region", REGION, "--format", "text"], flags].concat(), "");
    has(
        &import(&["--only", "receipt-*"]).expect(0).stdout,
        &["name: imported", "AcmeMailStack-AllowList-BlockAll-E: { block: 0.0.0.0/0 }"],
    );
    has(&import(&[]).expect(4).stdout, &["# COULD NOT BE READ: mail-manager-names/relay"]);
}
