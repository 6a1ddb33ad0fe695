//! A statement for `bucket/prefix*` also covers every longer prefix: `in` covers `invoices/`.

use std::collections::BTreeMap;

use super::{Check, Found, Look};
use crate::core::problem::{Cause, Severity};
use crate::kinds::receipt_rule_set::rule::ReceiptAction;
use crate::plan::language::Scope;

pub(super) static CHECK: Check = Check {
    code: "prefix-overlap",
    severity: Severity::Info,
    doc: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html",
    about: "A statement for `bucket/prefix*` also covers every longer prefix: `in` covers `invoices/`.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    if look.scene.plan.defaults.scope == Scope::Bucket {
        return Vec::new();
    }
    let mut prefixes: BTreeMap<(&str, &str), Vec<Cause>> = BTreeMap::new();
    for subject in &look.actions {
        if let ReceiptAction::S3Action { bucket_name, object_key_prefix: Some(prefix), .. } = &subject.action {
            prefixes.entry((bucket_name, prefix)).or_default().push(subject.because.clone());
        }
    }
    // A prefix that ends in a slash is a folder: that it holds folders of its own surprises nobody.
    let short = prefixes.iter().filter(|((_, prefix), _)| !prefix.ends_with('/'));
    let pairs = short.flat_map(|short| {
        let ((bucket, prefix), _) = short;
        // Those that begin with it stand right behind it.
        let behind = prefixes.range((*bucket, *prefix)..).skip(1);
        behind.take_while(move |((at, long), _)| at == bucket && long.starts_with(prefix)).map(move |long| (short, long))
    });
    pairs
        .map(|(((bucket, short), because), ((_, long), too))| Found {
            message: format!(
                "in bucket `{bucket}` the prefix `{short}` also covers `{long}`: the rules of the one may write where the other's do"
            ),
            because: because.iter().chain(too).cloned().collect(),
        })
        .collect()
}
