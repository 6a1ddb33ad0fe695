//! S3: buckets and their policies.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::types::Grant;

use super::error::{AwsError, Class, call, found};
use crate::core::ids::{AccountId, Region};
use crate::core::live::PolicyText;
use crate::kinds::inventory::Buckets;

/// The largest page that `ListBuckets` gives: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>
const LARGEST_PAGE: i32 = 10_000;

/// S3 in one region. Buckets of other accounts are asked for with their owner, so that a bucket of that name in a third account is refused.
#[derive(Debug)]
pub struct S3 {
    pub(super) client: Client,
    owner: Option<AccountId>,
}

impl S3 {
    pub(super) fn new(client: Client, owner: Option<AccountId>) -> Self {
        Self { client, owner }
    }

    pub(super) fn owner(&self) -> Option<String> {
        self.owner.as_ref().map(ToString::to_string)
    }

    /// Where a bucket is. The answer names the region even when it comes from the wrong one.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>
    pub async fn region_of(&self, bucket: &str) -> Result<Option<Region>, AwsError> {
        let answer = self.client.head_bucket().bucket(bucket).set_expected_bucket_owner(self.owner()).send().await;
        let region = match &answer {
            Ok(found) => found.bucket_region().map(str::to_owned),
            Err(SdkError::ServiceError(refused)) => refused.raw().headers().get("x-amz-bucket-region").map(str::to_owned),
            Err(_) => None,
        };
        let error = match answer {
            Ok(_) => None,
            Err(error) => Some(AwsError::from_sdk("s3", "HeadBucket", &error)),
        };
        match (error, region.and_then(|region| region.parse().ok())) {
            (Some(error), _) if error.class == Class::NotFound => Ok(None),
            (Some(error), None) => Err(error),
            (Some(error), _) if error.class == Class::Denied => Err(error),
            (_, Some(region)) => Ok(Some(region)),
            (None, None) => self.location(bucket).await.map(Some),
        }
    }

    /// The older way to ask: no constraint is us-east-1, `EU` is eu-west-1.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>
    async fn location(&self, bucket: &str) -> Result<Region, AwsError> {
        let answer =
            call!("s3", "GetBucketLocation", self.client.get_bucket_location().bucket(bucket).set_expected_bucket_owner(self.owner()))?;
        let region = match answer.location_constraint().map(|constraint| constraint.as_str()) {
            None | Some("") => "us-east-1",
            Some("EU") => "eu-west-1",
            Some(region) => region,
        };
        region.parse().map_err(AwsError::malformed)
    }

    /// All buckets of the account, with their regions. S3 names the region when a page is asked for.
    pub async fn buckets(&self) -> Result<Buckets, AwsError> {
        let mut buckets = Buckets::new();
        let mut token = None;
        loop {
            let page = call!("s3", "ListBuckets", self.client.list_buckets().max_buckets(LARGEST_PAGE).set_continuation_token(token))?;
            for bucket in page.buckets() {
                let region = bucket.bucket_region().and_then(|region| region.parse().ok());
                buckets.extend(bucket.name().map(|name| (name.to_owned(), region)));
            }
            token = page.continuation_token;
            if token.is_none() {
                return Ok(buckets);
            }
        }
    }

    /// What the bucket's access control list grants to the public: group and permission.
    pub async fn public_grants(&self, bucket: &str) -> Result<Option<Vec<(String, String)>>, AwsError> {
        let request = self.client.get_bucket_acl().bucket(bucket).set_expected_bucket_owner(self.owner());
        let Some(acl) = found(call!("s3", "GetBucketAcl", request))? else { return Ok(None) };
        let public = |grant: &Grant| {
            let group = grant.grantee()?.uri()?.rsplit('/').next()?;
            let permission = grant.permission()?.as_str();
            matches!(group, "AllUsers" | "AuthenticatedUsers").then(|| (group.to_owned(), permission.to_owned()))
        };
        Ok(Some(acl.grants().iter().filter_map(public).collect()))
    }

    /// Whether the bucket is told to ignore what its access control list grants to the public. That of the whole account is not asked.
    pub async fn ignores_public_acls(&self, bucket: &str) -> Result<bool, AwsError> {
        let request = self.client.get_public_access_block().bucket(bucket).set_expected_bucket_owner(self.owner());
        let answer = found(call!("s3", "GetPublicAccessBlock", request))?;
        let block = answer.and_then(|answer| answer.public_access_block_configuration);
        Ok(block.and_then(|block| block.ignore_public_acls).unwrap_or(false))
    }

    /// The bucket's policy; a bucket without one, or no bucket, has none.
    pub async fn policy(&self, bucket: &str) -> Result<Option<PolicyText>, AwsError> {
        let request = self.client.get_bucket_policy().bucket(bucket).set_expected_bucket_owner(self.owner());
        let answer = found(call!("s3", "GetBucketPolicy", request))?;
        Ok(answer.and_then(|answer| answer.policy).map(|text| PolicyText { text, revision: None }))
    }

    /// Puts the whole policy.
    pub async fn put_policy(&self, bucket: &str, text: &str) -> Result<(), AwsError> {
        let request = self.client.put_bucket_policy().bucket(bucket).policy(text).set_expected_bucket_owner(self.owner());
        call!("s3", "PutBucketPolicy", request).map(drop)
    }

    /// Takes the policy away.
    pub async fn delete_policy(&self, bucket: &str) -> Result<(), AwsError> {
        let request = self.client.delete_bucket_policy().bucket(bucket).set_expected_bucket_owner(self.owner());
        call!("s3", "DeleteBucketPolicy", request).map(drop)
    }

    /// Algorithm and key of the default encryption.
    pub async fn encryption(&self, bucket: &str) -> Result<Option<(String, Option<String>)>, AwsError> {
        let request = self.client.get_bucket_encryption().bucket(bucket).set_expected_bucket_owner(self.owner());
        let answer = found(call!("s3", "GetBucketEncryption", request))?;
        let rules = answer.and_then(|answer| answer.server_side_encryption_configuration).map(|configuration| configuration.rules);
        let default = rules.into_iter().flatten().find_map(|rule| rule.apply_server_side_encryption_by_default);
        Ok(default.map(|default| (default.sse_algorithm.as_str().to_owned(), default.kms_master_key_id)))
    }

    /// Whether Object Lock has a default retention. A bucket without Object Lock answers "not found".
    pub async fn default_retention(&self, bucket: &str) -> Result<Option<bool>, AwsError> {
        let request = self.client.get_object_lock_configuration().bucket(bucket).set_expected_bucket_owner(self.owner());
        let answer = found(call!("s3", "GetObjectLockConfiguration", request))?;
        Ok(answer.map(|answer| {
            let rule = answer.object_lock_configuration.and_then(|configuration| configuration.rule);
            rule.is_some_and(|rule| rule.default_retention.is_some())
        }))
    }
}
