//! Inline policies of users and groups. The SDK has a call of its own for each kind of identity.

use aws_sdk_iam::types::{EntityType, PolicyDetail};

use super::error::{AwsError, call, found};
use super::iam::{Iam, decode};
use crate::core::live::PolicyText;
use crate::kinds::inventory::{Identities, ListedIdentity};

impl Iam {
    /// The names of a user's inline policies.
    pub async fn user_policy_names(&self, name: &str) -> Result<Option<Vec<String>>, AwsError> {
        let mut names = Vec::new();
        let mut marker = None;
        loop {
            let request = self.client.list_user_policies().user_name(name).max_items(1000).set_marker(marker);
            let Some(page) = found(call!("iam", "ListUserPolicies", request))? else { return Ok(None) };
            names.extend(page.policy_names);
            marker = page.marker;
            if marker.is_none() {
                return Ok(Some(names));
            }
        }
    }

    /// One inline policy of a user.
    pub async fn user_policy(&self, user: &str, policy: &str) -> Result<Option<PolicyText>, AwsError> {
        let answer = found(call!("iam", "GetUserPolicy", self.client.get_user_policy().user_name(user).policy_name(policy)))?;
        let text = answer.map(|answer| decode(&answer.policy_document)).transpose()?;
        Ok(text.map(|text| PolicyText { text, revision: None }))
    }

    /// Puts one inline policy of a user.
    pub async fn put_user_policy(&self, user: &str, policy: &str, text: &str) -> Result<(), AwsError> {
        call!("iam", "PutUserPolicy", self.client.put_user_policy().user_name(user).policy_name(policy).policy_document(text)).map(drop)
    }

    /// Takes one inline policy of a user away.
    pub async fn delete_user_policy(&self, user: &str, policy: &str) -> Result<(), AwsError> {
        found(call!("iam", "DeleteUserPolicy", self.client.delete_user_policy().user_name(user).policy_name(policy))).map(drop)
    }

    /// The names of a group's inline policies.
    pub async fn group_policy_names(&self, name: &str) -> Result<Option<Vec<String>>, AwsError> {
        let mut names = Vec::new();
        let mut marker = None;
        loop {
            let request = self.client.list_group_policies().group_name(name).max_items(1000).set_marker(marker);
            let Some(page) = found(call!("iam", "ListGroupPolicies", request))? else { return Ok(None) };
            names.extend(page.policy_names);
            marker = page.marker;
            if marker.is_none() {
                return Ok(Some(names));
            }
        }
    }

    /// One inline policy of a group.
    pub async fn group_policy(&self, group: &str, policy: &str) -> Result<Option<PolicyText>, AwsError> {
        let answer = found(call!("iam", "GetGroupPolicy", self.client.get_group_policy().group_name(group).policy_name(policy)))?;
        let text = answer.map(|answer| decode(&answer.policy_document)).transpose()?;
        Ok(text.map(|text| PolicyText { text, revision: None }))
    }

    /// All users, groups and roles, with the names of their inline policies.
    pub async fn identities(&self) -> Result<Identities, AwsError> {
        let kinds = [EntityType::User, EntityType::Group, EntityType::Role];
        let names = |policies: Vec<PolicyDetail>| policies.into_iter().filter_map(|policy| policy.policy_name).collect();
        let mut all = Identities::default();
        let mut marker = None;
        loop {
            let request = self.client.get_account_authorization_details().set_filter(Some(kinds.to_vec())).max_items(1000);
            let page = call!("iam", "GetAccountAuthorizationDetails", request.set_marker(marker))?;
            for role in page.role_detail_list.unwrap_or_default() {
                let tags = role.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
                let trust = decode(role.assume_role_policy_document().unwrap_or_default())?;
                let policies = names(role.role_policy_list.unwrap_or_default());
                all.roles.extend(role.role_name.map(|name| (name, ListedIdentity { tags, trust, policies })));
            }
            let users = page.user_detail_list.unwrap_or_default().into_iter();
            all.users.extend(users.filter_map(|user| Some((user.user_name?, names(user.user_policy_list.unwrap_or_default())))));
            let groups = page.group_detail_list.unwrap_or_default().into_iter();
            all.groups.extend(groups.filter_map(|group| Some((group.group_name?, names(group.group_policy_list.unwrap_or_default())))));
            marker = page.marker;
            if marker.is_none() {
                return Ok(all);
            }
        }
    }

    /// Puts one inline policy of a group.
    pub async fn put_group_policy(&self, group: &str, policy: &str, text: &str) -> Result<(), AwsError> {
        call!("iam", "PutGroupPolicy", self.client.put_group_policy().group_name(group).policy_name(policy).policy_document(text)).map(drop)
    }

    /// Takes one inline policy of a group away.
    pub async fn delete_group_policy(&self, group: &str, policy: &str) -> Result<(), AwsError> {
        found(call!("iam", "DeleteGroupPolicy", self.client.delete_group_policy().group_name(group).policy_name(policy))).map(drop)
    }
}
