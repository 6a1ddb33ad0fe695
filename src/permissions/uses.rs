//! Which calls are made to read and to write what an address names: the rows follow the wire halves of kinds and containers.

use crate::core::address::AddressKind::{self, *};

/// What is done to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is looked at.
    Read,
    /// It is made.
    Make,
    /// It is changed.
    Change,
    /// It is taken away.
    Remove,
}

/// The calls. Those that list the Mail Manager resources of a kind are named by the kind.
#[must_use]
pub fn calls(kind: AddressKind, name: &str, act: Act) -> &'static [&'static str] {
    match act {
        Act::Read => reads(kind, name),
        Act::Make => makes(kind),
        Act::Change => changes(kind),
        Act::Remove => removes(kind),
    }
}

fn reads(kind: AddressKind, name: &str) -> &'static [&'static str] {
    match kind {
        BucketPolicy => &["s3:GetBucketPolicy"],
        KeyPolicy => &["kms:GetKeyPolicy"],
        Topic | TopicPolicy => &["sns:GetTopicAttributes"],
        FunctionPolicy => &["lambda:GetPolicy"],
        SecretPolicy => &["secretsmanager:GetResourcePolicy"],
        Role | RoleTrust => &["iam:GetRole"],
        RolePolicy => &["iam:GetRolePolicy"],
        UserPolicy => &["iam:GetUserPolicy"],
        GroupPolicy => &["iam:GetGroupPolicy"],
        RolePolicies => &["iam:ListRolePolicies"],
        UserPolicies => &["iam:ListUserPolicies"],
        GroupPolicies => &["iam:ListGroupPolicies"],
        AttachedPolicies => &["iam:ListAttachedRolePolicies"],
        ManagedPolicy => &["iam:GetPolicy", "iam:GetPolicyVersion"],
        ReceiptRuleSet => &["ses:DescribeReceiptRuleSet"],
        ReceiptRuleSets => &["ses:ListReceiptRuleSets"],
        ReceiptFilter => &["ses:ListReceiptFilters"],
        ActiveReceiptRuleSet => &["ses:DescribeActiveReceiptRuleSet"],
        TrafficPolicy => &["mailmanager:GetTrafficPolicy", "mailmanager:ListTagsForResource"],
        MailRuleSet => &["mailmanager:GetRuleSet", "mailmanager:ListTagsForResource"],
        IngressEndpoint => &["mailmanager:GetIngressPoint", "mailmanager:ListTagsForResource"],
        Relay => &["mailmanager:GetRelay", "mailmanager:ListTagsForResource"],
        Archive => &["mailmanager:GetArchive", "mailmanager:ListTagsForResource"],
        AddressList => &["mailmanager:GetAddressList", "mailmanager:ListTagsForResource"],
        AddressListMembers => &["mailmanager:ListMembersOfAddressList"],
        AddonSubscription => &["mailmanager:GetAddonSubscription", "mailmanager:ListTagsForResource"],
        AddonInstance => &["mailmanager:GetAddonInstance", "mailmanager:ListTagsForResource"],
        MailManagerNames => lists(name),
        Bucket => &["s3:HeadBucket", "s3:GetBucketLocation"],
        BucketEncryption => &["s3:GetBucketEncryption"],
        BucketObjectLock => &["s3:GetObjectLockConfiguration"],
        BucketTags => &["s3:GetBucketTagging"],
        Key => &["kms:DescribeKey"],
        KeyAliases => &["kms:ListAliases"],
        Function => &["lambda:GetFunctionConfiguration"],
        Secret => &["secretsmanager:DescribeSecret"],
        BucketAcl => &["s3:GetBucketAcl", "s3:GetPublicAccessBlock"],
        ReceiptFilters => &["ses:ListReceiptFilters"],
        Buckets => &["s3:ListBuckets"],
        Keys => &["kms:ListKeys"],
        Topics => &["sns:ListTopics"],
        Functions => &["lambda:ListFunctions"],
        FunctionAliases => &["lambda:ListAliases"],
        Secrets => &["secretsmanager:ListSecrets"],
        Roles => &["iam:ListRoles"],
        Identities => &["iam:GetAccountAuthorizationDetails"],
        AccountAliases => &["iam:ListAccountAliases"],
        // It is read with its set.
        ReceiptRule => &[],
    }
}

fn lists(kind: &str) -> &'static [&'static str] {
    match AddressKind::ALL.iter().find(|known| known.name() == kind) {
        Some(TrafficPolicy) => &["mailmanager:ListTrafficPolicies"],
        Some(MailRuleSet) => &["mailmanager:ListRuleSets"],
        Some(IngressEndpoint) => &["mailmanager:ListIngressPoints"],
        Some(Relay) => &["mailmanager:ListRelays"],
        Some(Archive) => &["mailmanager:ListArchives"],
        Some(AddressList) => &["mailmanager:ListAddressLists"],
        Some(AddonSubscription) => &["mailmanager:ListAddonSubscriptions"],
        Some(AddonInstance) => &["mailmanager:ListAddonInstances"],
        _ => &[],
    }
}

