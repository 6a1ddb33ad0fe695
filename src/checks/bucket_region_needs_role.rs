//! A bucket outside the regions where SES receives mail can be written with a role only. The list of regions is a hint: AWS adds to it.

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::kinds::bucket::Bucket;

pub(super) static CHECK: Check = Check {
    code: "bucket-region-needs-role",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-s3.html",
    about: "A bucket outside the regions where SES receives mail can be written with a role only. The list of regions is a hint: AWS adds to it.",
    look,
};

/// Regions whose CloudFormation schema has `AWS::SES::ReceiptRule`: the best static hint there is (facts §1.7), and no proof.
pub(crate) const RECEIVING: [&str; 22] = [
    "af-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eusc-de-east-1",
];

fn look(look: &Look<'_>) -> Vec<Found> {
    look.buckets(|subject, bucket| {
        let region = look.scene.live.get::<Bucket>(bucket).present()?.region;
        let needs_role = subject.action.role().is_none() && !RECEIVING.contains(&region.as_str());
        let message = || {
            format!(
                "bucket `{}` is in {region}, where SES is not known to receive mail: without a `role` SES cannot write into it",
                bucket.name
            )
        };
        needs_role.then(message)
    })
}
