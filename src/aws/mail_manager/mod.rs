//! Mail Manager: lists, resources, tags and members. The conversions between its types and ours stand beside, one file for each family.
//!
//! <https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/>

mod calls;
mod condition;
mod ingress;
mod lists;
mod rule;
mod traffic;

use std::collections::BTreeMap;

use aws_sdk_mailmanager::Client;
use aws_sdk_mailmanager::types as sdk;

pub use calls::Beside;
pub(crate) use calls::Calls;

use super::Hidden;
use super::error::{AwsError, call};

/// Mail Manager in one account and region.
#[derive(Debug)]
pub struct MailManager {
    client: Client,
}

impl MailManager {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// What an ingress endpoint holds as its trust store: certificates, and the revocation list if there is one. Asked for by an import
    /// alone, which writes them beside the plan; everywhere else they are digests.
    pub async fn trust_store(&self, id: &str) -> Result<Option<(String, Option<String>)>, AwsError> {
        let request = self.client.get_ingress_point().ingress_point_id(id);
        let whole = request.include_trust_store_contents(sdk::TrustStoreResponseOption::Include);
        let found = call!("mailmanager", "GetIngressPoint", whole)?;
        let tls = found.ingress_point_auth_configuration.and_then(|found| found.tls_auth_configuration);
        let store = tls.and_then(|tls| tls.trust_store);
        Ok(store.map(|store| (store.ca_content, store.crl_content.filter(|crl| !crl.is_empty()))))
    }

    /// All tags of a resource: no Get tells them.
    pub async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, AwsError> {
        let answer = call!("mailmanager", "ListTagsForResource", self.client.list_tags_for_resource().resource_arn(arn))?;
        Ok(answer.tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    /// Adds tags, or gives them other values. Others stay: none is ever taken away.
    pub async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        let request = self.client.tag_resource().resource_arn(arn).set_tags(Some(write_tags(tags)?));
        call!("mailmanager", "TagResource", request).map(drop)
    }

    /// Everybody in an address list: 1000 on a page.
    pub async fn members(&self, list: &str) -> Result<Vec<String>, AwsError> {
        let mut members = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.list_members_of_address_list().address_list_id(list).page_size(1000).set_next_token(token);
            let page = call!("mailmanager", "ListMembersOfAddressList", request)?;
            members.extend(page.addresses.into_iter().map(|saved| saved.address));
            token = page.next_token;
            if token.is_none() {
                return Ok(members);
            }
        }
    }

    /// Puts somebody into an address list; who is in it already stays.
    pub async fn register(&self, list: &str, member: &str) -> Result<(), AwsError> {
        let request = self.client.register_member_to_address_list().address_list_id(list).address(member);
        call!("mailmanager", "RegisterMemberToAddressList", request).map(drop)
    }

    /// Takes somebody out of an address list.
    pub async fn deregister(&self, list: &str, member: &str) -> Result<(), AwsError> {
        let request = self.client.deregister_member_from_address_list().address_list_id(list).address(member);
        super::error::found(call!("mailmanager", "DeregisterMemberFromAddressList", request)).map(drop)
    }
}

fn write_tags(tags: &BTreeMap<String, String>) -> Result<Vec<sdk::Tag>, AwsError> {
    tags.iter().map(|(key, value)| sdk::Tag::builder().key(key).value(value).build().map_err(AwsError::malformed)).collect()
}

/// A union with a member that this program does not know is not readable, rather than read as something else.
fn unknown(what: &str) -> AwsError {
    AwsError::refused(&format!("it holds {what} of a kind that this version of postroom does not know"))
}

/// A member that AWS always answers with is missing.
fn missing(what: &str) -> AwsError {
    AwsError::malformed(format!("the answer has no {what}"))
}
