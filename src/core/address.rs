//! The name of a thing, in output and in code: `bucket-policy/acme-mail`, with account and region as fields.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{AccountId, Malformed, Partition, Region};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $scope:ident,)*) => {
        /// What an address names. The closed list of contract/cli.md, and what is read to decide about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AddressKind { $($(#[$doc])* $variant,)* }

        impl AddressKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The first half of an address.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Where names of this kind are unique.
            #[must_use]
            pub const fn scope(self) -> Scope {
                match self { $(Self::$variant => Scope::$scope,)* }
            }
        }
    };
}

/// Where a name is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In one account and region.
    Region,
    /// In one account (IAM), or in all of them (bucket names): the address carries no region.
    Account,
}

kinds! {
    /// `GetBucketPolicy`.
    BucketPolicy = "bucket-policy" Account,
    /// `GetKeyPolicy`; the name is a key id, or `alias/…` while that is all that is known.
    KeyPolicy = "key-policy" Region,
    /// The `Policy` attribute of a topic.
    TopicPolicy = "topic-policy" Region,
    /// The resource policy of `NAME[:QUALIFIER]`.
    FunctionPolicy = "function-policy" Region,
    /// `GetResourcePolicy` of a secret.
    SecretPolicy = "secret-policy" Region,
    /// An IAM role itself.
    Role = "role" Account,
    /// A role's `AssumeRolePolicyDocument`.
    RoleTrust = "role-trust" Account,
    /// Our inline policy of a role; `NAME/POLICY` is somebody else's.
    RolePolicy = "role-policy" Account,
    /// Our inline policy of a user; `NAME/POLICY` is somebody else's.
    UserPolicy = "user-policy" Account,
    /// Our inline policy of a group; `NAME/POLICY` is somebody else's.
    GroupPolicy = "group-policy" Account,
    /// A receipt rule set with its rules in evaluation order.
    ReceiptRuleSet = "receipt-rule-set" Region,
    /// The names of all rule sets of an account and region, which are one list, named `all`.
    ReceiptRuleSets = "receipt-rule-sets" Region,
    /// One rule: `SET/NAME`.
    ReceiptRule = "receipt-rule" Region,
    /// An IP address filter.
    ReceiptFilter = "receipt-filter" Region,
    /// The names of all filters of an account and region, which are one list, named `all`.
    ReceiptFilters = "receipt-filters" Region,
    /// Which rule set receives; there is one pointer per account and region, named `active`.
    ActiveReceiptRuleSet = "receipt-rule-set-pointer" Region,
    /// A Mail Manager traffic policy.
    TrafficPolicy = "traffic-policy" Region,
    /// A Mail Manager rule set.
    MailRuleSet = "mail-rule-set" Region,
    /// A Mail Manager ingress endpoint (the API says ingress point).
    IngressEndpoint = "ingress-endpoint" Region,
    /// A Mail Manager SMTP relay.
    Relay = "relay" Region,
    /// A Mail Manager archive.
    Archive = "archive" Region,
    /// A Mail Manager address list.
    AddressList = "address-list" Region,
    /// The members of a Mail Manager address list, by the name of the list.
    AddressListMembers = "address-list-members" Region,
    /// A Mail Manager add-on subscription.
    AddonSubscription = "addon-subscription" Region,
    /// A Mail Manager add-on instance.
    AddonInstance = "addon-instance" Region,
    /// The ids and names of all Mail Manager resources of one kind in an account and region, by the name of the kind.
    MailManagerNames = "mail-manager-names" Region,
    /// A bucket: that it exists, and where.
    Bucket = "bucket" Account,
    /// A bucket's default encryption.
    BucketEncryption = "bucket-encryption" Account,
    /// A bucket's Object Lock default retention.
    BucketObjectLock = "bucket-object-lock" Account,
    /// A bucket's tags.
    BucketTags = "bucket-tags" Account,
    /// A KMS key; `alias/…` stands for the one it points to.
    Key = "key" Region,
    /// All aliases of an account and region, which are one list, named `all`.
    KeyAliases = "key-aliases" Region,
    /// An SNS topic's attributes.
    Topic = "topic" Region,
    /// A Lambda function's configuration.
    Function = "function" Region,
    /// A secret.
    Secret = "secret" Region,
    /// The names of a role's inline policies.
    RolePolicies = "role-policies" Account,
    /// The names of a user's inline policies.
    UserPolicies = "user-policies" Account,
    /// The names of a group's inline policies.
    GroupPolicies = "group-policies" Account,
    /// The ARNs of the managed policies that are attached to a role.
    AttachedPolicies = "attached-policies" Account,
    /// The default version of a managed policy, by its ARN: attached to a role, or its permissions boundary.
    ManagedPolicy = "managed-policy" Account,
    /// To whom a bucket's access control list lets the public in.
    BucketAcl = "bucket-acl" Account,
    /// All buckets of an account, wherever they are: one list, named `all`, as every list of an audit.
    Buckets = "buckets" Account,
    /// The ids of all keys of an account and region.
    Keys = "keys" Region,
    /// The names of all topics of an account and region.
    Topics = "topics" Region,
    /// All functions of an account and region, with their versions.
    Functions = "functions" Region,
    /// The aliases of one function.
    FunctionAliases = "function-aliases" Region,
    /// The names of all secrets of an account and region.
    Secrets = "secrets" Region,
    /// All roles of an account, each with its trust policy.
    Roles = "roles" Account,
    /// All users, groups and roles of an account, each with the names of its inline policies.
    Identities = "identities" Account,
    /// What an account calls itself: one list of at most one.
    AccountAliases = "account-aliases" Account,
}

