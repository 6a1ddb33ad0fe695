//! A figure: the median of several runs, with its spread, and what it should be.

use std::fmt;
use std::time::{Duration, Instant};

/// What a figure is counted in.
#[allow(dead_code, reason = "a section takes the one it needs")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How many times something else.
    Times,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Things.
    Count,
}

/// The median of several runs, and the least and the greatest of them.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub median: f64,
    pub least: f64,
    pub greatest: f64,
    pub unit: Unit,
}

/// What a figure should be.
#[allow(dead_code, reason = "a section takes the one it needs")]
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// It stands there to be known.
    None,
}

/// One line of a table.
#[derive(Debug)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure.
    pub figure: Figure,
    /// What it should be.
    pub goal: Goal,
    /// What it is made of: the absolute values of this machine.
    pub beside: String,
}

impl Figure {
    /// The median of what several runs gave.
    pub fn of(mut runs: Vec<f64>, unit: Unit) -> Self {
        runs.sort_by(f64::total_cmp);
        let at = |index: usize| runs.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(runs.len() / 2), least: at(0), greatest: at(runs.len().saturating_sub(1)), unit }
    }

    /// A figure that is the same in every run.
    pub fn exact(value: f64, unit: Unit) -> Self {
        Self { median: value, least: value, greatest: value, unit }
    }

    /// The least and the greatest, or nothing where every run gave the same.
    pub fn spread(&self) -> String {
        if self.least.to_bits() == self.greatest.to_bits() {
            return String::new();
        }
        format!("{}–{}", text(self.least, self.unit), text(self.greatest, self.unit))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(self.median, self.unit))
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "≤ {most}"),
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::None => Ok(()),
        }
    }
}

impl Goal {
    /// Whether a figure is what it should be; nothing where there is no goal.
    pub fn is_met(self, figure: &Figure) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(figure.median <= most),
            Self::AtLeast(least) => Some(figure.median >= least),
            Self::None => None,
        }
    }
}

fn text(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Times if value >= 100.0 => format!("{value:.0} ×"),
        Unit::Times => format!("{value:.2} ×"),
        Unit::Seconds if value < 0.001 => format!("{:.0} µs", value * 1e6),
        Unit::Seconds if value < 1.0 => format!("{:.1} ms", value * 1e3),
        Unit::Seconds => format!("{value:.2} s"),
        Unit::Bytes if value < 1024.0 * 1024.0 => format!("{:.1} KiB", value / 1024.0),
        Unit::Bytes => format!("{:.1} MiB", value / (1024.0 * 1024.0)),
        Unit::Count => format!("{value:.0}"),
    }
}

/// The time that something takes once. What it gives is dropped behind the clock.
pub fn clock<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    let made = std::hint::black_box(work());
    let took = begin.elapsed();
    drop(made);
    took
}

/// Two things measured by turns, so that whatever else the machine does meets both: the time of each, run by run. What the first begins with
/// is made anew for every run, outside of the clock.
pub fn by_turns<P, A, B>(runs: usize, prepare: impl Fn() -> P, one: impl Fn(&P) -> A, other: impl Fn() -> B) -> Vec<(f64, f64)> {
    let turn = |_| {
        let fresh = prepare();
        (clock(|| one(&fresh)).as_secs_f64(), clock(&other).as_secs_f64())
    };
    // The first of each fills caches and is not counted.
    (0..=runs).map(turn).skip(1).collect()
}

/// The ratio of each run's two times.
pub fn ratio(times: &[(f64, f64)]) -> Figure {
    Figure::of(times.iter().map(|(one, other)| one / other).collect(), Unit::Times)
}

/// The times of one of the two.
pub fn seconds(times: impl IntoIterator<Item = f64>) -> Figure {
    Figure::of(times.into_iter().collect(), Unit::Seconds)
}
