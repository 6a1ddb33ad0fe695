//! Prometheus metrics of a run of `drift`, as a file for the textfile collector of the node exporter.
//!
//! <https://github.com/prometheus/node_exporter#textfile-collector>

use std::fmt;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::core::drift::{Class, Drift};

/// The names, and what each says; the contract lists the same.
pub const NAMES: [(&str, &str); 6] = [
    ("postroom_drift_objects", "Things that are not as the plan says, by class"),
    ("postroom_objects", "Things that were looked at"),
    ("postroom_unreadable_objects", "Things that could not be read"),
    ("postroom_last_run_timestamp_seconds", "When the last run ended"),
    ("postroom_last_run_duration_seconds", "How long the last run took"),
    ("postroom_last_run_exit_code", "How the last run ended: 0 agreement, 2 drift, 4 something could not be read, else an error"),
];

/// How a run went.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The plan's file, as it was named: it is known however the run ends.
    pub file: String,
    /// Seconds since 1970.
    pub ended: f64,
    /// Seconds.
    pub took: f64,
    /// The exit code.
    pub exit: u8,
}

/// How one target of a run went.
#[derive(Debug, Clone)]
pub struct OfTarget {
    /// Its name; none where the plan has no targets.
    pub name: Option<String>,
    /// Its exit code.
    pub exit: u8,
    /// What was found, where it came to a comparison.
    pub drift: Option<Drift>,
}

/// The file; and the target, where it is of one.
type OfRun = Vec<(&'static str, String)>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPlan {
    file: String,
    plan: String,
    account: String,
    region: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfClass {
    file: String,
    plan: String,
    account: String,
    region: String,
    class: String,
}

type Seconds = Gauge<f64, AtomicU64>;

/// The text of the file. What did not come to a comparison has no drift to tell of, and says only how it ended.
///
/// # Errors
/// The text could not be put together.
pub fn text(run: &Run, targets: &[OfTarget]) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    let [by_class, objects, unreadable, ended, took, exit] = NAMES;
    let drifts: Vec<&Drift> = targets.iter().filter_map(|target| target.drift.as_ref()).collect();
    if !drifts.is_empty() {
        let family = Family::<OfClass, Gauge>::default();
        registry.register(by_class.0, by_class.1, family.clone());
        for drift in &drifts {
            for class in Class::ALL {
                family.get_or_create(&of_class(run, drift, class)).set(number(drift.count(class)));
            }
        }
        for (name, about) in [objects, unreadable] {
            let family = Family::<OfPlan, Gauge>::default();
            registry.register(name, about, family.clone());
            for drift in &drifts {
                let count = if name == objects.0 { drift.objects() } else { drift.count(Class::Unreadable) };
                family.get_or_create(&of_plan(run, drift)).set(number(count));
            }
        }
    }
    let file = || ("file", run.file.clone());
    for ((name, about), value) in [(ended, run.ended), (took, run.took), (exit, f64::from(run.exit))] {
        let family = Family::<OfRun, Seconds>::default();
        registry.register(name, about, family.clone());
        family.get_or_create(&vec![file()]).set(value);
        if name == exit.0 {
            // An alert on it names the target.
            for (target, ended) in targets.iter().filter_map(|target| Some((target.name.clone()?, target.exit))) {
                family.get_or_create(&vec![file(), ("target", target)]).set(f64::from(ended));
            }
        }
    }
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn of_plan(run: &Run, drift: &Drift) -> OfPlan {
    let home = &drift.set.home;
    OfPlan { file: run.file.clone(), plan: drift.set.plan.clone(), account: home.account.to_string(), region: home.region.to_string() }
}

fn of_class(run: &Run, drift: &Drift, class: Class) -> OfClass {
    let OfPlan { file, plan, account, region } = of_plan(run, drift);
    OfClass { file, plan, account, region, class: class.name().to_owned() }
}
