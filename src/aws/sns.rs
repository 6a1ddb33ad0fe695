//! SNS: topics and their policies.

use std::collections::BTreeMap;

use aws_sdk_sns::Client;
use aws_sdk_sns::types::Tag;

use super::error::{AwsError, call, found};
use crate::core::address::Address;
use crate::core::ids::{Arn, Partition};
use crate::kinds::inventory::Names;
use crate::kinds::topic::NewTopic;

/// SNS in one account and region.
#[derive(Debug)]
pub struct Sns {
    client: Client,
}

impl Sns {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All attributes of a topic, its policy among them.
    pub async fn attributes(&self, at: &Address) -> Result<Option<BTreeMap<String, String>>, AwsError> {
        let answer = found(call!("sns", "GetTopicAttributes", self.client.get_topic_attributes().topic_arn(arn(at))))?;
        Ok(answer.map(|answer| answer.attributes.unwrap_or_default().into_iter().collect()))
    }

    /// The names of all topics.
    pub async fn topics(&self) -> Result<Names, AwsError> {
        let mut names = Names::new();
        let mut token = None;
        loop {
            let page = call!("sns", "ListTopics", self.client.list_topics().set_next_token(token))?;
            let arns = page.topics().iter().filter_map(|topic| topic.topic_arn()?.parse::<Arn>().ok());
            names.extend(arns.map(|arn| arn.resource().to_owned()));
            token = page.next_token;
            if token.is_none() {
                return Ok(names);
            }
        }
    }

    /// Makes the topic. One of the same name, attributes and tags is that topic.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
    pub async fn create(&self, name: &str, new: &NewTopic) -> Result<(), AwsError> {
        let tags = new.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build().map_err(AwsError::malformed));
        let mut request = self.client.create_topic().name(name).set_tags(Some(tags.collect::<Result<_, _>>()?));
        if let Some(key) = &new.kms_master_key_id {
            request = request.attributes("KmsMasterKeyId", key);
        }
        call!("sns", "CreateTopic", request).map(drop)
    }

    /// Puts the whole policy.
    pub async fn put_policy(&self, at: &Address, text: &str) -> Result<(), AwsError> {
        let request = self.client.set_topic_attributes().topic_arn(arn(at)).attribute_name("Policy").attribute_value(text);
        call!("sns", "SetTopicAttributes", request).map(drop)
    }
}

fn arn(at: &Address) -> String {
    let region = at.region.as_ref();
    let partition = region.map_or_else(|| "aws".to_owned(), |region| Partition::of(region).to_string());
    format!("arn:{partition}:sns:{}:{}:{}", region.map_or("", |region| region.as_str()), at.account, at.name)
        .parse::<Arn>()
        .map_or_else(|_| at.name.clone(), |arn| arn.to_string())
}
