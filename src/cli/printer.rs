//! The only file that prints: results to stdout, everything else to stderr.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use aws_smithy_types::{DateTime, date_time};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::exit::Stop;
use super::options::{Colour, Format, LogFormat, Output};
use crate::aws::{CallLog, Listen};
use crate::report;
use crate::report::diagnostic::Diagnostic;

/// What waits less than this at SES is not worth a word.
const WORTH_SAYING: Duration = Duration::from_secs(3);

/// Where a command says what it has to say.
#[derive(Debug, Clone)]
pub(super) struct Printer {
    format: Format,
    colour: ColorChoice,
    quiet: bool,
    verbose: bool,
    log: LogFormat,
    /// The bar that is drawn now: a line that is printed must not be drawn over.
    bar: Arc<Mutex<ProgressBar>>,
}

impl Printer {
    pub(super) fn new(output: &Output) -> Self {
        let colour = match output.color {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        };
        let Output { format, quiet, verbose, log_format: log, .. } = *output;
        Self { format, colour, quiet, verbose, log, bar: Arc::new(Mutex::new(ProgressBar::hidden())) }
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// The same, where a result is JSON whatever was asked for.
    pub(super) fn for_programs(&self) -> Self {
        Self { format: Format::Json, ..self.clone() }
    }

    /// A result. A reader that went away (`| head`) is no error.
    pub(super) fn result(&self, text: &str) {
        self.bar().suspend(|| drop(AutoStream::new(std::io::stdout().lock(), self.colour).write_all(text.as_bytes())));
    }

    pub(super) fn json(&self, value: &Value) {
        self.result(&report::json::text(value));
    }

    /// What should be known beside the result.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.log("info", text, None);
        }
    }

    /// The same with words of others in it.
    pub(super) fn say_of(&self, text: &str) {
        self.say(&report::text::clean(text));
    }

    /// What must be known although the run goes on.
    pub(super) fn warn(&self, text: &str) {
        self.log("warning", text, None);
    }

    /// What was asked for about a run, beside its result.
    pub(super) fn stats(&self, whose: &str, stats: &Value) {
        let shown = report::json::text(stats);
        self.log("info", &format!("{whose}{}", shown.trim_end()), Some(("stats", stats.clone())));
    }

    /// One line of what is said beside the result: as text, or as one JSON object with the time.
    fn log(&self, level: &str, text: &str, also: Option<(&str, Value)>) {
        let line = match self.log {
            LogFormat::Text => text.to_owned(),
            LogFormat::Json => {
                let time = DateTime::from(SystemTime::now()).fmt(date_time::Format::DateTime).unwrap_or_default();
                let mut entry = json!({"time": time, "level": level, "message": strip_str(text).to_string()});
                if let Some((name, value)) = also {
                    entry[name] = value;
                }
                report::json::line(&entry)
            }
        };
        let write = || drop(AutoStream::new(std::io::stderr().lock(), self.colour).write_all(format!("{line}\n").as_bytes()));
        self.bar().suspend(write);
    }

    fn bar(&self) -> ProgressBar {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says why the run ends, and ends it.
    pub(super) fn stop(&self, stop: &Stop) -> ExitCode {
        match stop {
            Stop::Plan(problems) if self.is_json() => self.json(&report::problems::document(problems)),
            Stop::Plan(problems) => {
                let colour = AutoStream::new(std::io::stderr(), self.colour).current_choice() != ColorChoice::Never;
                self.log("error", report::problems::text(problems, colour).trim_end(), None);
                if let Some(line) = report::codes::further(problems.iter().map(|problem| problem.code)) {
                    self.say(&line);
                }
            }
            Stop::Because(..) | Stop::Stale(_) => self.log("error", &stop.text(), Some(("error", stop.json()))),
        }
        ExitCode::from(stop.exit().number())
    }

    /// The same for a command whose result is written for code scanning: what stopped it is part of the result.
    pub(super) fn stopped(&self, command: &str, stop: &Stop) -> ExitCode {
        let (problems, failure) = match stop {
            Stop::Plan(problems) => (problems.iter().map(Diagnostic::from).collect(), None),
            Stop::Because(_, message, _) => (Vec::new(), Some(message.clone())),
            Stop::Stale(_) => (Vec::new(), Some(stop.text())),
        };
        if matches!(self.format, Format::Sarif | Format::Github) {
            self.result(&self.diagnosed(command, problems, failure.as_slice()));
            if matches!(stop, Stop::Plan(_)) {
                return ExitCode::from(stop.exit().number());
            }
        }
        self.stop(stop)
    }

    /// What is said of the plan's lines as SARIF or annotations. Files are named from the working directory, which in a pipeline is the
    /// repository's root.
    pub(super) fn diagnosed(&self, command: &str, mut found: Vec<Diagnostic>, failures: &[String]) -> String {
        if let Ok(here) = std::env::current_dir() {
            found.iter_mut().for_each(|diagnostic| diagnostic.seen_from(&here.to_string_lossy()));
        }
        if self.format == Format::Sarif {
            return report::json::text(&report::sarif::log(command, &found, failures));
        }
        report::github::annotations(&found) + &failures.iter().map(|why| report::github::failure(why)).collect::<String>()
    }

    /// Asks a question. Without a terminal there is nobody to answer.
    pub(super) fn confirm(&self, question: &str) -> bool {
        if !std::io::stdin().is_terminal() {
            return false;
        }
        let _ = write!(std::io::stderr(), "{question} [y/N] ");
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
    }

    pub(super) fn can_ask() -> bool {
        std::io::stdin().is_terminal()
    }

    /// A bar on a terminal, nothing elsewhere. Without a length it grows with what is found to be read.
    pub(super) fn progress(&self, what: &'static str, length: usize) -> ProgressBar {
        let shown = std::io::stderr().is_terminal() && !self.quiet && !self.is_json() && self.log == LogFormat::Text;
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(length as u64), target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = bar.clone();
        bar
    }

    /// The bar has done its work.
    pub(super) fn finish(&self, bar: &ProgressBar) {
        bar.finish_and_clear();
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = ProgressBar::hidden();
    }

    /// Says what waiting for SES will cost, where that is worth a word.
    pub(super) fn pacing(&self, what: &str, cost: Duration) {
        if cost >= WORTH_SAYING {
            self.say(&format!("{what}: SES takes its calls one by one (--ses-rate), about {} s", cost.as_secs_f64().round()));
        }
    }
}

/// What goes over the wire: `-v`, and the bar.
impl Listen for Printer {
    fn call(&self, call: &CallLog) {
        if self.verbose {
            let entry = serde_json::to_value(call).unwrap_or_default();
            self.log("debug", &report::text::call(&entry), Some(("call", entry)));
        }
    }

    fn begin(&self, things: usize, paced: Duration) {
        self.bar().inc_length(things as u64);
        self.pacing(&format!("reading {}", report::text::things(things, "thing")), paced);
    }

    fn read(&self) {
        self.bar().inc(1);
    }
}
