//! Mail Manager takes names of buckets of at most 62 characters, where S3 allows 63.

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::plan::language::mail_manager::MailAction;

const LONGEST: usize = 62;

pub(super) static CHECK: Check = Check {
    code: "bucket-name-over-62",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/sesmailmanager/latest/APIReference/API_S3Action.html",
    about: "Mail Manager takes names of buckets of at most 62 characters, where S3 allows 63.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    look.each_of_mail_manager(|action| {
        let MailAction::WriteToS3 { bucket, .. } = action else { return None };
        let name = bucket.value.rsplit(':').next().unwrap_or_default();
        let long = name.len() > LONGEST;
        long.then(|| format!("the name of bucket `{name}` has {} characters; Mail Manager takes at most {LONGEST}", name.len()))
    })
}
