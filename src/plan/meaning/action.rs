//! The actions of a rule.

use super::super::language::{Action, Placed};
use super::super::words::{self, Encoding, Invocation, Reader};

/// The actions of one rule, in their order.
pub(super) fn actions(written: Vec<Placed<words::Action>>, reader: &mut Reader<'_>) -> Vec<Placed<Action>> {
    let last = written.len().saturating_sub(1);
    for (at, action) in written.iter().enumerate() {
        if matches!(action.value, words::Action::Stop(_)) && at != last {
            let problem = reader.tell("stop-not-last", "`stop` is not the last action", &action.spot, "nothing may follow it in its rule");
            problem.help = Some("SES refuses the rule otherwise: move it to the end".to_owned());
        }
    }
    written.into_iter().map(|Placed { value, spot }| Placed { value: action(value), spot }).collect()
}

fn action(written: words::Action) -> Action {
    match written {
        words::Action::S3(words::S3 { bucket, prefix, message_kms_key, topic, role, .. }) => {
            Action::S3 { bucket, prefix, message_kms_key, topic, role }
        }
        words::Action::Sns(words::Sns { topic, encoding, .. }) => Action::Sns { topic, base64: encoding == Encoding::Base64 },
        words::Action::Lambda(words::Lambda { function, invocation, topic, .. }) => {
            Action::Lambda { function, request_response: invocation == Invocation::RequestResponse, topic }
        }
        words::Action::Bounce(words::Bounce { smtp_reply_code, status_code, message, sender, topic, .. }) => {
            Action::Bounce { smtp_reply_code, status_code, message, sender, topic }
        }
        words::Action::AddHeader(words::AddHeader { name, value, .. }) => Action::AddHeader { name, value },
        words::Action::Workmail(words::Workmail { organization, topic, .. }) => Action::Workmail { organization, topic },
        words::Action::Connect(words::Connect { instance, role, .. }) => Action::Connect { instance, role },
        words::Action::Stop(words::Stop { topic, .. }) => Action::Stop { topic },
    }
}
