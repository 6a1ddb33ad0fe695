//! S3: small objects of ours, written on a condition.

use aws_sdk_s3::primitives::ByteStream;

use super::error::{AwsError, Class, call};
use super::s3::S3;

/// More than a lock ever is.
const MOST: i64 = 64 * 1024;

/// An object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) text: String,
    pub(super) etag: String,
    /// When it was written, by the server's clock.
    pub(super) when: String,
}

/// On which condition an object is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Only<'a> {
    /// `If-None-Match: *`
    IfAbsent,
    /// `If-Match`: it is still the one with this ETag.
    IfStill(&'a str),
}

impl S3 {
    /// The object, if there is one. Without `s3:ListBucket` S3 says "denied" of one that is not there.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
    pub(super) async fn object(&self, bucket: &str, key: &str) -> Result<Option<Object>, AwsError> {
        let request = self.client.get_object().bucket(bucket).key(key).set_expected_bucket_owner(self.owner());
        let found = match call!("s3", "GetObject", request) {
            Err(error) if error.code == "NoSuchKey" => return Ok(None),
            answer => answer?,
        };
        if found.content_length().is_some_and(|length| length > MOST) {
            return Err(AwsError::refused(&format!("s3://{bucket}/{key} is too large")));
        }
        let etag = found.e_tag().unwrap_or_default().to_owned();
        let when = found.last_modified().map(ToString::to_string).unwrap_or_else(|| "a time that S3 does not say".to_owned());
        let unanswered =
            |error: aws_sdk_s3::primitives::ByteStreamError| AwsError { class: Class::Unanswered, ..AwsError::malformed(error) };
        let bytes = found.body.collect().await.map_err(unanswered)?.into_bytes();
        let text = String::from_utf8(bytes.to_vec()).map_err(AwsError::malformed)?;
        Ok(Some(Object { text, etag, when }))
    }

    /// Writes it and says its ETag. 412 when the condition does not hold, 409 when somebody writes at the same time: both are a race.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
    pub(super) async fn put_object(&self, bucket: &str, key: &str, text: &str, only: Only<'_>) -> Result<String, AwsError> {
        let body = ByteStream::from(text.as_bytes().to_vec());
        let request = self.client.put_object().bucket(bucket).key(key).body(body).content_type("application/json");
        let request = match only {
            Only::IfAbsent => request.if_none_match("*"),
            Only::IfStill(etag) => request.if_match(etag),
        };
        let done = call!("s3", "PutObject", request.set_expected_bucket_owner(self.owner()))?;
        Ok(done.e_tag().unwrap_or_default().to_owned())
    }
}
