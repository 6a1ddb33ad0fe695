//! What AWS gives as strings, as types with a checked constructor.
//!
//! Each accepts what the cited AWS model accepts and nothing else, so that a value of the type never needs a second look.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A text that is not what its type asks for. `Display` says what was expected, without the text itself (the caller has it).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct Malformed {
    expected: &'static str,
}

impl Malformed {
    pub(crate) const fn new(expected: &'static str) -> Self {
        Self { expected }
    }
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        // Every address has some of them: a copy shares the text.
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether a text is one.
            #[must_use]
            pub fn fits(text: &str) -> bool {
                let check: fn(&str) -> bool = $check;
                check(text)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                if Self::fits(text) { Ok(Self(text.into())) } else { Err(Malformed::new($expected)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

fn lower_digits_dashes(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

checked_text! {
    /// The twelve digits of an AWS account.
    AccountId, "an AWS account id: twelve digits", |t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit())
}

checked_text! {
    /// A region code such as `eu-west-1`. Whether it exists is AWS's to say: the list grows.
    Region, "a region such as `eu-west-1`", |t| {
        (5..=32).contains(&t.len()) && lower_digits_dashes(t) && t.bytes().next().is_some_and(|b| b.is_ascii_lowercase()) && t.contains('-') && t.ends_with(|c: char| c.is_ascii_digit())
    }
}

checked_text! {
    /// The name of a receipt rule, rule set or filter: ≤ 64 of `a-zA-Z0-9_.-`, alphanumeric at both ends.
    /// <https://docs.aws.amazon.com/ses/latest/APIReference/API_ReceiptRule.html>
    RuleName, "at most 64 of `a-z A-Z 0-9 _ . -`, with a letter or digit at both ends", |t| {
        (1..=64).contains(&t.len())
            && t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
            && t.starts_with(|c: char| c.is_ascii_alphanumeric())
            && t.ends_with(|c: char| c.is_ascii_alphanumeric())
    }
}

checked_text! {
    /// The name of a plan, which is its owner's name: `[a-z][a-z0-9]*(-[a-z0-9]+)*`, 2 to 32 characters.
    PlanName, "2 to 32 of `a-z 0-9 -`, beginning with a letter, no dash at the end or twice in a row", |t| {
        (2..=32).contains(&t.len())
            && lower_digits_dashes(t)
            && t.starts_with(|c: char| c.is_ascii_lowercase())
            && !t.ends_with('-')
            && !t.contains("--")
    }
}

checked_text! {
    /// A statement's Sid as we write them: `[A-Za-z0-9]`, at most 64, which every container takes
    /// (IAM is the strictest: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>).
    Sid, "at most 64 letters and digits", |t| (1..=64).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric())
}

checked_text! {
    /// A partition: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`, `aws-iso…`.
    Partition, "a partition such as `aws`", |t| t.starts_with("aws") && lower_digits_dashes(t)
}

impl Default for Partition {
    /// The commercial one.
    fn default() -> Self {
        Self("aws".into())
    }
}

impl Partition {
    /// The partition that a region lies in, by the prefixes AWS documents.
    /// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
    #[must_use]
    pub fn of(region: &Region) -> Self {
        const BY_PREFIX: [(&str, &str); 7] = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("eusc-", "aws-eusc"),
            ("us-isob-", "aws-iso-b"),
            ("us-isof-", "aws-iso-f"),
            ("eu-isoe-", "aws-iso-e"),
            ("us-iso-", "aws-iso"),
        ];
        let found = BY_PREFIX.iter().find(|(prefix, _)| region.as_str().starts_with(prefix));
        Self(found.map_or("aws", |(_, partition)| partition).into())
    }
}

/// `arn:partition:service:region:account:resource`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    text: Arc<str>,
    /// Byte offsets at which region, account and resource begin.
    at: [usize; 3],
}

impl Arn {
    /// An ARN from its parts; region and account may be empty where the service has none.
    #[must_use]
    pub fn new(partition: &Partition, service: &str, region: &str, account: &str, resource: &str) -> Self {
        let text: String = ["arn:", partition.as_str(), ":", service, ":", region, ":", account, ":", resource].concat();
        let region_at = "arn:".len() + partition.as_str().len() + service.len() + 2;
        Self::at(text, region_at, region, account)
    }

