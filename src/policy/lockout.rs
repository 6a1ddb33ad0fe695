//! Would a new policy take its writer's right to write the next one.

use std::collections::BTreeSet;

use super::caller::{Caller, Delegated};
use super::evaluate::{Answer, Deciding, Decision, Request, Verdict, answers, decide};
use super::truth::Truth;
use super::{Document, Effect};

/// What a caller needs of a resource's own policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// That it allows: "Unless the key policy explicitly allows it, you cannot use IAM policies to allow access to a KMS key."
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
    Permission,
    /// That it does not deny: the caller's IAM policies allow, as for a bucket, a topic or a secret of their own account.
    NoDenial,
}

/// Whether the caller would be locked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lockout {
    /// Not by this document. Whether IAM allows is not asked here.
    No,
    /// Yes: by this statement, or because none allows.
    Yes(Option<Deciding>),
    /// It hangs on what is not known of the caller's next request.
    Perhaps {
        /// The first statement that may lock out.
        by: Option<Deciding>,
        /// What it hangs on.
        on: BTreeSet<String>,
    },
}

/// Whether `request` (by the one who is about to put the document, to put it again) would fail under `document`.
///
/// A key policy that lets its account decide (allows the account's root) is permission enough:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>.
/// "The root principal in a bucket owner's AWS account can perform the `GetBucketPolicy`, `PutBucketPolicy`, and `DeleteBucketPolicy` API
/// actions, even if their bucket policy explicitly denies" it: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>.
#[must_use]
pub fn lockout(document: &Document, request: &Request, needs: Needs) -> Lockout {
    let is_s3 = request.action.to_ascii_lowercase().starts_with("s3:");
    if is_s3 && needs == Needs::NoDenial && matches!(request.caller, Caller::AccountRoot(_)) {
        return Lockout::No;
    }
    let mut answers = answers(&[("", document)], request, Delegated::Counts);
    if needs == Needs::NoDenial {
        answers.push(Answer { effect: Effect::Allow, applies: Truth::Yes, deciding: None });
    }
    let Verdict { decision, deciding, on } = decide(&answers);
    match decision {
        Decision::Allowed => Lockout::No,
        Decision::ExplicitDeny | Decision::ImplicitDeny => Lockout::Yes(deciding),
        Decision::Depends => Lockout::Perhaps { by: deciding, on },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::Context;

    fn caller_of(name: &str) -> Caller {
        match name {
            "root" => Caller::AccountRoot("111122223333".parse().unwrap()),
            arn => Caller::Identity(arn.parse().unwrap()),
        }
    }

    fn asked(statements: Value, caller: &str, needs: Needs) -> Lockout {
        let document = Document::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap();
        let (action, resource) = match needs {
            Needs::Permission => ("kms:PutKeyPolicy", "arn:aws:kms:eu-west-1:111122223333:key/k"),
            Needs::NoDenial => ("s3:PutBucketPolicy", "arn:aws:s3:::b"),
        };
        lockout(
            &document,
            &Request { caller: caller_of(caller), action: action.into(), resource: resource.into(), context: Context::open() },
            needs,
        )
    }

    /// The same question to a topic policy that denies everyone.
    fn of_topic(caller: &str) -> Lockout {
        let deny = json!({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "SNS:*", "Resource": "*"}}).to_string();
        let request = Request {
            caller: caller_of(caller),
            action: "sns:SetTopicAttributes".into(),
            resource: "arn:aws:sns:eu:111122223333:t".into(),
            context: Context::open(),
        };
        lockout(&Document::parse(&deny).unwrap(), &request, Needs::NoDenial)
    }

    fn by(index: usize) -> Option<Deciding> {
        Some(Deciding { document: String::new(), index, sid: None })
    }

    const ADMIN: &str = "arn:aws:iam::111122223333:role/Admin";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Admin/alice";

    fn root_may() -> Value {
        json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"})
    }

    #[test]
    fn a_key_policy_without_its_account_or_caller_locks_out() {
        let service = json!({"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "kms:*", "Resource": "*"});
        let other = json!({"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "kms:*", "Resource": "*"});
        for caller in [ADMIN, SESSION, "root"] {
            assert_eq!(asked(json!([service, other]), caller, Needs::Permission), Lockout::Yes(None), "{caller}");
            assert_eq!(asked(json!([service, root_may()]), caller, Needs::Permission), Lockout::No, "{caller}");
        }
    }

    #[test]
    fn a_key_policy_that_names_the_caller_is_enough() {
        let named = |action: &str| json!({"Effect": "Allow", "Principal": {"AWS": ADMIN}, "Action": action, "Resource": "*"});
        assert_eq!(asked(json!([named("kms:Put*")]), SESSION, Needs::Permission), Lockout::No);
        assert_eq!(asked(json!([named("kms:Encrypt")]), SESSION, Needs::Permission), Lockout::Yes(None));
    }

    #[test]
    fn a_denial_locks_out_whatever_allows() {
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:Put*", "Resource": "*"});
        assert_eq!(asked(json!([root_may(), deny]), ADMIN, Needs::Permission), Lockout::Yes(by(1)));
    }

    #[test]
    fn a_bucket_policy_locks_out_only_by_a_denial() {
        let deny = |condition: Value| json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": condition});
        assert_eq!(asked(json!([]), ADMIN, Needs::NoDenial), Lockout::No);
        assert_eq!(asked(json!([deny(json!({}))]), ADMIN, Needs::NoDenial), Lockout::Yes(by(0)));
        assert_eq!(asked(json!([deny(json!({}))]), "root", Needs::NoDenial), Lockout::No, "root can always repair a bucket");
        let objects = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"});
        assert_eq!(asked(json!([objects]), ADMIN, Needs::NoDenial), Lockout::No);
        assert_eq!(of_topic("root"), Lockout::Yes(by(0)), "of a topic this is not said");
        let not_admin = deny(json!({"ArnNotEquals": {"aws:PrincipalArn": ADMIN}}));
        assert_eq!(asked(json!([not_admin]), ADMIN, Needs::NoDenial), Lockout::No);
    }

    #[test]
    fn what_hangs_on_the_next_request_is_said() {
        let vpc = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}});
        let open = Lockout::Perhaps { by: by(0), on: ["aws:sourcevpce".to_owned()].into() };
        assert_eq!(asked(json!([vpc]), ADMIN, Needs::NoDenial), open);
        let mut root = root_may();
        root["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
        let open = Lockout::Perhaps { by: by(0), on: ["aws:multifactorauthpresent".to_owned()].into() };
        assert_eq!(asked(json!([root]), ADMIN, Needs::Permission), open);
    }
}
