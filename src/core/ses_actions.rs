//! Which condition keys of SES its actions carry. A condition on a key that an action does not carry never holds, and one with `ForAllValues`
//! always does: the first grants nothing, the second too much.
//!
//! From <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html>,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html> and
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservice-mailmanager.html>, where the actions of
//! all three APIs share the prefix `ses`.

use crate::policy::matches_wildcard;

/// The key that tells the two APIs for sending apart.
const API_VERSION: &str = "ses:ApiVersion";

/// What a message says of itself.
const MESSAGE: &[&str] = &["ses:FeedbackAddress", "ses:FromAddress", "ses:FromDisplayName", "ses:Recipients"];

/// Every action that sends, with the keys it carries beside `ses:ApiVersion` and those of [`MESSAGE`], and whether it carries these.
const SENDING: &[(&str, bool, &[&str])] = &[
    ("SendBounce", false, &["ses:FromAddress"]),
    ("SendBulkEmail", false, &["ses:MultiRegionEndpointId", "ses:TenantName"]),
    ("SendBulkTemplatedEmail", true, &[]),
    ("SendCustomVerificationEmail", false, &[]),
    ("SendEmail", true, &["ses:MultiRegionEndpointId", "ses:TenantName"]),
    ("SendRawEmail", true, &[]),
    ("SendTemplatedEmail", true, &[]),
];

/// Keys that only actions that send carry.
const SENDING_ONLY: &[&str] = &["ses:MultiRegionEndpointId", "ses:TenantName"];

/// The actions that do not carry `ses:ApiVersion`: those of Mail Manager, and one of replication.
const WITHOUT_VERSION: &[&str] = &[
    "AllowVendedLogDeliveryForResource",
    "CreateAddonInstance",
    "CreateAddonSubscription",
    "CreateAddressList",
    "CreateAddressListImportJob",
    "CreateArchive",
    "CreateIngressPoint",
    "CreateRelay",
    "CreateRuleSet",
    "CreateTrafficPolicy",
    "DeleteAddonInstance",
    "DeleteAddonSubscription",
    "DeleteAddressList",
    "DeleteArchive",
    "DeleteIngressPoint",
    "DeleteRelay",
    "DeleteRuleSet",
    "DeleteTrafficPolicy",
    "DeregisterMemberFromAddressList",
    "GetAddonInstance",
    "GetAddonSubscription",
    "GetAddressList",
    "GetAddressListImportJob",
    "GetArchive",
    "GetArchiveExport",
    "GetArchiveMessage",
    "GetArchiveMessageContent",
    "GetArchiveSearch",
    "GetArchiveSearchResults",
    "GetIngressPoint",
    "GetMemberOfAddressList",
    "GetRelay",
    "GetRuleSet",
    "GetTrafficPolicy",
    "ListAddonInstances",
    "ListAddonSubscriptions",
    "ListAddressListImportJobs",
    "ListAddressLists",
    "ListArchiveExports",
    "ListArchiveSearches",
    "ListArchives",
    "ListIngressPoints",
    "ListMembersOfAddressList",
    "ListRelays",
    "ListRuleSets",
    "ListTrafficPolicies",
    "RegisterMemberToAddressList",
    "ReplicateEmailIdentityDkimSigningKey",
    "StartAddressListImportJob",
    "StartArchiveExport",
    "StartArchiveSearch",
    "StopAddressListImportJob",
    "StopArchiveExport",
    "StopArchiveSearch",
    "UpdateArchive",
    "UpdateIngressPoint",
    "UpdateRelay",
    "UpdateRuleSet",
    "UpdateTrafficPolicy",
];

/// The action among those that `name` stands for (without its prefix; it may hold `*`) that does not carry a condition key, if the reference
/// says so of one.
///
/// A name with `*` under `ses:ApiVersion` is taken for the actions that carry it, as AWS's own `ses:*` for one API is.
#[must_use]
pub fn lacking(name: &str, key: &str) -> Option<String> {
    let is = |known: &str| known.eq_ignore_ascii_case(key);
    if is(API_VERSION) {
        let without = || WITHOUT_VERSION.iter().find(|action| action.eq_ignore_ascii_case(name));
        return if name.contains('*') { None } else { without().map(|action| (*action).to_owned()) };
    }
    if !MESSAGE.iter().chain(SENDING_ONLY).any(|known| is(known)) {
        return None; // `aws:` keys are carried by all; of others nothing is known
    }
    let carries =
        |(_, message, more): &(&str, bool, &[&str])| (*message && MESSAGE.iter().any(|key| is(key))) || more.iter().any(|key| is(key));
    let mut meant = SENDING.iter().filter(|(action, ..)| stands_for(name, action)).peekable();
    // What begins otherwise than those that send also stands for some that do not.
    if meant.peek().is_none() || (name.contains('*') && !name.to_ascii_lowercase().starts_with("send")) {
        return Some(name.to_owned());
    }
    meant.find(|action| !carries(action)).map(|(action, ..)| (*action).to_owned())
}

/// Whether a name with `*` stands for an action, as IAM has it: without regard to case.
fn stands_for(name: &str, action: &str) -> bool {
    matches_wildcard(&name.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(SENDING.is_sorted() && WITHOUT_VERSION.is_sorted() && MESSAGE.is_sorted());
    }

    #[test]
    fn an_action_carries_what_the_reference_says() {
        assert_eq!(lacking("SendEmail", "ses:FromAddress"), None);
        assert_eq!(lacking("sendrawemail", "SES:recipients"), None);
        assert_eq!(lacking("SendBounce", "ses:FromAddress"), None);
        assert_eq!(lacking("SendBounce", "ses:Recipients").as_deref(), Some("SendBounce"));
        assert_eq!(lacking("SendBulkEmail", "ses:FromAddress").as_deref(), Some("SendBulkEmail"));
        assert_eq!(lacking("SendBulkEmail", "ses:TenantName"), None);
        assert_eq!(lacking("SendRawEmail", "ses:TenantName").as_deref(), Some("SendRawEmail"));
        assert_eq!(lacking("GetSendQuota", "ses:FromAddress").as_deref(), Some("GetSendQuota"));
        assert_eq!(lacking("GetSendQuota", "ses:ApiVersion"), None);
        assert_eq!(lacking("GetRelay", "ses:ApiVersion").as_deref(), Some("GetRelay"));
        assert_eq!(lacking("GetRelay", "aws:SourceIp"), None);
    }

    #[test]
    fn a_name_with_a_star_is_each_that_it_stands_for() {
        assert_eq!(lacking("Send*", "ses:FromAddress").as_deref(), Some("SendBulkEmail"));
        assert_eq!(lacking("Send*TemplatedEmail", "ses:FromAddress"), None);
        assert_eq!(lacking("SendR*", "ses:FromAddress"), None);
        assert_eq!(lacking("*", "ses:FromAddress").as_deref(), Some("*"));
        assert_eq!(lacking("*Email", "ses:FromAddress").as_deref(), Some("*Email"));
        assert_eq!(lacking("*", "ses:ApiVersion"), None);
        assert_eq!(lacking("Get*", "ses:ApiVersion"), None);
    }
}
