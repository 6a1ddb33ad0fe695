//! `create:`

use super::common::{Flag, Names, Opt};
use super::demand::Demand;
use super::macros::mapping;
use super::texts::{
    CustomerKey, EnvName, KeyDescription, NewAlias, NewBucketName, NewSecretName, NewTopicName, PlanFile, SecretDescription, TagKey,
    TagValue,
};

/// `tags:` of what is made.
pub(crate) type Tags = Opt<Names<TagKey, TagValue>>;

mapping! {
    /// The first days of an account: made when missing, with safe defaults; never changed after, never deleted.
    Create {
        /// Buckets, with all public access blocked, owned by the account alone, and reached over TLS only.
        buckets: Opt<Names<NewBucketName, NewBucket>>,
        /// Keys, each by its alias, whose key material changes every year.
        keys: Opt<Names<NewAlias, NewKey>>,
        /// Topics, with the policy that SNS gives them.
        topics: Opt<Names<NewTopicName, NewTopic>>,
        /// Secrets.
        secrets: Opt<Names<NewSecretName, NewSecret>>,
    }
}

mapping! {
    /// A bucket. `{}` is one with S3's own encryption.
    NewBucket {
        /// The key that it encrypts with: ARN, id or `alias/…`; its ARN is written. S3's own encryption when left out.
        encryption: Opt<CustomerKey>,
        /// Whether it keeps every version of an object.
        versioning: Flag = false,
        /// Tags beside those of `defaults`.
        tags: Tags,
    }
}

mapping! {
    /// A key. `{}` is enough.
    NewKey {
        /// What it is for.
        description: Opt<KeyDescription>,
        /// Tags beside those of `defaults`.
        tags: Tags,
    }
}

mapping! {
    /// A topic. `{}` is one that is not encrypted.
    NewTopic {
        /// The key that it is encrypted with: ARN, id or `alias/…`.
        kms_key: Opt<CustomerKey>,
        /// Tags beside those of `defaults`.
        tags: Tags,
    }
}

mapping! {
    /// A secret. `{}` is one without a value, which somebody puts in later.
    NewSecret [Demand::AtMostOne(&["value_from_env", "value_from_file"])] {
        /// The key that it is encrypted with: ARN, id or `alias/…`. SES cannot read a secret without one.
        kms_key: Opt<CustomerKey>,
        /// What it is for.
        description: Opt<SecretDescription>,
        /// The environment variable that holds the whole value at apply, as `{"username":"…","password":"…"}`.
        value_from_env: Opt<EnvName>,
        /// The file of the plan's folder that holds the whole value at apply.
        value_from_file: Opt<PlanFile>,
        /// Tags beside those of `defaults`.
        tags: Tags,
    }
}
