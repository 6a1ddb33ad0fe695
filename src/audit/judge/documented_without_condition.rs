//! Three statements that AWS documents without a condition: with one, what they are for may stop to work.

use super::{Found, Judgement, Look};
use crate::audit::entries::LetsIn;
use crate::core::problem::Severity;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "documented-without-condition",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/eb-policies.html",
    about: "A statement has no source condition because AWS documents it so: an archive's export bucket (P002-7), the key of an encrypted \
            topic (P001-8), an archive's key (P002-9). Exactly these forms; anything wider is `no-source-condition`.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each(LetsIn::Ses, |entry| {
        let block = entry.exception?;
        let message = match block {
            "P002-7" => "it lets SES export an archive into the bucket; AWS supports no source condition there",
            "P001-8" => "it lets SES use the key of an encrypted topic; AWS documents no source condition there",
            _ => "it lets SES use the key of an archive; AWS documents no source condition there",
        };
        Some(Found::of(entry, format!("{message} (block {block})"), "leave it as it is while what it is for is used"))
    })
}
