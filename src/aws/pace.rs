//! SES v1 answers one call a second for each account and region; nothing else waits for it.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::core::address::Home;

/// Hands out the moments at which SES may be called.
#[derive(Debug)]
pub(super) struct Pace {
    /// Between two calls; zero does not wait.
    interval: Duration,
    /// Whoever holds it is next.
    turns: Mutex<BTreeMap<Home, Arc<Mutex<()>>>>,
    /// When something was sent last, for the first time or again.
    sent: std::sync::Mutex<BTreeMap<Home, Instant>>,
}

impl Pace {
    /// `rate` calls a second; 0 = unpaced.
    pub(super) fn new(rate: f64) -> Self {
        let interval = if rate > 0.0 { Duration::from_secs_f64(1.0 / rate) } else { Duration::ZERO };
        Self { interval, turns: Mutex::default(), sent: std::sync::Mutex::default() }
    }

    /// Whether there is one.
    pub(super) fn is_kept(&self) -> bool {
        !self.interval.is_zero()
    }

    /// Notes that something is sent now.
    pub(super) fn sends(&self, at: &Home) {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).insert(at.clone(), Instant::now());
    }

    fn sent(&self, at: &Home) -> Option<Instant> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).get(at).copied()
    }

    /// How long so many calls take at least, one behind the other.
    pub(super) fn cost(&self, calls: usize) -> Duration {
        self.interval * u32::try_from(calls.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Waits for this caller's turn, and says how long.
    pub(super) async fn turn(&self, at: &Home) -> Duration {
        if !self.is_kept() {
            return Duration::ZERO;
        }
        let asked = Instant::now();
        let turn = Arc::clone(self.turns.lock().await.entry(at.clone()).or_default());
        // In the order in which they came.
        let _turn = turn.lock().await;
        // Meanwhile something may have been sent again.
        while let Some(next) = self.sent(at).map(|sent| sent + self.interval).filter(|next| *next > Instant::now()) {
            tokio::time::sleep_until(next).await;
        }
        // When it is sent and not when it might have been: who wakes late would be too close to the next one.
        self.sends(at);
        asked.elapsed()
    }
}

/// Tells the pace of every attempt: what SES throttled is sent again in between, and the next call is a second after that.
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    pub(super) pace: Arc<Pace>,
    pub(super) at: Home,
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.pace.sends(&self.at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(region: &str) -> Home {
        Home { account: "111122223333".parse().unwrap(), region: region.parse().unwrap() }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_again_puts_off_what_comes_next() {
        let (pace, here) = (Pace::new(1.0), home("eu-west-1"));
        let start = Instant::now();
        pace.turn(&here).await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        pace.sends(&here);
        pace.turn(&here).await;
        assert_eq!(start.elapsed().as_millis(), 1600);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_of_one_region_are_a_second_apart_and_others_do_not_wait() {
        let pace = Pace::new(1.0);
        let start = Instant::now();
        for _ in 0..3 {
            pace.turn(&home("eu-west-1")).await;
        }
        assert_eq!((start.elapsed().as_secs(), pace.cost(3).as_secs(), pace.cost(0)), (2, 2, Duration::ZERO));
        assert_eq!(pace.turn(&home("us-east-1")).await, Duration::ZERO);
        assert_eq!(start.elapsed().as_secs(), 2);
    }
}
