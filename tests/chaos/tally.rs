//! The figures of a sweep.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::proxy::Fault;

/// What was tried, and what came of it.
#[derive(Debug, Default)]
pub struct Tally {
    /// Runs of the tool, clean ones and looks among them.
    pub runs: usize,
    /// Faults that met a call, by what they are.
    pub faults: BTreeMap<Fault, usize>,
    /// Calls that passed the proxy.
    pub calls: usize,
    /// Foreign statements that were looked for afterwards.
    pub checked: usize,
    /// Foreign writes between two calls, outside of last read → put.
    pub outside: usize,
    /// Foreign writes between last read and put.
    pub inside: usize,
    /// How many of those outside are gone, or were others' before.
    pub lost: usize,
    /// How many of those inside are gone.
    pub lost_inside: usize,
    /// Foreign writes between last read and put of a function's policy, which has a revision.
    pub inside_with_revision: usize,
    /// Milliseconds from the answer of the last read to the put, as the proxy saw them.
    pub windows: Vec<f64>,
    /// Writes after which the law of live grants was looked at.
    pub moments: usize,
    /// What is wrong.
    pub wrong: Vec<String>,
    pub took: Duration,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        for (fault, times) in other.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        self.calls += other.calls;
        self.checked += other.checked;
        self.outside += other.outside;
        self.inside += other.inside;
        self.lost += other.lost;
        self.lost_inside += other.lost_inside;
        self.inside_with_revision += other.inside_with_revision;
        self.windows.extend(other.windows);
        self.moments += other.moments;
        self.wrong.extend(other.wrong);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: usize = self.faults.values().sum();
        writeln!(f, "runs {}, faults {faults}, calls {}, {:.0} s", self.runs, self.calls, self.took.as_secs_f64())?;
        for (fault, times) in &self.faults {
            writeln!(f, "  {fault:<24} {times}")?;
        }
        writeln!(f, "foreign statements checked {}, lost {}", self.checked, self.lost)?;
        writeln!(f, "foreign writes outside of last read to put {}", self.outside)?;
        writeln!(
            f,
            "foreign writes inside {}, lost {}; of a function {}, lost 0",
            self.inside, self.lost_inside, self.inside_with_revision
        )?;
        writeln!(f, "writes after which every live rule was tried {}", self.moments)?;
        let mut windows = self.windows.clone();
        windows.sort_by(f64::total_cmp);
        if let (Some(least), Some(most)) = (windows.first(), windows.last()) {
            let middle = windows[windows.len() / 2];
            writeln!(
                f,
                "window, last read to put, over {} puts: {least:.1} ms least, {middle:.1} ms median, {most:.1} ms most",
                windows.len()
            )?;
        }
        Ok(())
    }
}
