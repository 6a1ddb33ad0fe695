//! Topic policies: the `Policy` attribute of a topic, put whole, never empty. A new topic carries a default statement, and losing that one
//! on the first write is a known accident: it is a foreign statement like any other, and stays.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html>

use serde_json::json;

use super::Container;
use crate::core::address::{Address, AddressKind};
use crate::core::ids::{Arn, Partition};
use crate::policy::Document;

/// The row of the table.
#[derive(Debug)]
pub struct TopicPolicy;

impl Container for TopicPolicy {
    fn kind(&self) -> AddressKind {
        AddressKind::TopicPolicy
    }
    /// 30 KB: <https://docs.aws.amazon.com/general/latest/gr/sns.html>
    fn limit(&self) -> usize {
        30 * 1024
    }
    /// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>, "Policy quotas"
    fn most_statements(&self) -> Option<usize> {
        Some(100)
    }
    /// A topic cannot be without a policy: what is left is what SNS gives a new one (facts §4.1).
    fn bare(&self, at: &Address) -> Option<Document> {
        let region = at.region.as_ref()?;
        let topic = Arn::new(&Partition::of(region), "sns", region.as_str(), at.account.as_str(), &at.name);
        let actions = [
            "GetTopicAttributes",
            "SetTopicAttributes",
            "AddPermission",
            "RemovePermission",
            "DeleteTopic",
            "Subscribe",
            "ListSubscriptionsByTopic",
            "Publish",
        ];
        let document = json!({
            "Version": "2008-10-17",
            "Id": "__default_policy_ID",
            "Statement": [{
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": actions.map(|action| format!("SNS:{action}")),
                "Resource": topic.as_str(),
                "Condition": {"StringEquals": {"AWS:SourceOwner": at.account.as_str()}}
            }]
        });
        Document::parse(&document.to_string()).ok()
    }
}

#[cfg(feature = "aws")]
mod wire {
    use super::TopicPolicy;
    use crate::aws::{Ask, AwsError, Soon, Store};
    use crate::core::live::PolicyText;

    impl Store for TopicPolicy {
        fn read<'a>(&'a self, ask: Ask<'a>) -> Soon<'a, Result<Option<PolicyText>, AwsError>> {
            Box::pin(async move {
                let attributes = ask.aws.memo.topic(&ask.aws.sns(ask.at).await?, ask.at).await?;
                let text = attributes.and_then(|attributes| attributes.get("Policy").cloned());
                Ok(text.map(|text| PolicyText { text, revision: None }))
            })
        }

        fn write<'a>(&'a self, ask: Ask<'a>, text: Option<&'a str>) -> Soon<'a, Result<(), AwsError>> {
            Box::pin(async move {
                let Some(text) = text else { return Err(AwsError::refused("a topic cannot be without a policy")) };
                ask.aws.sns(ask.at).await?.put_policy(ask.at, text).await
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_stripped_of_everything_is_as_sns_made_it() {
        let at = Address::new(AddressKind::TopicPolicy, "t", "111122223333".parse().unwrap(), &"eu-west-1".parse().unwrap());
        let bare = TopicPolicy.bare(&at).unwrap();
        assert!(bare.statement("__default_statement_ID").unwrap().text().contains("arn:aws:sns:eu-west-1:111122223333:t"));
    }
}
