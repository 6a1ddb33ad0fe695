//! What AWS answered when it did not do what was asked: service, operation, code and AWS's own words, kept apart so that code can branch.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::core::fault::Fault;

/// What an error means to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// There is no such thing.
    NotFound,
    /// The caller may not.
    Denied,
    /// Too fast, after all retries.
    Throttled,
    /// A foreign hand was faster: read again, write again.
    Race,
    /// SES could not use what a rule names. While IAM propagates that passes.
    Target,
    /// The bucket is in another region.
    Elsewhere,
    /// No answer came: it may have been done.
    Unanswered,
    /// Anything else AWS said.
    Other,
}

/// One refusal.
#[derive(Debug, Clone, thiserror::Error)]
pub struct AwsError {
    /// `ses`, `s3`, …
    pub service: &'static str,
    /// `CreateReceiptRule`, …
    pub operation: &'static str,
    /// AWS's code.
    pub code: String,
    /// AWS's words.
    pub message: String,
    /// For AWS support.
    pub request_id: Option<String>,
    /// The region a redirect names.
    pub region: Option<String>,
    /// What it means.
    pub class: Class,
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, operation, code, message, request_id, region: _, class: _ } = self;
        if operation.is_empty() {
            return f.write_str(message);
        }
        write!(f, "{code} {service}:{operation}")?;
        if !message.is_empty() {
            write!(f, ": {message}")?;
        }
        request_id.as_ref().map_or(Ok(()), |id| write!(f, " (request {id})"))
    }
}

impl AwsError {
    /// From the SDK, keeping what can be branched on.
    pub(super) fn from_sdk<E>(service: &'static str, operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let response = error.raw_response();
        let status = response.map(|response| response.status().as_u16());
        let header = |name: &str| response.and_then(|response| response.headers().get(name)).map(str::to_owned);
        let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
        let code = meta.and_then(|meta| meta.code()).map(str::to_owned);
        let message = meta.and_then(|meta| meta.message()).map(str::to_owned);
        let request_id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id"));
        // Credentials that cannot be had, such as a role that may not be assumed, come as "other": nothing was sent.
        let never_sent = match error {
            SdkError::ConstructionFailure(_) => true,
            SdkError::DispatchFailure(failure) => failure.is_other() || failure.is_user(),
            _ => false,
        };
        let class = if never_sent { Class::Denied } else { classify(code.as_deref(), message.as_deref(), status) };
        let code = code.unwrap_or_else(|| match status {
            Some(status) => format!("HTTP {status}"),
            None if never_sent => "NoCredentials".to_owned(),
            None => "NoAnswer".to_owned(),
        });
        let message = message.unwrap_or_else(|| if response.is_none() { causes(error) } else { String::new() });
        Self { service, operation, code, message, request_id, region: header("x-amz-bucket-region"), class }
    }

    /// The same as what it means is asked of; none where it was not AWS that refused.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.to_string().parse().ok()
    }

    /// Something that we do not ask AWS for.
    #[must_use]
    pub fn refused(message: &str) -> Self {
        Self {
            service: "",
            operation: "",
            code: String::new(),
            message: message.to_owned(),
            request_id: None,
            region: None,
            class: Class::Other,
        }
    }

    /// Something that was begun, and whose end was not waited for.
    #[must_use]
    pub fn unfinished(message: &str) -> Self {
        Self { class: Class::Unanswered, ..Self::refused(message) }
    }

    /// Something that is not there as far as we can see.
    #[must_use]
    pub fn not_found(message: &str) -> Self {
        Self { class: Class::NotFound, ..Self::refused(message) }
    }

    /// A document or change that does not read.
    pub fn malformed(error: impl fmt::Display) -> Self {
        Self::refused(&format!("it does not read, and is left as it is: {error}"))
    }

    /// A foreign hand was faster.
    #[must_use]
    pub fn is_race(&self) -> bool {
        self.class == Class::Race
    }

    /// Whether waiting for IAM may help: SES tests its targets when a rule is saved, and policies may name a role that was just made.
    #[must_use]
    pub fn may_be_propagation(&self) -> bool {
        let names_principal = self.code.starts_with("Malformed") || self.code.starts_with("InvalidParameter");
        self.class == Class::Target || (names_principal && self.message.to_lowercase().contains("principal"))
    }

    /// The short form: code and call, and the cause where AWS itself said nothing.
    #[must_use]
    pub fn brief(&self) -> String {
        let Self { service, operation, code, message, .. } = self;
        match code.as_str() {
            _ if operation.is_empty() => message.clone(),
            // Of a denial the words say who was denied what, and by what.
            _ if self.class == Class::Denied && !message.is_empty() => format!("{code} {service}:{operation}: {message}"),
            "NoCredentials" | "NoAnswer" => format!("{code} {service}:{operation}: {message}"),
            _ => format!("{code} {service}:{operation}"),
        }
    }
}

/// Not found is an answer of its own.
pub(super) fn found<T>(result: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.class == Class::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn classify(code: Option<&str>, message: Option<&str>, status: Option<u16>) -> Class {
    // The texts are SES's, as others' retries know them (facts §1.4).
    let role_texts = ["Could not assume", "Unable to write to S3 bucket"];
    let is_role_text = |message: &str| role_texts.iter().any(|text| message.contains(text));
    match (code, status) {
        (Some("InvalidS3Configuration" | "InvalidSnsTopic" | "InvalidLambdaFunction"), _) => Class::Target,
        (Some("InvalidS3ConfigurationException" | "InvalidSnsTopicException" | "InvalidLambdaFunctionException"), _) => Class::Target,
        (Some("InvalidParameterValue"), _) if message.is_some_and(is_role_text) => Class::Target,
        (Some("PermanentRedirect" | "AuthorizationHeaderMalformed"), _) | (_, Some(301)) => Class::Elsewhere,
        (Some("PreconditionFailedException" | "ResourceConflictException" | "OperationAborted" | "ConcurrentModification"), _) => {
            Class::Race
        }
        (Some("ConcurrentModificationException" | "PreconditionFailed" | "ConditionalRequestConflict"), _) => Class::Race,
        (Some(code), _) if code.starts_with("Throttl") || code.starts_with("TooManyRequests") => Class::Throttled,
        (Some("SlowDown" | "RequestLimitExceeded"), _) | (_, Some(429)) => Class::Throttled,
        (Some(code), _) if code.starts_with("AccessDenied") || code == "AuthorizationError" || code == "UnauthorizedOperation" => {
            Class::Denied
        }
        (_, Some(403)) => Class::Denied,
        (Some(code), _) if code.contains("NotFound") || code.starts_with("NoSuch") || code.ends_with("DoesNotExist") => Class::NotFound,
        (_, Some(404)) => Class::NotFound,
        (None, None) => Class::Unanswered,
        _ => Class::Other,
    }
}

/// The chain of causes of an error that has no answer: which name did not resolve, which connection was cut, which role was not assumed.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        next = cause.source();
    }
    texts.join(": ")
}

/// Wraps the result of an SDK call: `call!("s3", "GetBucketPolicy", client.get_bucket_policy().bucket(name))`.
macro_rules! call {
    ($service:literal, $operation:literal, $request:expr) => {
        $request.send().await.map_err(|error| crate::aws::AwsError::from_sdk($service, $operation, &error))
    };
}
pub(super) use call;
