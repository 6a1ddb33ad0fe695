//! The AWS managed key `aws/ses` is made by AWS when it is first used; until then KMS does not list it (whether SES makes it when a rule is saved is not documented).

use super::{Check, Found, Look};
use crate::core::address::AddressKind;
use crate::core::problem::Severity;
use crate::core::scene::KeyRef;
use crate::kinds::key::{Aliases, aliases_at};

pub(super) static CHECK: Check = Check {
    code: "ses-alias-missing",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "The AWS managed key `aws/ses` is made by AWS when it is first used; until then KMS does not list it (whether SES makes it when a rule is saved is not documented).",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.message_keys(|_, key| {
        let KeyRef::SesManaged(arn) = key else { return None };
        let at = look.scene.address_of(AddressKind::Key, arn, arn.resource());
        let aliases: Aliases = look.scene.live.get(&aliases_at(&at)).present()?;
        let absent = !aliases.contains_key(&at.name);
        absent.then(|| "the key `aws/ses` is not in this account yet; choosing it once in the SES console makes it".to_owned())
    })
}