/// The account and region that a plan (or one target of it) is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Home {
    /// The SES account.
    pub account: AccountId,
    /// The SES region.
    pub region: Region,
}

impl Home {
    /// The partition of its region.
    #[must_use]
    pub fn partition(&self) -> Partition {
        Partition::of(&self.region)
    }
    /// An address in this account and region.
    #[must_use]
    pub fn at(&self, kind: AddressKind, name: impl Into<String>) -> Address {
        Address::new(kind, name, self.account.clone(), &self.region)
    }
}

/// The full name of a thing. `Display` and `FromStr` are of the full form `kind/name@account[:region]`;
/// [`Address::seen_from`] is the short form that people read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// What it is.
    pub kind: AddressKind,
    /// Its name.
    pub name: String,
    /// The account that owns it.
    pub account: AccountId,
    /// Its region, where its kind has one.
    pub region: Option<Region>,
}

impl Address {
    /// `region` is dropped where names of the kind are not regional.
    pub fn new(kind: AddressKind, name: impl Into<String>, account: AccountId, region: &Region) -> Self {
        let region = (kind.scope() == Scope::Region).then(|| region.clone());
        Self { kind, name: name.into(), account, region }
    }

    /// The same resource as another kind: the policy of a bucket, the bucket of a policy.
    #[must_use]
    pub fn with_kind(&self, kind: AddressKind) -> Self {
        Self { kind, ..self.clone() }
    }

    /// `kind/name` at home, `kind/name@account` in another account, `kind/name@account:region` in another region.
    #[must_use]
    pub fn seen_from(&self, home: &Home) -> String {
        let Self { kind, name, account, region } = self;
        let kind = kind.name();
        match region {
            Some(region) if *region != home.region => format!("{kind}/{name}@{account}:{region}"),
            _ if *account != home.account => format!("{kind}/{name}@{account}"),
            _ => format!("{kind}/{name}"),
        }
    }

    /// Reads an address as a person writes it: what is left out is the plan's own.
    pub fn read_at(text: &str, home: &Home) -> Result<Self, Malformed> {
        let (kind, rest) = text.split_once('/').ok_or(EXPECTED)?;
        let kind = *AddressKind::ALL.iter().find(|known| known.name() == kind).ok_or(EXPECTED)?;
        let (name, account, region) = split_suffix(rest);
        if name.is_empty() {
            return Err(EXPECTED);
        }
        let region = region.unwrap_or_else(|| home.region.clone());
        Ok(Self::new(kind, name, account.unwrap_or_else(|| home.account.clone()), &region))
    }
}

const EXPECTED: Malformed = Malformed::new("an address: `kind/name`, `kind/name@account` or `kind/name@account:region`");

/// Splits at the last `@` that is followed by twelve digits, and then nothing or `:region` (contract/cli.md): names may hold an `@`.
fn split_suffix(text: &str) -> (&str, Option<AccountId>, Option<Region>) {
    for (at, _) in text.rmatch_indices('@') {
        let tail = &text[at + 1..];
        let (account, region) = tail.split_once(':').map_or((tail, None), |(account, region)| (account, Some(region)));
        let Ok(account) = account.parse() else { continue };
        match region.map(str::parse) {
            None => return (&text[..at], Some(account), None),
            Some(Ok(region)) => return (&text[..at], Some(account), Some(region)),
            Some(Err(_)) => {}
        }
    }
    (text, None, None)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.kind.name(), self.name, self.account)?;
        self.region.as_ref().map_or(Ok(()), |region| write!(f, ":{region}"))
    }
}

impl FromStr for Address {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (kind, rest) = text.split_once('/').ok_or(EXPECTED)?;
        let kind = *AddressKind::ALL.iter().find(|known| known.name() == kind).ok_or(EXPECTED)?;
        let (name, account, region) = split_suffix(rest);
        let account = account.ok_or(EXPECTED)?;
        if name.is_empty() || region.is_some() != (kind.scope() == Scope::Region) {
            return Err(EXPECTED);
        }
        Ok(Self { kind, name: name.to_owned(), account, region })
    }
}

impl Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Home {
        Home { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap() }
    }

    #[test]
    fn an_address_reads_back_what_it_prints() {
        for kind in AddressKind::ALL {
            let here = home().at(*kind, "a/b:c");
            assert_eq!(here.to_string().parse::<Address>().unwrap(), here);
            assert_eq!(Address::read_at(&here.seen_from(&home()), &home()).unwrap(), here);
            let away = Address::new(*kind, "x@y", "444455556666".parse().unwrap(), &"us-east-1".parse().unwrap());
            assert_eq!(away.to_string().parse::<Address>().unwrap(), away);
            assert_eq!(Address::read_at(&away.seen_from(&home()), &home()).unwrap(), away);
        }
    }

    #[test]
    fn the_short_form_leaves_out_what_is_the_plans_own() {
        let topic = Address::new(AddressKind::TopicPolicy, "t", "444455556666".parse().unwrap(), &home().region);
        assert_eq!(home().at(AddressKind::TopicPolicy, "t").seen_from(&home()), "topic-policy/t");
        assert_eq!(topic.seen_from(&home()), "topic-policy/t@444455556666");
    }

    #[test]
    fn names_with_an_at_sign_are_split_at_the_account() {
        let read = Address::read_at("address-list/a@b@444455556666", &home()).unwrap();
        assert_eq!((read.name.as_str(), read.account.as_str()), ("a@b", "444455556666"));
        let whole = Address::read_at("address-list/a@b", &home()).unwrap();
        assert_eq!((whole.name.as_str(), whole.account), ("a@b", home().account));
    }
}
