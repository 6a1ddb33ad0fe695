//! IAM: roles, their trust policies and their inline policies. IAM gives documents URL-encoded.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;
use percent_encoding::percent_decode_str;

use super::error::{AwsError, call, found};
use crate::core::live::PolicyText;
use crate::kinds::inventory::{ListedRole, Roles};
use crate::kinds::role::WantedRole;

/// IAM of one account.
#[derive(Debug)]
pub struct Iam {
    pub(super) client: Client,
}

/// `GetRole`.
#[derive(Debug, Clone)]
pub struct FoundRole {
    /// Its ARN.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// Its boundary.
    pub permissions_boundary: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its trust policy.
    pub trust: String,
}

pub(super) fn decode(text: &str) -> Result<String, AwsError> {
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(AwsError::malformed)
}

fn tags(tags: &BTreeMap<String, String>) -> Result<Vec<Tag>, AwsError> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build().map_err(AwsError::malformed)).collect()
}

impl Iam {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// A role with its trust policy.
    pub async fn role(&self, name: &str) -> Result<Option<FoundRole>, AwsError> {
        let answer = found(call!("iam", "GetRole", self.client.get_role().role_name(name)))?;
        let Some(role) = answer.and_then(|answer| answer.role) else { return Ok(None) };
        Ok(Some(FoundRole {
            permissions_boundary: role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn()).map(str::to_owned),
            tags: role.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
            trust: decode(role.assume_role_policy_document().unwrap_or_default())?,
            arn: role.arn,
            path: role.path,
        }))
    }

    /// All roles, with their trust policies.
    pub async fn roles(&self) -> Result<Roles, AwsError> {
        let mut roles = Roles::new();
        let mut marker = None;
        loop {
            let page = call!("iam", "ListRoles", self.client.list_roles().max_items(1000).set_marker(marker))?;
            for role in page.roles {
                let trust = decode(role.assume_role_policy_document().unwrap_or_default())?;
                roles.insert(role.role_name, ListedRole { arn: role.arn, path: role.path, trust });
            }
            marker = page.marker;
            if marker.is_none() {
                return Ok(roles);
            }
        }
    }

    /// Makes a role.
    pub async fn create_role(&self, name: &str, want: &WantedRole) -> Result<(), AwsError> {
        let trust = want.assume_role_policy_document.as_ref().map(ToString::to_string);
        let request = self.client.create_role().role_name(name).path(&want.path).set_assume_role_policy_document(trust);
        let request = request.set_permissions_boundary(want.permissions_boundary.clone()).set_tags(Some(tags(&want.tags)?));
        call!("iam", "CreateRole", request).map(drop)
    }

    /// Takes a role away, and our inline policy with it. IAM refuses while anything else is attached.
    pub async fn delete_role(&self, name: &str, inline_policy: &str) -> Result<(), AwsError> {
        self.delete_role_policy(name, inline_policy).await?;
        found(call!("iam", "DeleteRole", self.client.delete_role().role_name(name))).map(drop)
    }

    /// Sets tags; others stay.
    pub async fn tag_role(&self, name: &str, want: &BTreeMap<String, String>) -> Result<(), AwsError> {
        call!("iam", "TagRole", self.client.tag_role().role_name(name).set_tags(Some(tags(want)?))).map(drop)
    }

    /// Sets or removes the boundary.
    pub async fn set_boundary(&self, name: &str, boundary: Option<&str>) -> Result<(), AwsError> {
        match boundary {
            Some(arn) => {
                let request = self.client.put_role_permissions_boundary().role_name(name).permissions_boundary(arn);
                call!("iam", "PutRolePermissionsBoundary", request).map(drop)
            }
            None => {
                let request = self.client.delete_role_permissions_boundary().role_name(name);
                found(call!("iam", "DeleteRolePermissionsBoundary", request)).map(drop)
            }
        }
    }

    /// Puts the trust policy.
    pub async fn put_trust(&self, name: &str, text: &str) -> Result<(), AwsError> {
        call!("iam", "UpdateAssumeRolePolicy", self.client.update_assume_role_policy().role_name(name).policy_document(text)).map(drop)
    }

    /// What the account calls itself: one name, or none.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>
    pub async fn account_aliases(&self) -> Result<BTreeSet<String>, AwsError> {
        let answer = call!("iam", "ListAccountAliases", self.client.list_account_aliases())?;
        Ok(answer.account_aliases.into_iter().collect())
    }

    /// The names of a role's inline policies.
    pub async fn role_policy_names(&self, name: &str) -> Result<Option<Vec<String>>, AwsError> {
        let mut names = Vec::new();
        let mut marker = None;
        loop {
            let request = self.client.list_role_policies().role_name(name).max_items(1000).set_marker(marker);
            let Some(page) = found(call!("iam", "ListRolePolicies", request))? else { return Ok(None) };
            names.extend(page.policy_names);
            marker = page.marker;
            if marker.is_none() {
                return Ok(Some(names));
            }
        }
    }

    /// The ARNs of the managed policies that are attached to a role.
    pub async fn attached_policies(&self, name: &str) -> Result<Option<Vec<String>>, AwsError> {
        let mut arns = Vec::new();
        let mut marker = None;
        loop {
            let request = self.client.list_attached_role_policies().role_name(name).max_items(1000).set_marker(marker);
            let Some(page) = found(call!("iam", "ListAttachedRolePolicies", request))? else { return Ok(None) };
            arns.extend(page.attached_policies.into_iter().flatten().filter_map(|policy| policy.policy_arn));
            marker = page.marker;
            if marker.is_none() {
                return Ok(Some(arns));
            }
        }
    }

    /// The default version of a managed policy, which is the one that counts. Which version that is must be asked first.
    pub async fn managed_policy(&self, arn: &str) -> Result<Option<PolicyText>, AwsError> {
        let policy = found(call!("iam", "GetPolicy", self.client.get_policy().policy_arn(arn)))?.and_then(|answer| answer.policy);
        let Some(version) = policy.and_then(|policy| policy.default_version_id) else { return Ok(None) };
        let request = self.client.get_policy_version().policy_arn(arn).version_id(version);
        let version = found(call!("iam", "GetPolicyVersion", request))?.and_then(|answer| answer.policy_version);
        let text = version.and_then(|version| version.document).map(|text| decode(&text)).transpose()?;
        Ok(text.map(|text| PolicyText { text, revision: None }))
    }

    /// One inline policy.
    pub async fn role_policy(&self, role: &str, policy: &str) -> Result<Option<PolicyText>, AwsError> {
        let answer = found(call!("iam", "GetRolePolicy", self.client.get_role_policy().role_name(role).policy_name(policy)))?;
        let text = answer.map(|answer| decode(&answer.policy_document)).transpose()?;
        Ok(text.map(|text| PolicyText { text, revision: None }))
    }

    /// Puts one inline policy.
    pub async fn put_role_policy(&self, role: &str, policy: &str, text: &str) -> Result<(), AwsError> {
        call!("iam", "PutRolePolicy", self.client.put_role_policy().role_name(role).policy_name(policy).policy_document(text)).map(drop)
    }

    /// Takes one inline policy away.
    pub async fn delete_role_policy(&self, role: &str, policy: &str) -> Result<(), AwsError> {
        found(call!("iam", "DeleteRolePolicy", self.client.delete_role_policy().role_name(role).policy_name(policy))).map(drop)
    }
}
