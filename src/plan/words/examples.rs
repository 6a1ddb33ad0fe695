//! Examples of each form of text, for completion in an editor. Account ids, names and addresses are those of documentation.

/// Examples, by the name of the form.
#[rustfmt::skip]
const EXAMPLES: &[(&str, &[&str])] = &[
    ("AccountId", &["111122223333"]),
    ("AccountKey", &["default", "444455556666"]),
    ("AddonName", &["ABUSIX_MAIL_INTELLIGENCE", "SPAMHAUS_DBL", "TRENDMICRO_VSAPI", "VADE_ADVANCED_EMAIL_SECURITY"]),
    ("AddonReference", &["spamhaus"]),
    ("Address", &["bucket-policy/acme-mail", "key-policy/alias/mail", "topic-policy/mail-events", "role/ses-writer"]),
    ("AddressListName", &["partners"]),
    ("AddressPattern", &["*@acme.example", "marketing@acme.example"]),
    ("AnyText", &["acme.example"]),
    ("ArchiveName", &["legal"]),
    ("ArchiveReference", &["legal"]),
    ("Bucket", &["acme-mail", "arn:aws:s3:::acme-mail"]),
    ("BucketAndPrefix", &["acme-mail", "acme-mail/in/"]),
    ("BucketName", &["acme-mail"]),
    ("Cidr", &["203.0.113.0/24", "198.51.100.7", "2001:db8::/32"]),
    ("ConditionKey", &["aws:SourceOrgID", "aws:PrincipalTag/team"]),
    ("ConfigurationSet", &["bulk"]),
    ("CustomerKey", &["alias/mail"]),
    ("Date", &["2026-12-01", "2026-12-01T00:00:00Z"]),
    ("Diagnostic", &["no such user"]),
    ("EntryName", &["marketing"]),
    ("EnvName", &["BRANCH_SMTP_PASSWORD"]),
    ("ExternalId", &["x1"]),
    ("ExtraHeaderName", &["X-Acme-Route"]),
    ("FindingCode", &["mail-size-40mb", "sns-action-alone"]),
    ("Function", &["classify-mail", "classify-mail:live", "arn:aws:lambda:eu-west-1:111122223333:function:classify-mail"]),
    ("GroupName", &["auditors"]),
    ("HeaderName", &["X-Acme-Inbound"]),
    ("HeaderValue", &["invoices"]),
    ("IamPath", &["/", "/mail/"]),
    ("IngressName", &["mx-in"]),
    ("Instance", &["0a1b2c3d-1111-4222-8333-444455556666"]),
    ("Ipv4Range", &["198.51.100.0/24"]),
    ("Ipv6Range", &["2001:db8::/32"]),
    ("Key", &["alias/mail", "1234abcd-12ab-34cd-56ef-1234567890ab"]),
    ("KeyDescription", &["mail at rest"]),
    ("KeyPrincipal", &["role/auditor", "user/ada"]),
    ("ListReference", &["partners"]),
    ("LockPlace", &["s3://acme-postroom/locks/", "s3://acme-postroom/"]),
    ("MailAddress", &["desk@acme.example"]),
    ("MailHeaderValue", &["forward"]),
    ("MailPrefix", &["in/"]),
    ("MailRuleName", &["archive-external"]),
    ("MailRuleSetName", &["triage"]),
    ("MailTagKey", &["team"]),
    ("MailTagValue", &["mail"]),
    ("MailText", &["This mailbox does not exist."]),
    ("Mailbox", &["mailer@acme.example"]),
    ("MessageKey", &["alias/mail", "aws/ses"]),
    ("MimeHeaderName", &["X-Project"]),
    ("NewAlias", &["alias/mail"]),
    ("NewBucketName", &["acme-mail"]),
    ("NewSecretName", &["relay-login"]),
    ("NewTopicName", &["mail-events"]),
    ("Operator", &["StringEquals", "StringLike", "ArnLike"]),
    ("Organization", &["m-0123456789abcdef0123456789abcdef"]),
    ("Percentage", &["30%"]),
    ("PlanFile", &["certs/ca.pem", "lists/partners.txt"]),
    ("PlanName", &["acme-inbound"]),
    ("PolicyArn", &["arn:aws:iam::111122223333:policy/edge"]),
    ("PolicyName", &["edge"]),
    ("PolicyReference", &["edge"]),
    ("Prefix", &["in/", "invoices/2026/"]),
    ("QBusinessId", &["11111111-2222-3333-4444-555555555555"]),
    ("Recipient", &["desk@acme.example", "acme.example", ".acme.example"]),
    ("Region", &["eu-west-1", "us-east-1"]),
    ("RelayName", &["onprem"]),
    ("RelayReference", &["onprem"]),
    ("ReplyCode", &["550", "450"]),
    ("RequestTagKey", &["team"]),
    ("ResultField", &["isSpam"]),
    ("RoleArn", &["arn:aws:iam::111122223333:role/postroom"]),
    ("RoleName", &["ses-writer"]),
    ("RolePathName", &["postroom", "deploy/postroom"]),
    ("RoleReference", &["ses-writer", "arn:aws:iam::111122223333:role/ses-writer"]),
    ("RuleName", &["store-invoices"]),
    ("RuleSetReference", &["triage"]),
    ("Secret", &["relay-login"]),
    ("SecretDescription", &["login of the relay"]),
    ("ServerName", &["smtp.acme.example"]),
    ("SesAction", &["SendEmail", "SendRawEmail", "*"]),
    ("SesIdentity", &["acme.example", "marketing@acme.example"]),
    ("Statement", &["AllowSESPuts"]),
    ("StatusCode", &["5.1.1", "4.0.0"]),
    ("TagKey", &["team"]),
    ("TagValue", &["mail"]),
    ("TargetName", &["prod-eu"]),
    ("TestText", &["@partner.example"]),
    ("Text", &["invoices are small"]),
    ("Topic", &["mail-events", "arn:aws:sns:eu-west-1:444455556666:mail"]),
    ("UserName", &["ada"]),
    ("VarName", &["domain"]),
    ("Version", &["1"]),
    ("VpcEndpoint", &["vpce-0123456789abcdef0"]),
];

/// The examples of a form.
pub(super) fn of(form: &str) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(name, _)| *name == form).map_or(&[], |(_, examples)| *examples)
}

#[cfg(test)]
mod tests {
    use super::super::texts;
    use super::*;

    #[test]
    fn each_form_has_examples_that_fit_it() {
        let forms = texts::forms();
        for (name, pattern, also) in &forms {
            let pattern = regex_lite::Regex::new(pattern).unwrap();
            assert!(!of(name).is_empty(), "{name} has no example");
            for example in of(name) {
                assert!(pattern.is_match(example) && also(example).is_none(), "{example} is no {name}: {:?}", also(example));
            }
        }
        assert_eq!(
            EXAMPLES.iter().map(|(name, _)| *name).filter(|name| forms.iter().all(|(form, ..)| form != name)).collect::<Vec<_>>(),
            [""; 0]
        );
        assert!(EXAMPLES.is_sorted());
    }
}
