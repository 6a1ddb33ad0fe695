//! A rule, or an export of an archive, writes into a bucket that does not exist: SES refuses the rule with `No such bucket`.

use super::{Check, Found, Look};
use crate::core::address::Address;
use crate::core::live::Seen;
use crate::core::problem::Severity;
use crate::kinds::bucket::Bucket;
use crate::plan::language::mail_manager::MailAction;

pub(super) static CHECK: Check = Check {
    code: "bucket-missing",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A rule writes into a bucket that does not exist: SES refuses it with `No such bucket`.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let say = |bucket: &Address| match look.scene.live.get::<Bucket>(bucket) {
        Seen::Absent => Some(format!("bucket `{}` does not exist; make it, or correct its name", bucket.name)),
        Seen::Present(_) | Seen::Unreadable(_) | Seen::Unread => None,
    };
    let mut found = look.buckets(|_, bucket| say(bucket));
    found.extend(look.each_of_mail_manager(|action| {
        let MailAction::WriteToS3 { bucket, .. } = action else { return None };
        say(&look.scene.bucket(&bucket.value))
    }));
    for user in &look.scene.plan.archive_users {
        let missing = user.export_to.iter().filter_map(|bucket| Some((say(&look.scene.bucket(&bucket.value))?, &bucket.spot)));
        found.extend(missing.map(|(message, spot)| Found { message, because: vec![look.scene.plan.cause(spot)] }));
    }
    found
}
