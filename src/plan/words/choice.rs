//! The form of a word of which exactly one is chosen.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::schema::{Shown, or_variable, sentence};
use super::{Definitions, Reader, Word};
use crate::plan::choices::{Choice, choices};
use crate::plan::node::Node;
use crate::plan::suggest::{any_of, suggest};

/// One of the spellings of an enum.
#[derive(Debug)]
pub(crate) struct OneOf<C>(PhantomData<C>);

impl<C: Choice> Word for OneOf<C> {
    type Value = C;

    fn schema(_: &mut Definitions) -> Value {
        let choices: Vec<_> = C::ALL.iter().map(|(_, spelling, about)| choice(spelling, about)).collect();
        or_variable(json!({ "oneOf": choices }))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<C> {
        let spellings: Vec<_> = C::ALL.iter().map(|(_, spelling, _)| *spelling).collect();
        let expected = any_of(&spellings);
        let text = reader.text(node, &expected)?;
        let found = C::ALL.iter().find(|(_, spelling, _)| *spelling == text).map(|(choice, ..)| *choice);
        if found.is_none() {
            let spot = reader.spot_of(node);
            let message = format!("{} cannot be `{text}`", reader.here());
            let near = suggest(text, spellings).map(|near| format!("did you mean `{near}`?"));
            reader.tell("bad-value", message, &spot, format!("expected {expected}")).help = near;
        }
        found
    }
}

/// One spelling; where it looks like a number or a boolean, editors see one.
fn choice(spelling: &str, about: &str) -> Value {
    let other = serde_json::from_str::<Value>(spelling);
    other.map_or_else(
        |_| json!({ "const": spelling, "description": sentence(about) }),
        |other| json!({ "enum": [spelling, other], "description": sentence(about) }),
    )
}

impl<C: Choice> Shown for C
where
    C: PartialEq,
{
    fn shown(&self) -> Value {
        C::ALL.iter().find(|(choice, ..)| choice == self).map_or(Value::Null, |(_, spelling, _)| json!(spelling))
    }
}

choices! {
    /// Whether mail must come over TLS.
    pub(crate) Tls {
        /// Mail without TLS is taken.
        Optional = "optional",
        /// Mail without TLS is bounced.
        Require = "require",
    }
    /// How the text of a notification is encoded.
    pub(crate) Encoding {
        /// Shorter; special characters of other encodings may suffer.
        Utf8 = "utf-8",
        /// Keeps every byte.
        Base64 = "base64",
    }
    /// How a function is called.
    pub(crate) Invocation {
        /// SES goes on at once.
        Event = "event",
        /// SES waits, at most 30 seconds, and the function may stop the rule set.
        RequestResponse = "request_response",
    }
    /// The version of the SES API.
    pub(crate) ApiVersion {
        /// The API of `email`, action by action.
        One = "1",
        /// The API of `sesv2`.
        Two = "2",
    }
    /// What happens to mail.
    pub(crate) Answer {
        /// It is let in.
        Allow = "allow",
        /// It is refused.
        Deny = "deny",
    }
    /// What happens to members that the plan does not name.
    pub(crate) Keep {
        /// They stay.
        Keep = "keep",
    }
    /// Who may hand in mail at an ingress endpoint.
    pub(crate) IngressType {
        /// Everybody.
        Open = "open",
        /// Who knows the password.
        Auth = "auth",
        /// Who has a certificate of a trusted authority.
        Mtls = "mtls",
    }
    /// By which kind of address an ingress endpoint is reached.
    pub(crate) IpKind {
        /// IPv4 alone.
        Ipv4 = "ipv4",
        /// IPv4 and IPv6.
        DualStack = "dual_stack",
    }
    /// What of a mail is published.
    pub(crate) Payload {
        /// The mail.
        Content = "content",
        /// Its headers alone.
        Headers = "headers",
    }
    /// Which address of a mail there is before its content.
    pub(crate) OnlyRecipient {
        /// The envelope recipient.
        Recipient = "recipient",
    }
    /// Which rule set receives, said of the whole.
    pub(crate) NoSet {
        /// None: all receiving is off.
        None = "none",
    }
    /// Which list of KMS actions a key policy gets.
    pub(crate) KeyActions {
        /// The list of 2019: also `Encrypt`, `ReEncrypt*` and `DescribeKey`.
        Legacy = "legacy",
    }
}
