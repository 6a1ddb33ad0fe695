//! KMS: keys, aliases and key policies.

use std::collections::BTreeMap;

use aws_sdk_kms::Client;

use super::error::{AwsError, call, found};
use crate::core::live::PolicyText;
use crate::kinds::inventory::Names;
use crate::kinds::key::Key;

/// KMS in one account and region.
#[derive(Debug)]
pub struct Kms {
    pub(super) client: Client,
}

/// The one policy name there is.
const POLICY: &str = "default";
/// The largest page that `ListAliases` gives: <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html>
const PAGE: i32 = 100;

/// The largest page that `ListKeys` gives: <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html>
const LARGEST_PAGE: i32 = 1000;

impl Kms {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All aliases: alias → key id.
    pub async fn aliases(&self) -> Result<BTreeMap<String, String>, AwsError> {
        let mut aliases = BTreeMap::new();
        let mut marker = None;
        loop {
            let page = call!("kms", "ListAliases", self.client.list_aliases().limit(PAGE).set_marker(marker))?;
            for alias in page.aliases() {
                if let (Some(name), Some(key)) = (alias.alias_name(), alias.target_key_id()) {
                    aliases.insert(name.to_owned(), key.to_owned());
                }
            }
            marker = page.next_marker;
            if marker.is_none() {
                return Ok(aliases);
            }
        }
    }

    /// The ids of all keys, AWS's own among them.
    pub async fn keys(&self) -> Result<Names, AwsError> {
        let mut keys = Names::new();
        let mut marker = None;
        loop {
            let page = call!("kms", "ListKeys", self.client.list_keys().limit(LARGEST_PAGE).set_marker(marker))?;
            keys.extend(page.keys().iter().filter_map(|key| key.key_id()).map(str::to_owned));
            marker = page.next_marker;
            if marker.is_none() {
                return Ok(keys);
            }
        }
    }

    /// What a key is.
    pub async fn describe(&self, key: &str) -> Result<Option<Key>, AwsError> {
        let answer = found(call!("kms", "DescribeKey", self.client.describe_key().key_id(key)))?;
        let Some(metadata) = answer.and_then(|answer| answer.key_metadata) else { return Ok(None) };
        let arn = metadata.arn().unwrap_or_default().parse().map_err(AwsError::malformed)?;
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Ok(Some(Key {
            arn,
            state: text(metadata.key_state().map(|state| state.as_str())),
            manager: text(metadata.key_manager().map(|manager| manager.as_str())),
            spec: text(metadata.key_spec().map(|spec| spec.as_str())),
            usage: text(metadata.key_usage().map(|usage| usage.as_str())),
        }))
    }

    /// The key's policy.
    pub async fn policy(&self, key: &str) -> Result<Option<PolicyText>, AwsError> {
        let answer = found(call!("kms", "GetKeyPolicy", self.client.get_key_policy().key_id(key).policy_name(POLICY)))?;
        Ok(answer.and_then(|answer| answer.policy).map(|text| PolicyText { text, revision: None }))
    }

    /// Puts the whole policy. KMS checks that the caller can put the next one; that check is never bypassed.
    pub async fn put_policy(&self, key: &str, text: &str) -> Result<(), AwsError> {
        call!("kms", "PutKeyPolicy", self.client.put_key_policy().key_id(key).policy_name(POLICY).policy(text)).map(drop)
    }
}
