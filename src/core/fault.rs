//! What AWS refused, as a value with a text form: `AccessDenied s3:PutBucketPolicy: its words (request ID)`; and what that means.
//!
//! The forms in which AWS says why access is denied:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

use std::fmt;
use std::str::FromStr;

use super::ids::Malformed;

/// One call that was not answered as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// AWS's code, or ours where nothing came back: `NoAnswer`, `NoCredentials`.
    pub code: String,
    /// `s3:PutBucketPolicy`
    pub call: String,
    /// AWS's words; empty where it has none.
    pub words: String,
    /// For AWS support.
    pub request_id: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.call)?;
        if !self.words.is_empty() {
            write!(f, ": {}", self.words)?;
        }
        self.request_id.as_ref().map_or(Ok(()), |id| write!(f, " (request {id})"))
    }
}

impl FromStr for Fault {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        const EXPECTED: Malformed = Malformed::new("what AWS refused: `Code service:Operation: words`");
        let (head, id) = match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (request ")) {
            Some((head, id)) if !id.contains(' ') => (head, Some(id.to_owned())),
            _ => (text, None),
        };
        let (before, words) = head.split_once(": ").unwrap_or((head, ""));
        let (code, call) = before.rsplit_once(' ').ok_or(EXPECTED)?;
        let (service, operation) = call.split_once(':').ok_or(EXPECTED)?;
        let is_service = !service.is_empty() && service.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
        let is_operation = operation.starts_with(|letter: char| letter.is_ascii_uppercase());
        // A code is one word, but `HTTP 403`.
        let is_code = !code.is_empty() && (!code.contains(' ') || code.starts_with("HTTP "));
        if !(is_service && is_operation && is_code) {
            return Err(EXPECTED);
        }
        Ok(Self { code: code.to_owned(), call: call.to_owned(), words: words.to_owned(), request_id: id })
    }
}

/// What stands behind a fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A Deny decides: no Allow helps.
    Denied(Option<Policy>),
    /// Nothing allows it.
    NotAllowed(Option<Policy>),
    /// Access was denied, and AWS does not say by what.
    AccessDenied,
    /// The credentials have had their time.
    Expired,
    /// There are none, or none could be had.
    NoCredentials,
    /// AWS does not know the access key.
    UnknownKey,
    /// The secret key is not that of the access key.
    WrongSecret,
    /// This machine's clock is wrong.
    Clock,
    /// The service is not there, or the account has not turned the region on.
    Region,
    /// Too fast, after all retries.
    Throttled,
    /// The name of the endpoint does not resolve.
    NoName,
    /// Nobody takes the connection, or it was cut.
    NoConnection,
    /// No answer came in time.
    TooSlow,
    /// The other side's certificate is not trusted.
    Certificate,
}

/// Whose policy decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// Of the user, group or role that calls.
    Identity,
    /// Of what the call is about.
    Resource,
    /// The caller's permissions boundary.
    Boundary,
    /// Given when the role was assumed.
    Session,
    /// Of the organization, for the caller's account.
    ServiceControl,
    /// Of the organization, for the account of the resource.
    ResourceControl,
    /// Of the VPC endpoint that the call went through.
    Endpoint,
    /// Of the role that shall be assumed.
    Trust,
}

const POLICIES: [(&str, Policy); 8] = [
    ("identity-based policy", Policy::Identity),
    ("role trust policy", Policy::Trust),
    ("resource-based policy", Policy::Resource),
    ("permissions boundary", Policy::Boundary),
    ("session policy", Policy::Session),
    ("service control policy", Policy::ServiceControl),
    ("resource control policy", Policy::ResourceControl),
    ("VPC endpoint policy", Policy::Endpoint),
];

impl Policy {
    /// As AWS calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        POLICIES.iter().find(|(_, policy)| *policy == self).map_or("policy", |(name, _)| name)
    }
}

