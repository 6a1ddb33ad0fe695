//! `create:`

use super::super::language::create::{Create, NewBucket, NewKey, NewSecret, NewTopic, SecretValue};
use super::super::language::{Accounts, Placed};
use super::super::words::{self, Reader};
use super::values;

pub(super) fn create(written: words::Create, accounts: &Accounts, reader: &mut Reader<'_>) -> Create {
    let words::Create { buckets, keys, topics, secrets } = written;
    let bucket = |(name, bucket): (Placed<String>, words::NewBucket)| {
        let words::NewBucket { encryption, versioning, tags } = bucket;
        NewBucket { name, encryption, versioning, tags: values(tags.unwrap_or_default()) }
    };
    let key = |(alias, key): (Placed<String>, words::NewKey)| {
        let words::NewKey { description, tags } = key;
        NewKey { alias, description, tags: values(tags.unwrap_or_default()) }
    };
    let topic = |(name, topic): (Placed<String>, words::NewTopic)| {
        let words::NewTopic { kms_key, tags } = topic;
        NewTopic { name, kms_key, tags: values(tags.unwrap_or_default()) }
    };
    let secret = |(name, secret): (Placed<String>, words::NewSecret)| {
        let words::NewSecret { kms_key, description, value_from_env, value_from_file, tags } = secret;
        let value = value_from_env.map(SecretValue::Env).or_else(|| value_from_file.map(SecretValue::File));
        NewSecret { name, kms_key, description, value, tags: values(tags.unwrap_or_default()) }
    };
    let create = Create {
        buckets: buckets.unwrap_or_default().into_iter().map(bucket).collect(),
        keys: keys.unwrap_or_default().into_iter().map(key).collect(),
        topics: topics.unwrap_or_default().into_iter().map(topic).collect(),
        secrets: secrets.unwrap_or_default().into_iter().map(secret).collect(),
    };
    for bucket in &create.buckets {
        of_another_account(&bucket.name, accounts, reader);
    }
    create
}

/// A bucket is made in the plan's own account.
fn of_another_account(name: &Placed<String>, accounts: &Accounts, reader: &mut Reader<'_>) {
    let owned = accounts.by_id.iter().find_map(|(id, access)| Some((id, access.owns.iter().find(|bucket| bucket.value == name.value)?)));
    let Some((id, said)) = owned else { return };
    let place = reader.place(&said.spot);
    let message = format!("bucket `{}` is to be made here, and is account {id}'s", name.value);
    let problem = reader.tell("contradiction", message, &name.spot, "made in the plan's own account");
    problem.also.push((place, "because of this".to_owned()));
}
