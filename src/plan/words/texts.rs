//! Forms of text: names, addresses and references, each by the pattern that AWS documents.

use std::marker::PhantomData;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::macros::texts;
use super::schema::{VARIABLE, sentence};
use super::{Definitions, Reader, Word};
use crate::core::ids;
use crate::plan::language::Placed;
use crate::plan::node::Node;
use crate::policy::is_operator;

/// A form of text.
pub(crate) trait Form {
    type Of: FromStr;
    /// Anchored at both ends.
    const PATTERN: &'static str;
    /// For people.
    const EXPECTED: &'static str;
    fn regex() -> &'static OnceLock<Option<Regex>>;
    /// What is wrong with a text that fits the pattern.
    fn also(_text: &str) -> Option<&'static str> {
        None
    }
}

/// Reads a text; plain scalars are their characters as written.
pub(crate) fn read<F: Form>(node: &Node, reader: &mut Reader<'_>) -> Option<Placed<F::Of>> {
    let text = reader.text(node, F::EXPECTED)?;
    let regex = F::regex().get_or_init(|| Regex::new(F::PATTERN).ok());
    let fits = regex.as_ref().is_some_and(|regex| regex.is_match(text));
    let wrong = if fits { F::also(text) } else { Some(F::EXPECTED) };
    match (wrong, F::Of::from_str(text)) {
        (None, Ok(value)) => Some(Placed { value, spot: reader.spot_of(node) }),
        (wrong, _) => {
            let spot = reader.spot_of(node);
            let message = match reader.last_key() {
                Some(key) if key == text => format!("`{text}` cannot stand here"),
                _ if text.contains("${") => format!("{} takes no variables", reader.here()),
                _ => format!("{} cannot be `{text}`", reader.here()),
            };
            reader.tell("bad-value", message, &spot, format!("expected {}", wrong.unwrap_or(F::EXPECTED)));
            None
        }
    }
}

/// Editors see numbers and booleans where people write 550 or on; a pattern binds texts alone, and not those with a variable.
pub(crate) fn schema<F: Form>(name: &str, about: &str) -> Value {
    let pattern = format!("(?:{})|{VARIABLE}", F::PATTERN);
    let examples = super::examples::of(name);
    json!({ "type": ["string", "number", "boolean"], "pattern": pattern, "description": sentence(about), "examples": examples })
}

/// Every form of text: its name, its pattern, and what that cannot say.
#[cfg(test)]
pub(crate) fn forms() -> Vec<OneForm> {
    [PATTERNS, create::PATTERNS, identities::PATTERNS, mail_manager::PATTERNS].concat()
}

