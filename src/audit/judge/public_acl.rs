//! What a bucket policy keeps closed, an access control list may open: mail that everybody may read, or add to.

use super::{Found, Judgement, Look, listed};
use crate::audit::entries::LetsIn;
use crate::core::address::AddressKind;
use crate::core::problem::Severity;
use crate::kinds::bucket_acl::PublicAcl;

pub(super) static JUDGEMENT: Judgement = Judgement {
    code: "public-acl",
    severity: Severity::Error,
    doc: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    about: "A bucket that SES writes mail into has an access control list that lets the public in. Info where the bucket ignores it.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let live = look.subject.live;
    let written = |name: &str| {
        let lets_in = |entry: &&crate::audit::Entry| entry.lets_in == LetsIn::Ses && entry.at.kind == AddressKind::BucketPolicy;
        look.needs.buckets.iter().any(|bucket| bucket.name == name)
            || look.entries.iter().filter(lets_in).any(|entry| entry.at.name == name)
    };
    let mut found = Vec::new();
    for at in live.of_kind(AddressKind::BucketAcl).filter(|at| written(&at.name)) {
        let Some(acl) = live.get::<PublicAcl>(at).present().filter(|acl| !acl.public.is_empty()) else { continue };
        let to = |grant: &crate::kinds::bucket_acl::PublicGrant| format!("{} to {}", grant.permission, grant.group);
        let granted = listed(acl.public.iter().map(to));
        let (severity, message) = if acl.ignored {
            (Severity::Info, format!("its access control list grants {granted}, which the bucket's public access block ignores"))
        } else {
            (Severity::Error, format!("SES writes mail into this bucket, and its access control list grants {granted}"))
        };
        let remedy = "take the public grants away (`aws s3api put-bucket-acl --acl private`), or turn access control lists off: object \
                      ownership `BucketOwnerEnforced`, public access block `IgnorePublicAcls`";
        let at = at.with_kind(AddressKind::Bucket);
        found.push(Found { at, statement: None, entry: None, severity: Some(severity), message, remedy: remedy.to_owned() });
    }
    found
}
