//! The actions of rules of Mail Manager.

use serde_json::Value;

use super::super::choice::{Encoding, Invocation, OneOf, Payload};
use super::super::common::{Opt, Short, ShortForm, Whole};
use super::super::macros::{mapping, one_key};
use super::super::several::{AllOr, Nothing, OneOrMore};
use super::super::texts::{
    ArchiveReference, Bucket, ConfigurationSet, Diagnostic, ExtraHeaderName, Function, Key, MailAddress, MailHeaderValue, MailPrefix,
    MailText, Organization, QBusinessId, RelayReference, ReplyCode, RoleReference, SesIdentity, StatusCode, Topic,
};
use super::super::{Definitions, Reader, Word};
use crate::plan::language::mail_manager::{FailurePolicy, MailFrom};
use crate::plan::node::Node;

/// `on_failure:` of the actions that have it.
type OnFailure = Opt<OneOf<FailurePolicy>>;

const RECIPIENTS: usize = 100;

one_key! {
    /// One action of a rule of Mail Manager: a mapping of exactly one key, or a bare word where nothing need be said.
    MailAction, "an action", elsewhere => {
        /// Add a header to the mail.
        AddHeader = "add_header": MailAddHeader,
        /// Keep the mail in an archive, named in short.
        Archive = "archive": Short<ArchiveAction>,
        /// Refuse the mail with a bounce.
        Bounce = "bounce": MailBounce,
        /// Hand the mail to WorkMail.
        DeliverToMailbox = "deliver_to_mailbox": DeliverToMailbox,
        /// Hand the mail to Amazon Q Business.
        DeliverToQBusiness = "deliver_to_q_business": DeliverToQBusiness,
        /// End it here: the mail is gone, without an answer.
        Drop = "drop": Nothing,
        /// Call a function.
        InvokeLambda = "invoke_lambda": InvokeLambda,
        /// Publish the mail to a topic.
        PublishToSns = "publish_to_sns": PublishToSns,
        /// Hand the mail to another mail server: a relay, named in short.
        Relay = "relay": Short<RelayAction>,
        /// Give the mail other recipients: one address in short.
        ReplaceRecipient = "replace_recipient": Short<ReplaceRecipient>,
        /// Send the mail on to its recipients.
        Send = "send": Send,
        /// Write the mail to a bucket.
        WriteToS3 = "write_to_s3": WriteToS3,
    }
}

/// Actions of receipt rules that people look for here.
fn elsewhere(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "s3" => Some(("`s3` is an action of receipt rules, not of Mail Manager", "in Mail Manager it is `write_to_s3`")),
        "sns" => Some(("`sns` is an action of receipt rules, not of Mail Manager", "in Mail Manager it is `publish_to_sns`")),
        "lambda" => Some(("`lambda` is an action of receipt rules, not of Mail Manager", "in Mail Manager it is `invoke_lambda`")),
        "workmail" => Some(("`workmail` is an action of receipt rules, not of Mail Manager", "in Mail Manager it is `deliver_to_mailbox`")),
        "stop" => Some(("`stop` is an action of receipt rules, not of Mail Manager", "to end it here, the mail gone, write `drop`")),
        "connect" => Some(("`connect` is an action of receipt rules, not of Mail Manager", "Mail Manager has nothing like it")),
        _ => None,
    }
}

mapping! {
    /// Adds a header to the mail.
    MailAddHeader {
        /// Its name: `X-…`.
        name: ExtraHeaderName,
        /// Its value.
        value: MailHeaderValue,
    }
}

mapping! {
    /// Keeps the mail in an archive.
    ArchiveAction {
        /// The archive, by its name, id or ARN.
        archive: ArchiveReference,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Refuses the mail with a bounce.
    MailBounce {
        /// The address that the bounce comes from: a verified identity.
        sender: MailAddress,
        /// SMTP reply code, as 550.
        smtp_reply_code: ReplyCode,
        /// RFC 3463 status code, as 5.1.1.
        status_code: StatusCode,
        /// What the sender's server is told.
        diagnostic: Diagnostic,
        /// What the sender reads.
        message: Opt<MailText>,
        /// The role that may send it.
        role: RoleReference,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Hands the mail to WorkMail.
    DeliverToMailbox {
        /// The organization: its id or its ARN.
        organization: Organization,
        /// The role that may deliver it.
        role: RoleReference,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Hands the mail to Amazon Q Business.
    DeliverToQBusiness {
        /// The id of the application.
        application: QBusinessId,
        /// The id of its index.
        index: QBusinessId,
        /// The role that may put it there.
        role: RoleReference,
        /// The customer managed key of the application, where it has one: the role gets what it needs of it.
        kms_key: Opt<Key>,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Calls a function.
    InvokeLambda {
        /// `name[:alias|version]` or an ARN.
        function: Function,
        /// How it is called.
        invocation: OneOf<Invocation>,
        /// The role that may call it.
        role: RoleReference,
        /// For how long it is tried again, in minutes.
        retry_minutes: Opt<Whole<0, 2160>>,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Publishes the mail to a topic.
    PublishToSns {
        /// The topic: its name or its ARN.
        topic: Topic,
        /// The role that may publish.
        role: RoleReference,
        /// How the text is encoded.
        encoding: OneOf<Encoding> = Encoding::default(),
        /// What of the mail is published.
        payload: OneOf<Payload> = Payload::default(),
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Hands the mail to another mail server.
    RelayAction {
        /// The relay, by its name, id or ARN.
        relay: RelayReference,
        /// Whose envelope sender it bears.
        mail_from: Opt<OneOf<MailFrom>>,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Gives the mail other recipients.
    ReplaceRecipient {
        /// The new recipients of the envelope.
        with: OneOrMore<MailAddress, RECIPIENTS>,
    }
}

mapping! {
    /// Sends the mail on to its recipients.
    Send {
        /// The role that may send.
        role: RoleReference,
        /// Domains, addresses or ARNs of identities that the role may send as.
        identities: AllOr<SesIdentity>,
        /// Configuration sets that the role may use: those that the identities have for a default.
        configuration_sets: Opt<OneOrMore<ConfigurationSet>>,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

mapping! {
    /// Writes the mail to a bucket.
    WriteToS3 {
        /// The bucket: its name or its ARN.
        bucket: Bucket,
        /// What the object keys begin with.
        prefix: Opt<MailPrefix>,
        /// The role that may write.
        role: RoleReference,
        /// S3 encrypts the objects with this key (server-side): ARN, id or `alias/…`.
        sse_kms_key: Opt<Key>,
        /// What happens to the mail when this fails.
        on_failure: OnFailure,
    }
}

impl ShortForm for ArchiveAction {
    fn short_schema(definitions: &mut Definitions) -> Value {
        ArchiveReference::schema(definitions)
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let archive = ArchiveReference::read(node, reader)?;
        Some(Self { archive, on_failure: None })
    }
}

impl ShortForm for RelayAction {
    fn short_schema(definitions: &mut Definitions) -> Value {
        RelayReference::schema(definitions)
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let relay = RelayReference::read(node, reader)?;
        Some(Self { relay, mail_from: None, on_failure: None })
    }
}

impl ShortForm for ReplaceRecipient {
    fn short_schema(definitions: &mut Definitions) -> Value {
        MailAddress::schema(definitions)
    }

    fn read_short(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let with = MailAddress::read(node, reader)?;
        Some(Self { with: vec![with] })
    }
}