fn makes(kind: AddressKind) -> &'static [&'static str] {
    match kind {
        Role => &["iam:CreateRole"],
        ReceiptRuleSet => &["ses:CreateReceiptRuleSet"],
        ReceiptRule => &["ses:CreateReceiptRule"],
        ReceiptFilter => &["ses:CreateReceiptFilter"],
        TrafficPolicy => &["mailmanager:CreateTrafficPolicy"],
        MailRuleSet => &["mailmanager:CreateRuleSet"],
        IngressEndpoint => &["mailmanager:CreateIngressPoint"],
        Relay => &["mailmanager:CreateRelay"],
        Archive => &["mailmanager:CreateArchive"],
        AddressList => &["mailmanager:CreateAddressList", "mailmanager:RegisterMemberToAddressList"],
        AddonSubscription => &["mailmanager:CreateAddonSubscription"],
        AddonInstance => &["mailmanager:CreateAddonInstance"],
        Bucket => &[
            "s3:CreateBucket",
            "s3:PutPublicAccessBlock",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketEncryption",
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:PutBucketTagging",
        ],
        Key => &["kms:ListKeys", "kms:ListResourceTags", "kms:CreateKey", "kms:EnableKeyRotation", "kms:CreateAlias", "kms:DescribeKey"],
        Topic => &["sns:CreateTopic"],
        Secret => &["secretsmanager:CreateSecret"],
        _ => &[],
    }
}

fn changes(kind: AddressKind) -> &'static [&'static str] {
    match kind {
        BucketPolicy => &["s3:PutBucketPolicy"],
        KeyPolicy => &["kms:PutKeyPolicy"],
        TopicPolicy => &["sns:SetTopicAttributes"],
        FunctionPolicy => &["lambda:AddPermission", "lambda:RemovePermission"],
        SecretPolicy => &["secretsmanager:PutResourcePolicy"],
        RoleTrust => &["iam:UpdateAssumeRolePolicy"],
        RolePolicy => &["iam:PutRolePolicy"],
        UserPolicy => &["iam:PutUserPolicy"],
        GroupPolicy => &["iam:PutGroupPolicy"],
        Role => &["iam:TagRole", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"],
        ReceiptRule => &["ses:UpdateReceiptRule"],
        TrafficPolicy => &["mailmanager:UpdateTrafficPolicy", "mailmanager:TagResource"],
        MailRuleSet => &["mailmanager:UpdateRuleSet", "mailmanager:TagResource"],
        IngressEndpoint => &["mailmanager:UpdateIngressPoint", "mailmanager:TagResource"],
        Relay => &["mailmanager:UpdateRelay", "mailmanager:TagResource"],
        Archive => &["mailmanager:UpdateArchive", "mailmanager:TagResource"],
        AddressList => &["mailmanager:DeregisterMemberFromAddressList", "mailmanager:TagResource"],
        AddonSubscription | AddonInstance => &["mailmanager:TagResource"],
        // A filter is changed by taking it away and making it again.
        ReceiptFilter => &["ses:DeleteReceiptFilter"],
        _ => &[],
    }
}

fn removes(kind: AddressKind) -> &'static [&'static str] {
    match kind {
        BucketPolicy => &["s3:DeleteBucketPolicy"],
        SecretPolicy => &["secretsmanager:DeleteResourcePolicy"],
        FunctionPolicy => &["lambda:RemovePermission"],
        RolePolicy => &["iam:DeleteRolePolicy"],
        UserPolicy => &["iam:DeleteUserPolicy"],
        GroupPolicy => &["iam:DeleteGroupPolicy"],
        // What cannot be empty is put as it began.
        KeyPolicy | TopicPolicy | RoleTrust => changes(kind),
        Role => &["iam:DeleteRole", "iam:DeleteRolePolicy"],
        ReceiptRuleSet => &["ses:DeleteReceiptRuleSet"],
        ReceiptRule => &["ses:DeleteReceiptRule"],
        ReceiptFilter => &["ses:DeleteReceiptFilter"],
        TrafficPolicy => &["mailmanager:DeleteTrafficPolicy"],
        MailRuleSet => &["mailmanager:DeleteRuleSet"],
        IngressEndpoint => &["mailmanager:DeleteIngressPoint"],
        Relay => &["mailmanager:DeleteRelay"],
        Archive => &["mailmanager:DeleteArchive"],
        AddressList => &["mailmanager:DeleteAddressList"],
        AddonSubscription => &["mailmanager:DeleteAddonSubscription"],
        AddonInstance => &["mailmanager:DeleteAddonInstance"],
        // Buckets, keys, topics and secrets are never taken away.
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_one_that_is_mapped_and_every_mapped_one_is_made_somewhere() {
        let acts = [Act::Read, Act::Make, Act::Change, Act::Remove];
        let of_kind = |kind: &AddressKind| acts.into_iter().flat_map(|act| calls(*kind, "", act)).copied().collect::<Vec<_>>();
        let mut used: Vec<&str> = AddressKind::ALL.iter().flat_map(of_kind).collect();
        used.extend(AddressKind::ALL.iter().flat_map(|kind| lists(kind.name())));
        used.extend(super::super::BY_CONTENT);
        used.extend(super::super::LOCKING);
        used.sort_unstable();
        used.dedup();
        let mapped: Vec<&str> = super::super::calls::CALLS.iter().map(|row| row.call).collect();
        assert_eq!(used, mapped);
    }
}
