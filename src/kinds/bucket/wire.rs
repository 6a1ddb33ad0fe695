//! Buckets on the wire.

use super::{Bucket, Buckets, Encryption, NewBucket, ObjectLock, Tags, UNFINISHED};
use crate::aws::{Answer, Ask, AwsError, Class, Remote, Session, Soon};
use crate::core::address::AddressKind;
use crate::core::change::{Action, Change};
use crate::core::owner::OWNER_TAG;
use crate::core::world::Done;
use crate::policy::{Edits, Statement};

impl Remote for Buckets {
    fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Answer, AwsError>> {
        Box::pin(async move {
            let s3 = ask.aws.s3(ask.at).await?;
            Ok(match ask.at.kind {
                AddressKind::Bucket => Answer::of(s3.region_of(&ask.at.name).await?.map(|region| Bucket { region })),
                AddressKind::BucketEncryption => match s3.encryption(&ask.at.name).await? {
                    Some((algorithm, key)) => Answer::of(Some(Encryption { algorithm, key })),
                    None => Answer::absent(),
                },
                AddressKind::BucketTags => Answer::of(s3.tags(&ask.at.name).await?),
                _ => Answer::of(s3.default_retention(&ask.at.name).await?.map(|default_retention| ObjectLock { default_retention })),
            })
        })
    }

    fn perform<'a>(&'a self, aws: &'a Session, change: &'a Change) -> Soon<'a, Result<Done, AwsError>> {
        Box::pin(make(aws, change))
    }
}

/// The bucket, and then everything that makes it a safe one; last of all the mark goes that says that something is missing.
async fn make(aws: &Session, change: &Change) -> Result<Done, AwsError> {
    let (name, new): (_, NewBucket) = (&change.address.name, serde_json::from_value(change.after.clone()).map_err(AwsError::malformed)?);
    let s3 = aws.s3(&change.address).await?;
    if change.action == Action::Create {
        let mut born = new.tags.clone();
        born.insert(UNFINISHED.to_owned(), "yes".to_owned());
        match s3.create(name, &aws.home.region, &new, &born).await {
            Ok(()) => {}
            // An answer that got lost, or somebody who was faster: the tags tell.
            Err(error) if error.code == "BucketAlreadyOwnedByYou" => {}
            Err(error) => return Err(error),
        }
    }
    let tags = aws.until_seen(|| async { s3.tags(name).await?.ok_or_else(|| AwsError::not_found("the bucket has no tags yet")) }).await;
    let tags: Tags = match tags {
        Ok(tags) => tags,
        // In us-east-1 S3 says yes to making a bucket that its owner has already: without a mark of ours it is not ours to change.
        Err(error) if error.class == Class::NotFound => return Ok(Done::AlreadyThere),
        Err(error) => return Err(error),
    };
    let ours = change.action == Action::Update || tags.get(OWNER_TAG) == new.tags.get(OWNER_TAG);
    if !ours || !tags.contains_key(UNFINISHED) {
        return Ok(Done::AlreadyThere);
    }
    aws.until_seen(|| s3.block_public_access(name, &new)).await?;
    aws.until_seen(|| s3.own_objects(name, &new)).await?;
    aws.until_seen(|| s3.encrypt(name, &new)).await?;
    if new.versioning {
        aws.until_seen(|| s3.keep_versions(name)).await?;
    }
    let put = vec![Statement::from_value(new.policy_statement.clone()).map_err(AwsError::malformed)?];
    let edits = Edits { put, ..Edits::default() };
    let policy = change.address.with_kind(AddressKind::BucketPolicy);
    aws.until_seen(|| aws.edit_policy(&policy, &edits)).await?;
    aws.until_seen(|| s3.tag(name, &new.tags)).await?;
    Ok(Done::Written)
}
