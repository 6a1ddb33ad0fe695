//! `senders:` and `archive_users:`

use super::choice::{ApiVersion, OneOf};
use super::common::{Flag, Must, Names, Opt};
use super::demand::Demand;
use super::macros::mapping;
use super::several::{AllOr, At, OneOrMore};
use super::texts::{
    AddressPattern, ArchiveReference, Bucket, Cidr, ConditionKey, ConfigurationSet, Date, GroupName, KeyPrincipal, MailTagValue, Operator,
    RequestTagKey, RoleName, SesAction, SesIdentity, Text, UserName,
};
use crate::plan::language::identities::ArchiveUse;

mapping! {
    /// Whose inline policy it becomes.
    AttachTo [Demand::ExactlyOne(&["user", "group", "role"])] {
        /// A user of the account.
        user: Opt<UserName>,
        /// A group of the account.
        group: Opt<GroupName>,
        /// A role of the account.
        role: Opt<RoleName>,
    }
}

mapping! {
    /// Who may send, and as whom.
    Sender {
        /// The user, group or role, or a list of them. They need not be declared.
        attach_to: Must<OneOrMore<AttachTo>>,
        /// Names of SES actions, with or without `ses:`; or `*` alone.
        actions: Opt<OneOrMore<SesAction>>,
        /// Domains, addresses or ARNs of identities to send as, or `all`.
        identities: Must<AllOr<SesIdentity>>,
        /// The configuration sets to send with.
        configuration_sets: Opt<OneOrMore<ConfigurationSet>>,
        /// Under which conditions: all must hold.
        only: Opt<Conditions>,
    }
}

mapping! {
    /// The conditions of sending. All must hold; of several values one.
    Conditions, given {
        /// The address in `From`; `*` and `?` stand for others.
        from: Opt<OneOrMore<AddressPattern>>,
        /// The display name in `From`; `*` and `?` stand for others.
        from_display_name: Opt<OneOrMore<Text>>,
        /// Every recipient is one of these; `*` and `?` stand for others.
        recipients: Opt<OneOrMore<AddressPattern>>,
        /// Where bounces and complaints go; `*` and `?` stand for others.
        feedback: Opt<OneOrMore<AddressPattern>>,
        /// The version of the SES API.
        api_version: Opt<OneOf<ApiVersion>>,
        /// Only later than this.
        after: Opt<Date>,
        /// Only earlier than this.
        before: Opt<Date>,
        /// Only from these addresses or ranges.
        source_ip: Opt<OneOrMore<Cidr>>,
        /// Whether the request comes over TLS.
        secure_transport: Opt<Flag>,
        /// The program that calls; `*` and `?` stand for others.
        user_agent: Opt<OneOrMore<Text>>,
        /// Others: operator, key, values.
        conditions: Opt<Names<Operator, Names<ConditionKey, OneOrMore<Text>>>>,
    }
}

mapping! {
    /// Who may administer, search, read and export archives.
    ArchiveUser, given {
        /// The user, group or role, or a list of them. They need not be declared.
        attach_to: Must<OneOrMore<AttachTo>>,
        /// Archives by their name in `mail_manager.archives`, id or ARN, or `all` of the account and region.
        archives: Must<AllOr<ArchiveReference>>,
        /// What of them is allowed.
        allow: Must<OneOrMore<At<OneOf<ArchiveUse>>>>,
        /// Condition of `create`: the new archive bears one of the values of each tag.
        create_with_tags: Opt<Names<RequestTagKey, OneOrMore<MailTagValue>>>,
        /// Buckets that exports go to; the bucket lets SES write them.
        export_to: Opt<OneOrMore<Bucket>>,
        /// Who stands in the policy of the archive's key: `role/NAME`, `user/NAME` or an ARN. A group cannot.
        key_principals: Opt<OneOrMore<KeyPrincipal>>,
    }
}
