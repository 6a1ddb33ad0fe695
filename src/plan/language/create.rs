//! `create:` as values: what an account is given on its first day — made when missing, never changed after, never deleted.

use std::collections::BTreeMap;

use super::Placed;

/// `create:`
#[derive(Debug, Clone, Default)]
pub struct Create {
    /// S3 buckets.
    pub buckets: Vec<NewBucket>,
    /// KMS keys, each by its alias.
    pub keys: Vec<NewKey>,
    /// SNS topics.
    pub topics: Vec<NewTopic>,
    /// Secrets.
    pub secrets: Vec<NewSecret>,
}

impl Create {
    /// Whether nothing is to be made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { buckets, keys, topics, secrets } = self;
        buckets.is_empty() && keys.is_empty() && topics.is_empty() && secrets.is_empty()
    }
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct NewBucket {
    /// Its name.
    pub name: Placed<String>,
    /// The key of its default encryption: ARN, id or `alias/…`. None is SSE-S3.
    pub encryption: Option<Placed<String>>,
    /// Whether it keeps every version of an object.
    pub versioning: bool,
    /// Tags beside the default ones.
    pub tags: BTreeMap<String, String>,
}

/// A key.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// `alias/…`: what it is known by.
    pub alias: Placed<String>,
    /// What it is for.
    pub description: Option<Placed<String>>,
    /// Tags beside the default ones.
    pub tags: BTreeMap<String, String>,
}

/// A topic.
#[derive(Debug, Clone)]
pub struct NewTopic {
    /// Its name.
    pub name: Placed<String>,
    /// The key that it is encrypted with: ARN, id or `alias/…`. None leaves it unencrypted.
    pub kms_key: Option<Placed<String>>,
    /// Tags beside the default ones.
    pub tags: BTreeMap<String, String>,
}

/// A secret.
#[derive(Debug, Clone)]
pub struct NewSecret {
    /// Its name.
    pub name: Placed<String>,
    /// The key that it is encrypted with: ARN, id or `alias/…`. None is `aws/secretsmanager`.
    pub kms_key: Option<Placed<String>>,
    /// What it is for.
    pub description: Option<Placed<String>>,
    /// Where its value comes from; without one it is made empty.
    pub value: Option<SecretValue>,
    /// Tags beside the default ones.
    pub tags: BTreeMap<String, String>,
}

/// Where the whole `SecretString` comes from, at apply. It is in no plan, no change and no output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretValue {
    /// An environment variable.
    Env(Placed<String>),
    /// A file of the plan's folder.
    File(Placed<String>),
}
