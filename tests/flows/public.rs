//! Configurations as the documentation and the acceptance tests of Terraform's `aws_ses_receipt_rule` and of the CDK's `aws-ses` and
//! `aws-ses-actions` have them, written as plans: SES must get the same rules.

use serde_json::{Value, json};

use crate::support::Account;

/// Applies one rule and returns it as SES has it.
fn rule(account: &Account, rule: &str) -> Value {
    let plan = account.text(&format!(
        "postroom: 1\nname: public\nregion: eu-west-1\nreceipt:\n  rules:\n    - {}\n",
        rule.trim().replace('\n', "\n      ")
    ));
    account.apply(&plan, &[]);
    let rules = account.rules("public");
    assert_eq!(rules.as_array().map(Vec::len), Some(1), "{rules}");
    rules[0].clone()
}

fn expected(account: &Account, members: Value) -> Value {
    let mut rule = json!({"Name": "test", "Enabled": true, "TlsPolicy": "Optional", "ScanEnabled": false, "Recipients": [], "Actions": []});
    rule.as_object_mut().expect("members").extend(members.as_object().expect("members").clone());
    serde_json::from_str(&account.text(&rule.to_string())).expect("JSON")
}

#[test]
fn a_basic_rule_with_recipient_scan_and_tls() {
    let account = Account::with(&json!({}));
    let made = rule(&account, "name: test\nrecipients: [test@example.com]\nscan: true\ntls: require\nactions: []");
    assert_eq!(made, expected(&account, json!({"Recipients": ["test@example.com"], "ScanEnabled": true, "TlsPolicy": "Require"})));
}

#[test]
fn a_disabled_rule() {
    let account = Account::with(&json!({}));
    let made = rule(&account, "name: test\nenabled: false\nactions: [stop]");
    assert_eq!(made, expected(&account, json!({"Enabled": false, "Actions": [{"StopAction": {"Scope": "RuleSet"}}]})));
}

#[test]
fn s3_with_a_message_key() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}], "keys": [{"alias": "alias/ses"}]}));
    let made = rule(
        &account,
        "name: test\nrecipients: [test@example.com]\nscan: true\ntls: require\nactions:\n  - s3: { bucket: mailSUFFIX, message_kms_key: alias/ses, prefix: emails/ }",
    );
    let action = json!({"S3Action": {"BucketName": "mailSUFFIX", "ObjectKeyPrefix": "emails/", "KmsKeyArn": account.arns["alias/ses"]}});
    assert_eq!(
        made,
        expected(&account, json!({"Recipients": ["test@example.com"], "ScanEnabled": true, "TlsPolicy": "Require", "Actions": [action]}))
    );
}

#[test]
fn s3_with_a_role() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}], "roles": [{"name": "ses", "trusts": "${account}"}]}));
    let text = "postroom: 1\nname: public\nregion: eu-west-1\nroles: { ses: { existing: true } }\nreceipt:\n  rules:\n    - { name: test, recipients: [test@example.com], scan: true, tls: require, actions: [ { s3: { bucket: mailSUFFIX, role: ses } } ] }\n";
    account.apply(&account.text(text), &[]);
    assert_eq!(
        account.rules("public")[0]["Actions"],
        json!([{"S3Action": {"BucketName": account.bucket("mail"), "IamRoleArn": account.text("arn:aws:iam::ACCOUNT:role/ses")}}])
    );
}

#[test]
fn sns_lambda_and_stop_in_this_order() {
    let account = Account::with(&json!({"topics": [{"name": "mail"}], "functions": [{"name": "handler"}]}));
    let made = rule(
        &account,
        "name: test\nactions:\n  - sns: mail\n  - lambda: { function: handler, invocation: request_response, topic: mail }\n  - stop: { topic: mail }",
    );
    let topic = "arn:aws:sns:eu-west-1:ACCOUNT:mail";
    let actions = json!([
        {"SNSAction": {"TopicArn": topic, "Encoding": "UTF-8"}},
        {"LambdaAction": {"FunctionArn": "arn:aws:lambda:eu-west-1:ACCOUNT:function:handler", "InvocationType": "RequestResponse", "TopicArn": topic}},
        {"StopAction": {"Scope": "RuleSet", "TopicArn": topic}},
    ]);
    assert_eq!(made, expected(&account, json!({"Actions": actions})));
}

#[test]
fn a_header_is_added_before_the_message_is_stored() {
    let account = Account::with(&json!({"buckets": [{"name": "mail${suffix}"}]}));
    let made = rule(
        &account,
        "name: test\nrecipients: [karen@example.com]\nscan: true\nactions:\n  - add_header: { name: Custom-Header, value: Added by SES }\n  - s3: mailSUFFIX",
    );
    let actions = json!([{"AddHeaderAction": {"HeaderName": "Custom-Header", "HeaderValue": "Added by SES"}}, {"S3Action": {"BucketName": "mailSUFFIX"}}]);
    assert_eq!(made, expected(&account, json!({"Recipients": ["karen@example.com"], "ScanEnabled": true, "Actions": actions})));
}

