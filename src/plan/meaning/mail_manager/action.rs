//! The actions of rules of Mail Manager.

use super::super::super::language::mail_manager::MailAction;
use super::super::super::words::mail_manager as words;
use super::super::super::words::{Encoding, Invocation, Payload};

pub(super) fn action(written: words::MailAction) -> MailAction {
    match written {
        words::MailAction::AddHeader(words::MailAddHeader { name, value }) => MailAction::AddHeader { name, value },
        words::MailAction::Archive(words::ArchiveAction { archive, on_failure }) => MailAction::Archive { archive, on_failure },
        words::MailAction::Bounce(words::MailBounce { sender, smtp_reply_code, status_code, diagnostic, message, role, on_failure }) => {
            MailAction::Bounce { sender, smtp_reply_code, status_code, diagnostic, message, role, on_failure }
        }
        words::MailAction::DeliverToMailbox(words::DeliverToMailbox { organization, role, on_failure }) => {
            MailAction::DeliverToMailbox { organization, role, on_failure }
        }
        words::MailAction::DeliverToQBusiness(words::DeliverToQBusiness { application, index, role, kms_key, on_failure }) => {
            MailAction::DeliverToQBusiness { application, index, role, kms_key, on_failure }
        }
        words::MailAction::Drop(()) => MailAction::Drop,
        words::MailAction::InvokeLambda(words::InvokeLambda { function, invocation, role, retry_minutes, on_failure }) => {
            let request_response = invocation == Invocation::RequestResponse;
            let retry_minutes = retry_minutes.and_then(|minutes| u16::try_from(minutes).ok());
            MailAction::InvokeLambda { function, request_response, role, retry_minutes, on_failure }
        }
        words::MailAction::PublishToSns(words::PublishToSns { topic, role, encoding, payload, on_failure }) => {
            let (base64, headers_only) = (encoding == Encoding::Base64, payload == Payload::Headers);
            MailAction::PublishToSns { topic, role, base64, headers_only, on_failure }
        }
        words::MailAction::Relay(words::RelayAction { relay, mail_from, on_failure }) => MailAction::Relay { relay, mail_from, on_failure },
        words::MailAction::ReplaceRecipient(words::ReplaceRecipient { with }) => MailAction::ReplaceRecipient { with },
        words::MailAction::Send(words::Send { role, identities, configuration_sets, on_failure }) => {
            let identities = identities.unwrap_or_default();
            MailAction::Send { role, identities, configuration_sets: configuration_sets.unwrap_or_default(), on_failure }
        }
        words::MailAction::WriteToS3(words::WriteToS3 { bucket, prefix, role, sse_kms_key, on_failure }) => {
            MailAction::WriteToS3 { bucket, prefix, role, sse_kms_key, on_failure }
        }
    }
}
