//! Counts what goes over the wire, and tells each call to whoever listens: `--stats`, `-v`, and the law that each (operation, resource) pair
//! of a plan is read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use serde::Serialize;

use crate::core::ids::{AccountId, Region};

/// Shared by all clients of a target; each says for which account and region it calls.
#[derive(Debug, Clone)]
pub struct Stats {
    counted: Arc<Mutex<StatsReport>>,
    began: Instant,
    listen: Option<Arc<dyn Listen>>,
    account: Option<AccountId>,
    region: Option<Region>,
}

/// What was counted.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StatsReport {
    /// Requests sent, retries included.
    pub total: usize,
    /// Requests by operation.
    pub by_operation: BTreeMap<String, usize>,
    /// Requests that were sent again.
    pub retries: usize,
    /// Answers that said "slower".
    pub throttles: usize,
    /// Distinct things read.
    pub objects: usize,
    /// Round trips that had to follow one another.
    pub waves: usize,
    /// Bytes of the bodies of requests, as far as their length was said.
    pub bytes_sent: u64,
    /// Bytes of the bodies of answers, as far as their length was said.
    pub bytes_received: u64,
    /// Seconds since the connection was made.
    pub seconds: f64,
    /// Seconds that calls to SES waited for their turn, added up.
    pub seconds_paced: f64,
}

/// One attempt of one call.
#[derive(Debug, Clone, Serialize)]
pub struct CallLog {
    /// `SES`, `S3`, … as the SDK calls it.
    pub service: String,
    /// `DescribeReceiptRuleSet`
    pub operation: String,
    /// Whose, where it is known yet.
    pub account: Option<AccountId>,
    /// Where.
    pub region: Option<Region>,
    /// 1, and more where it was sent again.
    pub attempt: u32,
    /// How long it took.
    pub milliseconds: u128,
    /// HTTP's; none where no answer came.
    pub status: Option<u16>,
    /// For AWS support.
    pub request_id: Option<String>,
}

/// Told what goes over the wire.
pub trait Listen: std::fmt::Debug + Send + Sync {
    /// An attempt has come to its end.
    fn call(&self, _call: &CallLog) {}

    /// So many things are about to be read; this long SES makes them wait, at least.
    fn begin(&self, _things: usize, _paced: Duration) {}

    /// One of them was read.
    fn read(&self) {}
}

impl Stats {
    /// Nothing counted yet.
    pub(super) fn new(listen: Option<Arc<dyn Listen>>) -> Self {
        Self { counted: Arc::default(), began: Instant::now(), listen, account: None, region: None }
    }

    /// The same for a client that calls there.
    pub(super) fn at(&self, account: Option<&AccountId>, region: Option<&str>) -> Self {
        Self { account: account.cloned(), region: region.and_then(|region| region.parse().ok()), ..self.clone() }
    }

    /// What was counted so far.
    #[must_use]
    pub fn report(&self) -> StatsReport {
        let report = self.counted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        StatsReport { seconds: rounded(self.began.elapsed().as_secs_f64()), seconds_paced: rounded(report.seconds_paced), ..report }
    }

    fn note(&self, write: impl FnOnce(&mut StatsReport)) {
        write(&mut self.counted.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn wave(&self, objects: usize) {
        self.note(|report| {
            report.waves += 1;
            report.objects += objects;
        });
    }

    pub(super) fn paced(&self, waited: Duration) {
        self.note(|report| report.seconds_paced += waited.as_secs_f64());
    }

    pub(super) fn begin(&self, things: usize, paced: Duration) {
        if let Some(listen) = &self.listen {
            listen.begin(things, paced);
        }
    }

    pub(super) fn read(&self) {
        if let Some(listen) = &self.listen {
            listen.read();
        }
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// When an attempt began.
#[derive(Debug)]
struct Began(Instant);

impl Storable for Began {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Stats {
    fn name(&self) -> &'static str {
        "postroom-stats"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("?", |metadata| metadata.name()).to_owned();
        let again = attempt(config) > 1;
        let sent = context.request().body().content_length().unwrap_or_default();
        self.note(|report| {
            report.total += 1;
            report.retries += usize::from(again);
            report.bytes_sent += sent;
            *report.by_operation.entry(operation).or_default() += 1;
        });
        config.interceptor_state().store_put(Began(Instant::now()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let throttled = response.is_some_and(|response| {
            let status = response.status().as_u16();
            matches!(status, 429 | 503) || (status == 400 && response.body().bytes().is_some_and(says_slower))
        });
        let received = response.and_then(|response| response.body().content_length()).unwrap_or_default();
        self.note(|report| {
            report.throttles += usize::from(throttled);
            report.bytes_received += received;
        });
        // Where nothing was sent there is nothing to tell: credentials could not be had.
        let (Some(listen), Some(began)) = (&self.listen, config.load::<Began>()) else { return Ok(()) };
        let header = |name: &str| response.and_then(|response| response.headers().get(name)).map(str::to_owned);
        listen.call(&CallLog {
            service: config.load::<Metadata>().map_or("?", |metadata| metadata.service()).to_owned(),
            operation: config.load::<Metadata>().map_or("?", |metadata| metadata.name()).to_owned(),
            account: self.account.clone(),
            region: self.region.clone(),
            attempt: attempt(config),
            milliseconds: began.0.elapsed().as_millis(),
            status: response.map(|response| response.status().as_u16()),
            request_id: header("x-amzn-requestid").or_else(|| header("x-amz-request-id")),
        });
        Ok(())
    }
}

fn attempt(config: &ConfigBag) -> u32 {
    config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts)
}

/// SES, IAM, KMS and SNS say it with status 400 and a code in the body: `Throttling`, `ThrottlingException`, `ThrottledException`.
fn says_slower(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("Throttl")
}
