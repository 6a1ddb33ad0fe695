//! What `create:` makes, as S3, KMS, SNS and Secrets Manager keep it.

use std::collections::BTreeMap;

use serde_json::json;

use super::resources::read;
use super::{State, refused};
use crate::core::address::{Address, AddressKind};
use crate::core::change::{Action, Change};
use crate::core::deferred::promises_in;
use crate::core::live::PolicyText;
use crate::core::world::{Done, Failure};
use crate::kinds::bucket::{Bucket, Encryption, NewBucket, ObjectLock, Tags, UNFINISHED};
use crate::kinds::key::{Aliases, Key, NewKey, aliases_at};
use crate::kinds::secret::{NewSecret, Secret};
use crate::kinds::topic::{NewTopic, Topic};
use crate::policy::{Document, Edits, Statement};

impl State {
    pub(super) fn make(&mut self, change: &Change) -> Result<Done, Failure> {
        if let Some(open) = promises_in(&change.after).first() {
            return Err(refused("InvalidParameter", format!("{open} is no ARN")));
        }
        match (change.address.kind, change.action) {
            (AddressKind::Bucket, Action::Create) if self.account.has(&change.address) => {
                Err(refused("BucketAlreadyOwnedByYou", change.address.name.as_str()))
            }
            (AddressKind::Bucket, Action::Create | Action::Update) => self.bucket(change),
            (AddressKind::Key, Action::Create) => self.key(change),
            (AddressKind::Topic, Action::Create) => self.topic(change),
            (AddressKind::Secret, Action::Create) => self.secret(change),
            (kind, action) => Err(refused("Unknown", format!("{action:?} of a {}", kind.name()))),
        }
    }

    fn bucket(&mut self, change: &Change) -> Result<Done, Failure> {
        let (at, new): (_, NewBucket) = (&change.address, read(&change.after)?);
        let region = self.account.home.region.clone();
        self.account.put(at.clone(), &Bucket { region });
        let encryption = Encryption { algorithm: new.sse_algorithm, key: new.kms_master_key_id };
        self.account.put(at.with_kind(AddressKind::BucketEncryption), &encryption);
        self.account.put(at.with_kind(AddressKind::BucketObjectLock), &ObjectLock { default_retention: false });
        let policy = at.with_kind(AddressKind::BucketPolicy);
        let have = self.present::<PolicyText>(&policy).and_then(|have| Document::parse(&have.text).ok()).unwrap_or_else(Document::empty);
        let statement = Statement::from_value(new.policy_statement).map_err(|error| refused("MalformedPolicy", error.to_string()))?;
        let text = have.splice(&Edits { put: vec![statement], ..Edits::default() }).to_string();
        self.account.put(policy, &PolicyText { text, revision: None });
        let tags: Tags = new.tags.into_iter().filter(|(name, _)| name != UNFINISHED).collect();
        self.account.put(at.with_kind(AddressKind::BucketTags), &tags);
        Ok(Done::Written)
    }

    fn key(&mut self, change: &Change) -> Result<Done, Failure> {
        let (alias, new): (_, NewKey) = (&change.address, read(&change.after)?);
        let list = aliases_at(alias);
        let mut aliases: Aliases = self.present(&list).unwrap_or_default();
        if aliases.contains_key(&alias.name) {
            return Err(refused("AlreadyExistsException", alias.name.as_str()));
        }
        // As KMS's ids are formed.
        let id = format!("00000000-0000-4000-8000-{:012x}", self.writes);
        let arn = format!("arn:{}:kms:{}:{}:key/{id}", self.account.home.partition(), self.account.home.region, alias.account);
        let key = Address { name: id.clone(), ..alias.clone() };
        let found = Key {
            arn: arn.parse().map_err(|_| refused("Unknown", "no ARN"))?,
            state: "Enabled".to_owned(),
            manager: "CUSTOMER".to_owned(),
            spec: "SYMMETRIC_DEFAULT".to_owned(),
            usage: "ENCRYPT_DECRYPT".to_owned(),
        };
        self.account.put(key.with_kind(AddressKind::KeyPolicy), &PolicyText { text: new.policy.to_string(), revision: None });
        self.account.put(key, &found);
        aliases.insert(alias.name.clone(), id.clone());
        self.account.put(list, &aliases);
        Ok(Done::Made(BTreeMap::from([("arn".to_owned(), arn), ("id".to_owned(), id)])))
    }

    fn topic(&mut self, change: &Change) -> Result<Done, Failure> {
        let (at, new): (_, NewTopic) = (&change.address, read(&change.after)?);
        let home = &self.account.home;
        let arn = format!("arn:{}:sns:{}:{}:{}", home.partition(), home.region, at.account, at.name);
        let owner = at.account.clone();
        let policy = json!({
            "Version": "2008-10-17",
            "Id": "__default_policy_ID",
            "Statement": [{
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": { "AWS": "*" },
                "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
                "Resource": arn,
                "Condition": { "StringEquals": { "AWS:SourceOwner": owner } },
            }],
        });
        self.account.put(at.clone(), &Topic { owner, key: new.kms_master_key_id, fifo: false });
        self.account.put(at.with_kind(AddressKind::TopicPolicy), &PolicyText { text: policy.to_string(), revision: None });
        Ok(Done::Written)
    }

    fn secret(&mut self, change: &Change) -> Result<Done, Failure> {
        let (at, new): (_, NewSecret) = (&change.address, read(&change.after)?);
        if self.account.has(at) {
            return Err(refused("ResourceExistsException", at.name.as_str()));
        }
        let home = &self.account.home;
        let arn = format!("arn:{}:secretsmanager:{}:{}:secret:{}-AbCdEf", home.partition(), home.region, at.account, at.name);
        self.account.put(at.clone(), &Secret { arn: arn.clone(), key: new.kms_key_id, deleted: false });
        Ok(Done::Made(BTreeMap::from([("arn".to_owned(), arn)])))
    }
}
