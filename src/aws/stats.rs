//! Counts what goes over the wire: `--stats`, and the law that each (operation, resource) pair of a plan is read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde::Serialize;

/// Shared by all clients of a run.
#[derive(Debug, Clone, Default)]
pub struct Stats(Arc<Mutex<StatsReport>>);

/// What was counted.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StatsReport {
    /// Requests sent, retries included.
    pub total: usize,
    /// Requests by operation.
    pub by_operation: BTreeMap<String, usize>,
    /// Answers that said "slower".
    pub throttles: usize,
    /// Distinct things read.
    pub objects: usize,
    /// Round trips that had to follow one another.
    pub waves: usize,
}

impl Stats {
    /// What was counted so far.
    #[must_use]
    pub fn report(&self) -> StatsReport {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, write: impl FnOnce(&mut StatsReport)) {
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn wave(&self, objects: usize) {
        self.note(|report| {
            report.waves += 1;
            report.objects += objects;
        });
    }
}

impl Intercept for Stats {
    fn name(&self) -> &'static str {
        "postroom-stats"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("?", |metadata| metadata.name()).to_owned();
        self.note(|report| {
            report.total += 1;
            *report.by_operation.entry(operation).or_default() += 1;
        });
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let throttled = context.response().is_some_and(|response| {
            let status = response.status().as_u16();
            matches!(status, 429 | 503) || (status == 400 && response.body().bytes().is_some_and(says_slower))
        });
        if throttled {
            self.note(|report| report.throttles += 1);
        }
        Ok(())
    }
}

/// SES, IAM, KMS and SNS say it with status 400 and a code in the body: `Throttling`, `ThrottlingException`, `ThrottledException`.
fn says_slower(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains("Throttl")
}