#[test]
fn two_headers_keep_their_order() {
    let account = Account::with(&json!({}));
    let made = rule(
        &account,
        "name: test\nrecipients: [test@example.com]\nactions:\n  - add_header: { name: Added-By, value: AWS SES }\n  - add_header: { name: Another-Header, value: First }",
    );
    let actions = json!([{"AddHeaderAction": {"HeaderName": "Added-By", "HeaderValue": "AWS SES"}}, {"AddHeaderAction": {"HeaderName": "Another-Header", "HeaderValue": "First"}}]);
    assert_eq!(made, expected(&account, json!({"Recipients": ["test@example.com"], "Actions": actions})));
}

#[test]
fn workmail_with_a_topic() {
    let account = Account::with(&json!({"topics": [{"name": "mail"}]}));
    let organization = "arn:aws:workmail:eu-west-1:ACCOUNT:organization/m-1234567890abcdef1234567890abcdef";
    let made = rule(
        &account,
        &format!("name: test\nrecipients: [test@example.com]\nactions:\n  - workmail: {{ organization: \"{organization}\", topic: mail }}"),
    );
    let action = json!({"WorkmailAction": {"OrganizationArn": organization, "TopicArn": "arn:aws:sns:eu-west-1:ACCOUNT:mail"}});
    assert_eq!(made, expected(&account, json!({"Recipients": ["test@example.com"], "Actions": [action]})));
}

/// The five templates of the CDK's `BounceTemplate`.
#[test]
fn bounces_by_the_five_templates() {
    for (reply, status, message) in [
        ("550", Some("5.1.1"), "Mailbox does not exist"),
        ("552", Some("5.3.4"), "Message too large"),
        ("552", Some("5.2.2"), "Mailbox full"),
        ("500", Some("5.6.1"), "Message content rejected"),
        ("554", Some("5.0.0"), "Unknown failure"),
        ("450", None, "Temporary failure"),
    ] {
        let account = Account::with(&json!({"identities": ["sender@example.com"]}));
        let code = status.map(|status| format!("status_code: {status}, ")).unwrap_or_default();
        let made = rule(
            &account,
            &format!(
                "name: test\nrecipients: [test@example.com]\nactions:\n  - bounce: {{ smtp_reply_code: {reply}, {code}message: {message}, sender: sender@example.com }}"
            ),
        );
        let mut bounce = json!({"SmtpReplyCode": reply, "Message": message, "Sender": "sender@example.com"});
        if let Some(status) = status {
            bounce["StatusCode"] = json!(status);
        }
        assert_eq!(made, expected(&account, json!({"Recipients": ["test@example.com"], "Actions": [{"BounceAction": bounce}]})));
    }
}

#[test]
fn recipients_are_addresses_domains_and_all_subdomains() {
    let account = Account::with(&json!({}));
    let made = rule(&account, "name: test\nrecipients: [user@example.com, example.org, .example.net]\nactions: [stop]");
    assert_eq!(made["Recipients"], json!([".example.net", "example.org", "user@example.com"]), "SES sorts them");
}

#[test]
fn recipients_in_capitals_are_the_same_recipients() {
    let live =
        json!({"Name": "test", "Enabled": true, "Recipients": ["User@Example.COM"], "Actions": [{"StopAction": {"Scope": "RuleSet"}}]});
    let account = Account::with(&json!({"rule_sets": [{"name": "public", "active": true, "rules": [live]}]}));
    for spelling in ["User@Example.COM", "user@example.com"] {
        account.nothing_to_do(&format!("postroom: 1\nname: public\nregion: eu-west-1\nreceipt: {{ rules: [ {{ name: test, recipients: [{spelling}], actions: [stop] }} ] }}\n"));
    }
}

#[test]
fn a_rule_set_with_rules_after_one_another_and_a_drop_spam_function_first() {
    let account = Account::with(
        &json!({"functions": [{"name": "drop-spam"}], "buckets": [{"name": "mail${suffix}"}], "topics": [{"name": "mail"}], "identities": ["hello@aws.com"]}),
    );
    let plan = account.text(
        "
postroom: 1
name: public
region: eu-west-1
receipt:
  rules:
    - { name: DropSpam, scan: true, actions: [ { lambda: { function: drop-spam, invocation: request_response } } ] }
    - name: FirstRule
      recipients: [hello@aws.com]
      actions:
        - add_header: { name: X-Special-Header, value: aws }
        - s3: { bucket: mailSUFFIX, prefix: emails/, topic: mail }
    - { name: SecondRule, recipients: [aws.com], tls: require, actions: [ { sns: mail } ] }
",
    );
    account.apply(&plan, &[]);
    assert_eq!(account.rule_names("public"), ["DropSpam", "FirstRule", "SecondRule"]);
    assert_eq!(account.rules("public")[0]["ScanEnabled"], true);
    assert_eq!(account.active_set().as_deref(), Some("public"));
}