impl Fault {
    /// What it means; none where AWS's words say all there is to say.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        let (code, words) = (self.code.as_str(), self.words.as_str());
        let lower = words.to_lowercase();
        let says = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
        let clock = says(&["signature expired", "signature not yet current", "time and the current time is too large"]);
        Some(match code {
            "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture" => Cause::Clock,
            _ if clock => Cause::Clock,
            "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Cause::Expired,
            "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => Cause::UnknownKey,
            "SignatureDoesNotMatch" | "InvalidSignatureException" => Cause::WrongSecret,
            "OptInRequired" | "SubscriptionRequiredException" | "IllegalLocationConstraintException" | "UnknownOperationException" => {
                Cause::Region
            }
            "NoCredentials" if says(&["token has expired", "expiredtoken", "session has expired", "is expired", "token is expired"]) => {
                Cause::Expired
            }
            "NoCredentials" if says(&["not authorized to perform"]) => self.access(),
            "NoCredentials" => Cause::NoCredentials,
            "NoAnswer" if says(&["dns error", "lookup address", "name or service not known"]) => Cause::NoName,
            "NoAnswer" if says(&["certificate", "unknownissuer", "tls handshake"]) => Cause::Certificate,
            "NoAnswer" if says(&["timed out", "timeout", "time out"]) => Cause::TooSlow,
            "NoAnswer" => Cause::NoConnection,
            _ if code.starts_with("Throttl") || code.starts_with("TooManyRequests") => Cause::Throttled,
            "SlowDown" | "RequestLimitExceeded" | "HTTP 429" => Cause::Throttled,
            _ if code.starts_with("AccessDenied") => self.access(),
            "AuthorizationError" | "UnauthorizedOperation" | "HTTP 403" => self.access(),
            _ => return None,
        })
    }

    fn access(&self) -> Cause {
        let policy_in = |text: &str| POLICIES.iter().find(|(name, _)| text.contains(name)).map(|(_, policy)| *policy);
        let (denied, because) = (self.words.split_once("with an explicit deny"), self.words.split_once("because no "));
        match (denied, because) {
            (Some((_, by)), _) => Cause::Denied(policy_in(by)),
            (None, Some((_, by))) => Cause::NotAllowed(policy_in(by)),
            (None, None) if self.words.contains("is not authorized to perform") => Cause::NotAllowed(None),
            (None, None) => Cause::AccessDenied,
        }
    }

    /// Who called, where AWS says it.
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        word_behind(&self.words, "User: ")
    }

    /// The permission that is missing, where AWS says it: it may be another than that of the call, as `iam:PassRole`.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        word_behind(&self.words, "not authorized to perform: ")
    }

    /// What it is missing on, where AWS says it.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        word_behind(&self.words, "on resource: ").map(|word| word.trim_matches('"'))
    }
}

fn word_behind<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(head)?;
    rest.split_whitespace().next().map(|word| word.trim_end_matches([',', ';'])).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        let fault: Fault = text.parse().unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(fault.to_string(), text);
        fault
    }

    #[test]
    fn a_fault_reads_back_what_it_prints() {
        let one = fault("AccessDenied s3:PutBucketPolicy: User: arn:aws:iam::1:user/x is not: allowed (request 4XYZ)");
        assert_eq!((one.call.as_str(), one.request_id.as_deref()), ("s3:PutBucketPolicy", Some("4XYZ")));
        assert_eq!(fault("HTTP 403 s3:HeadBucket").code, "HTTP 403");
        assert_eq!(fault("NoAnswer ses:DescribeReceiptRuleSet: dns error: failed").words, "dns error: failed");
        for text in ["no answer could be had", "its policy does not parse and is left as it is: x", "", "a: b"] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_words_say_who_may_not_do_what() {
        let one = fault(
            "AccessDenied mailmanager:CreateRuleSet: User: arn:aws:sts::111122223333:assumed-role/ci/build is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/mm because no identity-based policy allows the iam:PassRole action",
        );
        assert_eq!(one.caller(), Some("arn:aws:sts::111122223333:assumed-role/ci/build"));
        assert_eq!((one.action(), one.resource()), (Some("iam:PassRole"), Some("arn:aws:iam::111122223333:role/mm")));
        assert_eq!(one.cause(), Some(Cause::NotAllowed(Some(Policy::Identity))));
    }

    #[test]
    fn every_policy_that_can_deny_is_told_from_the_others() {
        for (name, policy) in POLICIES {
            let denied =
                format!("AccessDenied s3:GetBucketPolicy: User: a is not authorized to perform: x with an explicit deny in a {name}");
            let missing =
                format!("AccessDenied s3:GetBucketPolicy: User: a is not authorized to perform: x because no {name} allows the x action");
            assert_eq!(fault(&denied).cause(), Some(Cause::Denied(Some(policy))));
            assert_eq!(fault(&missing).cause(), Some(Cause::NotAllowed(Some(policy))));
            assert_eq!(policy.name(), name);
        }
    }
}