#[cfg(test)]
pub(crate) type OneForm = (&'static str, &'static str, fn(&str) -> Option<&'static str>);

/// A text that takes no variables.
#[derive(Debug)]
pub(crate) struct Literal<F>(PhantomData<F>);

impl<F: Form + Word> Word for Literal<F> {
    type Value = <F as Word>::Value;

    fn schema(definitions: &mut Definitions) -> Value {
        let mut schema = F::schema(definitions);
        schema["pattern"] = json!(F::PATTERN);
        schema
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self::Value> {
        F::read(node, reader)
    }
}

/// The pieces that several patterns are made of.
macro_rules! arn {
    ($service:literal, $region:literal, $account:literal, $resource:literal) => {
        concat!("arn:aws[a-z-]*:", $service, ":", $region, ":", $account, ":", $resource)
    };
}
macro_rules! domain {
    () => {
        "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
    };
}
macro_rules! mailbox {
    () => {
        concat!("[A-Za-z0-9!#$%&'+/=?^_`{|}~.-]{1,64}@", domain!())
    };
}
macro_rules! bucket {
    () => {
        "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
    };
}
macro_rules! role_arn {
    () => {
        arn!("iam", "", "[0-9]{12}", "role/(?:[!-~]+/)?[A-Za-z0-9_+=,.@-]{1,64}")
    };
}
macro_rules! key {
    ($more:literal) => {
        concat!(
            "^(?:",
            $more,
            "alias/[A-Za-z0-9/_-]{1,250}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-fA-F]{32}|",
            arn!("kms", "[a-z0-9-]+", "[0-9]{12}", "(?:key|alias)/[A-Za-z0-9/_-]+"),
            ")$"
        )
    };
}

mod create;
mod identities;
mod mail_manager;

pub(crate) use create::*;
pub(crate) use identities::*;
pub(crate) use mail_manager::*;

texts! {
    /// The version of the plan language.
    Version -> String: "^1$", "`1`, the version of the plan language that this program reads";
    /// Any text.
    Text -> String: r"^[\s\S]+$", "text";
    /// Any text, also none.
    AnyText -> String: r"^[\s\S]*$", "text";
    /// The name of a plan.
    PlanName -> ids::PlanName:
        "^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$",
        "2 to 32 of `a-z 0-9 -`, beginning with a letter, no dash at the end or twice in a row", |text| {
        (!(2..=32).contains(&text.len())).then_some("2 to 32 characters")
    };
    /// Twelve digits.
    AccountId -> ids::AccountId: "^[0-9]{12}$", "an AWS account id: twelve digits";
    /// An account, or `default` for every account without an entry of its own.
    AccountKey -> String: "^(?:default|[0-9]{12})$", "`default` or an AWS account id: twelve digits";
    /// The name of a target.
    TargetName -> String:
        "^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$",
        "at most 64 of `a-z A-Z 0-9 _ . -`, with a letter or digit at both ends";
    /// A region code.
    Region -> ids::Region: "^[a-z][a-z0-9]*(?:-[a-z0-9]+)*-[0-9]+$", "a region such as `eu-west-1`";
    /// The name of a variable.
    VarName -> String: "^[A-Za-z_][A-Za-z0-9_-]*$", "a name: letters, digits, `_` and `-`, not beginning with a digit or `-`";
    /// The name of a rule, rule set or filter.
    RuleName -> ids::RuleName:
        "^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$",
        "at most 64 of `a-z A-Z 0-9 _ . -`, with a letter or digit at both ends";
    /// An address `a@b`, a domain `b`, or all subdomains `.b`.
    Recipient -> String:
        concat!("^(?:", mailbox!(), "|\\.?", domain!(), ")$"),
        "an address `desk@acme.example`, a domain `acme.example`, or its subdomains `.acme.example`", |text| {
        (text.len() > 320).then_some("at most 320 characters")
    };
    /// An email address.
    Mailbox -> String: concat!("^", mailbox!(), "$"), "an email address", |text| (text.len() > 320).then_some("at most 320 characters");
    /// One IP address or a CIDR range.
    Cidr -> String:
        "^[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?$",
        "an IPv4 or IPv6 address or CIDR range such as `203.0.113.0/24`, without zone or brackets", check_cidr;
    /// The name of a header.
    HeaderName -> String: "^[A-Za-z0-9-]{1,50}$", "1 to 50 letters, digits and dashes";
    /// The value of a header.
    HeaderValue -> String: r"^[^\r\n]{1,2048}$", "at most 2048 characters on one line";
    /// A bucket: its name or its ARN.
    Bucket -> String:
        concat!("^(?:arn:aws[a-z-]*:s3:::)?", bucket!(), "$"),
        "a bucket: 3 to 63 of `a-z 0-9 . -`, with a letter or digit at both ends", check_bucket;
    /// A bucket, and what the object keys begin with.
    BucketAndPrefix -> String:
        concat!("^(?:arn:aws[a-z-]*:s3:::)?", bucket!(), r"(?:/[^*?\r\n]*)?$"),
        "`bucket` or `bucket/prefix`, without `*` and `?`";
    /// The name of a bucket.
    BucketName -> String:
        concat!("^", bucket!(), "$"),
        "the name of a bucket: 3 to 63 of `a-z 0-9 . -`, with a letter or digit at both ends", check_bucket;
    /// Where locks are kept.
    LockPlace -> crate::plan::language::LockPlace:
        concat!("^s3://", bucket!(), "/(?:[A-Za-z0-9!_.'()*-]+/)*$"),
        "`s3://BUCKET/` or `s3://BUCKET/PREFIX/`, with a slash at its end", |text| {
        check_bucket(text.split('/').nth(2).unwrap_or_default()).or((text.len() > 512).then_some("at most 512 characters"))
    };
    /// The beginning of object keys.
    Prefix -> String: r"^[^*?\r\n]+$", "the beginning of an object key, without `*` and `?`, which policies take for wildcards", |text| {
        if text.contains("${") { return Some("no `${`, which policies take for a variable"); }
        (text.len() > 1024 || text.chars().any(char::is_control)).then_some("at most 1024 bytes, without control characters")
    };
    /// A topic: its name or its ARN.
    Topic -> String:
        concat!("^(?:[A-Za-z0-9_-]{1,256}(?:\\.fifo)?|", arn!("sns", "[a-z0-9-]+", "[0-9]{12}", "[A-Za-z0-9_-]{1,256}(?:\\.fifo)?"), ")$"),

        "a topic: its name or `arn:aws:sns:REGION:ACCOUNT:NAME`";
    /// A function: `name[:alias|version]` or its ARN.
    Function -> String:
        concat!("^(?:", arn!("lambda", "[a-z0-9-]+", "[0-9]{12}", "function:"), r")?[A-Za-z0-9_-]{1,64}(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$"),

        "a function: `name`, `name:alias`, `name:version` or its ARN";
    /// A key: its ARN, its id, `alias/…` or, for the AWS-managed one, `aws/ses`.
    MessageKey -> String: key!("aws/ses|"), "a key: its ARN, its id, `alias/…` or `aws/ses`";
    /// The name of a role.
    RoleName -> String: "^[A-Za-z0-9_+=,.@-]{1,64}$", "the name of a role: at most 64 of `a-z A-Z 0-9 _ + = , . @ -`";
    /// A role: its name, as in `roles:`, or its ARN.
    RoleReference -> String:
        concat!("^(?:[A-Za-z0-9_+=,.@-]{1,64}|", role_arn!(), ")$"),
        "a role: its name, or `arn:aws:iam::ACCOUNT:role/NAME`";
    /// A role in another account: its name, with its path if it has one.
    RolePathName -> String: "^(?:[!-9;-~]+/)?[A-Za-z0-9_+=,.@-]{1,64}$", "the name of a role, with its path if it has one", |text| {
        text.starts_with("arn:").then_some("the name of a role; an ARN is written with `role_arn`")
    };
    /// The ARN of a role.
    RoleArn -> ids::Arn: concat!("^", role_arn!(), "$"), "`arn:aws:iam::ACCOUNT:role/NAME`";
    /// The ARN of a managed policy.
    PolicyArn -> ids::Arn:
        concat!("^", arn!("iam", "", "(?:[0-9]{12}|aws)", "policy/(?:[!-~]+/)?[A-Za-z0-9_+=,.@-]{1,128}"), "$"),
        "`arn:aws:iam::ACCOUNT:policy/NAME`";
    /// An IAM path.
    IamPath -> String: "^/(?:[!-~]{1,510}/)?$", "a path that begins and ends with `/`";
    /// An external id, as the trust policy of the role asks for it.
    ExternalId -> String: "^[A-Za-z0-9_+=,.@:/-]{2,1224}$", "2 to 1224 of `a-z A-Z 0-9 _ + = , . @ : / -`";
    /// A WorkMail organization: its id or its ARN.
    Organization -> String:
        concat!("^(?:m-[0-9A-Za-z]{1,64}|", arn!("workmail", "[a-z0-9-]+", "[0-9]{12}", "organization/m-[0-9A-Za-z]{1,64}"), ")$"),

        "an organization: `m-…` or `arn:aws:workmail:REGION:ACCOUNT:organization/m-…`";
    /// A Connect instance: its id or its ARN.
    Instance -> String:
        concat!("^(?:", arn!("connect", "[a-z0-9-]+", "[0-9]{12}", "instance/"), ")?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),

        "an instance: its id (a UUID) or its ARN";
    /// An SMTP reply code, as 550.
    ReplyCode -> String: "^[45][0-9]{2}$", "an SMTP reply code: three digits, the first one 4 or 5";
    /// An RFC 3463 status code, as 5.1.1.
    StatusCode -> String: r"^[45]\.[0-9]{1,3}\.[0-9]{1,3}$", "a status code such as `5.1.1`, beginning with 4 or 5";
    /// The address of a container, as `bucket-policy/acme-mail`.
    Address -> String: r"^[a-z]+(?:-[a-z]+)*/[^\s]+$", "an address such as `bucket-policy/acme-mail`";
    /// A statement of somebody else: its Sid or `sha256:DIGEST`.
    Statement -> String: "^(?:[^:]{1,128}|sha256:[0-9a-f]{64})$", "a Sid, or `sha256:` and 64 hex digits";
    /// The code of a finding.
    FindingCode -> String: "^[a-z0-9]+(?:-[a-z0-9]+)*$", "the code of a finding, as `mail-size-40mb`";
    /// The key of a tag.
    TagKey -> String: r"^[A-Za-z0-9 _.:/=+@-]{1,128}$", "1 to 128 letters, digits, spaces and `_ . : / = + - @`", |text| {
        let lower = text.to_lowercase();
        if lower.starts_with("aws:") { return Some("a key that does not begin with `aws:`, which is AWS's own"); }
        lower.starts_with("postroom:").then_some("a key that does not begin with `postroom:`, which marks what is ours")
    };
    /// The value of a tag.
    TagValue -> String: r"^[A-Za-z0-9 _.:/=+@-]{0,256}$", "at most 256 letters, digits, spaces and `_ . : / = + - @`";
    /// The operator of a condition.
    Operator -> String: "^[A-Za-z]+(?::[A-Za-z]+)?$", "a condition operator such as `StringEquals`", |text| {
        (!is_operator(text)).then_some("a condition operator that IAM has, such as `StringEquals`")
    };
    /// The key of a condition.
    ConditionKey -> String: "^[A-Za-z0-9-]+:[A-Za-z0-9/_.:-]+$", "a condition key such as `aws:SourceOrgID`";
    /// A share of all objects.
    Percentage -> Percent: "^(?:100|[1-9]?[0-9])%$", "a share such as `30%`";
}

/// A whole number of percent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percent(pub(crate) u8);

impl FromStr for Percent {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim_end_matches('%').parse().map(Self)
    }
}

impl super::schema::Shown for Percent {
    fn shown(&self) -> Value {
        json!(format!("{}%", self.0))
    }
}

fn check_bucket(text: &str) -> Option<&'static str> {
    let name = text.rsplit(':').next().unwrap_or_default();
    if name.contains("..") {
        return Some("the name of a bucket, without two dots in a row");
    }
    name.parse::<IpAddr>().is_ok().then_some("the name of a bucket, not an IP address")
}

fn check_cidr(text: &str) -> Option<&'static str> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let widest = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(v6)) if is_mapped(v6) => return Some("the IPv4 address itself, not one mapped into IPv6"),
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return Some(Cidr::EXPECTED),
    };
    let fits = bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= widest));
    (!fits).then_some(if widest == 32 { "a prefix length from 0 to 32" } else { "a prefix length from 0 to 128" })
}

fn is_mapped(v6: Ipv6Addr) -> bool {
    v6.to_ipv4_mapped().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_anchored_and_compiles() {
        for (name, pattern, _) in forms() {
            assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{name}");
            assert!(Regex::new(pattern).is_ok(), "{name}: {:?}", Regex::new(pattern));
        }
    }
}
