//! Accounts that other tools made: what `import` writes of them plans nothing, without edits.

use serde_json::{Value, json};

use crate::support::account::root;
use crate::support::json::sids;
use crate::support::{Account, Run};

impl Account {
    /// `import -o plan.yaml`, which must only read; gives the plan.
    fn imported(&self, flags: &[&str]) -> String {
        self.forget_calls();
        let file = self.folder.join("plan.yaml");
        let _ = std::fs::remove_file(&file);
        let run = self.run(&[&["import", "--region", "eu-west-1", "--format", "text", "-o", "plan.yaml"], flags].concat(), "");
        run.expect(0);
        assert_eq!(self.writes(), [] as [String; 0], "an import writes nothing");
        std::fs::read_to_string(file).expect("the plan is written")
    }

    /// The plan, as it was written, plans nothing.
    fn plans_nothing(&self, flags: &[&str]) -> String {
        let text = self.imported(flags);
        let run = self.run(&["plan", "plan.yaml", "--detailed-exitcode"], "");
        assert!(run.code == 0 && run.changes().is_empty(), "{run}\n{text}");
        text
    }

    fn planned(&self) -> Run {
        self.run(&["plan", "plan.yaml"], "")
    }
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "`{line}` is not in\n{text}");
    }
}

/// As a script of awscli calls left it, by the pages of 2019: no Sid at the topic, `aws:Referer` at the bucket, a permission by account.
fn of_scripts() -> Account {
    let ses = json!({"Service": "ses.amazonaws.com"});
    let referer = json!({"Sid": "AllowSESPuts", "Effect": "Allow", "Principal": ses, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::mail${suffix}/*", "Condition": {"StringEquals": {"aws:Referer": "${account}"}}});
    let encrypts = json!({"Sid": "AllowSESToEncryptMessagesBelongingToThisAccount", "Effect": "Allow", "Principal": ses,
        "Action": ["kms:Encrypt", "kms:GenerateDataKey*"], "Resource": "*"});
    let permission = json!({"StatementId": "GiveSESPermissionToInvokeFunction", "Action": "lambda:InvokeFunction",
        "Principal": "ses.amazonaws.com", "SourceAccount": "${account}"});
    Account::with(&json!({
        "keys": [{"alias": "alias/mail", "policy": [encrypts]}],
        "buckets": [{"name": "mail${suffix}", "policy": [referer]}],
        "topics": [{"name": "news"}],
        "functions": [{"name": "classify", "permissions": [permission]}],
        "identities": ["acme.example"],
        "rule_sets": [
            {"name": "default-rule-set", "active": true, "rules": [
                {"Name": "spam", "Enabled": true, "ScanEnabled": true, "Recipients": ["acme.example", "Sales@Acme.Example", ".sub.acme.example"], "TlsPolicy": "Require",
                 "Actions": [
                    {"AddHeaderAction": {"HeaderName": "X-Seen", "HeaderValue": "on: #1 ${token} 'x'"}},
                    {"S3Action": {"BucketName": "mail${suffix}", "ObjectKeyPrefix": "in/", "TopicArn": "arn:aws:sns:eu-west-1:${account}:news"}},
                    {"LambdaAction": {"FunctionArn": "arn:aws:lambda:eu-west-1:${account}:function:classify", "InvocationType": "Event"}}]},
                {"Name": "store", "Enabled": true, "Actions": [{"S3Action": {"BucketName": "mail${suffix}"}}]},
                {"Name": "off", "Enabled": false, "Actions": [
                    {"BounceAction": {"SmtpReplyCode": "550", "StatusCode": "5.1.1", "Message": "@nobody: no such mailbox", "Sender": "mailer@acme.example"}},
                    {"StopAction": {"Scope": "RuleSet"}}]}]},
            {"name": "old", "rules": []}],
    }).to_string().replace("${token}", "$${token}").parse::<Value>().expect("JSON"))
}

#[test]
fn what_scripts_made_plans_nothing() {
    let account = of_scripts();
    let text = account.plans_nothing(&[]);
    has(
        &text,
        &[
            "name: imported\n",
            "    default-rule-set:\n      active: true\n",
            &format!("s3: {{ bucket: {}, prefix: in/, topic: news }}", account.bucket("mail")),
            &format!("- s3: {}\n", account.bucket("mail")),
            "- lambda: classify\n",
            "value: \"on: #1 $${token} 'x'\"",
            "message: \"@nobody: no such mailbox\"",
            "- stop\n",
            "    old:\n      rules: []\n",
            "`referer-condition`",
        ],
    );
    assert!(!text.contains("manage: false") && !text.contains("existing"), "{text}");
}

#[test]
fn what_was_read_and_saved_is_the_same_plan_without_aws() {
    let account = of_scripts();
    let text = account.imported(&["--save", "live.json"]);
    let offline = account.run(&["import", "--live", "live.json", "--format", "text"], "");
    offline.expect(0);
    assert_eq!(offline.stdout, text);
    let again = account.run(&["import", "--live", "live.json", "-o", "plan.yaml"], "");
    assert!(again.code == 1 && again.stderr.contains("is there already"), "{again}");
}

#[test]
fn what_is_taken_over_goes_in_the_put_that_brings_ours() {
    let account = of_scripts();
    let text = account.imported(&["--take-over", "--name", "keeper"]);
    has(&text, &["replace: [AllowSESPuts]"]);
    let bucket = format!("bucket-policy/{}", account.bucket("mail"));
    account.forget_calls();
    account.run(&["apply", "plan.yaml", "--yes"], "").expect(0);
    let puts = account.writes().into_iter().filter(|write| write.starts_with("PutBucketPolicy")).count();
    assert_eq!(puts, 1, "{:?}", account.writes());
    let sids = sids(&account.document(&bucket));
    assert!(!sids.is_empty() && sids.iter().all(|sid| sid.starts_with("Postroom")), "{sids:?}");
    assert!(account.planned().changes().is_empty(), "{}", account.planned());
}

/// As Terraform writes it: lists everywhere, conditions by pattern, a role per rule, statements of several services.
fn of_terraform() -> Account {
    let ses = json!({"Service": ["ses.amazonaws.com"]});
    let puts = json!({"Sid": "", "Effect": "Allow", "Principal": ses, "Action": ["s3:PutObject", "s3:PutObjectAcl"], "Resource": ["arn:aws:s3:::mail${suffix}/*"],
        "Condition": {"StringEquals": {"AWS:SourceAccount": ["${account}"]}, "StringLike": {"AWS:SourceArn": ["arn:aws:ses:*"]}}});
    let denies = json!({"Sid": "TlsOnly", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": ["arn:aws:s3:::mail${suffix}", "arn:aws:s3:::mail${suffix}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
    let publish = json!({"Effect": "Allow", "Principal": ses, "Action": ["SNS:Publish"], "Resource": ["arn:aws:sns:eu-west-1:${account}:events"], "Condition": {"StringEquals": {"AWS:SourceAccount": "${account}"}}});
    let trust = json!({"Effect": "Allow", "Principal": ses, "Action": ["sts:AssumeRole"], "Condition": {"StringEquals": {"aws:SourceAccount": ["${account}"]}}});
    let writes = json!({"Effect": "Allow", "Action": ["s3:Put*"], "Resource": ["arn:aws:s3:::copy${suffix}/*"]});
    let permission = json!({"StatementId": "terraform-20250101", "Action": "lambda:InvokeFunction", "Principal": "ses.amazonaws.com",
        "SourceAccount": "${account}", "SourceArn": "arn:aws:ses:eu-west-1:${account}:receipt-rule-set/main:receipt-rule/*", "Qualifier": "live"});
    Account::with(&json!({
        "buckets": [{"name": "mail${suffix}", "policy": [puts, denies]}, {"name": "copy${suffix}"}],
        "topics": [{"name": "events", "policy": [publish]}],
        "functions": [{"name": "handler", "aliases": ["live"], "permissions": [permission]}],
        "roles": [{"name": "ses-writer", "path": "/mail/", "trust": [trust], "inline": {"write": [writes]}}],
        "rule_sets": [{"name": "main", "active": true, "rules": [
            {"Name": "first", "Enabled": true, "ScanEnabled": true, "TlsPolicy": "Require", "Recipients": ["terraform.example"], "Actions": [
                {"S3Action": {"BucketName": "mail${suffix}", "ObjectKeyPrefix": "012/", "TopicArn": "arn:aws:sns:eu-west-1:${account}:events"}},
                {"S3Action": {"BucketName": "copy${suffix}", "IamRoleArn": "arn:aws:iam::${account}:role/mail/ses-writer"}},
                {"LambdaAction": {"FunctionArn": "arn:aws:lambda:eu-west-1:${account}:function:handler:live", "InvocationType": "RequestResponse"}},
                {"SNSAction": {"TopicArn": "arn:aws:sns:eu-west-1:${account}:events", "Encoding": "Base64"}},
                {"WorkmailAction": {"OrganizationArn": "arn:aws:workmail:eu-west-1:${account}:organization/m-1234567890abcdef1234567890abcdef"}},
                {"StopAction": {"Scope": "RuleSet", "TopicArn": "arn:aws:sns:eu-west-1:${account}:events"}}]},
            {"Name": "second", "Enabled": true, "Recipients": ["other.example"], "Actions": [{"S3Action": {"BucketName": "mail${suffix}", "ObjectKeyPrefix": "b/"}}]}]}],
    }))
}

#[test]
fn what_terraform_made_plans_nothing() {
    let account = of_terraform();
    let text = account.plans_nothing(&[]);
    has(
        &text,
        &[
            "- lambda: { function: \"handler:live\", invocation: request_response }",
            "- sns: { topic: events, encoding: base64 }",
            "- workmail: m-1234567890abcdef1234567890abcdef",
            "- stop: { topic: events }",
            "role: ses-writer }",
            "  ses-writer: { existing: true }",
        ],
    );
    assert!(!text.contains("manage: false"), "{text}");
    let text = account.imported(&["--adopt", "--name", "keeper"]);
    has(&text, &["  ses-writer: { adopt: true, path: /mail/ }"]);
    assert_eq!(account.planned().changes(), ["adopt role/ses-writer"]);
    account.forget_calls();
    account.run(&["apply", "plan.yaml", "--yes"], "").expect(0);
    assert_eq!(account.writes(), ["TagRole ses-writer"]);
    assert!(account.planned().changes().is_empty(), "{}", account.planned());
}

/// Mail Manager by another hand: nothing carries a tag of ours.
fn of_mail_manager() -> Account {
    let ses = json!({"Service": "ses.amazonaws.com"});
    let trust = json!({"Effect": "Allow", "Principal": ses, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": "${account}"}, "ArnLike": {"aws:SourceArn": "arn:aws:ses:eu-west-1:${account}:mailmanager-rule-set/*"}}});
    let sends = json!({"Effect": "Allow", "Action": ["ses:SendEmail", "ses:SendRawEmail"], "Resource": "*"});
    let writes = json!({"Effect": "Allow", "Action": ["s3:PutObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::mm${suffix}", "arn:aws:s3:::mm${suffix}/*"]});
    let role = "arn:aws:iam::${account}:role/mm-exec";
    let ca = std::fs::read_to_string(root().join("tests/certs/ca.pem")).expect("a certificate");
    Account::with(&json!({
        "buckets": [{"name": "mm${suffix}"}],
        "identities": ["acme.example"],
        "roles": [{"name": "mm-exec", "trust": [trust], "inline": {"mail": [sends, writes]}}],
        "mail_manager": [
            {"create": "Archive", "as": "legal", "request": {"ArchiveName": "legal", "Retention": {"RetentionPeriod": "ONE_YEAR"}}},
            {"create": "Relay", "as": "onprem", "request": {"RelayName": "onprem", "ServerName": "smtp.acme.example", "ServerPort": 25, "Authentication": {"NoAuthentication": {}}}},
            {"create": "AddressList", "as": "partners", "request": {"AddressListName": "partners"}, "members": ["*@supplier.example", "ap@partner.example"]},
            {"create": "AddonSubscription", "as": "dbl", "request": {"AddonName": "SPAMHAUS_DBL"}},
            {"create": "AddonInstance", "as": "dbl-instance", "request": {"AddonSubscriptionId": {"id_of": "dbl"}}},
            {"create": "TrafficPolicy", "as": "edge", "request": {"TrafficPolicyName": "edge", "DefaultAction": "DENY", "PolicyStatements": [
                {"Action": "ALLOW", "Conditions": [
                    {"StringExpression": {"Evaluate": {"Attribute": "RECIPIENT"}, "Operator": "ENDS_WITH", "Values": ["@acme.example"]}},
                    {"TlsExpression": {"Evaluate": {"Attribute": "TLS_PROTOCOL"}, "Operator": "MINIMUM_TLS_VERSION", "Value": "TLS1_2"}},
                    {"BooleanExpression": {"Evaluate": {"Analysis": {"Analyzer": {"arn_of": "dbl-instance"}, "ResultField": "isSpam"}}, "Operator": "IS_FALSE"}}]}]}},
            {"create": "RuleSet", "as": "triage", "request": {"RuleSetName": "triage", "Rules": [
                {"Name": "partners", "Conditions": [{"BooleanExpression": {"Evaluate": {"IsInAddressList": {"Attribute": "FROM", "AddressLists": [{"arn_of": "partners"}]}}, "Operator": "IS_TRUE"}}],
                 "Actions": [
                    {"Archive": {"TargetArchive": {"id_of": "legal"}}},
                    {"WriteToS3": {"RoleArn": role, "S3Bucket": "mm${suffix}", "S3Prefix": "in/"}},
                    {"Send": {"RoleArn": role}},
                    {"Relay": {"Relay": {"id_of": "onprem"}, "MailFrom": "PRESERVE", "ActionFailurePolicy": "CONTINUE"}}]},
                {"Actions": [{"Drop": {}}]}]}},
            {"create": "IngressPoint", "as": "mx", "request": {"IngressPointName": "mx-in", "Type": "OPEN", "RuleSetId": {"id_of": "triage"}, "TrafficPolicyId": {"id_of": "edge"}, "TlsPolicy": "REQUIRED"}},
            {"create": "IngressPoint", "as": "branch", "request": {"IngressPointName": "branch", "Type": "AUTH", "RuleSetId": {"id_of": "triage"}, "TrafficPolicyId": {"id_of": "edge"}, "TlsPolicy": "REQUIRED",
                "IngressPointConfiguration": {"SmtpPassword": "Gehe1m-Passw0rt"}}},
            {"create": "IngressPoint", "as": "device", "request": {"IngressPointName": "device", "Type": "MTLS", "RuleSetId": {"id_of": "triage"}, "TrafficPolicyId": {"id_of": "edge"}, "TlsPolicy": "REQUIRED",
                "IngressPointConfiguration": {"TlsAuthConfiguration": {"TrustStore": {"CAContent": ca}}}}},
        ],
    }))
}

#[test]
fn mail_manager_of_others_is_adopted_whole_and_nothing_but_tags_is_written() {
    let account = of_mail_manager();
    let text = account.imported(&["--name", "keeper"]);
    has(
        &text,
        &[
            "partners: { members: [\"*@supplier.example\", ap@partner.example], adopt: true }",
            "- send: { role: mm-exec, identities: all }",
            "- relay: { relay: onprem, mail_from: preserve, on_failure: continue }",
            "- archive: legal\n",
            "auth: { password_from_env: SMTP_PASSWORD_OF_BRANCH }",
            "trust_store: { ca_file: device.ca.pem }",
            "  mm-exec: { existing: true }",
        ],
    );
    assert!(account.folder.join("device.ca.pem").exists() && !text.contains("manage: false") && !text.contains("Gehe1m"), "{text}");
    let planned = account.planned();
    planned.expect(0);
    assert!(planned.changes().iter().all(|change| change.starts_with("adopt ")) && planned.changes().len() == 10, "{planned}\n{text}");
    account.forget_calls();
    account.run(&["apply", "plan.yaml", "--yes"], "").expect(0);
    let writes = account.writes();
    assert!(writes.iter().all(|write| write.starts_with("TagResource ")), "{writes:#?}");
    assert!(account.planned().changes().is_empty(), "{}", account.planned());
}

#[test]
fn what_cannot_be_read_is_said_and_ends_with_4() {
    let account = of_mail_manager();
    account.fault(json!({"service": "mailmanager", "operation": "ListRelays", "code": "AccessDeniedException", "message": "no", "status": 403, "remaining": null}));
    let run = account.run(&["import", "--region", "eu-west-1", "--format", "text"], "");
    run.expect(4);
    has(&run.stdout, &["# COULD NOT BE READ: mail-manager-names/relay: AccessDenied"]);
}

#[test]
fn the_alias_of_the_account_is_the_name_of_its_plan() {
    let account = of_scripts();
    let iam = aws_sdk_iam::Client::new(&account.sdk("eu-west-1"));
    crate::support::account::wait(iam.create_account_alias().account_alias("acme-inbound").send()).expect("an alias");
    has(&account.plans_nothing(&[]), &["name: acme-inbound\n"]);
}
