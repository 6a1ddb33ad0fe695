//! Two IP filters are about the same range: one of them says nothing, or the other way round what the first says.

use std::collections::BTreeMap;

use super::{Check, Found, Look};
use crate::core::problem::Severity;
use crate::plan::language::FilterBody;

pub(super) static CHECK: Check = Check {
    code: "filter-contradiction",
    severity: Severity::Warning,
    doc: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-ip-filtering-console-walkthrough.html",
    about: "Two IP filters are about the same range: one of them says nothing, or the opposite of the first.",
    look,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let plan = look.scene.plan;
    let mut seen: BTreeMap<String, (&str, &FilterBody, &crate::plan::language::Spot)> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, filter) in &plan.receipt.filters {
        let (FilterBody::Block(range) | FilterBody::Allow(range)) = &filter.body else { continue };
        match seen.get(&one_form(&range.value)) {
            None => {
                seen.insert(one_form(&range.value), (name.value.as_str(), &filter.body, &filter.spot));
            }
            Some((first, body, spot)) => {
                let same = std::mem::discriminant(*body) == std::mem::discriminant(&filter.body);
                let what = if same { "say the same of" } else { "say the opposite of" };
                let message = format!("filters `{first}` and `{}` {what} `{}`: keep one of them", name.value, range.value);
                found.push(Found { message, because: vec![plan.cause(&filter.spot), plan.cause(spot)] });
            }
        }
    }
    found
}

/// An address is a range of one.
fn one_form(range: &str) -> String {
    let (address, bits) = range.split_once('/').unwrap_or((range, ""));
    let address = address.parse::<std::net::IpAddr>().map_or_else(|_| address.to_owned(), |address| address.to_string());
    let widest = if address.contains(':') { "128" } else { "32" };
    format!("{address}/{}", if bits.is_empty() { widest } else { bits })
}
