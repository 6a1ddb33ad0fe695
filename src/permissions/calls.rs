//! Every call of the wire halves, with what IAM asks for it. S3 and SES name actions otherwise than operations (facts §6.2).
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

/// What an action can be allowed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// IAM knows no resource for it: `*`.
    Everything,
    /// The thing that the address of the call names: a bucket, a key, a topic, a function, a secret, a role, a user, a group, a policy, or any
    /// Mail Manager resource of its kind, whose id AWS makes.
    Thing,
    /// The alias of a key, beside the key.
    Alias,
    /// The plan's locks in a bucket.
    Locks,
}

use On::{Alias, Everything, Locks, Thing};

/// A call, and the permissions it takes.
#[derive(Debug)]
pub struct Call {
    /// `service:Operation`, as the wire half says it.
    pub call: &'static str,
    /// Actions, each with what it is allowed on.
    pub takes: &'static [(&'static str, On)],
}

macro_rules! calls {
    ($($call:literal => $($action:literal $on:ident)&+),* $(,)?) => {
        /// Every call that is made for a plan or of a whole account, sorted.
        pub static CALLS: &[Call] = &[$(Call { call: $call, takes: &[$(($action, $on)),+] }),*];
    };
}

calls! {
    "iam:CreateRole" => "iam:CreateRole" Thing & "iam:TagRole" Thing,
    "iam:DeleteGroupPolicy" => "iam:DeleteGroupPolicy" Thing,
    "iam:DeleteRole" => "iam:DeleteRole" Thing,
    "iam:DeleteRolePermissionsBoundary" => "iam:DeleteRolePermissionsBoundary" Thing,
    "iam:DeleteRolePolicy" => "iam:DeleteRolePolicy" Thing,
    "iam:DeleteUserPolicy" => "iam:DeleteUserPolicy" Thing,
    "iam:GetAccountAuthorizationDetails" => "iam:GetAccountAuthorizationDetails" Everything,
    "iam:GetGroupPolicy" => "iam:GetGroupPolicy" Thing,
    "iam:GetPolicy" => "iam:GetPolicy" Thing,
    "iam:GetPolicyVersion" => "iam:GetPolicyVersion" Thing,
    "iam:GetRole" => "iam:GetRole" Thing,
    "iam:GetRolePolicy" => "iam:GetRolePolicy" Thing,
    "iam:GetUserPolicy" => "iam:GetUserPolicy" Thing,
    "iam:ListAccountAliases" => "iam:ListAccountAliases" Everything,
    "iam:ListAttachedRolePolicies" => "iam:ListAttachedRolePolicies" Thing,
    "iam:ListGroupPolicies" => "iam:ListGroupPolicies" Thing,
    "iam:ListRolePolicies" => "iam:ListRolePolicies" Thing,
    "iam:ListRoles" => "iam:ListRoles" Everything,
    "iam:ListUserPolicies" => "iam:ListUserPolicies" Thing,
    "iam:PutGroupPolicy" => "iam:PutGroupPolicy" Thing,
    "iam:PutRolePermissionsBoundary" => "iam:PutRolePermissionsBoundary" Thing,
    "iam:PutRolePolicy" => "iam:PutRolePolicy" Thing,
    "iam:PutUserPolicy" => "iam:PutUserPolicy" Thing,
    "iam:TagRole" => "iam:TagRole" Thing,
    "iam:UpdateAssumeRolePolicy" => "iam:UpdateAssumeRolePolicy" Thing,
    "kms:CreateAlias" => "kms:CreateAlias" Thing & "kms:CreateAlias" Alias,
    "kms:CreateKey" => "kms:CreateKey" Everything & "kms:TagResource" Everything,
    "kms:DescribeKey" => "kms:DescribeKey" Thing,
    "kms:EnableKeyRotation" => "kms:EnableKeyRotation" Thing,
    "kms:GetKeyPolicy" => "kms:GetKeyPolicy" Thing,
    "kms:ListAliases" => "kms:ListAliases" Everything,
    "kms:ListKeys" => "kms:ListKeys" Everything,
    "kms:ListResourceTags" => "kms:ListResourceTags" Thing,
    "kms:PutKeyPolicy" => "kms:PutKeyPolicy" Thing,
    "lambda:AddPermission" => "lambda:AddPermission" Thing,
    "lambda:GetFunctionConfiguration" => "lambda:GetFunctionConfiguration" Thing,
    "lambda:GetPolicy" => "lambda:GetPolicy" Thing,
    "lambda:ListAliases" => "lambda:ListAliases" Thing,
    "lambda:ListFunctions" => "lambda:ListFunctions" Everything,
    "lambda:RemovePermission" => "lambda:RemovePermission" Thing,
    "mailmanager:CreateAddonInstance" => "ses:CreateAddonInstance" Everything & "ses:TagResource" Everything,
    "mailmanager:CreateAddonSubscription" => "ses:CreateAddonSubscription" Everything & "ses:TagResource" Everything,
    "mailmanager:CreateAddressList" => "ses:CreateAddressList" Everything & "ses:TagResource" Everything,
    "mailmanager:CreateArchive" => "ses:CreateArchive" Everything & "ses:TagResource" Everything,
    "mailmanager:CreateIngressPoint" => "ses:CreateIngressPoint" Everything & "ses:TagResource" Everything,
    "mailmanager:CreateRelay" => "ses:CreateRelay" Everything & "ses:TagResource" Everything,
    "mailmanager:CreateRuleSet" => "ses:CreateRuleSet" Everything & "ses:TagResource" Everything,
    "mailmanager:CreateTrafficPolicy" => "ses:CreateTrafficPolicy" Everything & "ses:TagResource" Everything,
    "mailmanager:DeleteAddonInstance" => "ses:DeleteAddonInstance" Thing,
    "mailmanager:DeleteAddonSubscription" => "ses:DeleteAddonSubscription" Thing,
    "mailmanager:DeleteAddressList" => "ses:DeleteAddressList" Thing,
    "mailmanager:DeleteArchive" => "ses:DeleteArchive" Thing,
    "mailmanager:DeleteIngressPoint" => "ses:DeleteIngressPoint" Thing,
    "mailmanager:DeleteRelay" => "ses:DeleteRelay" Thing,
    "mailmanager:DeleteRuleSet" => "ses:DeleteRuleSet" Thing,
    "mailmanager:DeleteTrafficPolicy" => "ses:DeleteTrafficPolicy" Thing,
    "mailmanager:DeregisterMemberFromAddressList" => "ses:DeregisterMemberFromAddressList" Thing,
    "mailmanager:GetAddonInstance" => "ses:GetAddonInstance" Thing,
    "mailmanager:GetAddonSubscription" => "ses:GetAddonSubscription" Thing,
    "mailmanager:GetAddressList" => "ses:GetAddressList" Thing,
    "mailmanager:GetArchive" => "ses:GetArchive" Thing,
    "mailmanager:GetIngressPoint" => "ses:GetIngressPoint" Thing,
    "mailmanager:GetRelay" => "ses:GetRelay" Thing,
    "mailmanager:GetRuleSet" => "ses:GetRuleSet" Thing,
    "mailmanager:GetTrafficPolicy" => "ses:GetTrafficPolicy" Thing,
    "mailmanager:ListAddonInstances" => "ses:ListAddonInstances" Everything,
    "mailmanager:ListAddonSubscriptions" => "ses:ListAddonSubscriptions" Everything,
    "mailmanager:ListAddressLists" => "ses:ListAddressLists" Everything,
    "mailmanager:ListArchives" => "ses:ListArchives" Everything,
    "mailmanager:ListIngressPoints" => "ses:ListIngressPoints" Everything,
    "mailmanager:ListMembersOfAddressList" => "ses:ListMembersOfAddressList" Thing,
    "mailmanager:ListRelays" => "ses:ListRelays" Everything,
    "mailmanager:ListRuleSets" => "ses:ListRuleSets" Everything,
    // The service authorization reference lists no resource type of Mail Manager for tags.
    "mailmanager:ListTagsForResource" => "ses:ListTagsForResource" Everything,
    "mailmanager:ListTrafficPolicies" => "ses:ListTrafficPolicies" Everything,
    "mailmanager:RegisterMemberToAddressList" => "ses:RegisterMemberToAddressList" Thing,
    "mailmanager:TagResource" => "ses:TagResource" Everything,
    "mailmanager:UpdateArchive" => "ses:UpdateArchive" Thing,
    "mailmanager:UpdateIngressPoint" => "ses:UpdateIngressPoint" Thing,
    "mailmanager:UpdateRelay" => "ses:UpdateRelay" Thing,
    "mailmanager:UpdateRuleSet" => "ses:UpdateRuleSet" Thing,
    "mailmanager:UpdateTrafficPolicy" => "ses:UpdateTrafficPolicy" Thing,
    "s3:CreateBucket" => "s3:CreateBucket" Thing & "s3:PutBucketOwnershipControls" Thing & "s3:TagResource" Thing,
    "s3:DeleteBucketPolicy" => "s3:DeleteBucketPolicy" Thing,
    "s3:GetBucketAcl" => "s3:GetBucketAcl" Thing,
    "s3:GetBucketEncryption" => "s3:GetEncryptionConfiguration" Thing,
    "s3:GetBucketLocation" => "s3:GetBucketLocation" Thing,
    "s3:GetBucketPolicy" => "s3:GetBucketPolicy" Thing,
    "s3:GetBucketTagging" => "s3:GetBucketTagging" Thing,
    // Without `s3:ListBucket` S3 says "denied" of an object that is not there.
    "s3:GetObject" => "s3:GetObject" Locks & "s3:ListBucket" Thing,
    "s3:GetObjectLockConfiguration" => "s3:GetBucketObjectLockConfiguration" Thing,
    "s3:GetPublicAccessBlock" => "s3:GetBucketPublicAccessBlock" Thing,
    "s3:HeadBucket" => "s3:ListBucket" Thing,
    "s3:ListBuckets" => "s3:ListAllMyBuckets" Everything,
    "s3:PutBucketEncryption" => "s3:PutEncryptionConfiguration" Thing,
    "s3:PutBucketOwnershipControls" => "s3:PutBucketOwnershipControls" Thing,
    "s3:PutBucketPolicy" => "s3:PutBucketPolicy" Thing,
    "s3:PutBucketTagging" => "s3:PutBucketTagging" Thing,
    "s3:PutBucketVersioning" => "s3:PutBucketVersioning" Thing,
    "s3:PutObject" => "s3:PutObject" Locks,
    "s3:PutPublicAccessBlock" => "s3:PutBucketPublicAccessBlock" Thing,
    "secretsmanager:CreateSecret" => "secretsmanager:CreateSecret" Thing & "secretsmanager:TagResource" Thing,
    "secretsmanager:DeleteResourcePolicy" => "secretsmanager:DeleteResourcePolicy" Thing,
    "secretsmanager:DescribeSecret" => "secretsmanager:DescribeSecret" Thing,
    "secretsmanager:GetResourcePolicy" => "secretsmanager:GetResourcePolicy" Thing,
    "secretsmanager:ListSecrets" => "secretsmanager:ListSecrets" Everything,
    "secretsmanager:PutResourcePolicy" => "secretsmanager:PutResourcePolicy" Thing,
    // Receipt rules have no resource types (facts §6.2).
    "ses:CreateReceiptFilter" => "ses:CreateReceiptFilter" Everything,
    "ses:CreateReceiptRule" => "ses:CreateReceiptRule" Everything,
    "ses:CreateReceiptRuleSet" => "ses:CreateReceiptRuleSet" Everything,
    "ses:DeleteReceiptFilter" => "ses:DeleteReceiptFilter" Everything,
    "ses:DeleteReceiptRule" => "ses:DeleteReceiptRule" Everything,
    "ses:DeleteReceiptRuleSet" => "ses:DeleteReceiptRuleSet" Everything,
    "ses:DescribeActiveReceiptRuleSet" => "ses:DescribeActiveReceiptRuleSet" Everything,
    "ses:DescribeReceiptRuleSet" => "ses:DescribeReceiptRuleSet" Everything,
    "ses:ListReceiptFilters" => "ses:ListReceiptFilters" Everything,
    "ses:ListReceiptRuleSets" => "ses:ListReceiptRuleSets" Everything,
    "ses:ReorderReceiptRuleSet" => "ses:ReorderReceiptRuleSet" Everything,
    "ses:SetActiveReceiptRuleSet" => "ses:SetActiveReceiptRuleSet" Everything,
    "ses:UpdateReceiptRule" => "ses:UpdateReceiptRule" Everything,
    "sns:CreateTopic" => "sns:CreateTopic" Thing & "sns:TagResource" Thing,
    "sns:GetTopicAttributes" => "sns:GetTopicAttributes" Thing,
    "sns:ListTopics" => "sns:ListTopics" Everything,
    "sns:SetTopicAttributes" => "sns:SetTopicAttributes" Thing,
}

