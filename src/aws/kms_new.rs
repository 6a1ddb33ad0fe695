//! KMS: making a key. What an earlier run began is found by its tags: its alias comes last.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::types::Tag;

use super::error::{AwsError, Class, call, found};
use super::kms::Kms;
use crate::core::owner::OWNER_TAG;
use crate::kinds::key::{ALIAS_TAG, NewKey};

/// How many keys without an alias are looked at for one that was begun. An account with more is not held up by its past: a key too many is
/// all that can come of it.
const MOST_LOOKED_AT: usize = 200;

impl Kms {
    /// Makes the key; its id and ARN. It is asked for once: `CreateKey` has no token, and asking again would make a second key.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
    pub async fn create(&self, new: &NewKey) -> Result<(String, String), AwsError> {
        let tags = new.tags.iter().map(|(key, value)| Tag::builder().tag_key(key).tag_value(value).build().map_err(AwsError::malformed));
        let tags: Vec<Tag> = tags.collect::<Result<_, _>>()?;
        let request = self.client.create_key().description(&new.description).policy(new.policy.to_string()).set_tags(Some(tags));
        let once = aws_sdk_kms::config::Builder::new().retry_config(RetryConfig::disabled());
        let answer = call!("kms", "CreateKey", request.customize().config_override(once))?;
        let metadata = answer.key_metadata.ok_or_else(|| AwsError::malformed("a key without metadata"))?;
        let arn = metadata.arn.ok_or_else(|| AwsError::malformed("a key without an ARN"))?;
        Ok((metadata.key_id, arn))
    }

    /// The key that an earlier run of this plan made for the alias, and to which no alias points.
    pub async fn begun(&self, new: &NewKey) -> Result<Option<(String, String)>, AwsError> {
        let named: BTreeSet<String> = self.aliases().await?.into_values().collect();
        let nameless = self.keys().await?.into_iter().filter(|id| !named.contains(id));
        for id in nameless.take(MOST_LOOKED_AT) {
            let tags = match self.tags(&id).await {
                Ok(tags) => tags,
                // Somebody's key that does not let us look is not ours.
                Err(error) if matches!(error.class, Class::Denied | Class::NotFound) => continue,
                Err(error) => return Err(error),
            };
            let ours = [OWNER_TAG, ALIAS_TAG].iter().all(|tag| tags.get(*tag) == new.tags.get(*tag));
            if !ours {
                continue;
            }
            if let Some(key) = self.describe(&id).await?.filter(|key| key.state == "Enabled") {
                return Ok(Some((id, key.arn.to_string())));
            }
        }
        Ok(None)
    }

    async fn tags(&self, key: &str) -> Result<BTreeMap<String, String>, AwsError> {
        // A key has at most 50 tags, and so many are on one page.
        let answer = call!("kms", "ListResourceTags", self.client.list_resource_tags().key_id(key).limit(50))?;
        Ok(answer.tags.into_iter().flatten().map(|tag| (tag.tag_key, tag.tag_value)).collect())
    }

    /// New key material every year.
    pub async fn rotate(&self, key: &str) -> Result<(), AwsError> {
        call!("kms", "EnableKeyRotation", self.client.enable_key_rotation().key_id(key)).map(drop)
    }

    /// Gives the key its alias; false when another key got it first.
    pub async fn name(&self, alias: &str, key: &str) -> Result<bool, AwsError> {
        match call!("kms", "CreateAlias", self.client.create_alias().alias_name(alias).target_key_id(key)) {
            Ok(_) => Ok(true),
            Err(error) if error.code.starts_with("AlreadyExists") => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The key that an alias points to: its id and ARN.
    pub async fn named(&self, alias: &str) -> Result<Option<(String, String)>, AwsError> {
        let answer = found(call!("kms", "DescribeKey", self.client.describe_key().key_id(alias)))?;
        Ok(answer.and_then(|answer| answer.key_metadata).and_then(|key| Some((key.key_id, key.arn?))))
    }
}
