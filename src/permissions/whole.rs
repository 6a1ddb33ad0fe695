//! What looks at a whole account reads of it, whatever may be there; and what `--prune` may have to take away anywhere in it.

use crate::core::address::AddressKind::{self, *};
use crate::kinds::mail_manager::{RESOURCE_TYPES, uses};

/// Who looks at everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// `postroom audit`: `audit::scan`.
    Audit,
    /// `postroom import`: `import::scan`.
    Import,
    /// `--prune`: `audit::marks`.
    Prune,
}

/// Lists, and whatever they name.
const BY_ALL: &[AddressKind] = &[
    Bucket,
    BucketEncryption,
    BucketPolicy,
    Buckets,
    Function,
    FunctionPolicy,
    Key,
    KeyAliases,
    KeyPolicy,
    AttachedPolicies,
    ManagedPolicy,
    ReceiptRuleSet,
    ReceiptRuleSets,
    Role,
    RolePolicies,
    RolePolicy,
    RoleTrust,
    Secret,
    SecretPolicy,
    Topic,
    TopicPolicy,
];

/// The kinds that are read, of any name.
pub(super) fn reads(whole: Whole) -> impl Iterator<Item = AddressKind> {
    let more: &[AddressKind] = match whole {
        Whole::Audit => &[BucketAcl, FunctionAliases, Functions, Keys, Roles, Secrets, Topics],
        Whole::Import => &[AccountAliases, ActiveReceiptRuleSet, AddressListMembers, BucketObjectLock, ReceiptFilters],
        Whole::Prune => &[
            AddressListMembers,
            FunctionAliases,
            Functions,
            GroupPolicies,
            GroupPolicy,
            Identities,
            Keys,
            Secrets,
            Topics,
            UserPolicies,
            UserPolicy,
        ],
    };
    BY_ALL.iter().chain(more).copied().chain(mail_manager(whole))
}

/// The kinds of Mail Manager whose lists are read, and whatever those name. An audit looks at what uses something of somebody's.
pub(super) fn mail_manager(whole: Whole) -> impl Iterator<Item = AddressKind> {
    let all = RESOURCE_TYPES.iter().map(|(kind, _)| *kind);
    all.filter(move |kind| whole != Whole::Audit || uses::USERS.contains(kind))
}

/// What is asked for of other accounts, too, with the caller's own credentials: what an import finds named is looked at as its plan will.
pub(super) fn elsewhere(whole: Whole, kind: AddressKind) -> Option<&'static str> {
    (whole == Whole::Import && matches!(kind, Topic | TopicPolicy)).then_some("sns:*:*:*")
}

/// Where an orphan may be, and what may be one.
pub(super) const ORPHANS: &[AddressKind] = &[
    AddonInstance,
    AddonSubscription,
    AddressList,
    Archive,
    BucketPolicy,
    FunctionPolicy,
    GroupPolicy,
    IngressEndpoint,
    KeyPolicy,
    MailRuleSet,
    Relay,
    Role,
    RolePolicy,
    RoleTrust,
    SecretPolicy,
    TopicPolicy,
    TrafficPolicy,
    UserPolicy,
];