/// What takes no permission: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub static OTHERS: &[&str] = &["sts:GetCallerIdentity"];

/// The row of a call.
#[must_use]
pub fn of(call: &str) -> Option<&'static Call> {
    CALLS.iter().find(|row| row.call == call)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `call!("service", "Operation"` of the AWS room, those of its page macro and the one call that is made by hand.
    fn made() -> Vec<String> {
        fn walk(folder: &std::path::Path, texts: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, texts) } else { texts.push(std::fs::read_to_string(path).unwrap()) }
            }
        }
        let mut texts = Vec::new();
        walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws"), &mut texts);
        let mut found = Vec::new();
        for text in texts {
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::trim).collect();
            for (head, service) in [("call!(", None), ("from_sdk(", None), ("pages!(", Some("mailmanager"))] {
                for part in code.split(head).skip(1) {
                    let words: Vec<&str> = part.split('"').collect();
                    let named = match (service, words.as_slice()) {
                        (None, ["", service, ",", operation, ..] | ["", service, ", ", operation, ..]) => format!("{service}:{operation}"),
                        (Some(service), ["", operation, ..]) => format!("{service}:{operation}"),
                        _ => continue,
                    };
                    found.push(named);
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn every_call_of_the_aws_room_is_mapped_and_nothing_else() {
        let made = made();
        assert!(made.len() > 100, "{}", made.len());
        let mut mapped: Vec<String> = CALLS.iter().map(|row| row.call.to_owned()).chain(OTHERS.iter().map(|it| (*it).to_owned())).collect();
        mapped.sort();
        assert_eq!(made, mapped);
        assert!(CALLS.is_sorted_by_key(|row| row.call) && OTHERS.is_sorted());
    }
}
