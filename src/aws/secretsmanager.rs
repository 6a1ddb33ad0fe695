//! Secrets Manager: secrets and their resource policies. Values are written once, when a secret is made, and never read.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::Tag;

use super::Hidden;
use super::error::{AwsError, call, found};
use crate::core::live::PolicyText;
use crate::kinds::inventory::Names;
use crate::kinds::secret::{NewSecret, Secret};

/// The largest page that `ListSecrets` gives: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html>
const LARGEST_PAGE: i32 = 100;

/// Secrets Manager in one account and region.
#[derive(Debug)]
pub struct SecretsManager {
    client: Client,
}

impl SecretsManager {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Makes the secret; its ARN. One of this name is left as it is.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
    pub async fn create(&self, name: &str, new: &NewSecret, value: Option<&Hidden>) -> Result<String, AwsError> {
        let tags = new.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
        let request = self.client.create_secret().name(name).set_kms_key_id(new.kms_key_id.clone());
        let request = request.set_description(new.description.clone()).set_tags(Some(tags));
        let request = request.set_secret_string(value.map(|value| value.0.clone()));
        match call!("secretsmanager", "CreateSecret", request) {
            Ok(answer) => answer.arn.ok_or_else(|| AwsError::malformed("a secret without an ARN")),
            Err(error) if error.code.starts_with("ResourceExists") => match self.describe(name).await? {
                Some(secret) => Ok(secret.arn),
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// The names of all secrets, less those that are about to go.
    pub async fn names(&self) -> Result<Names, AwsError> {
        let mut names = Names::new();
        let mut token = None;
        loop {
            let page = call!("secretsmanager", "ListSecrets", self.client.list_secrets().max_results(LARGEST_PAGE).set_next_token(token))?;
            names.extend(page.secret_list().iter().filter_map(|secret| secret.name()).map(str::to_owned));
            token = page.next_token;
            if token.is_none() {
                return Ok(names);
            }
        }
    }

    /// What a secret is, without its value.
    pub async fn describe(&self, secret: &str) -> Result<Option<Secret>, AwsError> {
        let Some(answer) = found(call!("secretsmanager", "DescribeSecret", self.client.describe_secret().secret_id(secret)))? else {
            return Ok(None);
        };
        let arn = answer.arn.ok_or_else(|| AwsError::malformed("a secret without an ARN"))?;
        Ok(Some(Secret { arn, key: answer.kms_key_id, deleted: answer.deleted_date.is_some() }))
    }

    /// The resource policy. A secret without one answers without it, and without an error.
    pub async fn policy(&self, secret: &str) -> Result<Option<PolicyText>, AwsError> {
        let answer = found(call!("secretsmanager", "GetResourcePolicy", self.client.get_resource_policy().secret_id(secret)))?;
        Ok(answer.and_then(|answer| answer.resource_policy).map(|text| PolicyText { text, revision: None }))
    }

    /// Puts the whole policy. A public one is refused: nothing that postroom writes is.
    pub async fn put_policy(&self, secret: &str, text: &str) -> Result<(), AwsError> {
        let request = self.client.put_resource_policy().secret_id(secret).resource_policy(text).block_public_policy(true);
        call!("secretsmanager", "PutResourcePolicy", request).map(drop)
    }

    /// Takes the policy away.
    pub async fn delete_policy(&self, secret: &str) -> Result<(), AwsError> {
        call!("secretsmanager", "DeleteResourcePolicy", self.client.delete_resource_policy().secret_id(secret)).map(drop)
    }
}
