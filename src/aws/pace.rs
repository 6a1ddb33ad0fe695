//! SES v1 answers one call a second for each account and region; nothing else waits for it.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::core::address::Home;

/// Hands out the moments at which SES may be called.
#[derive(Debug)]
pub(super) struct Pace {
    /// Between two calls; zero does not wait.
    interval: Duration,
    /// When it was called last; whoever holds it is next.
    last: Mutex<BTreeMap<Home, Arc<Mutex<Option<Instant>>>>>,
}

impl Pace {
    /// `rate` calls a second; 0 = unpaced.
    pub(super) fn new(rate: f64) -> Self {
        let interval = if rate > 0.0 { Duration::from_secs_f64(1.0 / rate) } else { Duration::ZERO };
        Self { interval, last: Mutex::default() }
    }

    /// How long so many calls take at least, one behind the other.
    pub(super) fn cost(&self, calls: usize) -> Duration {
        self.interval * u32::try_from(calls.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Waits for this caller's turn, and says how long.
    pub(super) async fn turn(&self, at: &Home) -> Duration {
        if self.interval.is_zero() {
            return Duration::ZERO;
        }
        let asked = Instant::now();
        let last = Arc::clone(self.last.lock().await.entry(at.clone()).or_default());
        // In the order in which they came.
        let mut last = last.lock().await;
        if let Some(last) = *last {
            tokio::time::sleep_until(last + self.interval).await;
        }
        // When it is sent and not when it might have been: who wakes late would be too close to the next one.
        *last = Some(Instant::now());
        asked.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(region: &str) -> Home {
        Home { account: "111122223333".parse().unwrap(), region: region.parse().unwrap() }
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