    fn at(text: impl Into<Arc<str>>, region_at: usize, region: &str, account: &str) -> Self {
        let account_at = region_at + region.len() + 1;
        let resource_at = account_at + account.len() + 1;
        Self { text: text.into(), at: [region_at, account_at, resource_at] }
    }

    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// `aws`, `aws-cn`, …
    pub fn partition(&self) -> &str {
        self.text.split(':').nth(1).unwrap_or_default()
    }
    /// `s3`, `kms`, …
    pub fn service(&self) -> &str {
        self.text.split(':').nth(2).unwrap_or_default()
    }
    /// The region, or empty (S3, IAM).
    pub fn region(&self) -> &str {
        &self.text[self.at[0]..self.at[1] - 1]
    }
    /// The account, or empty (S3).
    pub fn account(&self) -> &str {
        &self.text[self.at[1]..self.at[2] - 1]
    }
    /// All that follows the fifth colon.
    pub fn resource(&self) -> &str {
        &self.text[self.at[2]..]
    }
    /// The account as a type, where the ARN has one.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account().parse().ok()
    }
    /// The region as a type, where the ARN has one.
    pub fn region_id(&self) -> Option<Region> {
        self.region().parse().ok()
    }
}

impl FromStr for Arn {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        const EXPECTED: Malformed = Malformed::new("an ARN: `arn:partition:service:region:account:resource`");
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().ok_or(EXPECTED);
        let (arn, partition, service, region, account, resource) = (next()?, next()?, next()?, next()?, next()?, next()?);
        let account_fits = account.is_empty() || AccountId::fits(account) || account == "aws";
        let region_fits = region.is_empty() || Region::fits(region);
        let plain = text.bytes().all(|b| b.is_ascii_graphic());
        if arn != "arn"
            || !Partition::fits(partition)
            || service.is_empty()
            || resource.is_empty()
            || !account_fits
            || !region_fits
            || !plain
        {
            return Err(EXPECTED);
        }
        Ok(Self::at(text, arn.len() + partition.len() + service.len() + 3, region, account))
    }
}

impl TryFrom<String> for Arn {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.text.as_ref().to_owned()
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_knows_its_parts() {
        let arn: Arn = "arn:aws:ses:eu-west-1:111122223333:receipt-rule-set/s:receipt-rule/r".parse().unwrap();
        assert_eq!((arn.partition(), arn.service(), arn.region(), arn.account()), ("aws", "ses", "eu-west-1", "111122223333"));
        assert_eq!(arn.resource(), "receipt-rule-set/s:receipt-rule/r");
        let bucket: Arn = "arn:aws:s3:::acme-mail".parse().unwrap();
        assert_eq!((bucket.region(), bucket.account(), bucket.resource()), ("", "", "acme-mail"));
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        // The double colon of the KMS ARN on the AWS page (facts P001-1) puts the region where the account belongs.
        for text in [
            "arn:aws:kms:region::111122223333:key/k",
            "arn:aws:s3",
            "",
            "arn:aws:sns:eu-west-1:12:t",
            "arn:aws:sns:eu-west-1:111122223333:",
        ] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_checked_as_aws_checks_them() {
        assert!("a".parse::<RuleName>().is_ok() && "a.b_c-9".parse::<RuleName>().is_ok());
        for bad in ["", "-a", "a-", "a b", &"a".repeat(65)] {
            assert!(bad.parse::<RuleName>().is_err(), "{bad}");
        }
        assert!("acme-inbound".parse::<PlanName>().is_ok());
        for bad in ["a", "Acme", "a--b", "a-", "1a"] {
            assert!(bad.parse::<PlanName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_region_tells_its_partition() {
        let of = |region: &str| Partition::of(&region.parse().unwrap()).to_string();
        assert_eq!(
            [of("eu-west-1"), of("cn-north-1"), of("us-gov-west-1"), of("eusc-de-east-1")],
            ["aws", "aws-cn", "aws-us-gov", "aws-eusc"]
        );
    }
}
