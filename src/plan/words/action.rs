//! The actions of receipt rules.

use serde_json::Value;

use super::choice::{Encoding, Invocation, OneOf};
use super::common::{Alone, Bare, Opt, Short, ShortForm};
use super::macros::{mapping, one_key};
use super::texts::{
    Bucket, BucketAndPrefix, Function, HeaderName, HeaderValue, Instance, Mailbox, MessageKey, Organization, Prefix, ReplyCode,
    RoleReference, StatusCode, Text, Topic,
};
use super::{Definitions, Reader, Word};
use crate::plan::node::{Kind, Node};

one_key! {
    /// One action of a receipt rule: a mapping of exactly one key, or a bare word where nothing need be said.
    Action, "an action", elsewhere => {
        /// Add a header to the mail.
        AddHeader = "add_header": AddHeader,
        /// Refuse the mail with a bounce.
        Bounce = "bounce": Bounce,
        /// Hand the mail to Amazon Connect.
        Connect = "connect": Connect,
        /// Call a function: `name[:alias|version]` or an ARN in short.
        Lambda = "lambda": Short<Lambda>,
        /// Deliver the mail to a bucket: `bucket` or `bucket/prefix` in short.
        S3 = "s3": Short<S3>,
        /// Publish the mail to a topic, named in short.
        Sns = "sns": Short<Sns>,
        /// End the evaluation of the rule set. Last of its rule.
        Stop = "stop": Bare<Stop>,
        /// Hand the mail to WorkMail: an organization id in short.
        Workmail = "workmail": Short<Workmail>,
    }
}

/// Actions of Mail Manager that people look for here.
fn elsewhere(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "drop" => {
            Some(("`drop` is an action of Mail Manager, not of receipt rules", "to end the evaluation without an answer, write `stop`"))
        }
        "write_to_s3" => Some(("`write_to_s3` is an action of Mail Manager, not of receipt rules", "in a receipt rule it is `s3`")),
        "publish_to_sns" => Some(("`publish_to_sns` is an action of Mail Manager, not of receipt rules", "in a receipt rule it is `sns`")),
        "invoke_lambda" => Some(("`invoke_lambda` is an action of Mail Manager, not of receipt rules", "in a receipt rule it is `lambda`")),
        "deliver_to_mailbox" => {
            Some(("`deliver_to_mailbox` is an action of Mail Manager, not of receipt rules", "in a receipt rule it is `workmail`"))
        }
        "archive" | "relay" | "send" | "replace_recipient" | "deliver_to_q_business" => {
            Some(("this is an action of Mail Manager, not of receipt rules", "it belongs to a rule under `mail_manager.rule_sets:`"))
        }
        _ => None,
    }
}

mapping! {
    /// Delivers the mail to a bucket.
    S3 {
        /// The bucket: its name or its ARN.
        bucket: Bucket,
        /// What the object keys begin with.
        prefix: Opt<Prefix>,
        /// SES encrypts the message with this key before it writes it (client-side); `aws/ses` is the AWS-managed key.
        message_kms_key: Opt<MessageKey>,
        /// A topic to notify.
        topic: Opt<Topic>,
        /// SES uses this role, and only it.
        role: Opt<RoleReference>,
    }
}

mapping! {
    /// Publishes the mail to a topic.
    Sns {
        /// The topic: its name or its ARN.
        topic: Topic,
        /// How the text is encoded.
        encoding: OneOf<Encoding> = Encoding::default(),
    }
}

mapping! {
    /// Calls a function.
    Lambda {
        /// `name[:alias|version]` or an ARN.
        function: Function,
        /// How it is called.
        invocation: OneOf<Invocation> = Invocation::default(),
        /// A topic to notify.
        topic: Opt<Topic>,
    }
}

mapping! {
    /// Refuses the mail with a bounce.
    Bounce {
        /// SMTP reply code, as 550.
        smtp_reply_code: ReplyCode,
        /// RFC 3463 status code, as 5.1.1.
        status_code: Opt<StatusCode>,
        /// What the sender reads.
        message: Text,
        /// The address that the bounce comes from: a verified identity.
        sender: Mailbox,
        /// A topic to notify.
        topic: Opt<Topic>,
    }
}

mapping! {
    /// Adds a header to the mail.
    AddHeader {
        /// Its name.
        name: HeaderName,
        /// Its value.
        value: HeaderValue,
    }
}

mapping! {
    /// Hands the mail to WorkMail.
    Workmail {
        /// The organization: its id or its ARN.
        organization: Organization,
        /// A topic to notify.
        topic: Opt<Topic>,
    }
}

mapping! {
    /// Hands the mail to Amazon Connect.
    Connect {
        /// The instance: its id or its ARN.
        instance: Instance,
        /// The role that may start the contact.
        role: RoleReference,
    }
}

mapping! {
    /// Ends the evaluation of the rule set.
    Stop {
        /// A topic to notify.
        topic: Opt<Topic>,
    }
}

impl ShortForm for S3 {
    fn short_schema(definitions: &mut Definitions) -> Value {
        BucketAndPrefix::schema(definitions)
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = BucketAndPrefix::read(node, reader)?.value;
        let (bucket, prefix) = text.split_once('/').map_or((text.as_str(), None), |(bucket, prefix)| (bucket, Some(prefix)));
        let part = |text: &str| Node { kind: Kind::Scalar { text: text.to_owned(), plain: false }, span: node.span };
        let bucket = Bucket::read(&part(bucket), reader);
        let prefix = prefix.filter(|prefix| !prefix.is_empty()).map(|prefix| Prefix::read(&part(prefix), reader));
        Some(Self { bucket: bucket?, prefix: prefix.flatten(), message_kms_key: None, topic: None, role: None })
    }
}

impl ShortForm for Sns {
    fn short_schema(definitions: &mut Definitions) -> Value {
        Topic::schema(definitions)
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let topic = Topic::read(node, reader)?;
        Some(Self { topic, encoding: Encoding::default() })
    }
}

impl ShortForm for Lambda {
    fn short_schema(definitions: &mut Definitions) -> Value {
        Function::schema(definitions)
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let function = Function::read(node, reader)?;
        Some(Self { function, invocation: Invocation::default(), topic: None })
    }
}

impl ShortForm for Workmail {
    fn short_schema(definitions: &mut Definitions) -> Value {
        Organization::schema(definitions)
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let organization = Organization::read(node, reader)?;
        Some(Self { organization, topic: None })
    }
}

/// The only action of which nothing need be said.
impl Alone for Stop {
    fn alone() -> Self {
        Self { topic: None }
    }
}
