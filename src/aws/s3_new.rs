//! S3: making a bucket, call by call.

use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule, Tag, Tagging, VersioningConfiguration,
};

use super::error::{AwsError, call, found};
use super::s3::S3;
use crate::core::ids::Region;
use crate::kinds::bucket::{NewBucket, Tags};

/// The region that is none: "Buckets in Region us-east-1 have a LocationConstraint of null".
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>
const WITHOUT_CONSTRAINT: &str = "us-east-1";

impl S3 {
    /// The bucket's tags; one without any has none.
    pub async fn tags(&self, bucket: &str) -> Result<Option<Tags>, AwsError> {
        let request = self.client.get_bucket_tagging().bucket(bucket).set_expected_bucket_owner(self.owner());
        let answer = found(call!("s3", "GetBucketTagging", request))?;
        Ok(answer.map(|answer| answer.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect()))
    }

    /// Makes the bucket, tagged from its first moment.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>
    pub async fn create(&self, bucket: &str, region: &Region, new: &NewBucket, tags: &Tags) -> Result<(), AwsError> {
        let constraint = (region.as_str() != WITHOUT_CONSTRAINT).then(|| BucketLocationConstraint::from(region.as_str()));
        let configuration = CreateBucketConfiguration::builder().set_location_constraint(constraint).set_tags(Some(write(tags)?)).build();
        let ownership = ObjectOwnership::from(new.object_ownership.as_str());
        let request = self.client.create_bucket().bucket(bucket).create_bucket_configuration(configuration).object_ownership(ownership);
        call!("s3", "CreateBucket", request).map(drop)
    }

    /// `PutPublicAccessBlock`
    pub async fn block_public_access(&self, bucket: &str, new: &NewBucket) -> Result<(), AwsError> {
        let block = &new.public_access_block;
        let configuration = PublicAccessBlockConfiguration::builder()
            .block_public_acls(block.block_public_acls)
            .ignore_public_acls(block.ignore_public_acls)
            .block_public_policy(block.block_public_policy)
            .restrict_public_buckets(block.restrict_public_buckets)
            .build();
        let request = self.client.put_public_access_block().bucket(bucket).public_access_block_configuration(configuration);
        call!("s3", "PutPublicAccessBlock", request).map(drop)
    }

    /// `PutBucketOwnershipControls`
    pub async fn own_objects(&self, bucket: &str, new: &NewBucket) -> Result<(), AwsError> {
        let ownership = ObjectOwnership::from(new.object_ownership.as_str());
        let rule = OwnershipControlsRule::builder().object_ownership(ownership).build().map_err(AwsError::malformed)?;
        let controls = OwnershipControls::builder().rules(rule).build().map_err(AwsError::malformed)?;
        let request = self.client.put_bucket_ownership_controls().bucket(bucket).ownership_controls(controls);
        call!("s3", "PutBucketOwnershipControls", request).map(drop)
    }

    /// `PutBucketEncryption`
    pub async fn encrypt(&self, bucket: &str, new: &NewBucket) -> Result<(), AwsError> {
        let default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::from(new.sse_algorithm.as_str()))
            .set_kms_master_key_id(new.kms_master_key_id.clone())
            .build()
            .map_err(AwsError::malformed)?;
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
        let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(AwsError::malformed)?;
        let request = self.client.put_bucket_encryption().bucket(bucket).server_side_encryption_configuration(configuration);
        call!("s3", "PutBucketEncryption", request).map(drop)
    }

    /// `PutBucketVersioning`
    pub async fn keep_versions(&self, bucket: &str) -> Result<(), AwsError> {
        let configuration = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let request = self.client.put_bucket_versioning().bucket(bucket).versioning_configuration(configuration);
        call!("s3", "PutBucketVersioning", request).map(drop)
    }

    /// Puts all tags: those that are not named go.
    pub async fn tag(&self, bucket: &str, tags: &Tags) -> Result<(), AwsError> {
        let tagging = Tagging::builder().set_tag_set(Some(write(tags)?)).build().map_err(AwsError::malformed)?;
        call!("s3", "PutBucketTagging", self.client.put_bucket_tagging().bucket(bucket).tagging(tagging)).map(drop)
    }
}

fn write(tags: &Tags) -> Result<Vec<Tag>, AwsError> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build().map_err(AwsError::malformed)).collect()
}
