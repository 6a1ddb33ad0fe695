//! A request as AWS's services tell it: which service and operation it is, whether it only reads, and how its protocol says that something went
//! wrong. Enough of five protocols to stand between a client and its server.
//!
//! <https://smithy.io/2.0/aws/protocols/index.html>

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, Response};

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Query,
    RestXml,
    Json,
    RestJson,
    Cbor,
}

/// What a request asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub service: String,
    pub operation: String,
    pub reads: bool,
    /// Path and body, for who looks for a name in it.
    pub text: String,
    protocol: Protocol,
}

/// What a service says instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    Internal,
    Unavailable,
    /// In the service's own words: SlowDown, Throttling, ThrottlingException, TooManyRequestsException.
    TooFast,
    /// As the older services say it.
    RequestLimit,
    /// The caller may no more.
    Denied,
}

impl Asked {
    pub fn of(head: &Parts, body: &Bytes) -> Self {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let scope = header("authorization").split("Credential=").nth(1).and_then(|scope| scope.split('/').nth(3));
        let service = scope.unwrap_or("unknown").to_owned();
        let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let text = format!("{path} {}", String::from_utf8_lossy(body));
        let target = header("x-amz-target").rsplit('.').next().unwrap_or_default();
        let (protocol, operation, service) = if header("smithy-protocol") == "rpc-v2-cbor" {
            (Protocol::Cbor, path.rsplit('/').next().unwrap_or_default().to_owned(), "mailmanager".to_owned())
        } else if !target.is_empty() {
            (Protocol::Json, target.to_owned(), service)
        } else if service == "s3" {
            (Protocol::RestXml, s3_operation(head), service)
        } else if service == "lambda" {
            (Protocol::RestJson, lambda_operation(head), service)
        } else {
            let action = text.split("Action=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default();
            (Protocol::Query, action.to_owned(), service)
        };
        let reads = ["Get", "List", "Describe", "Head"].iter().any(|verb| operation.starts_with(verb));
        Self { service, operation, reads, text, protocol }
    }

    /// The refusal in the words of this service.
    pub fn refused(&self, refusal: Refusal) -> Response<Full<Bytes>> {
        let (status, code) = match (refusal, self.protocol) {
            (Refusal::Internal, Protocol::RestXml) => (500, "InternalError"),
            (Refusal::Internal, Protocol::RestJson) => (500, "ServiceException"),
            (Refusal::Internal, Protocol::Cbor) => (500, "InternalServerException"),
            (Refusal::Internal, _) => (500, "InternalFailure"),
            (Refusal::Unavailable, _) => (503, "ServiceUnavailable"),
            (Refusal::TooFast, Protocol::RestXml) => (503, "SlowDown"),
            (Refusal::TooFast, Protocol::RestJson) => (429, "TooManyRequestsException"),
            (Refusal::TooFast, Protocol::Query) => (400, "Throttling"),
            (Refusal::TooFast, Protocol::Json | Protocol::Cbor) => (400, "ThrottlingException"),
            (Refusal::RequestLimit, _) => (503, "RequestLimitExceeded"),
            (Refusal::Denied, Protocol::Query | Protocol::RestXml) => (403, "AccessDenied"),
            (Refusal::Denied, _) => (400, "AccessDeniedException"),
        };
        let message = "the chaos proxy says so";
        let (kind, body): (&str, Vec<u8>) = match self.protocol {
            Protocol::Query => (
                "text/xml",
                format!("<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>chaos</RequestId></ErrorResponse>").into(),
            ),
            Protocol::RestXml => {
                ("application/xml", format!("<Error><Code>{code}</Code><Message>{message}</Message><RequestId>chaos</RequestId></Error>").into())
            }
            Protocol::Json => ("application/x-amz-json-1.1", format!(r#"{{"__type":"{code}","message":"{message}"}}"#).into()),
            Protocol::RestJson => ("application/json", format!(r#"{{"Type":"Service","message":"{message}"}}"#).into()),
            Protocol::Cbor => ("application/cbor", cbor(&[("__type", code), ("message", message)])),
        };
        let mut answer = Response::builder().status(status).header("content-type", kind).header("x-amzn-requestid", "chaos");
        if self.protocol == Protocol::RestJson {
            answer = answer.header("x-amzn-errortype", code);
        }
        if self.protocol == Protocol::Cbor {
            answer = answer.header("smithy-protocol", "rpc-v2-cbor");
        }
        answer.body(Full::new(body.into())).expect("a response")
    }
}

/// A map of short texts: <https://www.rfc-editor.org/rfc/rfc8949.html#section-3.1>
fn cbor(members: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = vec![0xa0 | u8::try_from(members.len()).expect("few")];
    for text in members.iter().flat_map(|(name, value)| [name, value]) {
        let length = u8::try_from(text.len()).expect("short");
        if length < 24 {
            bytes.push(0x60 | length)
        } else {
            bytes.extend([0x78, length])
        }
        bytes.extend(text.bytes());
    }
    bytes
}

/// The operations of S3 that the tool uses, by method and subresource.
fn s3_operation(head: &Parts) -> String {
    let subresource = head.uri.query().unwrap_or_default().split('&').find_map(|part| match part.split('=').next() {
        Some("policy") => Some("BucketPolicy"),
        Some("encryption") => Some("BucketEncryption"),
        Some("object-lock") => Some("ObjectLockConfiguration"),
        Some("location") => Some("BucketLocation"),
        Some("tagging") => Some("BucketTagging"),
        Some("versioning") => Some("BucketVersioning"),
        Some("publicAccessBlock") => Some("PublicAccessBlock"),
        Some("ownershipControls") => Some("BucketOwnershipControls"),
        _ => None,
    });
    let is_object = head.uri.path().trim_matches('/').contains('/');
    let thing = subresource.unwrap_or(if is_object { "Object" } else { "Bucket" });
    match head.method {
        Method::GET => format!("Get{thing}"),
        Method::HEAD => format!("Head{thing}"),
        Method::PUT => format!("Put{thing}"),
        Method::DELETE => format!("Delete{thing}"),
        _ => format!("Post{thing}"),
    }
}

/// The operations of Lambda that the tool uses.
fn lambda_operation(head: &Parts) -> String {
    let is_policy = head.uri.path().contains("/policy");
    match (&head.method, is_policy) {
        (&Method::GET, true) => "GetPolicy",
        (&Method::POST, true) => "AddPermission",
        (&Method::DELETE, true) => "RemovePermission",
        (&Method::GET, false) => "GetFunction",
        _ => "ChangeFunction",
    }
    .to_owned()
}
